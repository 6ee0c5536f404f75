"""The curvature that decides where a sweep's runs diverge, where theory knows it."""

import numpy as np

from steepest.engine.diagnosis.geometry.curvature import derivatives
from steepest.engine.preparation.prepare import Prepared
from steepest.problems import CACHE, Problem

_PLACES = 5  # in the view, of which no three are on a line through its centre
_SAME = 1e-6  # of the largest entry


def constant_curvature(prepared: Prepared) -> float | None:
    """The largest eigenvalue of the Hessian, where the loss is a quadratic function of one or two parameters.

    Whether it is one is seen from the Hessian, which is then the same everywhere. None for all other problems, and
    where no direction curves up. Kept.
    """
    problem = prepared.problem
    return CACHE.keep("problem", problem, "constant curvature", lambda: _curvature(problem), 100)


def _curvature(problem: Problem) -> float | None:
    scene = problem.scene
    if scene is None:
        return None
    low, high = np.array(scene.bounds, np.float64).T
    shares = np.linspace(0.1, 0.9, _PLACES)
    places = np.stack([shares, shares**2], axis=1)[:, : len(low)]
    hessians = derivatives(problem.loss_at, low + (high - low) * places)[1]
    if not np.isfinite(hessians).all():
        return None
    if np.abs(hessians - hessians[0]).max() > _SAME * np.abs(hessians[0]).max():
        return None
    largest = float(np.linalg.eigvalsh(hessians[0])[-1])
    return largest if largest > 0 else None
