"""Not falling: no other detector finds anything, but the loss does not come down either.

So of a run that climbs, by `maximize` or as Newton's method does where the surface curves down, of one that jumps about
in chaos, and of one that stays where it is though there is a slope.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector, first_true
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Verdict

HALF = 10  # records: one half of a window is held against the other
CLEAR = 0.5  # of the standard deviation in a window: a mean that fell by less may have fallen by chance
ROUNDING = 4  # times the precision of the run's dtype


class NotFalling(Verdict):
    """Neither the mean nor the lowest loss of the last 10 records is below that of the 10 before.

    since: the first of these records. loss: there. climbs: the optimizer maximizes.
    """

    code: Literal["not_falling"] = "not_falling"
    pace = "passing"
    since: int
    loss: float
    climbs: bool


@dataclass(frozen=True)
class Recent:
    """The last losses before a chunk, up to a window of them."""

    losses: tuple[float, ...]


class NotFallingDetector(Detector[SurfaceRun, Recent]):
    """Holds until the mean falls by more than it varies. Only where every step sees the whole problem."""

    name = "not_falling"
    verdicts = (NotFalling,)

    @override
    def scan(self) -> Mask:
        records = self.records
        before = self.state.losses if self.state is not None else ()
        # Row 0 is the last record before the chunk, where there is one.
        self._losses: Float = np.concatenate((before, records.loss[records.new :]))
        self._offset = len(self._losses) - len(records)
        windows = _Windows(self._losses, float(np.finfo(records.dtype).eps))
        since = self._since_edit()
        apart = since >= 2 * HALF - 1
        self._begins = windows.stays[self._offset :] & apart
        self._ends = windows.falls[self._offset :] | ~apart
        if not records.full_batch:
            self._begins[:] = False
        return self._begins

    @override
    def update(self, row: int) -> None:
        """The losses are kept once a chunk."""

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if isinstance(reported, NotFalling):
            return None if self._ends[row] else reported
        if not self._begins[row]:
            return None
        records, first = self.records, row - 2 * HALF + 1
        climbs = bool(records.config(row).values.get("maximize"))
        loss = float(self._losses[self._offset + first])
        return NotFalling(step=records.step + row, since=records.step + first, loss=loss, climbs=climbs)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        if reported is None:  # it has no state that a record changes
            return len(self.records)
        return first_true(self._ends if isinstance(reported, NotFalling) else self._begins, row)

    @override
    def kept(self) -> Recent:
        finite = self._losses[: len(self._losses) - (len(self.records) - self.records.finite)]
        return Recent(tuple(finite[-2 * HALF :].tolist()))

    def _since_edit(self) -> np.ndarray:
        """int64[r]: records since the last edit, or since record 0."""
        steps = self.records.step + np.arange(len(self.records))
        edits = np.array([0, *(edit.step for edit in self.records.plan.edits)])
        edits.sort()
        found: np.ndarray = steps - edits[np.searchsorted(edits, steps, side="left").clip(1) - 1]
        return found


class _Windows:
    """Of the window that ends at each loss: whether the later half is no lower, and whether it is clearly lower."""

    def __init__(self, losses: Float, precision: float) -> None:
        count = len(losses)
        self.stays, self.falls = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        most = count - 2 * HALF + 1
        if most <= 0:
            return
        # A scale of each window's own: squares of a run that diverges would overflow.
        parts = [losses[n : n + most] for n in range(2 * HALF)]
        size = np.abs(parts[0])
        for part in parts[1:]:
            size = np.maximum(size, np.abs(part))
        size[size == 0] = 1.0
        low, mean = [np.full(most, np.inf), np.full(most, np.inf)], [np.zeros(most), np.zeros(most)]
        square = np.zeros(most)
        centre = parts[0] / size
        for n, part in enumerate(parts):
            scaled = part / size
            half = n // HALF
            low[half] = np.minimum(low[half], scaled)
            mean[half] = mean[half] + scaled / HALF
            square = square + (scaled - centre) ** 2 / (2 * HALF)
        least = ROUNDING * precision
        spread = np.sqrt(np.maximum(0.0, square - ((mean[0] + mean[1]) / 2 - centre) ** 2))
        self.stays[2 * HALF - 1 :] = (mean[1] >= mean[0] - least) & (low[1] >= low[0] - least)
        self.falls[2 * HALF - 1 :] = mean[0] - mean[1] > np.maximum(least, CLEAR * spread)
