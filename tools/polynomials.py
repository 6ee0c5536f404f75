"""Writes the coefficients of the polynomials in the compiled engine's elementary functions.

    python tools/polynomials.py > backend/steepest/engine/compiled/functions/coefficients.py

Each polynomial interpolates its function at Chebyshev nodes (mpmath's `chebyfit`), so its error is within a
few times the smallest possible. The constants of argument reductions are π and log 2 cut into parts.
"""

from collections.abc import Callable, Iterator

import mpmath
from mpmath import mp, mpf

Function = Callable[[mpf], mpf]

HEADER = '"""Coefficients and constants, in ascending powers. Written by tools/polynomials.py."""'


def odd(function: Function) -> Function:
    """(f(x) / x - 1) / z as a function of z = x², for an odd f with f(x) ≈ x."""
    return lambda z: (function(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z


def atanh_ratio(z: mpf) -> mpf:
    """atanh(s) / s at s² = z: log(m) is 2 atanh(s) for s = (m - 1) / (m + 1)."""
    return mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z)


def scaled_erfc(t: mpf) -> mpf:
    """exp(x²) erfc(x) at x = 1 / t - 3."""
    x = 1 / t - 3
    return mpmath.exp(x * x) * mpmath.erfc(x)


HALF_LN2 = 0.34658  # with a margin for the rounding of k
LOG_LIMIT = 0.02945  # the square of (√2 - 1) / (√2 + 1), with a margin
SINE_LIMIT = 0.6170  # the square of π / 4, with a margin

# name: function, interval, number of coefficients; a name in _SINGLE serves float32, with an error near 2^-40.
POLYNOMIALS: dict[str, tuple[Function, float, float, int]] = {
    "EXP": (lambda r: (mpmath.expm1(r) - r) / r**2, -HALF_LN2, HALF_LN2 + 1e-5, 11),
    "EXP_SINGLE": (lambda r: (mpmath.expm1(r) - r) / r**2, -HALF_LN2, HALF_LN2 + 1e-5, 8),
    "LOG": (lambda z: 2 * (atanh_ratio(z) - 1) / z, 0, LOG_LIMIT, 7),
    "LOG_SINGLE": (lambda z: 2 * (atanh_ratio(z) - 1) / z, 0, LOG_LIMIT, 5),
    "LOG_TAIL": (lambda z: ((atanh_ratio(z) - 1) / z - mpf(1) / 3 - z / 5) / z**2, 0, LOG_LIMIT, 8),
    "SIN": (odd(mpmath.sin), 0, SINE_LIMIT, 7),
    "SIN_SINGLE": (odd(mpmath.sin), 0, SINE_LIMIT, 5),
    "COS": (lambda z: (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2, 0, SINE_LIMIT, 6),
    "COS_SINGLE": (lambda z: (mpmath.cos(mpmath.sqrt(z)) - 1 + z / 2) / z**2, 0, SINE_LIMIT, 5),
    "ASIN": (odd(mpmath.asin), 0, 0.25, 13),
    "ATAN": (odd(mpmath.atan), 0, 0.1915, 12),
    "SINH": (odd(mpmath.sinh), 0, 1, 8),
    "TANH": (odd(mpmath.tanh), 0, 0.3025, 13),
    "ERF": (lambda z: mpmath.erf(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1, 0, 1, 13),
    "ERF_SINGLE": (lambda z: mpmath.erf(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1, 0, 1, 10),
    "ERFC": (scaled_erfc, 1 / 9, 1 / 4, 16),
    "ERFC_SINGLE": (scaled_erfc, 1 / 9, 1 / 4, 12),
}


def parts(number: mpf, *widths: int) -> Iterator[float]:
    """The number as a sum of doubles: pieces of so many bits, then the rest as one double."""
    for width in widths:
        _, exponent = mpmath.frexp(number)
        unit = mpf(2) ** (exponent - width)
        piece = mpmath.floor(number / unit) * unit
        number -= piece
        yield float(piece)
    yield float(number)


def module() -> Iterator[str]:
    """The lines of coefficients.py."""
    yield HEADER
    yield ""
    for name, number, widths in (
        # A product with an integer below 2^11, or 2^20, is exact for all parts but the last.
        ("LN2", mpmath.log(2), (42,)),
        ("HALF_PI", mpmath.pi / 2, (33, 33, 33)),
        # The same as sums of doubles.
        ("PI_OVER_2", mpmath.pi / 2, (53,)),
        ("ONE_THIRD", mpf(1) / 3, (53,)),
        ("ONE_FIFTH", mpf(1) / 5, (53,)),
        ("ATAN_1_2", mpmath.atan(mpf(1) / 2), (53,)),
        ("ATAN_1", mpmath.atan(1), (53,)),
        ("ATAN_3_2", mpmath.atan(mpf(3) / 2), (53,)),
    ):
        yield f"{name} = ({', '.join(map(repr, parts(number, *widths)))})"
    yield f"LOG2_E = {float(1 / mpmath.log(2))!r}"
    yield f"TWO_OVER_PI = {float(2 / mpmath.pi)!r}"
    for name, (function, low, high, count) in POLYNOMIALS.items():
        yield f"{name} = ("
        yield from (f"    {float(value)!r}," for value in reversed(mp.chebyfit(function, [low, high], count)))
        yield ")"
    yield "# The 1,216 bits of 2/π after the point, in words of 64."
    bits = int(mpmath.floor(mpmath.ldexp(2 / mp.pi, 1216)))
    yield "TWO_OVER_PI_WORDS = ("
    yield from (f"    0x{bits >> shift & (1 << 64) - 1:016X}," for shift in range(1152, -1, -64))
    yield ")"


if __name__ == "__main__":
    mp.prec = 1400  # for 2/π
    print("\n".join(module()))
