"""Converged: at rest in a minimum."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector, first_from
from steepest.engine.diagnosis.detectors.unstable import Crossing, above_limit, leaves
from steepest.engine.diagnosis.run_arrays import CONVERGED, Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Verdict
from steepest.problems import CriticalPoint
from steepest.problems.problem import Vector

# Closer to a minimum than this share of the view's diagonal, and moving less than it: converged.
ARRIVED = 1e-4
AGAIN = 10  # times as far: it has left again; adaptive optimizers move a little around the minimum


class Converged(Verdict):
    """At rest in a minimum. at: the declared one where it is near one. lowest: the deepest declared, if deeper."""

    code: Literal["converged"] = "converged"
    settled = True
    at: Vector
    loss: float
    lowest: CriticalPoint | None


class ConvergedDetector(Detector[SurfaceRun, None]):
    """Reads the status of the records; the verdict ends where the run has clearly left."""

    name = "converged"
    verdicts = (Converged,)
    _ends: Sequence[int] = ()
    _same: tuple[Converged, Mask, Mask] | None = None

    @override
    def scan(self) -> Mask:
        found: Mask = self.records.status == CONVERGED
        return found

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if leaves(self.records, self.state_of("unstable", Crossing), row):
            return None
        if isinstance(reported, Converged):
            rests, changed = self._compared(reported)
            if not rests[row]:
                return None
            if not changed[row]:
                return reported
        elif not self.marked[row]:
            return None
        records, view = self.records, self.records.view
        here, loss = records.rows.params[row], float(records.loss[row])
        declared, lowest = view.declared("minimum", here), view.lowest()
        deeper = lowest is not None and lowest.value < loss - 1e-3 * max(1.0, abs(loss))
        return Converged(
            step=records.step + row,
            at=declared.at if declared is not None else tuple(here.tolist()),
            loss=loss,
            lowest=lowest if deeper else None,
        )

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        if not isinstance(reported, Converged):
            return self.next_marked(row) if reported is not None else len(self.records)
        self._compared(reported)
        return first_from(self._ends, row, len(self.records))

    def _compared(self, reported: Converged) -> tuple[Mask, Mask]:
        """bool[r], bool[r]: still at rest; and the loss has changed, against itself and against the whole view.

        The second comparison is needed near 0, where the loss keeps shrinking by large factors.
        """
        if self._same is None or self._same[0] is not reported:
            rows, view = self.records.rows, self.records.view
            close = AGAIN * ARRIVED * view.diagonal
            offset = rows.params - np.array(reported.at)
            still = (np.sqrt((offset * offset).sum(axis=1)) <= close) & (rows.lengths <= close)
            least = max(0.05 * abs(reported.loss), 1e-3 * view.slope * view.diagonal)
            rests, changed = self.marked | still, np.abs(rows.loss - reported.loss) > least
            self._same = reported, rests, changed
            over = above_limit(self.records, adaptive=False)
            self._ends = np.flatnonzero(~rests | changed | over).tolist()
        return self._same[1], self._same[2]
