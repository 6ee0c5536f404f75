"""The elementary functions of compiled steps against mpmath, in units in the last place (ulp)."""

import numpy as np
import pytest
from tests.engine.compiled.functions_helpers import errors, points

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


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_error_is_small_at_many_more_points(name: str, dtype: str, seed: int) -> None:
    assert largest(name, dtype, 30_000, seed=10 + seed) <= bound(name, dtype)
