"""What is said of many runs at once."""

import numpy as np
from numpy.typing import NDArray

from steepest.engine.recording.records import Array

SHARES = {"low": 0.25, "median": 0.5, "high": 0.75}


def quartiles(values: NDArray[np.float64], *, worst_is_low: bool) -> dict[str, Array]:
    """Median and quartiles over the last axis: (..., k) to (...) each, by name.

    Each is the value of a run, the lowest that so large a share of the runs does not exceed: between an infinite value
    and a finite one there is no other. NaN counts as the worst: the lowest or the highest.
    """
    worst = -np.inf if worst_is_low else np.inf
    ordered = np.sort(np.where(np.isnan(values), worst, values), axis=-1)
    places = {name: int(np.ceil(share * values.shape[-1])) - 1 for name, share in SHARES.items()}
    return {
        name: np.where(ordered[..., place] == -np.inf, np.nan, ordered[..., place]) for name, place in places.items()
    }
