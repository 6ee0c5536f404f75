"""Beside a critical point: since when, how it curves there, and when a run should have left a saddle or a maximum.

Close to it the offset along a direction of negative curvature follows the law's linear recurrence, so the step at which
it has grown to the distance that is called near can be told beforehand: from the offset and the last update, at the
first record of the stay. What is told stays as it is until an edit changes the law or the place, and is compared with
the step at which the run has really left. With an adaptive law the divisor shrinks together with the gradient, and a
schedule changes the rate, which no such recurrence follows, so no step is told there.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from operator import mul, sub

import numpy as np

from steepest.engine.diagnosis.escape_time import predict
from steepest.engine.diagnosis.geometry.critical_point import newton_step
from steepest.engine.diagnosis.geometry.curvature import Float, derivatives, eigen
from steepest.engine.diagnosis.record_view import RecordView
from steepest.engine.diagnosis.remedy import moving
from steepest.engine.diagnosis.state import CriticalPointVisit
from steepest.engine.recording.verdict import Escaped, Near
from steepest.problems import CriticalKind

REFINE = 8  # Newton steps to where the point is
PUSH = 1e-3  # of the diagonal: enough to leave a ridge by
WIDE, HALF_WAY = 2.0, 1.2  # times near: away, and away where the record calls it no longer near
ZERO = 1e-6  # of the largest eigenvalue: none
DRIFT = 1.05  # a rate that changed by more changes what was told


def follow_stay(
    stay: CriticalPointVisit | None, here: RecordView, kind: CriticalKind | None
) -> tuple[CriticalPointVisit | None, Escaped | None]:
    """The stay after a record, whose critical point near by is of `kind`; and the escape, where it has just left."""
    if here.moved:
        stay = None
    if stay is None:
        return (None if kind is None else _begin(here, kind)), None
    offset = list(map(sub, here.at.tolist(), stay.near.at))
    distance = math.hypot(*offset)
    if stay.axes and _along(stay, offset) >= here.picture.near:
        near = stay.near
        return None, Escaped(step=here.step, since=near.since, kind=near.kind, at=near.at, escape=near.escape)
    if distance >= _reach(stay, kind) * here.picture.near:
        return None, None  # swung out sideways, or turned away from a point that it would only come to
    if kind not in (None, stay.kind):
        assert kind is not None
        other = _begin(here, kind)
        if other is not None and math.dist(here.at.tolist(), other.near.at) < distance:
            return other, None
        stay = replace(stay, kind=kind)  # the same point by another name: records see it from where they are
    if not stay.axes:
        return stay, None
    rate = _rate(here)
    changed = here.edited or (rate is None) != (stay.rate is None)
    if rate and stay.rate and not here.reign.scheduled:
        changed = changed or not 1 / DRIFT <= rate / stay.rate <= DRIFT
    if changed or (here.rests and not stay.near.stuck):
        return _told(here, stay), None
    return stay, None


def _reach(stay: CriticalPointVisit, kind: CriticalKind | None) -> float:
    """Times near: from there on it is away, in whichever direction. kind: what the record calls it there.

    Where the Hessian vanishes Newton's step is only a part of the way, so there the record's word counts.
    """
    if stay.axes or kind is not None or stay.near.kind == "minimum":
        return math.inf if stay.near.kind == "degenerate" else WIDE
    return 1.0 if stay.near.kind == "degenerate" else HALF_WAY


def _along(stay: CriticalPointVisit, offset: Sequence[float]) -> float:
    """How far it is from the point in the directions that lead away."""
    return math.hypot(*(sum(map(mul, axis, offset)) for axis in stay.axes))


def _rate(here: RecordView) -> float | None:
    return None if here.reign.law is None else float(here.reign.law.rate[here.place])


def _begin(here: RecordView, kind: CriticalKind) -> CriticalPointVisit | None:
    """A stay that begins at this record; None where the point is not as near as Newton's step said."""
    at = _locate(here, kind)
    _, hessian = derivatives(here.picture.problem.loss_at, at[None])
    values, vectors = (part[0] for part in eigen(hessian))
    if not np.isfinite(values).all():
        return None
    zero = ZERO * np.abs(values).max()
    axes = tuple(tuple(vectors[:, i].tolist()) for i in np.flatnonzero(values < -zero))
    if kind == "degenerate" and not (np.abs(values) <= zero).any():  # not quite at the point where all of them vanish
        axes = ()
    name: CriticalKind = "degenerate" if not axes and (values <= zero).any() else kind
    near = Near(
        step=here.step,
        since=here.step,
        kind=name,
        at=tuple(at.tolist()),
        eigenvalues=tuple(values.tolist()),
        downhill=axes[0] if axes else None,
        law=None,
        factor=None,
        escape=None,
        stuck=False,
    )
    stay = CriticalPointVisit(near, kind, axes, None)
    offset = (here.at - at).tolist()
    if math.hypot(*offset) >= (1 if name == "minimum" else _reach(stay, kind)) * here.picture.near:
        return None
    if _along(stay, offset) >= here.picture.near:
        return None
    return _told(here, stay)


def _locate(here: RecordView, kind: CriticalKind) -> Float:
    """Where the point is: as declared, else as Newton finds it."""
    picture, rows, row = here.picture, here.rows, here.row
    gradient, hessian = rows.gradient[row : row + 1], rows.hessian[row : row + 1]
    step, _, _ = newton_step(gradient, hessian)
    estimate = here.at - step[0] if kind != "degenerate" and np.isfinite(step).all() else here.at
    declared = picture.declared(kind, estimate)
    if declared is not None:
        return np.array(declared.at)
    at = here.at[None]
    for _ in range(REFINE):
        if not np.isfinite(step).all() or np.linalg.norm(at - step - here.at) > WIDE * picture.near:
            break
        at = at - step
        if np.linalg.norm(step) <= 1e-12 * picture.diagonal:
            break
        step, _, _ = newton_step(*derivatives(picture.problem.loss_at, at))
    declared = picture.declared(kind, at[0])
    found: Float = at[0] if declared is None else np.array(declared.at)
    return found


def _told(here: RecordView, stay: CriticalPointVisit) -> CriticalPointVisit:
    """The stay with what is told of it from this record on."""
    near, law = stay.near, here.reign.law
    known = law is not None and bool(stay.axes) and not here.reign.scheduled
    factor = steps = None
    stuck = False
    if stay.axes:
        along = np.array(stay.axes) @ np.stack((here.at - np.array(near.at), here.rows.update[here.row])).T
        if known and law is not None and law.divisor is None:
            factor, steps, stuck = predict(here, stay, along[:, 0], along[:, 1])
        else:  # no way to tell but that nothing at all points away
            pushed = np.array(stay.axes) @ here.rows.gradient[here.row]
            stuck = not pushed.any() and not along[:, 1].any()
        stuck = stuck or here.rests
    remedy = None
    if stuck and here.reign.rule.optimizer.needs != "hessian":  # Newton's method would come back
        assert near.downhill is not None
        push = PUSH * here.picture.diagonal * np.array(near.downhill)
        remedy = moving(here.run, here.step, (here.at + push).tolist())
    told = near.model_copy(
        update={
            "step": here.step,
            "law": law.law if known and law is not None else None,
            "factor": factor,
            "escape": None if steps is None or stuck else here.step + steps,
            "stuck": stuck,
            "remedy": remedy,
        }
    )
    return replace(stay, near=told, rate=_rate(here))
