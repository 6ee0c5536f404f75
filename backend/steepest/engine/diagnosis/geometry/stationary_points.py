"""Where the gradient of a function of one or two variables is zero: Newton's method from every point of a grid."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from steepest.engine.diagnosis.geometry.critical_point import newton_step
from steepest.engine.diagnosis.geometry.curvature import Float, derivatives, eigen

STARTS = {1: 257, 2: 33}  # along each side, by the number of variables
ROUNDS = 40
SHORTEST = 1e-9  # of a cell: a shorter step ends the search
ARRIVED = 1e-7  # of the diagonal: Newton's step is no longer
SAME = 1e-3  # of the diagonal: points nearer to one another than that are one
CREEPING = (0.4, 0.97)  # a step is this share of the one before: towards a point of multiplicity 1/(1 - share)
BESIDE = 1e-6  # of the diagonal: where a kink shows
KINK = 1e-3  # of the usual slope: what is left of it beside a kink


class _Ends(NamedTuple):
    """Where starts ended: (k, n), (k, n), (k, n, n); and the usual slope where they began."""

    at: Float
    gradient: Float
    hessian: Float
    usual: float


def stationary_points(loss_at: Callable[[Tensor], Tensor], bounds: Float) -> Float:
    """Different points without slope within bounds, (k, n). bounds: (n, 2), n of 1 or 2.

    Steps are no longer than the grid is wide, and are taken only where they lessen the slope (Dennis & Schnabel 1983,
    Numerical Methods for Unconstrained Optimization and Nonlinear Equations, §6); where they shrink by a constant
    factor only they are stretched by the multiplicity that this shows (Schröder 1870). Starts that run into what is not
    finite, or out of the view, are given up. A kink that happens to have slope zero is none.
    """
    low, high = bounds.T
    side = STARTS[len(bounds)]
    axes = [np.linspace(least, most, side) for least, most in bounds]
    starts = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(bounds))
    diagonal = float(np.linalg.norm(high - low))
    cell = diagonal / (side - 1)

    ends = _descend(loss_at, starts, low - cell, high + cell, cell)
    lengths = np.linalg.norm(newton_step(ends.gradient, ends.hessian)[0], axis=1)
    margin = 1e-9 * diagonal
    inside = np.all((ends.at >= low - margin) & (ends.at <= high + margin), axis=1)
    there = inside & (lengths <= ARRIVED * diagonal)
    found = ends.at[there][np.argsort(lengths[there], kind="stable")]  # the surest of a group is its first
    found = found[firsts(found, SAME * diagonal)]
    smooth: Float = found[~_kinks(loss_at, found, BESIDE * diagonal, KINK * ends.usual)]
    return smooth.clip(low, high)


def _descend(loss_at: Callable[[Tensor], Tensor], starts: Float, low: Float, high: Float, cell: float) -> _Ends:
    """Where Newton's method leads from each start that is finite and stays within low and high."""
    gradient, hessian = derivatives(loss_at, starts)
    finite = np.isfinite(gradient).all(axis=1) & np.isfinite(hessian).all(axis=(1, 2))
    at, gradient, hessian = starts[finite], gradient[finite], hessian[finite]
    slope = np.linalg.norm(gradient, axis=1)
    usual = float(np.median(slope)) if len(slope) else 0.0
    reach, before = np.full(len(at), cell), np.full(len(at), np.nan)  # longest step allowed; length of the last one
    going = np.arange(len(at))
    for _ in range(ROUNDS):
        if not len(going):
            break
        step = _within_the_curved(gradient[going], hessian[going])
        length = np.linalg.norm(step, axis=1)
        share = length / before[going]
        creeping = (share > CREEPING[0]) & (share < CREEPING[1])
        stretched = length * np.where(creeping, 1 / (1 - np.where(creeping, share, 0.0)), 1.0)
        taken = np.minimum(stretched, reach[going])
        trial = at[going] - step * (taken / np.where(length > 0, length, 1.0))[:, None]

        next_gradient, next_hessian = derivatives(loss_at, trial)
        next_slope = np.linalg.norm(next_gradient, axis=1)
        better = (next_slope < slope[going]) & np.isfinite(next_hessian).all(axis=(1, 2))
        before[going] = np.where(better & ~creeping & (taken == length), length, np.nan)
        reach[going] = np.where(better, np.minimum(cell, 2 * reach[going]), taken / 4)
        moved = going[better]
        at[moved], gradient[moved], hessian[moved] = trial[better], next_gradient[better], next_hessian[better]
        slope[moved] = next_slope[better]

        inside = np.all((at[going] >= low) & (at[going] <= high), axis=1)
        going = going[inside & (taken > SHORTEST * cell) & (slope[going] > 0)]
    return _Ends(at, gradient, hessian, usual)


def _within_the_curved(gradient: Float, hessian: Float) -> Float:
    """Newton's step, (m, n), left out in directions without curvature."""
    values, vectors = eigen(hessian)
    curved = np.abs(values) > 1e-10 * np.abs(values).max(axis=1, keepdims=True)
    along = np.einsum("mji,mj->mi", vectors, gradient)
    step: Float = np.einsum("mij,mj->mi", vectors, np.where(curved, along / np.where(curved, values, 1.0), 0.0))
    return step


def firsts(points: Float, near: float) -> NDArray[np.intp]:
    """Places of the first of each group of points within `near` of it."""
    chosen, left = [], np.arange(len(points))
    while len(left):
        first = left[0]
        chosen.append(first)
        left = left[np.linalg.norm(points[left] - points[first], axis=1) > near]
    return np.array(chosen, np.intp)


def _kinks(loss_at: Callable[[Tensor], Tensor], points: Float, beside: float, least: float) -> NDArray[np.bool_]:
    """(k,): is the slope a little beside the point as large as it is four times as far away?"""
    k, n = points.shape
    if not k:
        return np.zeros(0, np.bool_)
    around = np.concatenate([np.eye(n), -np.eye(n)]) * beside  # (2n, n)
    places = np.concatenate([points[:, None] + around, points[:, None] + 4 * around], axis=1)
    slopes = np.linalg.norm(derivatives(loss_at, places.reshape(-1, n))[0], axis=1).reshape(k, 2, 2 * n)
    near, far = slopes[:, 0], slopes[:, 1]
    kinks: NDArray[np.bool_] = ((near > 0.5 * far) & (near > least)).any(axis=1)
    return kinks
