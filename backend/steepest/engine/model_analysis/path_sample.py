"""Which points of a run's path stand for it: by the length of the path, and the early steps always."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

EARLY = (1, 2, 4, 8, 16, 32)  # steps of which a point is always among the sample
FEW = 40  # points of a run up to which gaps are filled
SMOOTH = 0.03  # share of a path's length: a shorter chord is not divided


def chords(points: Sequence[Array] | Array) -> NDArray[np.float64]:
    """(m - 1,): the distances of m successive points; that to a point that is not finite is infinite."""
    with np.errstate(all="ignore"):  # a run that diverges
        pairs = pairwise(points)
        lengths = [np.linalg.norm(end.astype(np.float64) - begin.astype(np.float64)) for begin, end in pairs]
    return np.nan_to_num(np.array(lengths, np.float64), nan=np.inf)


def missing_step(steps: Sequence[int], lengths: Sequence[NDArray[np.float64]], most: int) -> int | None:
    """The step whose point the sample lacks most; None where it is good enough, or has `most` points.

    steps: ascending, the first is 0. lengths: for each path the chords between them, (m - 1,), as far as it goes.
    First the early steps, then the middle of the chord that is longest relative to its path's length.
    """
    if len(steps) >= most:
        return None
    early = next((step for step in EARLY if step < steps[-1] and step not in steps), None)
    if early is not None:
        return early
    longest, at = SMOOTH, None
    for chord in lengths:
        # Beyond this a path has left every picture; its end alone would be the whole length.
        finite = np.where(chord < 1e100, chord, 0.0)
        whole = finite.sum()
        for n, share in enumerate(finite / whole if whole > 0 else finite):
            if share > longest and steps[n + 1] - steps[n] > 1:
                longest, at = float(share), (steps[n] + steps[n + 1]) // 2
    return at


def spread_along(steps: Sequence[int], lengths: NDArray[np.float64], most: int) -> list[int]:
    """Indices of at most `most` >= 2 of a path's points: the first, the last, the early steps, the rest by length.

    steps: ascending. lengths: (m - 1,), the chords between the points. Those chosen by length lie about evenly spaced
    along the path.
    """
    if len(steps) <= most:
        return list(range(len(steps)))
    fixed = [0, len(steps) - 1, *(n for n, step in enumerate(steps) if step in EARLY)]
    chosen = fixed[:most]
    finite = np.where(lengths < 1e100, lengths, 0.0)
    along = np.concatenate([[0.0], np.cumsum(finite)])
    apart = np.abs(along[:, None] - along[chosen]).min(axis=1)  # from the nearest one chosen
    while len(chosen) < most and apart.max() > 0:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, np.abs(along - along[chosen[-1]]))
    return sorted(set(chosen))
