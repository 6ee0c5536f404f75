"""Unstable: rate × curvature above the stability limit, so that each step overshoots farther than the one before.

On a quadratic a product above the limit makes the component along the steepest direction grow at every step, from any
start (Goh 2017; Cohen et al. 2022 for adaptive methods). On other surfaces the curvature changes, so the verdict also
needs the effect: above the limit for two steps or more, and a higher loss than at the first of them.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector, first_true
from steepest.engine.diagnosis.detectors.settled import REST
from steepest.engine.diagnosis.geometry.curvature import Float
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.run_arrays import CONVERGED, Mask
from steepest.engine.diagnosis.step_law import StepLaw, below_limit
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.preparation.plan import OptimizerConfig
from steepest.engine.recording.verdict import Limit, Verdict
from steepest.spec import Edit

STEPS = 2  # above the limit before it counts
GROWN = 1.5  # of a model: times the lowest loss before, beyond the ups and downs at the edge of stability


class Unstable(Verdict):
    """Above the stability limit, and the loss is higher than at the first such step. remedy: a rate below the limit."""

    code: Literal["unstable"] = "unstable"
    limit: Limit

    @override
    def same_as(self, reported: Verdict) -> bool:
        return isinstance(reported, Unstable) and self.limit == reported.limit


@dataclass(frozen=True)
class Crossing:
    """Consecutive steps that are each above the stability limit.

    limit: at the first of them. steps: how many. loss: where they began.
    low, high: of the largest curvature so far. seen: the last record inside the view, or the first one.
    """

    limit: Limit
    steps: int
    loss: float
    low: float
    high: float
    seen: int

    @property
    def steady(self) -> bool:
        """The curvature has stayed the same, as on a quadratic."""
        return self.high <= 1.01 * self.low

    def remedy(self, config: OptimizerConfig, run: int) -> Edit | None:
        """A rate below the limit where it helps: on a quadratic up to the last step in view, elsewhere at the first."""
        return below_limit(self.limit, config, run, self.seen if self.steady else self.limit.since)


def above_limit(records: SurfaceRun, *, adaptive: bool) -> Mask:
    """bool[r]: the product is above the limit, or so far out that it is not known.

    adaptive: also of optimizers that rescale the gradient, which go round a minimum above their limit.
    """
    over = np.zeros(len(records), np.bool_)
    for span in records.spans:
        if span.law is not None and (adaptive or span.law.law != "adaptive"):
            over[span.rows_after] = ~(span.products <= span.limits)
    return over


def leaves(records: SurfaceRun, crossing: Crossing | None, row: int) -> bool:
    """Whether a run whose status is converged is above the limit all the same, so that it will not stay.

    crossing: of the run at that record. Its steps along the steepest curvature grow; where they are exactly 0 it stays.
    """
    if crossing is None or crossing.steps < STEPS or crossing.limit.law == "adaptive" or row == 0:
        return False
    if records.status[row] != CONVERGED:
        return False
    before, now = np.abs(records.rows.update[row - 1 : row + 1] @ np.array(crossing.limit.direction))
    return bool(now > before > 0)


class UnstableDetector(Detector[SurfaceRun, Crossing]):
    """On a surface: by the curvature at every record."""

    name = "unstable"
    verdicts = (Unstable,)
    _done: int = -1  # the last row that the state includes

    @override
    def scan(self) -> Mask:
        return above_limit(self.records, adaptive=True)

    @override
    def update(self, row: int) -> None:
        self.state, self._done = self.crossing(row), row

    @override
    def steady_until(self, row: int, reported: Verdict | None) -> int:
        if self.state is None or reported is not None:
            return super().steady_until(row, reported)
        return first_true(~self._goes_on, row)

    @override
    def kept(self) -> Crossing | None:
        self._include(self.records.finite - 1)
        return self.state

    @cached_property
    def _goes_on(self) -> Mask:
        """bool[r]: a crossing goes on there, with one more step."""
        found = np.zeros(len(self.records), np.bool_)
        for span in self.records.spans:
            if span.law is not None:
                found[span.rows_after] = span.products > span.limits
        found[self.records.edits] = False
        return found

    @cached_property
    def _curvatures(self) -> Float:
        """float64[r - 1], the largest in each step between the rows; NaN where no law is known."""
        known = [
            np.full(len(span), np.nan) if span.law is None else span.curvatures[:, -1] for span in self.records.spans
        ]
        return np.concatenate(known)

    def _include(self, last: int) -> None:
        """Brings the state up to a row: at those since the last one looked at, the crossing has gone on."""
        begin = max(self._done, self.records.new - 1) + 1
        if self.state is None or begin > last:
            return
        records, crossing = self.records, self.state
        curvatures = self._curvatures[begin - 1 : last]
        low, high = min(crossing.low, float(curvatures.min())), max(crossing.high, float(curvatures.max()))
        inside = np.flatnonzero(~records.outside[begin : last + 1])
        seen = records.step + begin + int(inside[-1]) if inside.size else crossing.seen
        steps = crossing.steps + last + 1 - begin
        self.state, self._done = replace(crossing, steps=steps, low=low, high=high, seen=seen), last

    def crossing(self, row: int) -> Crossing | None:
        """After the step that led to a record. An edit that leaves the run above the limit keeps only the old loss."""
        self._include(row - 1)
        crossing, records = self.state, self.records
        if row == 0 or (crossing is None and not self.marked[row]):
            return crossing
        span = records.span(row)
        place = span.place(row)
        law, product, limit = span.law, float(span.products[place]), float(span.limits[place])
        if law is None or records.moved(row):
            return None
        if math.isnan(product):  # far out, the curvature overflows before the loss does
            return crossing
        if not product > limit:
            return None
        step, curvature = records.step + row, float(span.curvatures[place, -1])
        inside = bool(records.rows.outside[row] <= 1)
        if crossing is not None and not records.edited(row):
            low, high = min(crossing.low, curvature), max(crossing.high, curvature)
            seen = step if inside else crossing.seen
            return Crossing(crossing.limit, crossing.steps + 1, crossing.loss, low, high, seen)
        exceeded = Limit(
            since=step - 1,
            law=law.law,
            product=product,
            limit=limit,
            curvature=curvature,
            direction=tuple(span.direction(place).tolist()),
            largest=span.config.lr * limit / product,  # of the optimizer's own rate, before any schedule
            momentum=law.momentum,
        )
        loss, steps = float(records.loss[row - 1]), 1
        if crossing is not None:
            loss, steps = min(loss, crossing.loss), crossing.steps + 1
        return Crossing(exceeded, steps, loss, curvature, curvature, step if inside else step - 1)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        crossing, same = self.state, reported if isinstance(reported, Unstable) else None
        if crossing is None:
            return None
        grown = crossing.steps >= STEPS and (self.records.loss[row] > crossing.loss or self.leaves(row))
        if not grown and (same is None or same.limit != crossing.limit):  # some oscillate on their way up
            return None
        if same is not None and not self._changed(crossing, same):
            return same
        config, step = self.records.span(row).config, self.records.step + row
        return Unstable(step=step, limit=crossing.limit, remedy=crossing.remedy(config, self.records.run))

    def leaves(self, row: int) -> bool:
        """Whether a run that seems to rest in a minimum is on its way out: the distance grows from step to step."""
        return leaves(self.records, self.state, row)

    def _changed(self, crossing: Crossing, reported: Unstable) -> bool:
        """The remedy would by now be twice as far from where it began."""
        if crossing.limit != reported.limit:
            return True
        if reported.remedy is None or not crossing.steady:
            return False
        since = crossing.limit.since
        return crossing.seen - since >= 2 * max(1, reported.remedy.step - since)


@dataclass(frozen=True)
class SharpnessState:
    """sharpness: the last one measured, with its step.

    crossing: the limit that the product has exceeded since, and the loss above which the run is reported as unstable;
        None below the limit.
    resting: the gradient has been gentle for long.
    """

    sharpness: tuple[int, float] | None = None
    crossing: tuple[Limit, float] | None = None
    resting: bool = False

    def limit(self, law: StepLaw | None) -> Limit | None:
        """That which a step exceeds, as far as is known; None where it exceeds none."""
        if self.crossing is not None:
            return self.crossing[0]
        if law is None or self.sharpness is None or not law.product(self.sharpness[1]) > law.limit:
            return None
        return law.exceeded(*self.sharpness)


class ModelUnstableDetector(Detector[ModelRun, SharpnessState]):
    """Of a model: by the sharpness, where it was measured."""

    name = "unstable"
    verdicts = (Unstable,)

    @override
    def update(self, row: int) -> None:
        records, state = self.records, self.state or SharpnessState()
        measured = float(records.metrics.sharpness[records.place(row)])
        last = (records.step + row, measured) if math.isfinite(measured) else state.sharpness
        law = records.law(row)
        crossing = None
        if law is not None and last is not None and law.product(last[1]) > law.limit:
            before = None if records.edited(row) else state.crossing
            crossing = before or (law.exceeded(*last), self._tolerated(row))
        gentle = records.extremes(row).gentle
        self.state = SharpnessState(last, crossing, gentle is not None and records.step + row - gentle >= REST)

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if self.state is None or self.state.crossing is None:
            return None
        limit, tolerated = self.state.crossing
        holds = isinstance(reported, Unstable) and reported.limit == limit
        if not float(self.records.loss[row]) > (min(self.records.start, tolerated) if holds else tolerated):
            return None
        if holds:
            return reported
        remedy = below_limit(limit, self.records.config(row), self.records.run, limit.since)
        return Unstable(step=self.records.step + row, limit=limit, remedy=remedy)

    def _tolerated(self, row: int) -> float:
        """The loss that is no sign of instability: many a run falls on above the limit, at the edge of stability.

        -inf for a run that was at rest until its rate was raised: it only leaves.
        """
        if self.state is not None and self.state.resting:
            return -math.inf
        extremes = self.records.extremes(row)
        return max(self.records.start, extremes.lowest + (GROWN - 1) * abs(extremes.lowest))
