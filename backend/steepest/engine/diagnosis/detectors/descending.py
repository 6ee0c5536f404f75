"""Descending: the verdict where no other detector finds anything."""

from typing import Any, Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.critical_point_visit import Escaped
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Verdict


class Descending(Verdict):
    """Nothing out of the ordinary."""

    code: Literal["descending"] = "descending"
    pace = "passing"


LINGERS = 100  # steps after an escape for which it is told: after that it is no news


class DescendingDetector(Detector[Any, None]):
    """The last of the list. After an escape it waits for a while."""

    name = "descending"
    verdicts = (Descending,)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        step = self.records.step + row
        told = isinstance(reported, Escaped) and step < reported.step + LINGERS and not self._moved(row)
        return reported if told or isinstance(reported, Descending) else Descending(step=step)

    def _moved(self, row: int) -> bool:
        return isinstance(self.records, SurfaceRun) and self.records.moved(row)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        end = len(self.records)
        return min(end, max(row, reported.step + LINGERS - self.records.step)) if isinstance(reported, Escaped) else end
