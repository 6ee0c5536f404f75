"""pow and hypot. x^y is e^(y log x), with log x as the sum of two doubles.

Special cases: ISO C, annex F.10.4.
"""

import math

from steepest.engine.compiled.functions import double_double
from steepest.engine.compiled.functions.coefficients import LN2, LOG_TAIL, ONE_FIFTH, ONE_THIRD
from steepest.engine.compiled.functions.double_double import DoubleDouble, two_product, two_sum
from steepest.engine.compiled.functions.exponential import exp_of_sum, exp_single
from steepest.engine.compiled.functions.logarithm import log_of_parts
from steepest.engine.compiled.functions.value import (
    MIN_NORMAL,
    Value,
    absolute,
    clamp,
    polynomial,
    split,
    sqrt,
    where,
)

BEYOND = 2.0**66  # a larger exponent gives the same 0, 1 or inf


def pow_(x: Value, y: Value) -> Value:
    """x^y."""
    high, low = precise_log(absolute(x))
    exponent = clamp(y, -BEYOND, BEYOND)
    product, error = two_product(exponent, high)
    # Beyond 1000 the power is 0 or inf, and the error may be large itself.
    error = where(absolute(product) < 1000, error + exponent * low, 0.0)
    return with_special_cases(x, y, exp_of_sum(product, error)[0])


def pow_single(x: Value, y: Value) -> Value:
    """x^y for float32."""
    _, k, m = split(absolute(x))
    return with_special_cases(x, y, exp_single(clamp(y, -BEYOND, BEYOND) * log_of_parts(k, m - 1, k - k)))


def precise_log(x: Value) -> DoubleDouble:
    """The logarithm of a positive finite x, to 2^-68: k log 2 + 2 atanh(s), s = (m - 1) / (m + 1)."""
    subnormal = x < MIN_NORMAL
    _, k, m = split(where(subnormal, x * 2.0**54, x))
    k = k - where(subnormal, 54.0, 0.0)
    f, (g, g_low) = m - 1, two_sum(m, 1.0)
    s = f / g
    product, error = two_product(s, g)
    s_low = (((f - product) - error) - s * g_low) / g
    square, square_error = two_product(s, s)
    z = (square, square_error + 2 * s * s_low)
    # atanh(s) / s - 1 = z (1/3 + z (1/5 + z T(z)))
    total, error = two_sum(z[0] * polynomial(z[0], LOG_TAIL), ONE_FIFTH[0])
    high, low = double_double.multiply(z, (total, error + ONE_FIFTH[1]))
    total, error = two_sum(high, ONE_THIRD[0])
    series = double_double.multiply(z, (total, error + (low + ONE_THIRD[1])))
    high, low = double_double.multiply((s, s_low), series)
    high, low = double_double.add((s, s_low), (high, low))
    return double_double.add((k * LN2[0], k * LN2[1]), (2 * high, 2 * low))


def is_integer(x: Value) -> Value:
    """Whether |x|, not NaN, is an integer or inf."""
    size, two_52 = absolute(x), 2.0**52
    return (size >= two_52) | ((size + two_52) - two_52).equals(size)


def with_special_cases(x: Value, y: Value, magnitude: Value) -> Value:
    """x^y, where the magnitude is |x|^y for finite x != 0, or NaN for y NaN."""
    size = absolute(x)
    integer = is_integer(y)
    odd = integer & ~is_integer(0.5 * y)
    end = size.equals(0) | size.equals(math.inf)
    result = where(end, where(size.equals(0) ^ (y < 0), 0.0, math.inf), magnitude)
    result = where(odd & (x.bits() < 0), -result, result)
    result = where((x < 0) & (x > -math.inf) & ~integer, math.nan, result)
    result = where(x.is_nan() | y.is_nan(), math.nan, result)
    return where(y.equals(0) | x.equals(1), 1.0, result)


def hypot(x: Value, y: Value) -> Value:
    """√(x² + y²), without overflow of the squares."""
    a, b = absolute(x), absolute(y)
    large, small = where(a > b, a, b), where(a > b, b, a)
    down, up = large > 2.0**500, large < 2.0**-500
    scale = where(down, 2.0**-600, where(up, 2.0**600, 1.0))
    back = where(down, 2.0**600, where(up, 2.0**-600, 1.0))
    large, small = large * scale, small * scale
    root = sqrt(large * large + small * small) * back
    return where(a.equals(math.inf) | b.equals(math.inf), math.inf, root)


def hypot_single(x: Value, y: Value) -> Value:
    """√(x² + y²) for float32, whose squares do not overflow as doubles."""
    infinite = absolute(x).equals(math.inf) | absolute(y).equals(math.inf)
    return where(infinite, math.inf, sqrt(x * x + y * y))
