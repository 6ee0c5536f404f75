"""Is there a critical point near by, and of which kind?

Near: Newton's step from here, -H⁻¹g, is short against the picture. Whether it really leads to a critical point, and
whether the Hessian can tell its kind, shows in how the next Newton step shrinks: quadratically towards a regular
critical point, only by a constant factor 1 - 1/m towards one of multiplicity m, where the Hessian vanishes
(Decker, Keller & Kelley 1983, SIAM J. Numer. Anal. 20(2)). Such a point is called degenerate, not guessed at.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from steepest.engine.diagnosis.curvature import Float, derivatives, eigen
from steepest.engine.record import CRITICALS

NEAR = 0.05  # of the view's diagonal
FLAT = 1e-9  # an eigenvalue this small against the largest is zero
REGULAR = 0.25  # the next Newton step is at most this share of the last: quadratic convergence
LINEAR = 0.95  # shrinks at least so much a step: converges, if slowly
CONFIRMING_STEPS = 3  # how often slow shrinking must be seen before it is believed
VANISHING = 0.6  # the smallest |eigenvalue| after one step against before: (1 - 1/m)^(m - 1), at most 1/2

_NONE, _MINIMUM, _SADDLE, _MAXIMUM, _DEGENERATE = range(len(CRITICALS))


def critical_points(
    loss_at: Callable[[Tensor], Tensor], points: Float, gradient: Float, hessian: Float, diagonal: float
) -> tuple[NDArray[np.uint8], Float]:
    """Kind of the critical point near each point, and the Newton step to it.

    points, gradient: (m, n); hessian: (m, n, n). diagonal: of the view, in units of the parameters.
    Returns places in CRITICALS, (m,), and the length of the Newton step, (m,); infinite where there is none.
    """
    kinds = np.full(len(points), _NONE, np.uint8)
    step, values, flat = newton_step(gradient, hessian)
    length = np.linalg.norm(step, axis=1)
    near = np.flatnonzero(length <= NEAR * diagonal)  # False for NaN
    if not near.size:
        return kinds, length

    # Take Newton's step, and look from there.
    landed = points[near] - step[near]
    next_step, next_values, next_flat = newton_step(*derivatives(loss_at, landed))
    shrink = _ratio(np.linalg.norm(next_step, axis=1), length[near], diagonal)
    regular = (shrink <= REGULAR) & ~flat[near] & ~next_flat
    kinds[near[regular]] = _kind(next_values[regular])
    # Zero curvature and nothing that pushes: the Hessian says nothing here.
    kinds[near[(flat[near] | next_flat) & (shrink <= LINEAR)]] = _DEGENERATE

    before, after = np.abs(values[near]).min(axis=1), np.abs(next_values).min(axis=1)
    slow = np.flatnonzero((shrink > REGULAR) & (shrink <= LINEAR) & (after <= VANISHING * before) & (kinds[near] == 0))
    if slow.size:
        vanishing = _shrinks_on(loss_at, landed[slow], next_step[slow], after[slow])
        kinds[near[slow[vanishing]]] = _DEGENERATE
    return kinds, length


def newton_step(gradient: Float, hessian: Float) -> tuple[Float, Float, NDArray[np.bool_]]:
    """H⁻¹g (m, n), the eigenvalues (m, n), and whether H is singular (m,).

    In a direction without curvature the step is zero where the gradient is too, else infinite.
    """
    values, vectors = eigen(hessian)
    along = np.einsum("mji,mj->mi", vectors, gradient)  # the gradient's components along the eigenvectors
    scale = np.abs(values).max(axis=1, keepdims=True)
    flat = np.abs(values) <= FLAT * scale
    pushed = np.abs(along) > FLAT * np.maximum(1.0, scale)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = np.where(flat, np.where(pushed, np.inf, 0.0), along / np.where(flat, 1.0, values))
        step = np.einsum("mij,mj->mi", vectors, parts)
        step[~np.isfinite(step).all(axis=1)] = np.inf
    return step, values, flat.any(axis=1)


def _ratio(after: Float, before: Float, diagonal: float) -> Float:
    """How much a Newton step shrank. Steps at the limit of rounding count as arrived."""
    arrived = before <= 1e-9 * diagonal
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(arrived, 0.0, after / np.where(before > 0, before, 1.0))


def _shrinks_on(loss_at: Callable[[Tensor], Tensor], points: Float, step: Float, smallest: Float) -> NDArray[np.bool_]:
    """Whether Newton keeps converging slowly while the smallest |eigenvalue| vanishes.

    points (m, n) with their Newton steps and smallest |eigenvalue| (m,). Returns (m,).
    """
    believed = np.ones(len(points), np.bool_)
    length = np.linalg.norm(step, axis=1)
    for _ in range(CONFIRMING_STEPS - 1):
        points = np.where(np.isfinite(step), points - step, points)
        step, values, _flat = newton_step(*derivatives(loss_at, points))
        shorter, flatter = np.linalg.norm(step, axis=1), np.abs(values).min(axis=1)
        with np.errstate(invalid="ignore"):
            believed &= (shorter <= LINEAR * length) & (flatter <= VANISHING * smallest)
        length, smallest = shorter, flatter
    return believed


def _kind(values: Float) -> NDArray[np.uint8]:
    up = (values > 0).all(axis=1)
    down = (values < 0).all(axis=1)
    return np.where(up, _MINIMUM, np.where(down, _MAXIMUM, _SADDLE)).astype(np.uint8)
