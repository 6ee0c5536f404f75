"""The elementary functions of compiled steps against mpmath, in units in the last place (ulp)."""

from collections.abc import Callable

import numpy as np
import pytest
import scipy.special
from tests.engine.compiled.functions_helpers import Array, errors, kernel, points

from steepest.engine.compiled.functions import NAMES

# The largest error allowed in float64, in ulp.
BOUNDS = dict.fromkeys(NAMES, 2.0) | dict.fromkeys(("exp", "log", "sin", "cos", "tanh", "pow"), 1.0) | {"sqrt": 0.5}
# In float32 the result is computed in double precision and rounded once: the nearest number, but for near ties.
BOUND_SINGLE = 0.5001


def bound(name: str, dtype: str) -> float:
    return BOUNDS[name] if dtype == "float64" else BOUND_SINGLE


def largest(name: str, dtype: str, count: int, seed: int) -> float:
    found = list(errors(name, dtype, *points(name, dtype, count, np.random.default_rng(seed))))
    assert len(found) > count
    return max(found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_error_is_small_everywhere(name: str, dtype: str) -> None:
    assert largest(name, dtype, 500, seed=1) <= bound(name, dtype)


# NumPy's and SciPy's functions of one number in float64, whose errors are far below those of a float32.
IN_DOUBLE: dict[str, Callable[[Array], Array]] = {
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "erf": scipy.special.erf,
    "sigmoid": scipy.special.expit,
    **{name: getattr(np, name) for name in NAMES if NAMES[name] == 1 and hasattr(np, name)},
}


def largest_in_single(name: str, stride: int) -> float:
    """The largest error of a float32 function over every stride-th number, in ulp."""
    x = np.arange(0, 2**32, stride, dtype=np.uint64).astype(np.uint32).view(np.float32)
    got = kernel(name, "float32")(x).astype(float)
    with np.errstate(all="ignore"):
        exact = IN_DOUBLE[name](x.astype(float))
        assert (np.isnan(got) == np.isnan(exact)).all()
        # inf stands for 2^128, the power of two beyond the largest number.
        got, exact = (np.clip(numbers[~np.isnan(exact)], -(2.0**128), 2.0**128) for numbers in (got, exact))
        exponent = np.clip(np.frexp(exact)[1] - 1, -126, 127)
        return float(np.abs(np.ldexp(got - exact, 23 - exponent)).max())


@pytest.mark.parametrize("name", IN_DOUBLE)
def test_float32_is_the_nearest_number(name: str) -> None:
    assert largest_in_single(name, 65_521) <= BOUND_SINGLE


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_error_is_small_at_many_more_points(name: str, dtype: str, seed: int) -> None:
    assert largest(name, dtype, 20_000, seed=10 + seed) <= bound(name, dtype)


@pytest.mark.long
@pytest.mark.parametrize("name", IN_DOUBLE)
def test_float32_is_the_nearest_number_nearly_everywhere(name: str) -> None:
    assert largest_in_single(name, 127) <= BOUND_SINGLE
