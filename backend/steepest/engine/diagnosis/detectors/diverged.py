"""Diverged: no longer finite, and why.

A wall is told from an unstable step and from a bottomless fall by the step that led to it, which was not above the
limit in its direction.
"""

import math
from typing import Generic, Literal, TypeVar

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detector import Detector
from steepest.engine.diagnosis.detectors.bottomless import BottomlessDetector
from steepest.engine.diagnosis.detectors.exploding import slower
from steepest.engine.diagnosis.detectors.unstable import Crossing, SharpnessState, UnstableDetector
from steepest.engine.diagnosis.model_run import ModelRun
from steepest.engine.diagnosis.remedy import SPARE, setting
from steepest.engine.diagnosis.run_arrays import DIVERGED, Mask, RunArrays
from steepest.engine.diagnosis.step_law import below_limit
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Limit, Verdict
from steepest.spec import Edit

ALONG = 0.5  # of an update's length

Cause = Literal["unstable", "momentum", "climbing", "bottomless", "wall", "summed", "growing", "unknown"]


class Diverged(Verdict):
    """No longer finite at `step`.

    cause:
        unstable: above the limit that `limit` describes.
        momentum: 1 or more, so that the speed never decays.
        climbing: `maximize` is on.
        bottomless: the loss fell without limit.
        wall: the step was stable, but the function has no finite value or slope there.
        summed: its gradients are never cleared.
        growing: of a model with unknown sharpness: the loss grew from its lowest, at `since`.
        unknown: none of these can be shown.
    last: loss of the last finite record, None where there is none.
    since: None but for growing.
    """

    code: Literal["diverged"] = "diverged"
    pace = "urgent"
    cause: Cause
    limit: Limit | None
    last: float | None
    since: int | None = None


R = TypeVar("R", bound=RunArrays)


class _DivergedDetector(Detector[R, None], Generic[R]):
    """The last record of a run, where it is not finite."""

    name = "diverged"
    verdicts = (Diverged,)
    between_measurements = True

    @override
    def scan(self) -> Mask:
        found: Mask = self.records.status == DIVERGED
        return found

    @override
    def find(self, row: int, reported: Verdict) -> Verdict | None:
        if not self.wakes[row]:
            return None
        return self._because("wall", row) if self.records.step + row == 0 else self._why(row)

    def _why(self, row: int) -> Diverged:
        return self._because("summed", row)

    def _because(
        self, cause: Cause, row: int, remedy: Edit | None = None, limit: Limit | None = None, since: int | None = None
    ) -> Diverged:
        last = self.records.last_finite(row)
        return Diverged(step=self.records.step + row, cause=cause, limit=limit, last=last, since=since, remedy=remedy)

    def _by_configuration(self, row: int, cause: Cause, lowest: int) -> Diverged | None:
        """It climbs, or its momentum is 1 or more; the remedy at step `lowest`."""
        config, run = self.records.config(row), self.records.run
        if cause == "climbing" and config.values.get("maximize") is True:
            return self._because(cause, row, setting(config, run, lowest, {"maximize": False}))
        momentum = config.values.get("momentum")
        if cause == "momentum" and isinstance(momentum, int | float) and momentum >= 1:
            return self._because(cause, row, setting(config, run, lowest, {"momentum": SPARE}))
        return None


class AccumulatedDivergedDetector(_DivergedDetector[RunArrays]):
    """Of a run that never clears its gradients."""


class SurfaceDivergedDetector(_DivergedDetector[SurfaceRun]):
    """On a surface: from the step that led there."""

    @override
    def _why(self, row: int) -> Diverged:
        records = self.records
        loss, before, lowest = float(records.loss[row]), float(records.loss[row - 1]), records.lowest_before(row)
        climbing = self._by_configuration(row, "climbing", lowest)
        if climbing is not None:
            return climbing
        unstable, bottomless = self._others["unstable"], self._others["bottomless"]
        assert isinstance(unstable, UnstableDetector)
        assert isinstance(bottomless, BottomlessDetector)
        fell = bottomless.falls >= (1 if records.view.unbounded else 2)
        if loss == -math.inf or (loss != math.inf and fell):
            return self._because("bottomless", row)
        momentum = self._by_configuration(row, "momentum", lowest)
        if momentum is not None:
            return momentum
        span, crossing = records.span(row), unstable.crossing(row)
        if crossing is not None and (loss > crossing.loss or before > crossing.loss or self._thrown(crossing, row)):
            return self._because("unstable", row, crossing.remedy(span.config, records.run), crossing.limit)
        reached = bool(np.isfinite(records.rows.params[row]).all())
        # The law of this step is known, so a step not above its limit was stable.
        lawful = span.law is not None and bool(np.isfinite(span.products[span.place(row)]))
        wall = reached and (lawful or math.isnan(loss) or not before > records.start)
        return self._because("wall" if wall else "unknown", row)

    def _thrown(self, crossing: Crossing, row: int) -> bool:
        """The step above the limit went in the direction in which it is above it."""
        update, length = self.records.rows.update[row], self.records.rows.lengths[row]
        return bool(abs(update @ np.array(crossing.limit.direction)) >= ALONG * length > 0)


class ModelDivergedDetector(_DivergedDetector[ModelRun]):
    """Of a model: from the limit it exceeded, else from where its loss grew."""

    @override
    def _why(self, row: int) -> Diverged:
        records = self.records
        config, run, lowest = records.config(row), records.run, records.extremes(row - 1).lowest_step
        for cause in ("climbing", "momentum"):
            found = self._by_configuration(row, cause, 0 if cause == "climbing" else lowest)
            if found is not None:
                return found
        limit = (self.state_of("unstable", SharpnessState) or SharpnessState()).limit(records.law(row))
        if limit is not None:
            return self._because("unstable", row, below_limit(limit, config, run, limit.since), limit)
        return self._because("growing", row, slower(records.plan, lowest, run), since=lowest)
