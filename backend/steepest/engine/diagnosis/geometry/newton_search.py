"""The critical points near records: the declared ones, else those that Newton's method finds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.engine.diagnosis.geometry.critical_point import newton_step
from steepest.engine.diagnosis.geometry.curvature import Derivatives, Float, eigen
from steepest.engine.preparation.view_scale import ViewScale
from steepest.problems.problem import CriticalKind

WIDE = 2.0  # times the near distance: too far away to be the point that was near
_STEPS = 8
_SHORT = 1e-12  # of the diagonal: a step that changes nothing


@dataclass(frozen=True, eq=False)
class LocatedPoint:
    """A critical point. at: (n,). eigenvalues: (n,), ascending; eigenvectors: (n, n), columns, of the Hessian there."""

    at: Float
    eigenvalues: Float
    eigenvectors: Float


def locate(
    view: ViewScale, derive: Derivatives, points: Float, gradient: Float, hessian: Float, kinds: Sequence[CriticalKind]
) -> list[LocatedPoint]:
    """The critical point near each point; each by itself, together only because many take hardly longer than one.

    points, gradient: (m, n), m at least 1; hessian: (m, n, n). kinds: of the critical point near each.
    """
    at, step = points.copy(), newton_step(gradient, hessian)[0]
    searched = np.ones(len(points), np.bool_)
    for k, kind in enumerate(kinds):
        estimate = points[k] - step[k] if kind != "degenerate" and np.isfinite(step[k]).all() else points[k]
        declared = view.declared(kind, estimate)
        if declared is not None:
            at[k], searched[k] = declared.at, False
    refined = np.flatnonzero(searched)
    left = refined  # of those, where Newton's method still moves
    for n in range(_STEPS):
        if n:
            step[left] = newton_step(*derive(at[left]))[0]
        with np.errstate(invalid="ignore"):
            far = ~(np.linalg.norm(at[left] - step[left] - points[left], axis=1) <= WIDE * view.near)
        left = left[~far]
        at[left] -= step[left]
        left = left[np.linalg.norm(step[left], axis=1) > _SHORT * view.diagonal]
        if not left.size:
            break
    for k in refined.tolist():
        declared = view.declared(kinds[k], at[k])
        if declared is not None:
            at[k] = declared.at
    values, vectors = eigen(derive(at)[1])
    return [LocatedPoint(*each) for each in zip(at, values, vectors, strict=True)]
