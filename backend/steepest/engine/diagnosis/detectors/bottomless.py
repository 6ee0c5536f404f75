"""Bottomless: the loss falls without limit.

Unlike an unstable run, it falls at every step, outside the view and farther out each time, on a slope that does not
fade.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Verdict

FALLS = 3  # steps in a row before it is reported
DYING = 0.99999  # a slope that shrinks by a smaller factor a step fades: exp(-x) has a lowest value
PACE = 1e-4  # of the diagonal: no plateau
DEEPER = 1000  # times as deep as reported: to be reported again


class Bottomless(Verdict):
    """Outside the view, and the loss falls at every step without overshooting. since: when it left the view."""

    code: Literal["bottomless"] = "bottomless"
    pace = "urgent"
    since: int
    loss: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        if not isinstance(reported, Bottomless) or reported.since != self.since:
            return False
        return abs(self.loss) <= DEEPER * max(abs(reported.loss), 1.0)


@dataclass(frozen=True)
class FallState:
    """falls: consecutive steps that fell outside the view. left: the step at which it left the view, None inside."""

    falls: int = 0
    left: int | None = None


class BottomlessDetector(Detector[SurfaceRun, FallState]):
    """Three falls in a row."""

    name = "bottomless"
    verdicts = (Bottomless,)

    @override
    def scan(self) -> Mask:
        self._fell = self._falls()
        return self.records.outside | self._fell

    def _falls(self) -> Mask:
        """bool[r]: the step to the record went down and farther out, beyond the view.

        Where the problem does not declare that it is unbounded, the run must be twice as far outside, on a lasting
        slope.
        """
        rows, view = self.records.rows, self.records.view
        outside = rows.outside
        found: Mask = np.zeros(len(rows), np.bool_)
        found[1:] = (rows.loss[1:] < rows.loss[:-1]) & (outside[1:] > outside[:-1])
        if view.unbounded:
            return found & (outside > 1)
        found &= outside > 2
        if found.any():
            lasting = (rows.lengths[1:] >= PACE * view.diagonal) & (rows.slopes[1:] >= DYING * rows.slopes[:-1])
            found[1:] &= lasting
        return found

    @override
    def update(self, row: int) -> None:
        left = falls = None
        if self.records.outside[row]:
            left = self.records.step + row if self.state is None or self.state.left is None else self.state.left
        if self._fell[row] and not self.records.moved(row):
            falls = (0 if self.state is None else self.state.falls) + 1
        self.state = None if left is None and falls is None else FallState(falls or 0, left)

    @property
    def falls(self) -> int:
        """Consecutive steps up to here."""
        return 0 if self.state is None else self.state.falls

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self.state is None or self.falls < FALLS:
            return None
        step, loss = self.records.step + row, float(self.records.loss[row])
        left = step if self.state.left is None else self.state.left
        found = Bottomless(step=step, since=left, loss=loss)
        return reported if found.same_as(reported) else found
