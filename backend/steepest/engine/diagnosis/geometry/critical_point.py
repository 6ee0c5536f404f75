"""Whether a critical point is near, and of which kind.

Near: Newton's step -H⁻¹g is short compared with the view. Whether it leads to a critical point, and whether the Hessian
tells its kind, follows from how the next Newton step shrinks: quadratically towards a regular critical point, by a
constant factor 1 - 1/m towards one of multiplicity m, where the Hessian vanishes (Decker, Keller & Kelley 1983, SIAM J.
Numer. Anal. 20(2)). Such a point is called degenerate. Where Newton's step is at the limit of rounding, the curvature
beside the point decides.
"""

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Derivatives, Float, eigen
from steepest.engine.preparation.view_scale import NEAR
from steepest.engine.recording.records import CRITICALS

FLAT = 1e-9  # an eigenvalue this small against the largest is zero
STEPS = 4  # Newton steps taken to find out
REGULAR = 0.25  # a step is at most this share of the one before: quadratic convergence
LINEAR = 0.95  # each step shrinks at least so much: converges, if slowly
VANISHING = 0.6  # the smallest |eigenvalue| after a step against before: (1 - 1/m)^(m - 1), at most 1/2
THERE = 1e-7  # of the diagonal: how a shorter Newton step shrinks cannot be measured
BESIDE = 1e-4  # of the diagonal: where to look then
FLATTER = 0.01  # the smallest |eigenvalue| against that beside the point: it vanishes here

_MINIMUM, _SADDLE, _MAXIMUM, _DEGENERATE = range(1, len(CRITICALS))


def critical_points(
    derive: Derivatives, points: Float, gradient: Float, hessian: Float, diagonal: float
) -> tuple[NDArray[np.uint8], Float]:
    """Kind of the critical point near each point, and how far Newton's step says it is.

    points, gradient: (m, n); hessian: (m, n, n). diagonal: of the view, in units of the parameters.
    Returns places in CRITICALS, (m,), and lengths, (m,); infinite where there is no Newton step.
    """
    kinds = np.zeros(len(points), np.uint8)
    steps, eigenvalues, flat = newton_step(gradient, hessian)
    lengths = np.linalg.norm(steps, axis=1)
    left = np.flatnonzero(lengths <= NEAR * diagonal)  # those still to be classified; False for NaN

    there = left[lengths[left] <= THERE * diagonal]
    flatter = there[_flatter_than_beside(derive, points[there], hessian[there], diagonal)]
    kinds[flatter] = _DEGENERATE
    left = np.setdiff1d(left, flatter, assume_unique=True)

    at, step, smallest = points[left], steps[left], np.abs(eigenvalues[left]).min(axis=1)
    singular, vanishing = flat[left], np.ones(len(left), np.bool_)
    for _ in range(STEPS):
        if not left.size:
            break
        # Take Newton's step, and look from there.
        at = at - step
        next_step, values, flat_there = newton_step(*derive(at))
        shrink = _ratio(np.linalg.norm(next_step, axis=1), np.linalg.norm(step, axis=1), diagonal)
        flattest = np.abs(values).min(axis=1)
        singular = singular | flat_there
        flattening = flattest <= VANISHING * smallest
        vanishing &= (shrink <= LINEAR) & flattening

        # Along a circle of critical points the curvature shrinks as fast as the step, so its sign is unreliable.
        regular = (shrink <= REGULAR) & ~singular & ~flattening
        kinds[left[regular]] = _kind(values[regular])
        nothing = singular & (shrink <= LINEAR)  # neither curvature nor gradient: the Hessian does not tell the kind
        kinds[left[nothing]] = _DEGENERATE

        with np.errstate(invalid="ignore"):
            astray = ~(np.linalg.norm(at - next_step - points[left], axis=1) <= NEAR * diagonal)
        on = ~(regular | singular | astray)
        left, at, step = left[on], at[on], next_step[on]
        smallest, singular, vanishing = flattest[on], singular[on], vanishing[on]
    kinds[left[vanishing]] = _DEGENERATE
    return kinds, lengths


def _flatter_than_beside(derive: Derivatives, points: Float, hessian: Float, diagonal: float) -> NDArray[np.bool_]:
    """bool[m]: the flattest curvature almost vanishes at the point, compared with a little along its direction."""
    if not len(points):
        return np.zeros(0, np.bool_)
    values, vectors = eigen(hessian)
    flattest = np.abs(values).argmin(axis=1)
    aside = BESIDE * diagonal * np.take_along_axis(vectors, flattest[:, None, None], axis=2)[:, :, 0]
    here = np.abs(values).min(axis=1)
    _, around = derive(np.concatenate([points + aside, points - aside]))
    beside = np.abs(eigen(around)[0]).min(axis=1).reshape(2, -1)
    with np.errstate(invalid="ignore"):  # NaN outside the domain: no evidence
        flatter: NDArray[np.bool_] = (here <= FLATTER * beside).any(axis=0)
    return flatter


def newton_step(gradient: Float, hessian: Float) -> tuple[Float, Float, NDArray[np.bool_]]:
    """H⁻¹g (m, n), the eigenvalues (m, n), and whether H is singular (m,).

    In a direction without curvature the step is zero where the gradient is too, else infinite.
    """
    values, vectors = eigen(hessian)
    along = (vectors * gradient[:, :, None]).sum(axis=1)  # the gradient's components along the eigenvectors
    scale = np.abs(values).max(axis=1, keepdims=True)
    flat = np.abs(values) <= FLAT * scale
    pushed = np.abs(along) > FLAT * np.maximum(1.0, scale)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = np.where(flat, np.where(pushed, np.inf, 0.0), along / np.where(flat, 1.0, values))
        step = (vectors * parts[:, None]).sum(axis=2)
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
