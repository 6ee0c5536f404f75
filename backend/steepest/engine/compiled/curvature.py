"""Gradient and Hessian of a surface at many points, by a kernel."""

import ctypes

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.compiled.library import curvature_kernel
from steepest.problems import SurfaceProblem

_CURVATURE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class Curvature:
    """Points (m, n) to gradients (m, n) and Hessians (m, n, n), in float64; each point by itself."""

    def __init__(self, problem: SurfaceProblem) -> None:
        self._kernel = curvature_kernel(problem, torch.float64)
        self._scratch = np.empty(self._kernel.scratch + 64, np.uint8)

    def __call__(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where a point is not finite, what torch's arithmetic gives: NaN as a rule."""
        m, n = points.shape
        at = np.ascontiguousarray(points)
        gradient, hessian = np.empty((m, n)), np.empty((m, n, n))
        scratch = -(-self._scratch.ctypes.data // 64) * 64
        addresses = (each.ctypes.data for each in (at, gradient, hessian))
        if m:
            _CURVATURE(self._kernel.code.address)(m, *addresses, scratch)
        return gradient, (hessian + hessian.transpose(0, 2, 1)) / 2  # symmetric but for rounding
