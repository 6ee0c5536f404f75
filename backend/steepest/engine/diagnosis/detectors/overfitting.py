"""Overfitting: the loss on the development part rises while that on the training part falls.

The losses are those on whole parts, without penalty and dropout, so they do not jump with the batches. Source: Prechelt
1998, Early stopping - but when?: the generalization loss 100 (E / E_opt - 1) is above 10.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.bottomless import FALLS, FallState
from steepest.engine.diagnosis.detectors.unstable import Crossing
from steepest.engine.diagnosis.run_arrays import LossSample, Mask
from steepest.engine.recording.verdict import Verdict

RECENT = 5  # samples whose mean is compared, to average out noise
LONG = 200  # steps since the lowest development loss
RISEN, OVER = 1.1, 1.05  # times that lowest: from here on overfitting, and until here


class Overfitting(Verdict):
    """The development loss has long risen while the training loss fell.

    since: the step of the lowest development loss, which was `best`; train_then: the training loss there.
    dev, train: now, as means over the last 50 steps.
    """

    code: Literal["overfitting"] = "overfitting"
    since: int
    best: float
    dev: float
    train_then: float
    train: float

    @override
    def same_as(self, reported: Verdict) -> bool:
        return (
            isinstance(reported, Overfitting) and reported.since == self.since and 0.8 < self.dev / reported.dev < 1.25
        )


@dataclass(frozen=True)
class OverfittingState:
    """recent: the last few samples. best: that of the lowest development loss, the earliest of them."""

    recent: tuple[LossSample, ...]
    best: LossSample


class OverfittingDetector(Detector[Any, OverfittingState]):
    """Of a model with a development part."""

    name = "overfitting"
    verdicts = (Overfitting,)

    @override
    def scan(self) -> Mask:
        found = np.zeros(len(self.records), np.bool_)
        found[[row for row, (_, sample) in self.records.samples.items() if sample.dev is not None]] = True
        return found

    @override
    def update(self, row: int) -> None:
        if not self.marked[row]:
            return
        sample: LossSample = self.records.samples[row][1]
        state = self.state or OverfittingState((), sample)
        better = _dev(sample) < _dev(state.best)
        self.state = OverfittingState((*state.recent, sample)[-RECENT:], sample if better else state.best)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        step = self.records.step + row
        if self.state is None or len(self.state.recent) < RECENT or step - self.state.best.step < LONG:
            return None
        recent, best = self.state.recent, self.state.best
        dev, train = fmean(map(_dev, recent)), fmean(sample.train for sample in recent)
        least = OVER if isinstance(reported, Overfitting) else RISEN
        if not (dev > least * _dev(best) and train < best.train):
            return None
        found = Overfitting(step=step, since=best.step, best=_dev(best), dev=dev, train_then=best.train, train=train)
        return reported if found.same_as(reported) else found

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        return self.next_marked(row)


class SurfaceOverfittingDetector(OverfittingDetector):
    """Of a model of two parameters: also while the run rests at the minimum of the training loss."""

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self.state is None:
            return None
        falling = self.state_of("bottomless", FallState)
        if self.state_of("unstable", Crossing) is not None or (falling is not None and falling.falls >= FALLS):
            return None
        return super().find(row, reported)


def _dev(sample: LossSample) -> float:
    assert sample.dev is not None
    return sample.dev
