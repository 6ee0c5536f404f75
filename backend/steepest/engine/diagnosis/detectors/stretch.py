"""A stretch: consecutive records at which the same holds."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector, first_true
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Verdict

RECORDS = 20  # in a row before something slow is reported


@dataclass(frozen=True)
class Stretch:
    """since: its first step. low, high: of the largest curvature over it."""

    since: int
    low: float
    high: float


class StretchDetector(Detector[SurfaceRun, Stretch]):
    """Reports what has held at 20 records in a row: those that `scan` marks."""

    _done: int = -1  # the last row that the state includes

    @override
    def update(self, row: int) -> None:
        if not self.marked[row]:
            self.state = None
        else:
            since = self.records.step + row if self.state is None else self.state.since
            begin = row if self.state is None else max(self._done, self.records.new - 1) + 1
            curvature = self.records.rows.eigenvalues[begin : row + 1, -1]
            low, high = float(np.fmin.reduce(curvature)), float(np.fmax.reduce(curvature))
            if self.state is not None:
                low, high = min(low, self.state.low), max(high, self.state.high)
            self.state = Stretch(since, low, high)
        self._done = row

    def long(self, row: int) -> bool:
        """Enough records up to this one."""
        return self.state is not None and self.records.step + row - self.state.since + 1 >= RECORDS

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        if self.state is None:
            return row if isinstance(reported, self.verdicts) else self.next_marked(row)
        end = first_true(self._ends, row)
        if reported is None or end == row:
            return end
        if isinstance(reported, self.verdicts):
            return min(end, self.changed_from(row, reported))
        return row if self.long(row) else min(end, self.state.since + RECORDS - 1 - self.records.step)

    @abstractmethod
    def changed_from(self, row: int, reported: Verdict) -> int:
        """The first record from `row` on at which its verdict no longer holds as reported, while the stretch lasts."""

    @cached_property
    def _ends(self) -> Mask:
        found: Mask = ~self.marked
        return found

    @override
    def kept(self) -> Stretch | None:
        if self.state is not None and self._done < len(self.records) - 1:
            self.update(len(self.records) - 1)
        return self.state
