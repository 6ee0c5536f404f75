"""Stalled: the training loss is barely improving."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.unstable import SharpnessState
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.diagnosis.run_arrays import LossSample, Mask
from steepest.engine.diagnosis.surface_run import SurfaceRun
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
    steepest: the largest gradient norm so far; of a model of two parameters the present one.
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
        then, now, noisy = (losses[0], losses[-1], False) if full_batch else _averaged(losses)
        if not then > 0:
            return None
        fall = (then - now) / then
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


class SurfaceStalledDetector(Detector[SurfaceRun, Window]):
    """Of a model of two parameters, where each step sees another batch: by noise alone.

    The other causes are those of surfaces, which have detectors of their own.
    """

    name = "stalled"
    verdicts = (Stalled,)

    @override
    def scan(self) -> Mask:
        found = np.zeros(len(self.records), np.bool_)
        if not self.records.full_batch:
            found[list(self.records.samples)] = True
        return found

    @override
    def update(self, row: int) -> None:
        before = () if self.records.edited(row) else self.state or ()
        if self.marked[row]:
            self.state = (*before, (self.records.samples[row][1], 0))[-WINDOW:]
        else:
            self.state = before or None

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        window, holds = self.state or (), isinstance(reported, Stalled)
        if not self.marked[row] or len(window) < WINDOW:
            return reported if holds and len(window) == WINDOW else None
        losses = [sample.train for sample, _ in window]
        then, now, noisy = _averaged(losses)
        fall = (then - now) / then if then > 0 else math.inf
        if not noisy or fall > (MOVING_NOISILY if holds else BEGIN):
            return None
        step, slope = self.records.step + row, float(self.records.slopes[row])
        config = self.records.config(row)
        rate = {"lr": rounded_down(SMALLER * config.lr)} if config.lr > 0 else None
        found = Stalled(
            step=step,
            since=window[0][0].step,
            span=step - window[0][0].step,
            cause="noise",
            rises=0,
            fall=fall,
            loss=now,
            grad_norm=slope,
            steepest=slope,
            remedy=None if rate is None else setting(config, self.records.run, step, rate),
        )
        return reported if found.same_as(reported) else found

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        return self.next_marked(row)


def _averaged(losses: Sequence[float]) -> tuple[float, float, bool]:
    """The mean of the first and of the second half, so that noise is no fall; and whether there is noise."""
    half = len(losses) // 2
    now = fmean(losses[-half:])
    return fmean(losses[:half]), now, _deviation(losses) > NOISE * abs(now)


def _deviation(values: Sequence[float]) -> float:
    """Standard deviation; `statistics.pstdev` computes with fractions, which takes a hundred times as long."""
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values))
