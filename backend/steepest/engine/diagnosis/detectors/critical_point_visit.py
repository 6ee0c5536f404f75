"""A visit to a critical point: its first step, the curvature, and when the run should leave a saddle or a maximum.

Near the point the offset along a direction of negative curvature follows the linear recurrence of the optimizer's law.
So the first record of a visit predicts, from the offset and the last update, the step at which the offset exceeds the
distance that counts as near. The prediction stays until an edit changes the law or the parameters, and is compared with
the step of the escape. There is no prediction for adaptive laws, whose divisor shrinks with the gradient, nor with a
schedule, which changes the rate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import mul, sub
from typing import Literal

import numpy as np
from typing_extensions import override

from steepest.engine.diagnosis.detectors.escape_time import predict
from steepest.engine.diagnosis.geometry.newton_search import WIDE
from steepest.engine.diagnosis.remedy import moving
from steepest.engine.diagnosis.surface_run import SurfaceRun
from steepest.engine.recording.verdict import Law, Pace, Verdict
from steepest.problems.problem import CriticalKind, Vector

PUSH = 1e-3  # of the diagonal: enough to leave a ridge
HALF_WAY = 1.2  # times the near distance: has left if the record no longer has a critical point; at `WIDE`, always
ZERO = 1e-6  # of the largest eigenvalue: none
DRIFT = 1.05  # a rate that changed by more changes the prediction


class Near(Verdict):
    """Near a critical point. remedy: where stuck, a small push.

    since: first step of the visit. kind, at: of the point. eigenvalues: of its Hessian, ascending.
    downhill: unit vector of the most negative curvature, None where there is none.
    law: of the optimizer, None where none is known.
    factor: what one step multiplies the distance along `downhill` by, in the long run; None where unknown.
    escape: the step at which it should leave; None where unknown.
    stuck: nothing pushes it off the ridge (its offset is 0).
    """

    code: Literal["near"] = "near"
    since: int
    kind: CriticalKind
    at: Vector
    eigenvalues: Vector
    downhill: Vector | None
    law: Law | None
    factor: float | None
    escape: int | None
    stuck: bool

    @property
    @override
    def pacing(self) -> Pace:
        return "passing" if self.kind == "minimum" else "prompt"

    @property
    @override
    def topic(self) -> tuple[object, ...]:
        return (self.code, self.kind, self.at)

    @override
    def same_as(self, reported: Verdict) -> bool:
        names = ("since", "kind", "at", "law", "factor", "escape", "stuck")
        return isinstance(reported, Near) and all(getattr(self, name) == getattr(reported, name) for name in names)


class Escaped(Verdict):
    """Left a saddle or a maximum. since: first step of the visit. step: first one away. escape: the predicted step."""

    code: Literal["escaped"] = "escaped"
    pace = "urgent"
    since: int
    kind: CriticalKind
    at: Vector
    escape: int | None


@dataclass(frozen=True)
class CriticalPointVisit:
    """Near a critical point.

    near: its verdict. kind: in the records. axes: unit vectors that lead away from the point, (k, n).
    rate: of the law behind the prediction, None where there was none.
    """

    near: Near
    kind: CriticalKind
    axes: tuple[tuple[float, ...], ...]
    rate: float | None

    @property
    def level(self) -> bool:
        """Whether it is one of many degenerate points, on level ground."""
        low, high = self.near.eigenvalues[0], self.near.eigenvalues[-1]
        return self.near.kind == "degenerate" and not self.axes and high > 0 and low >= -ZERO * high

    def reach(self, kind: CriticalKind | None) -> float:
        """The distance that ends the visit, in units of the near distance. kind: of the point in the record.

        For a degenerate point the record decides, because Newton's step leads only part of the way.
        """
        degenerate = self.near.kind == "degenerate"
        if self.axes or kind is not None or self.near.kind == "minimum":
            return math.inf if degenerate else WIDE
        return 1.0 if degenerate else HALF_WAY

    def along(self, offset: Sequence[float]) -> float:
        """How far an offset goes in the directions that lead away."""
        return math.hypot(*(sum(map(mul, axis, offset)) for axis in self.axes))


def follow(
    visit: CriticalPointVisit | None, records: SurfaceRun, row: int, kind: CriticalKind | None
) -> tuple[CriticalPointVisit | None, Escaped | None]:
    """The visit after a record, and the escape where it has just left. kind: of the point near that record."""
    if visit is None or records.moved(row):
        return (None if kind is None else _begin(records, row, kind)), None
    near, at, radius = visit.near, records.rows.params[row].tolist(), records.view.near
    offset = list(map(sub, at, near.at))
    distance = math.hypot(*offset)
    if visit.axes and visit.along(offset) >= radius:
        return None, Escaped(step=records.step + row, since=near.since, kind=near.kind, at=near.at, escape=near.escape)
    if distance >= visit.reach(kind) * radius:
        return None, None  # left sideways, or turned away before it arrived
    if kind is not None and kind != visit.kind:
        other = _begin(records, row, kind)
        if other is not None and math.dist(at, other.near.at) < distance:
            return other, None
        visit = replace(visit, kind=kind)  # the same point, classified from another position
    if not visit.axes:
        return visit, None
    span = records.span(row)
    rate = span.rate(span.place(row))
    changed = records.edited(row) or (rate is None) != (visit.rate is None)
    if rate and visit.rate and not span.scheduled:
        changed = changed or not 1 / DRIFT <= rate / visit.rate <= DRIFT
    if changed or (records.rests(row) and not visit.near.stuck):
        return _predicted(records, row, visit), None
    return visit, None


def _begin(records: SurfaceRun, row: int, kind: CriticalKind) -> CriticalPointVisit | None:
    """A visit that begins at this record; None where the point is farther away than Newton's step suggested."""
    here, radius = records.rows.params[row], records.view.near
    point = records.located(row)
    at, values, vectors = point.at, point.eigenvalues, point.eigenvectors
    if not np.isfinite(values).all():
        return None
    zero = ZERO * np.abs(values).max()
    axes = tuple(tuple(vectors[:, i].tolist()) for i in np.flatnonzero(values < -zero))
    if (
        kind == "degenerate" and not (np.abs(values) <= zero).any()
    ):  # not exactly at the point where all of them are zero
        axes = ()
    name: CriticalKind = "degenerate" if not axes and (values <= zero).any() else kind
    near = Near(
        step=records.step + row,
        since=records.step + row,
        kind=name,
        at=tuple(at.tolist()),
        eigenvalues=tuple(values.tolist()),
        downhill=axes[0] if axes else None,
        law=None,
        factor=None,
        escape=None,
        stuck=False,
    )
    visit = CriticalPointVisit(near, kind, axes, None)
    offset = (here - at).tolist()
    if math.hypot(*offset) >= (1 if name == "minimum" else visit.reach(kind)) * radius:
        return None
    if visit.along(offset) >= radius:
        return None
    return _predicted(records, row, visit)


def _predicted(records: SurfaceRun, row: int, visit: CriticalPointVisit) -> CriticalPointVisit:
    """The visit with the prediction from this record on."""
    near, span, rows = visit.near, records.span(row), records.rows
    law, here, step = span.law, rows.params[row], records.step + row
    known = law if visit.axes and not span.scheduled else None
    factor = steps = remedy = None
    stuck = False
    if visit.axes:
        along = np.array(visit.axes) @ np.stack((here - np.array(near.at), rows.update[row])).T
        if known is not None and known.divisor is None:
            factor, steps, stuck = predict(records, row, visit.axes, near, along[:, 0], along[:, 1])
        else:  # without a recurrence, only whether anything points away
            pushed = np.array(visit.axes) @ rows.gradient[row]
            stuck = not pushed.any() and not along[:, 1].any()
        stuck = stuck or records.rests(row)
    if stuck and span.config.optimizer.needs != "hessian":  # Newton's method would return
        assert near.downhill is not None
        push = PUSH * records.view.diagonal * np.array(near.downhill)
        remedy = moving(records.run, step, (here + push).tolist())
    predicted = near.model_copy(
        update={
            "step": step,
            "law": None if known is None else known.law,
            "factor": factor,
            "escape": None if steps is None or stuck else step + steps,
            "stuck": stuck,
            "remedy": remedy,
        }
    )
    return replace(visit, near=predicted, rate=span.rate(span.place(row)))
