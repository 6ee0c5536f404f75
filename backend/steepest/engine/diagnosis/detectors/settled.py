"""Settled: a model whose loss no longer changes."""

from typing import Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.recording.records import METRICS_PERIOD
from steepest.engine.recording.verdict import Verdict

REST = 100  # steps with a gentle gradient
AT_REST = 1e-3  # of the loss over these steps
GONE = 1e-6  # of the loss at the start: almost 0


class Settled(Verdict):
    """For 100 steps the gradient was a small part of its largest, `steepest`.

    since: the first of them. loss: on the training part. grad_norm: Euclidean.
    """

    code: Literal["settled"] = "settled"
    since: int
    loss: float
    grad_norm: float
    steepest: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        return isinstance(reported, Settled) and reported.since == self.since


class SettledDetector(Detector[ModelRun, None]):
    """The gradient has been small for long, and the loss is constant or almost 0; no tensor moves."""

    name = "settled"
    verdicts = (Settled,)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        step, extremes = self.records.step + row, self.records.extremes(row)
        window, samples = self.state_of("stalled", tuple) or (), REST // METRICS_PERIOD
        if extremes.gentle is None or step - extremes.gentle < REST or len(window) <= samples:
            return None
        now, then = window[-1].losses, window[-1 - samples].losses
        if any(sampled.moves for sampled in window[-1 - samples :]):
            return None
        if abs(now.train - then.train) > AT_REST * abs(then.train) and abs(now.train) > GONE * abs(extremes.start):
            return None
        slope = float(self.records.slopes[row])
        found = Settled(step=step, since=extremes.gentle, loss=now.train, grad_norm=slope, steepest=extremes.steepest)
        return reported if found.same_as(reported) else found
