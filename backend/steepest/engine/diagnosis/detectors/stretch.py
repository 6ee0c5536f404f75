"""A stretch: consecutive records that meet the same condition."""

from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
    """Reports a condition that has held at 20 records in a row: those that `scan` marks."""

    _done: int = -1  # the last row that the state includes
    _compared: tuple[Verdict, Mask] | None = None

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

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self.state is None or not self._long(row) or not self.shows[row]:
            return None
        return reported if not self._changes(reported)[row] else self.report(row, self.state)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        if self.state is None:
            return row if isinstance(reported, self.verdicts) else self.next_marked(row)
        end = first_true(~self.marked, row)
        if reported is None:
            return end
        if isinstance(reported, self.verdicts):
            return min(end, first_true(self._changes(reported) | ~self.shows, row))
        return row if self._long(row) else min(end, self.state.since + RECORDS - 1 - self.records.step)

    @cached_property
    def shows(self) -> Mask:
        """bool[r]: further conditions of the verdict at a record."""
        return np.ones(len(self.records), np.bool_)

    @abstractmethod
    def report(self, row: int, stretch: Stretch) -> Verdict:
        """The verdict at a record."""

    @abstractmethod
    def changes(self, reported: Any) -> Mask:
        """bool[r]: a number has changed, against the verdict reported of this stretch."""

    def _changes(self, reported: Verdict) -> Mask:
        """bool[r]: the verdict no longer holds as reported, while the stretch lasts."""
        if self.state is None or not isinstance(reported, self.verdicts) or self.state.since != _since(reported):
            return np.ones(len(self.records), np.bool_)
        if self._compared is None or self._compared[0] is not reported:
            self._compared = reported, self.changes(reported)
        return self._compared[1]

    def _long(self, row: int) -> bool:
        """Enough records up to this one."""
        return self.state is not None and self.records.step + row - self.state.since + 1 >= RECORDS

    @override
    def kept(self) -> Stretch | None:
        if self.state is not None and self._done < len(self.records) - 1:
            self.update(len(self.records) - 1)
        return self.state


def _since(verdict: Verdict) -> int | None:
    since: int | None = getattr(verdict, "since", None)
    return since
