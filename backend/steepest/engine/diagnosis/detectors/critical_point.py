"""Near a critical point, and the escape from it; `critical_point_visit.py` says how long a visit lasts."""

from typing import ClassVar, Generic, TypeVar

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector, first_true
from steepest.engine.diagnosis.detectors.critical_point_visit import (
    DRIFT,
    CriticalPointVisit,
    Escaped,
    Near,
    follow,
)
from steepest.engine.diagnosis.detectors.plateau import FLAT
from steepest.engine.diagnosis.detectors.stretch import Stretch
from steepest.engine.diagnosis.geometry.newton_search import WIDE
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.surface_run import KINDS, SurfaceRun
from steepest.engine.recording.verdict import Verdict

SURE = 1 - 1e-9  # of a threshold: rounding does not cross it

S = TypeVar("S")


class _NearDetector(Detector[SurfaceRun, S], Generic[S]):
    verdicts: ClassVar[tuple[type[Verdict], ...]] = (Near,)

    def _near(self, visit: CriticalPointVisit, row: int, reported: Verdict) -> Verdict | None:
        """The visit's verdict; `reported` where it is the same.

        On level ground only where the slope is almost zero, and never during a plateau.
        """
        near, view = visit.near, self.records.view
        if visit.level and self.state_of("plateau", Stretch) is not None:
            return None
        known = isinstance(reported, Near) and reported.since == near.since
        late = near.kind == "degenerate" and not visit.axes and not known
        if late and self.records.slopes[row] > FLAT * view.slope:
            return None
        if near.same_as(reported):
            return reported
        step = self.records.step + row
        return near if near.step == step else near.model_copy(update={"step": step})


class CriticalPointDetector(_NearDetector[CriticalPointVisit]):
    """Near a saddle, a maximum or a degenerate point, and the escape."""

    name = "critical_point"
    verdicts = (Near, Escaped)
    _escaped: Escaped | None = None
    _steady: tuple[CriticalPointVisit, Mask] | None = None

    @override
    def scan(self) -> Mask:
        found: Mask = self.records.critical != 0
        return found

    @override
    def update(self, row: int) -> None:
        self.state, self._escaped = follow(self.state, self.records, row, KINDS[self.records.critical[row]])

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self._escaped is not None and self._escaped.step == self.records.step + row:
            return self._escaped
        if self.state is None or self.state.near.kind == "minimum":
            return None
        return self._near(self.state, row, reported)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        visit = self.state
        if isinstance(reported, Escaped) and self.records.step + row == reported.step + 1:
            return row  # an escape is found at one record only: from the next one on it is for others to keep
        if visit is None:
            return self.next_marked(row)
        if visit.near.kind == "degenerate":
            return row
        if visit.near.kind != "minimum" and reported is not None and not visit.near.same_as(reported):
            return row
        if self._steady is None or self._steady[0] is not visit:
            self._steady = visit, self._changes(visit)
        return first_true(self._steady[1], row)

    def _changes(self, visit: CriticalPointVisit) -> Mask:
        """bool[r]: the visit may end or change at the record."""
        records, radius = self.records, self.records.view.near
        offset = records.rows.params - np.array(visit.near.at)
        stays: Mask = records.critical == KINDS.index(visit.kind)
        stays &= np.sqrt((offset * offset).sum(axis=1)) < SURE * WIDE * radius
        if visit.axes:
            along = offset @ np.array(visit.axes).T
            stays &= np.sqrt((along * along).sum(axis=1)) < SURE * radius
            if not visit.near.stuck:
                stays &= records.rows.lengths > 0
            for span in records.spans:
                if visit.rate and span.law is not None and not span.scheduled:
                    drift = span.law.rate / visit.rate
                    stays[span.rows_after] &= (drift < SURE * DRIFT) & (drift * SURE * DRIFT > 1)
                else:
                    stays[span.rows_after] = False
        stays[records.edits] = False
        return ~stays


class NearMinimumDetector(_NearDetector[None]):
    """Near a minimum. Low priority, because how the run moves there is more informative."""

    name = "near_minimum"

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        visit = self.state_of("critical_point", CriticalPointVisit)
        return None if visit is None else self._near(visit, row, reported)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        visit = self.state_of("critical_point", CriticalPointVisit)
        if visit is None or reported is None or (visit.near.kind == "minimum" and visit.near.same_as(reported)):
            return len(self.records)
        return row
