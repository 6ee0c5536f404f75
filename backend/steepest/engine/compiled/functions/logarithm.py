"""log and log1p: x = 2^k (1 + f), and log(1 + f) = 2 atanh(s) for s = f / (2 + f).

Source of the form: fdlibm's e_log.c, Sun Microsystems, 1993.
"""

import math
from collections.abc import Sequence

from steepest.engine.compiled.functions.coefficients import LN2, LOG, LOG_SINGLE
from steepest.engine.compiled.functions.double_double import two_sum
from steepest.engine.compiled.functions.value import MIN_NORMAL, Value, absolute, polynomial, power_of_two, split, where


def log_of_parts(k: Value, f: Value, low: Value, coefficients: Sequence[float] = LOG) -> Value:
    """The sum k log 2 + log(1 + f) + low, for f in [√½ - 1, √2 - 1)."""
    s = f / (2 + f)
    z = s * s
    half_square = 0.5 * f * f
    series = s * (half_square + z * polynomial(z, coefficients))
    return k * LN2[0] - ((half_square - (series + (k * LN2[1] + low))) - f)


def with_limits(x: Value, result: Value) -> Value:
    """The logarithm of x: the result where 0 < x < inf."""
    return where(x > 0, where(x < math.inf, result, x), where(x.equals(0), -math.inf, math.nan))


def log(x: Value) -> Value:
    """The natural logarithm."""
    subnormal = x < MIN_NORMAL
    _, k, m = split(where(subnormal, x * 2.0**54, x))
    zero = k - k
    return with_limits(x, log_of_parts(k - where(subnormal, 54.0, 0.0), m - 1, zero))


def log_single(x: Value) -> Value:
    """The natural logarithm for float32, whose subnormal numbers are normal doubles."""
    _, k, m = split(x)
    f = m - 1
    s = f / (2 + f)
    z = s * s
    return with_limits(x, k * (LN2[0] + LN2[1]) + (f - s * (f - z * polynomial(z, LOG_SINGLE))))


def log1p(x: Value) -> Value:
    """log(1 + x)."""
    u, low = two_sum(x, 1.0)
    _, k, m = split(u)
    result = with_limits(u, log_of_parts(k, m - 1, low / u))
    return where(absolute(x) < 2.0**-54, x, result)


def log1p_single(x: Value) -> Value:
    """log(1 + x) for float32."""
    u, low = two_sum(x, 1.0)
    scale, k, m = split(u)
    f = (m - 1) + low * power_of_two(-scale)
    s = f / (2 + f)
    z = s * s
    result = with_limits(u, k * (LN2[0] + LN2[1]) + (f - s * (f - z * polynomial(z, LOG_SINGLE))))
    return where(absolute(x) < 2.0**-54, x, result)
