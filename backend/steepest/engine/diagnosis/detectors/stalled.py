"""Stalled: the training loss is barely improving."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Any, Literal

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
NO_SLOPE = 1e-5  # of the loss: a gradient norm below this moves nothing
MOVING, STILL_MOVING = 0.25, 0.1  # of the samples at which a tensor moves on: more are a swing, and fewer end it
STEADY = 0.75  # of the samples are lower than the one before: the loss falls, however slowly
LARGER, SMALLER = 10, 0.1  # times the rate
SHORTER = ("noise", "swings")  # causes that a smaller rate removes

Cause = Literal["flat", "short", "batches", "noise", "swings"]


class Stalled(Verdict):
    """The training loss fell only by the share `fall` of itself over the last `span` steps, negative where it rose.

    since: where these began.
    cause: flat, a slope too small for this rate, or short, steps too short for the way that is left though there is a
        slope, or batches, whose gradients cancel (remedy of these: a larger rate); noise, the loss varies with the
        batches, or swings, it rises and falls from step to step on the same samples, or a tensor moves on though the
        loss does not fall (remedy of both: a smaller one).
    steepest: the largest gradient norm so far; of a model of two parameters the present one.
    rises: steps of these in which the loss of the step's own samples rose.
    loss: on the training part. grad_norm: Euclidean, of the step's own samples.
    """

    code: Literal["stalled"] = "stalled"
    since: int
    span: int
    cause: Cause
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


@dataclass(frozen=True)
class Sampled:
    """At a measured record: its losses, steps so far in which the loss rose, and whether a tensor moves on."""

    losses: LossSample
    rises: int
    moves: bool


Window = tuple[Sampled, ...]


class StalledDetector(Detector[ModelRun, Window]):
    """Over the window since an edit the loss fell by less than 1 % of itself."""

    name = "stalled"
    verdicts = (Stalled,)

    @override
    def update(self, row: int) -> None:
        before = () if self.records.edited(row) else self.state or ()
        records = self.records
        self.state = (*before, Sampled(records.sample(row), records.rises(row), records.moves(row)))[-WINDOW:]

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        window, full_batch = self.state or (), self.records.problem.full_batch
        if len(window) < WINDOW:
            return None
        trend = _Trend(window, full_batch, reported)
        if not trend.stalls:
            return None
        slope, steepest = float(self.records.slopes[row]), self.records.extremes(row).steepest
        cause = trend.cause(moved=slope > NO_SLOPE * trend.now, steep=slope > STEEP * steepest)
        remedy = self._other_rate(row, smaller=cause in SHORTER)
        return trend.verdict(self.records.step + row, cause, slope, steepest, remedy)

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
    """Of a model of two parameters, for which the detectors of surfaces come first."""

    name = "stalled"
    verdicts = (Stalled,)

    @override
    def scan(self) -> Mask:
        found = np.zeros(len(self.records), np.bool_)
        found[[row for row in self.records.samples if row < self.records.finite]] = True
        return found

    @override
    def update(self, row: int) -> None:
        before = () if self.records.edited(row) else self.state or ()
        if self.marked[row]:
            records = self.records
            sample = Sampled(records.samples[row][1], records.rises(row), records.moves(row))
            self.state = (*before, sample)[-WINDOW:]
        else:
            self.state = before or None

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        window = self.state or ()
        if len(window) < WINDOW:
            return None
        trend = _Trend(window, self.records.full_batch, reported)
        if not trend.stalls:
            return None
        slope = float(self.records.slopes[row])
        cause = trend.cause(moved=True, steep=True)
        remedy = self._other_rate(row, smaller=cause in SHORTER)
        return trend.verdict(self.records.step + row, cause, slope, slope, remedy)

    def _other_rate(self, row: int, *, smaller: bool) -> Edit | None:
        """A smaller or a larger rate, stable or not: only a rehearsal shows."""
        config = self.records.config(row)
        rate = rounded_down((SMALLER if smaller else LARGER) * config.lr)
        return setting(config, self.records.run, self.records.step + row, {"lr": rate}) if rate > 0 else None

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        return self.next_marked(row)


class _Trend:
    """What the losses did over a window.

    stalls: the loss barely fell. noisy: it varies with the batches. falls: most samples are lower than the one before.
    now: the training loss.
    """

    def __init__(self, window: Window, full_batch: bool, reported: Verdict) -> None:
        losses = [sampled.losses.train for sampled in window]
        first, last = window[0], window[-1]
        span, rises = last.losses.step - first.losses.step, last.rises - first.rises
        rising = full_batch and rises > SWINGING * span
        varies, averages = _averaged(losses)
        self.noisy = varies and not full_batch
        holds = reported.cause if isinstance(reported, Stalled) else None
        most = BEGIN if holds is None else MOVING_NOISILY if self.noisy or rising else END
        # Of one that rises and falls, first and last may be anywhere in its swing, and the averages hold a single jump.
        ends = losses[0], losses[-1]
        for then, now in [averages] if not full_batch else [ends, averages] if rising else [ends]:
            fall = (then - now) / then if then > 0 else math.inf
            self.stalls = abs(fall) <= most or ((self.noisy or rising) and fall < 0)
            self.now = now
            if self.stalls:
                break
        moving = sum(sampled.moves for sampled in window) / len(window)
        self._swings = rising or moving > (STILL_MOVING if holds == "swings" else MOVING)
        self._full_batch = full_batch
        self.falls = sum(after < before for before, after in pairwise(losses)) >= STEADY * (len(losses) - 1)
        self._reported = reported
        self._fields: dict[str, Any] = {
            "since": first.losses.step,
            "span": span,
            "rises": rises,
            "fall": fall,
            "loss": self.now,
        }

    def cause(self, *, moved: bool, steep: bool) -> Cause:
        """moved: there is a gradient at all, so that what moves is moved by it. steep: it is not small."""
        if self.noisy:
            return "noise"
        if self._full_batch and self._swings and moved:
            return "swings"
        if not steep:
            return "flat"
        if self.falls:
            return "short"
        return "swings" if self._full_batch else "batches"

    def verdict(self, step: int, cause: Cause, slope: float, steepest: float, remedy: Edit | None) -> Verdict:
        """Where it stalls: the verdict reported before, if it says the same. The others are fields of `Stalled`."""
        found = Stalled(step=step, cause=cause, grad_norm=slope, steepest=steepest, remedy=remedy, **self._fields)
        return self._reported if found.same_as(self._reported) else found


def _averaged(losses: Sequence[float]) -> tuple[bool, tuple[float, float]]:
    """Whether they vary much; and the mean of the first and of the second half, so that noise is no fall."""
    half = len(losses) // 2
    now = fmean(losses[-half:])
    return _deviation(losses) > NOISE * abs(now), (fmean(losses[:half]), now)


def _deviation(values: Sequence[float]) -> float:
    """Standard deviation; `statistics.pstdev` computes with fractions, which takes a hundred times as long."""
    mean = fmean(values)
    return math.sqrt(fmean((value - mean) ** 2 for value in values))
