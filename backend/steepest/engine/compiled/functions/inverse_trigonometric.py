"""asin, acos and atan: a polynomial in x² near 0, to which other arguments are reduced."""

import math

from steepest.engine.compiled.functions.coefficients import ASIN, ATAN, ATAN_1, ATAN_1_2, ATAN_3_2, PI_OVER_2
from steepest.engine.compiled.functions.value import Value, absolute, polynomial, sqrt, where, with_sign


def asin_parts(x: Value) -> tuple[Value, Value, Value]:
    """Whether |x| <= ½; s, which then is |x|, else √((1 - |x|) / 2); and asin(s) - s."""
    size = absolute(x)
    near = size <= 0.5
    z = where(near, size * size, 0.5 - 0.5 * size)
    s = where(near, size, sqrt(z))
    return near, s, s * z * polynomial(z, ASIN)


def asin(x: Value) -> Value:
    """The arcsine: beyond ½ it is π/2 minus twice that of s."""
    near, s, rest = asin_parts(x)
    double = 2 * s
    far = PI_OVER_2[0] - double
    error = (PI_OVER_2[0] - far) - double
    return with_sign(where(near, s + rest, far + (error - (2 * rest - PI_OVER_2[1]))), x)


def acos(x: Value) -> Value:
    """The arccosine."""
    near, s, rest = asin_parts(x)
    signed = with_sign(s + rest, x)
    middle = PI_OVER_2[0] - (signed - PI_OVER_2[1])
    left = 2 * (PI_OVER_2[0] - (s + (rest - PI_OVER_2[1])))
    return where(near, middle, where(x > 0, 2 * (s + rest), left))


# From here on, up to the next: atan x = atan c + atan((x - c) / (1 + c x)), where |(x - c) / (1 + c x)| <= 7/16.
CENTRES = (
    (7 / 16, 0.5, ATAN_1_2),
    (11 / 16, 1.0, ATAN_1),
    (19 / 16, 1.5, ATAN_3_2),
)
FAR = 39 / 16  # from here on, atan x = π/2 - atan(1 / x)


def atan(x: Value) -> Value:
    """The arctangent. Source of the reduction: fdlibm's s_atan.c, Sun Microsystems, 1993."""
    size = absolute(x)
    above, below = size, where(size.is_nan(), math.nan, 1.0)
    high, low = below - below, below - below
    for start, centre, angle in CENTRES:
        here = size >= start
        above, below = where(here, size - centre, above), where(here, 1 + centre * size, below)
        high, low = where(here, angle[0], high), where(here, angle[1], low)
    far = size >= FAR
    above, below = where(far, -1.0, above), where(far, size, below)
    high, low = where(far, PI_OVER_2[0], high), where(far, PI_OVER_2[1], low)
    t = above / below
    z = t * t
    return with_sign(high + (t + (t * z * polynomial(z, ATAN) + low)), x)
