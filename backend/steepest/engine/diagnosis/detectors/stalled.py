"""Stalled: the training loss is barely improving."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.unstable import SharpnessState
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.run_arrays import LossSample
from steepest.engine.recording.verdict import Verdict
from steepest.spec import Edit

WINDOW = 21  # samples: over 200 steps
BEGIN, END = 0.01, 0.03  # fall of the loss over the window, as a share: below this it stalls, above this no longer ...
MOVING_NOISILY = 0.15  # ... where the losses jump
NOISE = 0.02  # of the loss: spread over the window
SWINGING = 0.15  # of the steps: where the loss rises in more of them, the steps are too long
STEEP = 0.01  # of the largest gradient norm so far: above this it is not flat
LARGER, SMALLER = 10, 0.1  # times the rate


class Stalled(Verdict):
    """The training loss fell only by the share `fall` of itself over the last `span` steps, negative where it rose.

    since: where these began.
    cause: flat, a slope too small for this rate, or short, steps too short for the way that is left though there is a
        slope (remedy of both: a larger rate); noise, the loss varies with the batches, or swings, it rises and falls
        from step to step on the same samples, or a tensor moves on though the loss does not fall (remedy of both: a
        smaller one).
    steepest: the largest gradient norm so far.
    rises: steps of these in which the loss of the step's own samples rose.
    loss: on the training part. grad_norm: Euclidean.
    """

    code: Literal["stalled"] = "stalled"
    since: int
    span: int
    cause: Literal["flat", "short", "noise", "swings"]
    rises: int
    steepest: float
    fall: float
    loss: float
    grad_norm: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        return (
            isinstance(reported, Stalled)
            and reported.cause == self.cause
            and 0.8 < self.loss / (reported.loss or 1.0) < 1.25
        )


Window = tuple[tuple[LossSample, int], ...]


class StalledDetector(Detector[ModelRun, Window]):
    """Over the window since an edit the loss fell by less than 1 % of itself."""

    name = "stalled"
    verdicts = (Stalled,)

    @override
    def update(self, row: int) -> None:
        before = () if self.records.edited(row) else self.state or ()
        self.state = (*before, (self.records.sample(row), self.records.rises(row)))[-WINDOW:]

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        window, full_batch = self.state or (), self.records.problem.full_batch
        if len(window) < WINDOW:
            return None
        losses = [sample.train for sample, _ in window]
        (first, rises), (last, rises_now) = window[0], window[-1]
        span, rises = last.step - first.step, rises_now - rises
        half = len(losses) // 2
        # Averaged first, so that noise does not count as a fall.
        then, now = (losses[0], losses[-1]) if full_batch else (fmean(losses[:half]), fmean(losses[-half:]))
        if not then > 0:
            return None
        fall = (then - now) / then
        noisy = not full_batch and _deviation(losses) > NOISE * abs(now)
        most = BEGIN
        if isinstance(reported, Stalled):
            most = MOVING_NOISILY if noisy else END
        if abs(fall) > most and not (noisy and fall < 0):
            return None
        swings = full_batch and (rises > SWINGING * span or self.records.moves(row))
        slope, steepest = float(self.records.slopes[row]), self.records.extremes(row).steepest
        found = Stalled(
            step=self.records.step + row,
            since=first.step,
            span=span,
            cause="noise" if noisy else "swings" if swings else "short" if slope > STEEP * steepest else "flat",
            rises=rises,
            fall=fall,
            loss=now,
            grad_norm=slope,
            steepest=steepest,
            remedy=self._other_rate(row, smaller=noisy or swings),
        )
        return reported if found.same_as(reported) else found

    def _other_rate(self, row: int, *, smaller: bool) -> Edit | None:
        """A smaller rate, or else a larger stable one."""
        config, law = self.records.config(row), self.records.law(row)
        lr, unstable = config.lr, self.state_of("unstable", SharpnessState)
        stable = math.inf
        if law is not None and unstable is not None and unstable.sharpness is not None:
            stable = law.largest_rate(unstable.sharpness[1], config)
        rate = SMALLER * lr if smaller else min(LARGER * lr, stable)
        if not (rate > 0 and (smaller or rate > 1.05 * lr)):
            return None
        return setting(config, self.records.run, self.records.step + row, {"lr": rounded_down(rate)})


def _deviation(values: Sequence[float]) -> float:
    """Standard deviation; `statistics.pstdev` computes with fractions, which takes a hundred times as long."""
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values))
