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
STEPS = 4  # Newton steps taken to find out
REGULAR = 0.25  # a step is at most this share of the one before: quadratic convergence
LINEAR = 0.95  # each step shrinks at least so much: converges, if slowly
VANISHING = 0.6  # the smallest |eigenvalue| after a step against before: (1 - 1/m)^(m - 1), at most 1/2

_MINIMUM, _SADDLE, _MAXIMUM, _DEGENERATE = range(1, len(CRITICALS))


def critical_points(
    loss_at: Callable[[Tensor], Tensor], points: Float, gradient: Float, hessian: Float, diagonal: float
) -> tuple[NDArray[np.uint8], Float]:
    """Kind of the critical point near each point, and how far Newton's step says it is.

    points, gradient: (m, n); hessian: (m, n, n). diagonal: of the view, in units of the parameters.
    Returns places in CRITICALS, (m,), and lengths, (m,); infinite where there is no Newton step.
    """
    kinds = np.zeros(len(points), np.uint8)
    steps, eigenvalues, flat = newton_step(gradient, hessian)
    lengths = np.linalg.norm(steps, axis=1)
    left = np.flatnonzero(lengths <= NEAR * diagonal)  # those still to be told; False for NaN

    at, step, smallest = points[left], steps[left], np.abs(eigenvalues[left]).min(axis=1)
    singular, vanishing = flat[left], np.ones(len(left), np.bool_)
    for _ in range(STEPS):
        if not left.size:
            break
        # Take Newton's step, and look from there.
        at = at - step
        next_step, values, flat_there = newton_step(*derivatives(loss_at, at))
        shrink = _ratio(np.linalg.norm(next_step, axis=1), np.linalg.norm(step, axis=1), diagonal)
        flattest = np.abs(values).min(axis=1)
        singular = singular | flat_there
        vanishing &= (shrink <= LINEAR) & (flattest <= VANISHING * smallest)

        regular = (shrink <= REGULAR) & ~singular
        kinds[left[regular]] = _kind(values[regular])
        nothing = singular & (shrink <= LINEAR)  # no curvature and nothing that pushes: the Hessian says nothing here
        kinds[left[nothing]] = _DEGENERATE

        with np.errstate(invalid="ignore"):
            astray = ~(np.linalg.norm(at - next_step - points[left], axis=1) <= NEAR * diagonal)
        on = ~(regular | singular | astray)
        left, at, step = left[on], at[on], next_step[on]
        smallest, singular, vanishing = flattest[on], singular[on], vanishing[on]
    kinds[left[vanishing]] = _DEGENERATE
    return kinds, lengths


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


def _kind(values: Float) -> NDArray[np.uint8]:
    up = (values > 0).all(axis=1)
    down = (values < 0).all(axis=1)
    return np.where(up, _MINIMUM, np.where(down, _MAXIMUM, _SADDLE)).astype(np.uint8)
