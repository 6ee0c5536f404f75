"""sin, cos and tan: x = n π/2 + r with |r| <= π/4, r as the sum of two doubles, and then polynomials in r².

Source of the reduction: W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980.
"""

import math

from steepest.engine.compiled.functions.coefficients import COS, COS_SINGLE, HALF_PI, SIN, SIN_SINGLE, TWO_OVER_PI
from steepest.engine.compiled.functions.double_double import DoubleDouble, fast_two_sum, two_sum
from steepest.engine.compiled.functions.large_arguments import large_quadrant
from steepest.engine.compiled.functions.value import ROUND, Value, absolute, polynomial, where

LARGE = 1e6  # n stays below 2^20, so that its products with the parts of HALF_PI are exact


def quadrant(x: Value) -> tuple[Value, DoubleDouble]:
    """The word n, and r, of a finite x."""
    shifted = x * TWO_OVER_PI + ROUND
    n = shifted - ROUND
    total, error = two_sum(x - n * HALF_PI[0], -(n * HALF_PI[1]))
    total, second = two_sum(total, -(n * HALF_PI[2]))
    r = fast_two_sum(total, error + (second - n * HALF_PI[3]))
    return or_large(x, (shifted.bits(), *r))


def quadrant_single(x: Value) -> tuple[Value, Value]:
    """The word n, and r as one double, of a finite float32."""
    shifted = x * TWO_OVER_PI + ROUND
    n = shifted - ROUND
    r = (x - n * HALF_PI[0]) - n * HALF_PI[1]
    n, (r, _) = or_large(x, (shifted.bits(), r, r))
    return n, r


def or_large(x: Value, usual: tuple[Value, Value, Value]) -> tuple[Value, DoubleDouble]:
    """The n and r of x: as they are given, or for large x by a call."""
    builder = x.builder
    before = builder.block
    with builder.if_then((~(absolute(x) < LARGE)).ir, likely=False):
        found = builder.call(large_quadrant(builder.module), [x.ir])
        rare = [builder.extract_value(found, index) for index in range(3)]
        inside = builder.block
    chosen = []
    for often, seldom in zip(usual, rare, strict=True):
        phi = builder.phi(often.ir.type)
        phi.add_incoming(often.ir, before)
        phi.add_incoming(seldom, inside)
        chosen.append(Value(builder, phi))
    n, high, low = chosen
    return n, (high, low)


def sin_cos(x: Value) -> tuple[Value, DoubleDouble, DoubleDouble]:
    """The quadrant n, and sin r and cos r."""
    n, (r, low) = quadrant(x)
    z = r * r
    sin = fast_two_sum(r, r * z * polynomial(z, SIN) + low * (1 - 0.5 * z))
    half = 0.5 * z
    near = 1 - half
    cos = fast_two_sum(near, ((1 - near) - half) + (z * z * polynomial(z, COS) - r * low))
    return n, sin, cos


def sin_cos_single(x: Value) -> tuple[Value, Value, Value]:
    """The quadrant n, and sin r and cos r, for float32."""
    n, r = quadrant_single(x)
    z = r * r
    return n, r + r * z * polynomial(z, SIN_SINGLE), (1 - 0.5 * z) + z * z * polynomial(z, COS_SINGLE)


def by_quadrant(n: Value, even: Value, odd: Value) -> Value:
    """`even` or `odd` by the parity of n, negated in quadrants 2 and 3."""
    chosen = where((n & 1).equals(0), even, odd)
    return (chosen.bits() ^ ((n & 2) << 62)).double()


def with_limits(x: Value, result: Value, tiny: Value | float) -> Value:
    """The result, but NaN at inf, and what is given where x² is below the last bit."""
    size = absolute(x)
    return where(size < math.inf, where(size < 2.0**-27, tiny, result), math.nan)


def sin(x: Value) -> Value:
    """The sine."""
    n, (sine, _), (cosine, _) = sin_cos(x)
    return with_limits(x, by_quadrant(n, sine, cosine), x)


def sin_single(x: Value) -> Value:
    """The sine for float32."""
    n, sine, cosine = sin_cos_single(x)
    return with_limits(x, by_quadrant(n, sine, cosine), x)


def cos(x: Value) -> Value:
    """The cosine."""
    n, (sine, _), (cosine, _) = sin_cos(x)
    return with_limits(x, by_quadrant(n + 1, sine, cosine), 1.0)


def cos_single(x: Value) -> Value:
    """The cosine for float32."""
    n, sine, cosine = sin_cos_single(x)
    return with_limits(x, by_quadrant(n + 1, sine, cosine), 1.0)


def tan(x: Value) -> Value:
    """The tangent."""
    n, sine, cosine = sin_cos(x)
    even = (n & 1).equals(0)
    high, low = (where(even, s, -c) for s, c in zip(sine, cosine, strict=True))
    below_high, below_low = (where(even, c, s) for s, c in zip(sine, cosine, strict=True))
    quotient = high / below_high
    return with_limits(x, quotient + (low - quotient * below_low) / below_high, x)


def tan_single(x: Value) -> Value:
    """The tangent for float32."""
    n, sine, cosine = sin_cos_single(x)
    even = (n & 1).equals(0)
    return with_limits(x, where(even, sine, -cosine) / where(even, cosine, sine), x)
