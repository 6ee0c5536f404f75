"""Rate × curvature against the limit of stability: steps that overshoot, each farther than the one before.

On a quadratic a product above the limit makes the component along the steepest direction grow at every step, whatever
the start (Goh 2017; Cohen et al. 2022 for adaptive methods). Elsewhere the curvature changes on the way, so the run is
called unstable only when it also happened: above the limit for two steps or more, and the loss higher than where that
began.
"""

import math

from steepest.engine.diagnosis.dynamics import ConfigSpan
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.remedy import SPARE, learning_rate, rounded_down, setting
from steepest.engine.diagnosis.state import Crossing
from steepest.engine.preparation.prepare import OptimizerConfig
from steepest.engine.recording.verdict import Limit, Unstable, Verdict
from steepest.spec import Edit

STEPS = 2  # above the limit before it counts


def follow_crossing(
    crossing: Crossing | None, reign: ConfigSpan, place: int, rows: RecordArrays, row: int
) -> Crossing | None:
    """After the step that is `place` in the reign and led to record `row`.

    An edit that leaves the run above the limit begins anew with the law that it made, at the old loss.
    """
    product = float(reign.products[place])
    law = reign.law
    if law is None or (reign.moved and place == 0):
        return None
    if math.isnan(product):  # far out, the curvature overflows before the loss does
        return crossing
    limit = float(reign.limits[place])
    if not product > limit:
        return None
    step = rows.step + row
    curvature = float(reign.curvatures[place, -1])
    inside = bool(rows.outside[row] <= 1)
    if crossing is not None and not (reign.begins and place == 0):
        low, high = min(crossing.low, curvature), max(crossing.high, curvature)
        seen = step if inside else crossing.seen
        return Crossing(crossing.limit, crossing.steps + 1, crossing.loss, low, high, seen)
    crossed = Limit(
        since=step - 1,
        law=law.law,
        product=product,
        limit=limit,
        curvature=curvature,
        direction=tuple(reign.direction(place).tolist()),
        largest=learning_rate(reign.rule) * limit / product,  # of the optimizer's own, whatever a schedule makes of it
        momentum=law.momentum,
    )
    loss, steps = float(rows.loss[row - 1]), 1
    if crossing is not None:
        loss, steps = min(loss, crossing.loss), crossing.steps + 1
    return Crossing(crossed, steps, loss, curvature, curvature, step if inside else step - 1)


def overshoots(crossing: Crossing, loss: float, said: Verdict) -> bool:
    """It is unstable, and it shows, or has shown before in the same stretch: some swing back on their way up."""
    if crossing.steps >= STEPS and loss > crossing.loss:
        return True
    return said.code == "unstable" and said.limit == crossing.limit


def unstable(crossing: Crossing, rule: OptimizerConfig, run: int, step: int) -> Unstable:
    """The verdict at a step."""
    return Unstable(step=step, limit=crossing.limit, remedy=slower(crossing, rule, run))


def slower(crossing: Crossing, rule: OptimizerConfig, run: int) -> Edit | None:
    """A rate below the limit, where it helps.

    On a quadratic any step can be mended, so the last one that the view shows; elsewhere it only gets steeper, so the
    first one.
    """
    step = crossing.seen if crossing.steady else crossing.limit.since
    if crossing.limit.limit <= 0:  # a momentum of 1 or more: no rate is low enough
        return setting(rule, run, step, {"momentum": SPARE})
    if not (crossing.limit.largest > 0 and math.isfinite(crossing.limit.largest)):
        return None
    return setting(rule, run, step, {"lr": rounded_down(SPARE * crossing.limit.largest)})


def drifted(crossing: Crossing, said: Unstable) -> bool:
    """The remedy would go much less far back by now: twice as far from where it began."""
    if crossing.limit != said.limit:
        return True
    if said.remedy is None or not crossing.steady:
        return False
    since = crossing.limit.since
    return crossing.seen - since >= 2 * max(1, said.remedy.step - since)
