"""exp, expm1 and sigmoid: x = k log 2 + r, and then 2^k (1 + r + r² P(r)).

Source of the reduction: W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980.
"""

from collections.abc import Sequence
from typing import NamedTuple

from steepest.engine.compiled.functions.coefficients import EXP, EXP_SINGLE, LN2, LOG2_E
from steepest.engine.compiled.functions.double_double import DoubleDouble, fast_two_sum
from steepest.engine.compiled.functions.value import ROUND, Value, absolute, clamp, polynomial, power_of_two, where


class Reduced(NamedTuple):
    """e^x as 2^k (1 + r + tail): k as a word for `power_of_two`, r the larger part of the rest, the tail below r²."""

    k: Value
    r: Value
    tail: Value

    def above_one(self) -> DoubleDouble:
        """1 + r + tail."""
        total = 1 + self.r
        return fast_two_sum(total, (1 - total + self.r) + self.tail)


def reduce(x: Value, coefficients: Sequence[float] = EXP, low: Value | None = None) -> Reduced:
    """Reduced form of e^(x + low), for |x| below 2000 and a low part below the last bit of x."""
    shifted = x * LOG2_E + ROUND
    k = shifted - ROUND
    high = x - k * LN2[0]
    rest = k * LN2[1] if low is None else k * LN2[1] - low
    r = high - rest
    return Reduced(shifted.bits(), high, r * r * polynomial(r, coefficients) - rest)


def exp_of_sum(x: Value, low: Value | None = None) -> DoubleDouble:
    """e^(x + low) and its error, also where it is subnormal, 0 or inf."""
    k, *_ = reduced = reduce(clamp(x, -746, 710), low=low)
    total, error = reduced.above_one()
    # Two factors, neither of which overflows, so that a subnormal result is rounded once. Of k, 12 bits are its own.
    half = ((k + 2048) & 0xFFF) >> 1
    first, second = power_of_two(half - 1024), power_of_two(k - half + 1024)
    return total * first * second, error * first * second


def exp(x: Value) -> Value:
    """e^x."""
    return exp_of_sum(x)[0]


def exp_single(x: Value) -> Value:
    """e^x for float32: as a double it is neither subnormal nor inf."""
    k, r, tail = reduce(clamp(x, -104, 89), EXP_SINGLE)
    return (1 + (r + tail)) * power_of_two(k)


def expm1(x: Value, coefficients: Sequence[float] = EXP) -> Value:
    """e^x - 1."""
    k, r, tail = reduce(clamp(x, -40, 710), coefficients)
    # (2^k - 1) + 2^k (r + tail), all halved since 2^1024 overflows.
    scale = power_of_two(k - 1)
    first, second = scale - 0.5, scale * r
    total = first + second
    result = 2 * (total + ((first - total + second) + scale * tail))
    return where(absolute(x) < 2.0**-54, x, result)


def expm1_single(x: Value) -> Value:
    """e^x - 1 for float32."""
    return expm1(clamp(x, -40, 89), EXP_SINGLE)


def sigmoid(x: Value) -> Value:
    """1 / (1 + e^-x), without overflow: e^-|x| / (1 + e^-|x|) for negative x."""
    decay, decay_error = exp_of_sum(-absolute(x))
    below = 1 + decay
    error = (1 - below) + decay
    negative = x < 0
    above, above_error = where(negative, decay, 1.0), where(negative, decay_error, 0.0)
    quotient = above / below
    # The derivative by the numerator is 1 / (1 + e^-|x|).
    correction = (above_error - quotient * (error + decay_error)) * where(negative, 1 - quotient, quotient)
    return quotient + correction


def sigmoid_single(x: Value) -> Value:
    """1 / (1 + e^-x) for float32."""
    decay = exp_single(-absolute(x))
    return where(x < 0, decay, 1.0) / (1 + decay)
