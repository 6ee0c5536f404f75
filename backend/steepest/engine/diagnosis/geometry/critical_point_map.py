"""The critical points of a problem of one or two parameters: those that it declares, and those that Newton finds."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steepest.engine.diagnosis.geometry.critical_point import critical_points, newton_step
from steepest.engine.diagnosis.geometry.curvature import Float, derivatives, eigen
from steepest.engine.diagnosis.geometry.stationary_points import SAME, STARTS, firsts, stationary_points
from steepest.engine.recording.records import CRITICALS
from steepest.problems import CriticalPoint, Problem

MOST = 100
ZOOMS = 3  # how often to look again, with the same number of starts, at the middle of a view that is crowded
ASIDE = 2e-3  # of the diagonal: distance from a point at which to test whether it is isolated
BACK = 30  # Newton steps to return to it

_NONE, _DEGENERATE = CRITICALS.index("none"), CRITICALS.index("degenerate")


def landscape(problem: Problem, bounds: Sequence[Sequence[float]]) -> tuple[CriticalPoint, ...]:
    """All critical points within bounds, one (low, high) a parameter; 100 at most, those nearest to the middle.

    Declared points come first, unchanged. The others are where Newton's method finds them, from a grid of starts in
    float64 on the CPU, and of the kind that the Hessian gives, degenerate where it gives none. Only isolated points
    are included: no lines or circles of critical points, level ground, kinks or poles. Of a problem with more than two
    parameters only the declared points are known. The function cannot make it raise.
    """
    low, high = np.array(bounds, np.float64).reshape(-1, 2).T
    scene = problem.scene
    declared = [] if scene is None else [point for point in scene.points if _inside(point.at, bounds)]
    with np.errstate(over="ignore"):  # bounds at the ends of what there is
        diagonal = float(np.linalg.norm(high - low))
    if problem.dim not in STARTS or not np.isfinite(diagonal) or not np.all(low < high):
        return tuple(declared[:MOST])

    with torch.enable_grad(), np.errstate(all="ignore"):
        found, kinds = _nearest_to_the_middle(problem.loss_at, low, high, diagonal)
    for point in declared:
        other = np.linalg.norm(found - np.array(point.at), axis=1) > SAME * diagonal
        found, kinds = found[other], kinds[other]
    nearest = slice(max(0, MOST - len(declared)))
    with torch.no_grad():
        values = problem.loss_at(torch.from_numpy(found[nearest])).tolist()
    points = [
        CriticalPoint(kind=CRITICALS[kind], at=tuple(at), value=value)
        for kind, at, value in zip(kinds[nearest], (found[nearest] + 0.0).tolist(), values, strict=True)  # no -0.0
        if math.isfinite(value)
    ]
    return (*declared[:MOST], *points)


def _inside(at: Sequence[float], bounds: Sequence[Sequence[float]]) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(at, bounds, strict=True))


def _nearest_to_the_middle(
    loss_at: Callable[[Tensor], Tensor], low: Float, high: Float, diagonal: float
) -> tuple[Float, NDArray[np.uint8]]:
    """Points (k, n) and their kinds (k,), places in CRITICALS, by growing distance from the middle of the view.

    Where there are more than are asked for, they may lie closer than the starts: then the middle half is looked at
    again.
    """
    middle, half = (low + high) / 2, (high - low) / 2
    found, kinds = _classified(loss_at, np.stack([low, high], axis=1), diagonal)
    for _ in range(ZOOMS):
        if np.all(np.abs(found - middle) <= half, axis=1).sum() <= MOST:
            break
        half = half / 2
        more, their = _classified(loss_at, np.stack([middle - half, middle + half], axis=1), diagonal)
        found, kinds = np.concatenate([more, found]), np.concatenate([their, kinds])
        different = firsts(found, SAME * diagonal)
        found, kinds = found[different], kinds[different]
    order = np.argsort(np.linalg.norm(found - middle, axis=1), kind="stable")
    return found[order], kinds[order]


def _classified(loss_at: Callable[[Tensor], Tensor], bounds: Float, diagonal: float) -> tuple[Float, NDArray[np.uint8]]:
    """Points (k, n) and their kinds (k,), places in CRITICALS."""
    points = stationary_points(loss_at, bounds)
    if not len(points):
        return points, np.zeros(0, np.uint8)
    kinds, _ = critical_points(partial(derivatives, loss_at), points, *derivatives(loss_at, points), diagonal)
    unclear = np.flatnonzero(kinds == _DEGENERATE)
    kinds[unclear[_one_of_many(loss_at, points[unclear], ASIDE * diagonal)]] = _NONE
    return points[kinds != _NONE], kinds[kinds != _NONE]


def _one_of_many(loss_at: Callable[[Tensor], Tensor], points: Float, aside: float) -> NDArray[np.bool_]:
    """(k,): does Newton's method, started a little aside of the point, come to rest at another one?"""
    if not len(points):
        return np.zeros(0, np.bool_)
    _, hessian = derivatives(loss_at, points)
    values, vectors = eigen(hessian)
    flattest = np.abs(values).argmin(axis=1)
    along = aside * np.take_along_axis(vectors, flattest[:, None, None], axis=2)[:, :, 0]
    home = np.concatenate([points, points])
    at = np.concatenate([points + along, points - along])
    for _ in range(BACK):
        step = newton_step(*derivatives(loss_at, at))[0]
        length = np.linalg.norm(step, axis=1)
        at = np.where((length <= aside)[:, None], at - step, at)  # inf: pushed where nothing is curved
    away = np.linalg.norm(at - home, axis=1)
    elsewhere: NDArray[np.bool_] = ((length <= 0.01 * aside) & (away >= aside / 4)).reshape(2, -1).any(axis=0)
    return elsewhere
