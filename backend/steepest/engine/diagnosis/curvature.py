"""Gradient and Hessian of a loss at many points at once, by autograd, and the Hessian's eigen-decomposition."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Float = NDArray[np.float64]

# torch's vectorised kernels and their scalar tails may round differently. Batches padded to whole vectors have no tail,
# so the numbers at a point do not depend on which other points were in its batch.
_BLOCK = 64


def derivatives(loss_at: Callable[[Tensor], Tensor], points: Float) -> tuple[Float, Float]:
    """Gradient (m, n) and Hessian (m, n, n) at points (m, n), in float64.

    loss_at: (m, n) to (m,), each row on its own. One double backward on the sum serves all rows, since the loss of one
    row does not depend on another. Rows that are not finite give what torch gives there, NaN as a rule.
    """
    m, n = points.shape
    padded = np.zeros((-(-max(m, 1) // _BLOCK) * _BLOCK, n))
    padded[:m] = points
    if m:
        padded[m:] = points[-1]
    at = torch.from_numpy(padded).requires_grad_()
    gradient = torch.autograd.grad(loss_at(at).sum(), at, create_graph=True, materialize_grads=True)[0]
    rows = [_row(gradient[:, i], at) for i in range(n)]
    hessian = torch.stack(rows, dim=1)
    hessian = (hessian + hessian.transpose(1, 2)) / 2  # symmetric but for rounding
    return gradient.detach()[:m].numpy(), hessian[:m].numpy()


def _row(component: Tensor, at: Tensor) -> Tensor:
    if not component.requires_grad:  # a linear loss: its gradient depends on nothing
        return torch.zeros_like(at)
    return torch.autograd.grad(component.sum(), at, retain_graph=True, materialize_grads=True)[0].detach()


def eigen(hessian: Float) -> tuple[Float, Float]:
    """Eigenvalues ascending (m, n) and eigenvectors as columns (m, n, n), each with its largest component positive.

    NaN where a Hessian is not finite.
    """
    finite: NDArray[np.bool_] = np.all(np.isfinite(hessian), axis=(1, 2))
    values, vectors = np.linalg.eigh(np.where(finite[:, None, None], hessian, 0.0))
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None, :], axis=1)
    vectors = vectors * np.where(largest < 0, -1.0, 1.0)  # an eigenvector's sign means nothing; this one stays put
    values[~finite] = np.nan
    vectors[~finite] = np.nan
    return values, vectors
