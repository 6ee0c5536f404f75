"""Fewer values than there are, for a drawing that still shows the whole course."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from steepest.engine.recording.records import Array

MAX_POINTS = 1000  # more than a chart has columns of pixels


def extremes(values: Array) -> NDArray[np.int64]:
    """Ascending indices of all values, or of at most 1,000 of more: both ends, and the extremes of each stretch.

    Every n-th would misrepresent what goes up and down in short cycles. NaN counts as the greatest.
    """
    if len(values) <= MAX_POINTS:
        return np.arange(len(values))
    cuts = np.linspace(0, len(values), MAX_POINTS // 2, dtype=np.int64)  # with both ends, at most 1,000 are kept
    known = np.nan_to_num(values, nan=np.inf, posinf=np.inf, neginf=-np.inf)
    kept = [0, len(values) - 1]
    for low, high in pairwise(cuts.tolist()):
        stretch = known[low:high]
        kept += [low + int(stretch.argmin()), low + int(stretch.argmax())]
    return np.unique(kept)
