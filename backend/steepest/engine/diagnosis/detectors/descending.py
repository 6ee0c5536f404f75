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


class DescendingDetector(Detector[Any, None]):
    """The last of the list. After an escape it waits for something to happen."""

    name = "descending"
    verdicts = (Descending,)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if isinstance(reported, Descending) or (isinstance(reported, Escaped) and not self._moved(row)):
            return reported
        return Descending(step=self.records.step + row)

    def _moved(self, row: int) -> bool:
        return isinstance(self.records, SurfaceRun) and self.records.moved(row)

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        return len(self.records)
