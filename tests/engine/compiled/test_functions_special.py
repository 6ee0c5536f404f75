"""The elementary functions of compiled steps where IEEE 754 and ISO C (annex F) fix the result."""

from math import inf, nan, pi

import numpy as np
import pytest
from tests.engine.compiled.functions_helpers import DTYPES, kernel

from steepest.engine.compiled.functions import NAMES

# name: (argument, result). Zeros have signs.
UNARY: dict[str, list[tuple[float, float]]] = {
    "exp": [(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (800.0, inf), (-800.0, 0.0)],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1.0), (800.0, inf), (-800.0, -1.0)],
    "log": [(1.0, 0.0), (0.0, -inf), (-0.0, -inf), (inf, inf), (-1.0, nan), (-inf, nan), (-1e-30, nan)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1.0, -inf), (inf, inf), (-2.0, nan), (-inf, nan)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan)],
    "cos": [(0.0, 1.0), (-0.0, 1.0), (inf, nan), (-inf, nan)],
    "tan": [(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan)],
    "asin": [(0.0, 0.0), (-0.0, -0.0), (1.0, pi / 2), (-1.0, -pi / 2), (1.5, nan), (-1.5, nan), (inf, nan)],
    "acos": [(1.0, 0.0), (-1.0, pi), (0.0, pi / 2), (-0.0, pi / 2), (1.5, nan), (-1.5, nan), (-inf, nan)],
    "atan": [(0.0, 0.0), (-0.0, -0.0), (inf, pi / 2), (-inf, -pi / 2), (1.0, pi / 4), (-1.0, -pi / 4)],
    "sinh": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -inf), (800.0, inf), (-800.0, -inf)],
    "cosh": [(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, inf), (800.0, inf), (-800.0, inf)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (1e30, 1.0), (-1e30, -1.0)],
    "sqrt": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (4.0, 2.0), (-1.0, nan), (-inf, nan)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (1e30, 1.0), (-1e30, -1.0)],
    "sigmoid": [(0.0, 0.5), (-0.0, 0.5), (inf, 1.0), (-inf, 0.0), (800.0, 1.0), (-800.0, 0.0)],
}
BINARY: dict[str, list[tuple[float, float, float]]] = {
    "pow": [
        # A zero as the base.
        *((0.0, y, inf) for y in (-1.0, -2.0, -0.5, -inf)),
        *((-0.0, y, -inf) for y in (-1.0, -3.0, -(2.0**24 - 1))),
        *((-0.0, y, inf) for y in (-2.0, -0.5, -1e30, -inf)),
        *((0.0, y, 0.0) for y in (1.0, 2.0, 0.5, 1e30, inf)),
        *((-0.0, y, -0.0) for y in (1.0, 3.0)),
        *((-0.0, y, 0.0) for y in (2.0, 0.5, 1e30, inf)),
        # An infinite base.
        *((inf, y, 0.0) for y in (-1.0, -0.5, -inf)),
        *((inf, y, inf) for y in (1.0, 0.5, inf)),
        *((-inf, y, -0.0) for y in (-1.0, -3.0)),
        *((-inf, y, 0.0) for y in (-2.0, -0.5, -inf)),
        *((-inf, y, -inf) for y in (1.0, 3.0)),
        *((-inf, y, inf) for y in (2.0, 0.5, inf)),
        # An infinite exponent.
        *((x, inf, 0.0) for x in (0.5, -0.5, 1e-30, 1 - 2.0**-24)),
        *((x, -inf, inf) for x in (0.5, -0.5, 1e-30, 1 - 2.0**-24)),
        *((x, inf, inf) for x in (2.0, -2.0, 1e30, 1 + 2.0**-23)),
        *((x, -inf, 0.0) for x in (2.0, -2.0, 1e30, 1 + 2.0**-23)),
        *((-1.0, y, 1.0) for y in (inf, -inf, 2.0, 0.0)),
        # One, whatever the other argument is.
        *((x, y, 1.0) for x in (0.0, -0.0, 3.0, -3.0, inf, -inf, nan) for y in (0.0, -0.0)),
        *((1.0, y, 1.0) for y in (0.5, -3.0, 1e30, inf, -inf, nan)),
        # NaN.
        *((nan, y, nan) for y in (1.0, 2.0, -0.5, inf, nan)),
        *((x, nan, nan) for x in (0.0, -0.0, -1.0, 2.0, inf, -inf)),
        # A negative base.
        *((x, y, nan) for x in (-2.0, -1e-30, -1.0) for y in (0.5, -0.5, 1.5, 1e-30)),
        (-2.0, 3.0, -8.0),
        (-2.0, 4.0, 16.0),
        (-2.0, -1.0, -0.5),
        (-1.0, 2.0**24 - 1, -1.0),
        (-1.0, 2.0**24, 1.0),
        (-1.0, 1e30, 1.0),
        # Overflow and underflow.
        (10.0, 400.0, inf),
        (-10.0, 401.0, -inf),
        (10.0, -400.0, 0.0),
        (-10.0, -401.0, -0.0),
        (2.0, 1e30, inf),
        (2.0, -1e30, 0.0),
    ],
    "hypot": [
        (3.0, -4.0, 5.0),
        (0.0, -0.0, 0.0),
        (-2.0, 0.0, 2.0),
        *((x, y, inf) for x in (inf, -inf) for y in (0.0, 1.0, nan, inf)),
        *((x, y, inf) for x in (0.0, 1.0, nan) for y in (inf, -inf)),
        *((x, nan, nan) for x in (0.0, 1.0)),
        *((nan, y, nan) for y in (0.0, 1.0)),
    ],
}
CASES: dict[str, list[tuple[float, ...]]] = {
    **{name: [*cases, (nan, nan)] for name, cases in UNARY.items()},
    **{name: [*cases] for name, cases in BINARY.items()},
}
# Odd functions f with f(x) = x (1 + O(x²)), and others with f(x) = x (1 + O(x)), keep the smallest numbers.
KEEP_TINY = ("sin", "tan", "asin", "atan", "sinh", "tanh", "expm1", "log1p")


def same(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Equal, NaN to NaN, and zeros with the same sign."""
    equal = (got == expected) & (np.signbit(got) == np.signbit(expected))
    return np.asarray(equal | (np.isnan(got) & np.isnan(expected)))


def test_each_function_has_cases() -> None:
    assert CASES.keys() == NAMES.keys()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_special_cases(name: str, dtype: str) -> None:
    *arguments, expected = (np.array(column, dtype) for column in zip(*CASES[name], strict=True))
    got = kernel(name, dtype)(*arguments)
    wrong = ~same(got, expected)
    assert [(*case, float(was)) for case, was, bad in zip(CASES[name], got, wrong, strict=True) if bad] == []


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", KEEP_TINY)
def test_smallest_numbers_keep_their_bits(name: str, dtype: str) -> None:
    smallest = np.finfo(dtype).smallest_subnormal
    x = np.concatenate([np.arange(1, 100) * smallest, [np.finfo(dtype).tiny, 1e-30]]).astype(dtype)
    for numbers in (x, -x):
        np.testing.assert_array_equal(kernel(name, dtype)(numbers), numbers)


def test_powers_of_whole_numbers_are_exact() -> None:
    x, y = (grid.ravel().astype(float) for grid in np.meshgrid(np.arange(-9, 10), np.arange(0, 16)))
    np.testing.assert_array_equal(
        kernel("pow", "float64")(x, y), [float(int(a) ** int(b)) for a, b in zip(x, y, strict=True)]
    )


def test_powers_of_two_are_exact_down_to_the_smallest() -> None:
    y = np.arange(-1080, 1030).astype(float)
    with np.errstate(over="ignore", under="ignore"):
        np.testing.assert_array_equal(kernel("pow", "float64")(np.full_like(y, 2.0), y), np.ldexp(1.0, y.astype(int)))
