"""Gradient and Hessian of a loss at many points at once, by autograd, and the Hessian's eigen-decomposition."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steepest.engine.compiled.curvature import Curvature
from steepest.engine.compiled.rule import problem_compiles
from steepest.engine.preparation.prepare import Prepared
from steepest.problems import SurfaceProblem

Float = NDArray[np.float64]

# torch's vectorised kernels and their scalar tails may round differently. Batches padded to whole vectors have no tail,
# so the numbers at a point do not depend on which other points were in its batch.
_BLOCK = 64


# (m, n) points to their gradients (m, n) and Hessians (m, n, n).
Derivatives = Callable[[Float], tuple[Float, Float]]


def derivatives_of(prepared: Prepared) -> Derivatives:
    """By a kernel for a surface of a compiled experiment, which gives the same bits everywhere; else by autograd."""
    problem = prepared.problem
    if prepared.experiment.engine == "compiled" and isinstance(problem, SurfaceProblem) and problem_compiles(problem):
        return Curvature(problem)
    return partial(derivatives, problem.loss_at)


def derivatives(loss_at: Callable[[Tensor], Tensor], points: Float) -> tuple[Float, Float]:
    """Gradient (m, n) and Hessian (m, n, n) at points (m, n), in float64.

    loss_at: (m, n) to (m,), each row on its own. One double backward on the sum serves all rows, since the loss of one
    row does not depend on another; and all n columns too, since each has a copy of the points to itself. Rows that are
    not finite give what torch gives there, NaN as a rule.
    """
    m, n = points.shape
    rows = -(-max(m, 1) // _BLOCK) * _BLOCK
    padded = np.zeros((n, rows, n))
    padded[:, :m] = points
    padded[:, m:] = points[-1] if m else 0.0
    at = torch.from_numpy(padded.reshape(n * rows, n)).requires_grad_()
    gradient = torch.autograd.grad(loss_at(at).sum(), at, create_graph=True, materialize_grads=True)[0]
    if gradient.requires_grad:
        component = torch.eye(n, dtype=at.dtype).repeat_interleave(rows, dim=0)  # copy i asks for row i of the Hessian
        second = torch.autograd.grad(gradient, at, component, materialize_grads=True)[0].numpy()
    else:  # a linear loss: its gradient depends on nothing
        second = np.zeros(at.shape)
    hessian = second.reshape(n, rows, n)[:, :m].transpose(1, 0, 2)
    hessian = (hessian + hessian.transpose(0, 2, 1)) / 2  # symmetric but for rounding
    return gradient.detach().numpy()[:m], hessian


def eigen(hessian: Float) -> tuple[Float, Float]:
    """Eigenvalues ascending (m, n) and eigenvectors as columns (m, n, n), each with its largest component positive.

    n: 1 or 2. NaN where a Hessian is not finite. By one Jacobi rotation, which is exact but for rounding: Golub & Van
    Loan, Matrix Computations, 4th ed., section 8.5.2. LAPACK takes ten times as long for matrices of this size.
    """
    finite: NDArray[np.bool_] = np.all(np.isfinite(hessian), axis=(1, 2))
    if hessian.shape[-1] == 1:
        values, vectors = hessian[:, 0].copy(), np.ones_like(hessian)
    else:
        values, vectors = _rotated(hessian)
    values[~finite] = np.nan
    vectors[~finite] = np.nan
    return values, vectors


def _rotated(hessian: Float) -> tuple[Float, Float]:
    """`eigen` of symmetric matrices (m, 2, 2)."""
    first, mixed, second = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    with np.errstate(all="ignore"):  # without mixed curvature the angle's tangent is 1 / infinity
        cotangent = (second - first) / (2 * mixed)  # of twice the angle
        tangent = np.copysign(1.0, cotangent) / (np.abs(cotangent) + np.hypot(1.0, cotangent))
        tangent = np.where(mixed == 0, 0.0, tangent)
        cosine = 1 / np.hypot(1.0, tangent)
        sine = tangent * cosine
        low, high = first - tangent * mixed, second + tangent * mixed
    ordered = low <= high
    # The columns (c, -s) and (s, c), in that order or the other; the component c or s that is larger is made positive.
    flipped, larger = sine < 0, cosine >= np.abs(sine)
    of_low, of_high = np.where(larger | flipped, 1.0, -1.0), np.where(flipped & ~larger, -1.0, 1.0)
    values, vectors = np.empty(hessian.shape[:2]), np.empty(hessian.shape)
    pairs = (
        (values, low, high),
        (vectors[:, 0], cosine * of_low, sine * of_high),
        (vectors[:, 1], -sine * of_low, cosine * of_high),
    )
    for columns, one, other in pairs:
        columns[:, 0], columns[:, 1] = np.where(ordered, one, other), np.where(ordered, other, one)
    return values, vectors
