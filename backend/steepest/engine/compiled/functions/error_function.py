"""erf: a polynomial in x² for |x| < 1, and beyond it 1 - e^(-x²) G(1 / (|x| + 3))."""

from collections.abc import Sequence

from steepest.engine.compiled.functions.coefficients import (
    ERF,
    ERF_SINGLE,
    ERFC,
    ERFC_SINGLE,
    EXP,
    EXP_SINGLE,
)
from steepest.engine.compiled.functions.exponential import reduce
from steepest.engine.compiled.functions.value import Value, absolute, clamp, polynomial, power_of_two, where, with_sign


def erf_with(x: Value, inner: Sequence[float], outer: Sequence[float], exponential: Sequence[float]) -> Value:
    """The error function by these polynomials."""
    size = absolute(x)
    far = clamp(size, 0, 6)  # where the result is 1
    k, r, tail = reduce(-(far * far), exponential)
    complement = (1 + (r + tail)) * power_of_two(k) * polynomial(1 / (far + 3), outer)
    return where(size < 1, x + x * polynomial(x * x, inner), with_sign(1 - complement, x))


def erf(x: Value) -> Value:
    """The error function."""
    return erf_with(x, ERF, ERFC, EXP)


def erf_single(x: Value) -> Value:
    """The error function for float32."""
    return erf_with(x, ERF_SINGLE, ERFC_SINGLE, EXP_SINGLE)
