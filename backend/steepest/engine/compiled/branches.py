"""Where torch's code of an update branches on the number of updates: RAdam and ASGD."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from steepest.optimizers.adam_family import both_betas
from steepest.spec import Value, float_value

# (hyperparameters, the state's numbers, the numbers of the next updates, float64[m]) to the side that each one takes,
# int[m].
Sides = Callable[[Mapping[str, Value], Mapping[str, float], NDArray[np.float64]], NDArray[np.int64]]


def _radam(
    values: Mapping[str, Value], numbers: Mapping[str, float], updates: NDArray[np.float64]
) -> NDArray[np.int64]:
    """1 where the variance is known well enough to be used: rho_t > 5, computed as torch does."""
    _, beta2 = both_betas(values)
    power = np.array([beta2**update for update in updates.tolist()])
    rho = 2 / (1 - beta2) - 1 - 2 * updates * power / (1 - power)
    return np.asarray(rho > 5.0, np.int64)


def _asgd(values: Mapping[str, Value], numbers: Mapping[str, float], updates: NDArray[np.float64]) -> NDArray[np.int64]:
    """1 where the average is updated by a share mu, not replaced; 2 where the next mu is below 1."""
    past = updates - float_value(values, "t0")
    mu = np.float32(1.0) / np.maximum(1.0, past[:-1]).astype(np.float32)
    share = np.concatenate([[np.float32(numbers.get("mu", 1.0))], mu])
    return np.asarray((share != 1) + 2 * (past > 1), np.int64)


_SIDES: Mapping[str, Sides] = {"radam": _radam, "asgd": _asgd}


def same_branch(
    optimizer: str, values: Mapping[str, Value], numbers: Mapping[str, float], most: int
) -> tuple[int, int]:
    """The side that the next update takes, and how many updates, at most `most`, take it in a row."""
    sides = _SIDES.get(optimizer)
    if sides is None:
        return 0, most
    taken = sides(values, numbers, numbers.get("step", 0.0) + 1.0 + np.arange(most, dtype=np.float64))
    other = np.flatnonzero(taken != taken[0])
    return int(taken[0]), int(other[0]) if len(other) else most
