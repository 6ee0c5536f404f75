r"""The largest eigenvalue of a loss's Hessian, from Hessian-vector products: never the whole matrix."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

MAX_EXACT = 64  # parameters, up to which the whole Hessian is as fast
MAX_PARAMS = 20_000  # a product costs three gradients: with more parameters stepping would be too slow
MAX_WORK = 25_000_000  # operations of a forward pass over all samples: one measurement takes about 0.1 s
MAX_PRODUCTS = 30
TOLERANCE = 1e-3  # residual relative to the eigenvalue; the eigenvalue's own error is about its square


def sharpness(loss: Tensor, parameters: Sequence[Tensor]) -> float:
    """Largest (by value, not magnitude) eigenvalue of the Hessian of `loss`, which must have its graph.

    parameters: tensors of n numbers in all. For up to `MAX_EXACT` the whole Hessian is computed; for more, Lanczos'
    method with full reorthogonalisation from a fixed vector, until the residual is below 0.1 % of the eigenvalue, with
    at most 30 products. NaN where a number is not finite.
    Source: Pearlmutter 1994, Fast exact multiplication by the Hessian; Golub & Van Loan, Matrix Computations, §10.1.
    """
    gradients = torch.autograd.grad(loss, parameters, create_graph=True, materialize_grads=True)
    gradient = torch.cat([each.reshape(-1) for each in gradients])
    if not torch.isfinite(gradient).all():
        return math.nan
    if not gradient.requires_grad:  # constant
        return 0.0
    return _exact(gradient, parameters) if len(gradient) <= MAX_EXACT else _lanczos(gradient, parameters)


def _exact(gradient: Tensor, parameters: Sequence[Tensor]) -> float:
    units = torch.eye(len(gradient), dtype=gradient.dtype, device=gradient.device)
    rows = torch.autograd.grad(gradient, parameters, units, is_grads_batched=True, materialize_grads=True)
    hessian = torch.cat([each.reshape(len(gradient), -1) for each in rows], dim=1).double().cpu().numpy()
    if not np.isfinite(hessian).all():
        return math.nan
    return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])


def _lanczos(gradient: Tensor, parameters: Sequence[Tensor]) -> float:
    def product(vector: Tensor) -> Tensor:
        pieces = torch.autograd.grad(gradient, parameters, vector, retain_graph=True, materialize_grads=True)
        return torch.cat([each.reshape(-1) for each in pieces])

    # A fixed vector with a component in every direction; the global generator is left alone.
    start = torch.randn(len(gradient), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return largest_eigenvalue(product, start.to(gradient))


def largest_eigenvalue(product: Callable[[Tensor], Tensor], start: Tensor) -> float:
    """The largest eigenvalue of a symmetric matrix, given its product with a vector (n,).

    NaN where a product is not finite.
    """
    basis = [start / start.norm()]
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    value = math.nan
    for _ in range(min(MAX_PRODUCTS, len(start))):
        image = product(basis[-1])
        diagonal.append(float(image @ basis[-1]))
        if not math.isfinite(diagonal[-1]):
            return math.nan
        known = torch.stack(basis)
        for _ in range(2):  # twice, to remove what rounding leaves the first time
            image = image - known.T @ (known @ image)
        length = float(image.norm())
        values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(off_diagonal, 1) + np.diag(off_diagonal, -1))
        value = float(values[-1])
        scale = float(np.abs(values).max())
        if length * abs(vectors[-1, -1]) <= TOLERANCE * abs(value) or length <= 1e-6 * scale:
            return value
        off_diagonal.append(length)
        basis.append(image / length)
    return value
