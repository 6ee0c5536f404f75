"""sinh, cosh and tanh: from e^x, or near 0 by a polynomial in x²."""

from steepest.engine.compiled.functions.coefficients import EXP_SINGLE, SINH, TANH
from steepest.engine.compiled.functions.double_double import fast_two_sum
from steepest.engine.compiled.functions.exponential import expm1, reduce
from steepest.engine.compiled.functions.value import Value, absolute, clamp, polynomial, power_of_two, where, with_sign


def half_exp(x: Value) -> Value:
    """e^x / 2 for x >= 0, which overflows where cosh does."""
    k, *_ = reduced = reduce(clamp(x, 0, 711))
    return reduced.above_one()[0] * power_of_two(k - 2) * 2  # 2^(k - 1) alone may overflow


def sinh(x: Value) -> Value:
    """The hyperbolic sine."""
    size, z = absolute(x), x * x
    half = half_exp(size)
    return where(size < 1, x + x * z * polynomial(z, SINH), with_sign(half - 0.25 / half, x))


def cosh(x: Value) -> Value:
    """The hyperbolic cosine."""
    half = half_exp(absolute(x))
    return half + 0.25 / half


def tanh(x: Value) -> Value:
    """The hyperbolic tangent; far from 0, 1 - 2 / (e^2|x| + 1)."""
    size, z = absolute(x), x * x
    k, *_ = reduced = reduce(2 * clamp(size, 0, 22))
    scale = power_of_two(k)
    high, low = (scale * part for part in reduced.above_one())
    divisor, error = fast_two_sum(high, 1.0)
    quotient = 2 / divisor
    # 1 - 2 / (d + e) = 1 - 2 / d + (2 / d) (e / d)
    rest = 1 - quotient
    far = rest + ((1 - rest - quotient) + 0.5 * quotient * quotient * (error + low))
    return with_sign(where(size < 0.55, size + size * z * polynomial(z, TANH), far), x)


def tanh_single(x: Value) -> Value:
    """The hyperbolic tangent for float32: with m = e^2x - 1, m / (m + 2)."""
    minus_one = expm1(2 * clamp(x, -15, 15), EXP_SINGLE)
    return minus_one / (minus_one + 2)
