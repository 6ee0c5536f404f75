"""A plateau: flat ground far above the lowest place that is known.

On a convex surface the slope is at least the mean slope down to any lower point y, |∇f(x)| ≥ (f(x) - f(y)) / |x - y|,
by the first-order condition of convexity and the Cauchy-Schwarz inequality (Boyd & Vandenberghe 2004, Convex
Optimization, §3.1.3). A slope that is a small part of the mean slope is therefore not in a basin around y: the ground
is flat, far above the lowest point. The ratio does not depend on the units of loss and parameters. Where the run is
below everything in the view there is no such y. There the slope is compared with the view's own, and the curvature must
be too small to end the slope within a diagonal, as in a tail that flattens.
"""

import math
from typing import Literal

import numpy as np
import torch
from typing_extensions import override

from steepest.engine.diagnosis.detectors.critical_point_visit import CriticalPointVisit
from steepest.engine.diagnosis.detectors.stretch import Stretch, StretchDetector
from steepest.engine.diagnosis.geometry.curvature import Float, eigen
from steepest.engine.diagnosis.remedy import SPARE, rounded_down, setting
from steepest.engine.diagnosis.run_arrays import RUNNING, Mask
from steepest.engine.diagnosis.surface_run import KINDS
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.verdict import Verdict
from steepest.problems.problem import Vector
from steepest.spec import Edit

STEPS, REACH = 100, 0.01  # this many steps cover less than this part of the diagonal
FLAT = 0.05  # of the even slope
NOTHING = 1e-3  # of it: no difference below
LARGER = 10  # times the rate, to leave a plateau
SAMPLES = 21  # along each side, for the curvatures that a run with a larger rate may meet

_DEGENERATE = KINDS.index("degenerate")


class Plateau(Verdict):
    """Almost no slope, far above the lowest known place. remedy: a larger rate, where there is still a slope.

    since: its first step. grad_norm: Euclidean. curvature: largest |eigenvalue|.
    reach: length of 100 steps like the last one.
    even: the mean slope down to the lowest known place.
    bottom, lowest: that place and its loss; None where the run is below it, and `even` is the view's own slope.
    """

    code: Literal["plateau"] = "plateau"
    pace = "gradual"
    since: int
    grad_norm: float
    curvature: float
    reach: float
    even: float
    bottom: Vector | None
    lowest: float | None


class PlateauDetector(StretchDetector):
    """Short steps on a slope that is a small part of the mean slope down to the lowest known place."""

    name = "plateau"
    verdicts = (Plateau,)

    @override
    def scan(self) -> Mask:
        records = self.records
        rows, view, free = records.rows, records.view, records.critical == 0
        # Steps that are short because a schedule lowered the rate do not count.
        found: Mask = rows.lengths < REACH / STEPS * view.diagonal * records.shares
        found &= (records.status == RUNNING) & (free | (records.critical == _DEGENERATE))
        found[0] = False
        if found.any():
            even, above = _even_slope(rows.params, rows.loss, view)
            curvature = np.abs(rows.eigenvalues).max(axis=1)
            found &= (rows.slopes <= FLAT * even) & (above | (curvature <= view.slope / view.diagonal))
            found &= above | free
        return found

    @override
    def report(self, row: int, stretch: Stretch) -> Plateau:
        records, rows, at = self.records, self.records.rows, slice(row, row + 1)
        even, above = _even_slope(rows.params[at], rows.loss[at], records.view)
        place, lowest = records.view.bottom
        return Plateau(
            step=records.step + row,
            since=stretch.since,
            grad_norm=float(rows.slopes[row]),
            curvature=float(np.abs(rows.eigenvalues[row]).max()),
            reach=STEPS * float(rows.lengths[row]),
            even=float(even[0]),
            bottom=tuple(place.tolist()) if above[0] else None,
            lowest=lowest if above[0] else None,
            remedy=self._larger_rate(row),
        )

    @override
    def changes(self, reported: Plateau) -> Mask:
        """The slope doubled, or fell to a tenth and still matters; on a plateau a shrinking slope is usual."""
        least = NOTHING * reported.even
        ratio = np.maximum(self.records.slopes, least) / max(reported.grad_norm, least)
        found: Mask = ~((ratio > 0.1) & (ratio < 2))
        return found

    def _larger_rate(self, row: int) -> Edit | None:
        """Ten times the rate, or as much as is stable; None at rest, where there is no slope to multiply."""
        visit = self.state_of("critical_point", CriticalPointVisit)
        if visit is not None and visit.level:
            return None
        config, lr = self.records.span(row).config, self.records.span(row).config.lr
        larger = min(LARGER * lr, self._stable_rate(row))
        if not (math.isfinite(larger) and larger > 1.05 * lr):
            return None
        return setting(config, self.records.run, self.records.step + row, {"lr": rounded_down(larger)})

    def _stable_rate(self, row: int) -> float:
        """A rate safely below the limit: here and, by a law without a divisor, all over the view."""
        span, view = self.records.span(row), self.records.view
        law, place = span.law, span.place(row)
        if law is None:
            return math.inf
        steepest = float(span.curvatures[place, -1])
        if law.divisor is None:
            sides = [np.linspace(low, high, SAMPLES) for low, high in view.bounds]
            points = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, len(sides))
            with torch.enable_grad():
                values, _ = eigen(self.records.derive(points)[1])
            steepest = max(steepest, float(np.nanmax(values, initial=-math.inf)) + law.decay)
        lr = span.config.lr
        share = float(law.rate[place]) / lr if lr else 1.0
        return SPARE * float(span.limits[place]) / (steepest * share) if steepest > 0 else math.inf


def _even_slope(params: Float, loss: Float, view: ViewScale) -> tuple[Float, Mask]:
    """float64[r], bool[r]: what leads evenly down to the lowest place, and whether it is lower; else the view's."""
    at, lowest = view.bottom
    above = loss > lowest
    even = (loss - lowest) / np.linalg.norm(params - at, axis=1)
    return np.where(above, even, view.slope), above
