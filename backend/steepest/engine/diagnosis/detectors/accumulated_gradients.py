"""Accumulated gradients: a run that never clears them follows the sum of all gradients so far.

That equals a heavy ball with momentum 1. The optimizer's own stability law does not hold then, so nothing else is
reported until the run diverges.
"""

from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.run_arrays import Mask, RunArrays
from steepest.engine.recording.verdict import Verdict


class Summed(Verdict):
    """Gradients are not cleared. since: 0. gradients: how many are in the sum at `step`, which is step + 1."""

    code: Literal["summed"] = "summed"
    since: int
    gradients: int


class AccumulatedGradientsDetector(Detector[RunArrays, None]):
    """Reported at once, and again whenever there are ten times as many."""

    name = "accumulated_gradients"
    verdicts = (Summed,)

    @override
    def scan(self) -> Mask:
        found = np.zeros(len(self.records), np.bool_)
        step = 0
        while step < self.records.step + len(found):
            if step >= self.records.step:
                found[step - self.records.step] = True
            step = 10 * step + 9
        return found

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        step = self.records.step + row
        return Summed(step=step, since=0, gradients=step + 1) if self.marked[row] else reported

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        return self.next_marked(row)
