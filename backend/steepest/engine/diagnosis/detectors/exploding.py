"""Exploding gradients: far larger than any before the lowest loss, with the loss above its first value.

Backpropagation multiplies the gradient at each layer by its weights and the slope of its activation; above 1 it grows
(Pascanu, Mikolov & Bengio 2013).
"""

from typing import Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.unstable import SharpnessState, Unstable
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.run_arrays import Mask
from steepest.engine.diagnosis.step_law import below_limit
from steepest.engine.preparation.plan import RunPlan
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit

GROWN = 100  # times the largest gradient before
SLOWER = 0.1  # of the rate


class Exploding(Verdict):
    """The gradient norm has grown far beyond any up to the lowest loss. remedy: a tenth of the rate, from there.

    since: step of the lowest loss. grad_norm: now, Euclidean. before: the largest up to `since`.
    """

    code: Literal["exploding"] = "exploding"
    since: int
    grad_norm: float
    before: float


class ExplodingDetector(Detector[ModelRun, None]):
    """Looks at every record. First in the list of updates, so that it sees the limit known before its record."""

    name = "exploding"
    verdicts = (Exploding, Unstable)
    between_measurements = True
    _limit: SharpnessState = SharpnessState()

    @override
    def scan(self) -> Mask:
        return self.records.beyond_calm(GROWN) & (self.records.loss > self.records.start)

    @override
    def update(self, row: int) -> None:
        self._limit = self.state_of("unstable", SharpnessState) or SharpnessState()

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        explodes = bool(self.marked[row])
        if explodes and self._limit.crossing is None and not isinstance(reported, Exploding | Unstable):
            return self._found(row)
        if not self.records.measured(row) or (explodes and isinstance(reported, Exploding)):
            return reported
        return None

    def _found(self, row: int) -> Verdict:
        records, step = self.records, self.records.step + row
        limit = self._limit.limit(records.law(row))
        if limit is not None:
            remedy = below_limit(limit, records.config(row), records.run, limit.since)
            return Unstable(step=step, limit=limit, remedy=remedy)
        before = records.extremes(row)
        return Exploding(
            step=step,
            since=before.lowest_step,
            grad_norm=float(records.slopes[row]),
            before=before.calm,
            remedy=slower(records.plan, before.lowest_step, records.run),
        )


def slower(plan: RunPlan, step: int, run: int) -> Edit | None:
    """A tenth of the rate in force at a step, from there."""
    edits = plan.edits_at(step)
    config = edits[-1].config if edits else plan.config_before(step)
    lr = config.lr
    return setting(config, run, step, {"lr": rounded_down(SLOWER * lr)}) if lr > 0 else None
