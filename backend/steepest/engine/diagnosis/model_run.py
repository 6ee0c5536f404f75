"""The new records of a model's run, with what several detectors need measured once a chunk."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from steepest.engine.diagnosis.dynamics import schedule_shares
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.run_arrays import RISE, STILL, History, LossSample, Mask, RunArrays
from steepest.engine.diagnosis.step_law import StepLaw, law_of
from steepest.engine.preparation.plan import RunPlan
from steepest.engine.recording.records import METRICS_PERIOD, RunRecords
from steepest.problems.learning.problem import LearningProblem

GENTLE = 1e-3  # of the largest gradient norm so far


@dataclass(frozen=True)
class ModelHistory(History):
    """What the finite records before a chunk leave behind, of a model. Nothing in it is NaN.

    start: the loss at record 0.
    lowest, lowest_step: the lowest loss, and the last step at which it was reached.
    calm: the largest gradient norm up to that step. steepest: the largest so far.
    gentle: the step from which on the gradient norm is a small part (`GENTLE`) of that, None where it is not.
    rises: steps so far in which the loss rose by more than a small part of itself (`RISE`).
    sharpness: as measured last, None before.
    """

    start: float = 0.0
    lowest: float = 0.0
    lowest_step: int = 0
    calm: float = 0.0
    steepest: float = 0.0
    gentle: int | None = None
    rises: int = 0
    sharpness: float | None = None


class ModelRun(RunArrays):
    """Records of a model, all of them new; everything is measured at every tenth step.

    problem: what is trained. metrics: as measured. explodes: bool[r], see `detectors/exploding.py`.
    """

    every_record = False

    def __init__(
        self, problem: LearningProblem, plan: RunPlan, records: RunRecords, history: ModelHistory | None
    ) -> None:
        super().__init__(plan, records, history)
        assert records.metrics is not None
        self.problem, self.metrics = problem, records.metrics
        self.samples = {row: sample for row, sample in self.samples.items() if row < self.finite}
        self._lr = records.lr
        if history is None:
            start, slope = (value if isfinite(value) else 0.0 for value in (float(self.loss[0]), float(self.slopes[0])))
            history = ModelHistory(None, start, start, 0, slope, slope)
        self._before, self.start = history, history.start
        self._laws: dict[tuple[int, float], StepLaw | None] = {}
        self._measure()

    def _measure(self) -> None:
        """The extremes so far. Entry k of these arrays is before row k."""
        before, loss, slopes = self._before, self.loss[: self.finite], self.slopes[: self.finite]
        rows = np.arange(len(loss))
        self._steepest = np.maximum.accumulate(np.concatenate(([before.steepest], slopes)))
        self._lowest = np.minimum.accumulate(np.concatenate(([before.lowest], loss)))
        at = np.maximum.accumulate(np.where(loss <= self._lowest[:-1], rows, -1))
        self._lowest_step = np.concatenate(([before.lowest_step], np.where(at < 0, before.lowest_step, self.step + at)))
        self._calm = np.concatenate(([before.calm], np.where(at < 0, before.calm, self._steepest[1:][at])))
        previous = np.concatenate(([np.inf if before.last is None else before.last], loss))[:-1]
        self._rises = before.rises + np.cumsum(loss > previous + RISE * np.abs(previous))
        steep = slopes > GENTLE * self._steepest[1:]
        steep[[row for row in self.samples if self.edited(row)]] = True  # after an edit it begins again
        gentle = np.maximum.accumulate(np.where(steep, rows, -1))
        begun = self.step if before.gentle is None else before.gentle
        self._gentle = np.where(steep, -1, np.where(gentle < 0, begun, self.step + gentle + 1))

    def edited(self, row: int) -> bool:
        """There was an edit since the measurement before."""
        step = self.step + row
        return any(step - METRICS_PERIOD <= edit.step < step for edit in self.plan.edits)

    def moves(self, row: int) -> bool:
        """Whether a tensor's last update was more than a small part of it (`STILL`), at a measured record."""
        sizes, _, updates = self.metrics.layers[self.place(row)].T
        return bool((updates > STILL * sizes).any())

    def rises(self, row: int) -> int:
        """Steps up to a finite record in which the loss rose."""
        return self._before.rises if row < 0 else int(self._rises[row])

    def sample(self, row: int) -> LossSample:
        """At a measured record."""
        return self.samples[row][1]

    def place(self, row: int) -> int:
        """Among the metrics, of a measured record."""
        return self.samples[row][0]

    def extremes(self, row: int) -> ModelHistory:
        """Up to and including a finite record; of row -1, before all."""
        gentle = self._before.gentle if row < 0 else None if self._gentle[row] < 0 else int(self._gentle[row])
        return ModelHistory(
            last=self._before.last if row < 0 else float(self.loss[row]),
            start=self.start,
            lowest=float(self._lowest[row + 1]),
            lowest_step=int(self._lowest_step[row + 1]),
            calm=float(self._calm[row + 1]),
            steepest=float(self._steepest[row + 1]),
            gentle=gentle,
            rises=self.rises(row),
        )

    def beyond_calm(self, times: float) -> Mask:
        """bool[r]: the gradient norm is above so many times the largest one up to the lowest loss."""
        found = np.zeros(len(self), np.bool_)
        found[: self.finite] = self.slopes[: self.finite] > times * self._calm[1:]
        return found

    def law(self, row: int) -> StepLaw | None:
        """Of the step that led to a record; None at record 0, and where a schedule changes the momentum."""
        if self.plan.cycles_momentum:
            return None
        config, lr = self.config(row), float(self._lr[row])
        if (id(config), lr) not in self._laws:  # mostly the same one all the time
            self._laws[id(config), lr] = law_of(config, lr)
        return self._laws[id(config), lr]

    @property
    def rate_zones(self) -> Float:
        """float64[r, 2], by the sharpness measured last before each step.

        Only of steps without a divisor: the sharpness is that of the loss itself, not of what a divisor makes of it.
        """
        found = np.full((len(self), 2), np.nan)
        steps, values = self._sharpness
        known = np.concatenate(([nan if self._before.sharpness is None else self._before.sharpness], values))
        curvatures = known[np.searchsorted(steps, self.step + np.arange(len(self)))]
        rows = {edit.step + 1 - self.step for edit in self.plan.edits}
        for begin, end in pairwise([0, *sorted(row for row in rows if 0 < row < len(self)), len(self)]):
            config = self.config(begin)
            law = None if self.plan.cycles_momentum else law_of(config, config.lr or 1.0)
            if law is not None:
                zones = law.stability.rate_zones(np.array([law.lr]), curvatures[begin:end] + law.stability.decay)
                scheduled = self.plan.schedule_config is not None
                shares = schedule_shares(config, self._lr[begin:end])[:, None] if scheduled else 1.0
                found[begin:end] = zones / shares
        return found

    @property
    def _sharpness(self) -> tuple[NDArray[np.int32], Float]:
        """The steps at which it was measured, and its values."""
        known = np.isfinite(self.metrics.sharpness)
        return self.metrics.steps[known], self.metrics.sharpness[known]

    @override
    def history(self) -> ModelHistory:
        _, measured = self._sharpness
        sharpness = float(measured[-1]) if measured.size else self._before.sharpness
        return replace(self.extremes(self.finite - 1), sharpness=sharpness)
