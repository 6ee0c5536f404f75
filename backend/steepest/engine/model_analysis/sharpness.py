r"""The largest eigenvalue of a loss's Hessian, from products of the Hessian with vectors: never the whole matrix."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

SMALL = 64  # parameters: up to here the whole Hessian is as quick
MOST = 20_000  # parameters: a product costs three gradients, and more of them would wait too long for that
PRODUCTS = 30
SETTLED = 1e-3  # residual against the eigenvalue; the eigenvalue's own error is far smaller, as its square


def sharpness(loss: Tensor, parameters: Sequence[Tensor]) -> float:
    """Largest (not steepest of both signs) eigenvalue of the Hessian of `loss`, which must have its graph.

    parameters: tensors of n numbers in all. Up to 64 by all of the Hessian; beyond by Lanczos' method with full
    reorthogonalisation from a fixed vector, until the residual is below 0.1 % of the eigenvalue, 30 products at most.
    NaN where a number is not finite.
    Source: Pearlmutter 1994, Fast exact multiplication by the Hessian; Golub & Van Loan, Matrix Computations, §10.1.
    """
    gradients = torch.autograd.grad(loss, parameters, create_graph=True, materialize_grads=True)
    gradient = torch.cat([each.reshape(-1) for each in gradients])
    if not torch.isfinite(gradient).all():
        return math.nan
    if not gradient.requires_grad:  # a slope that is the same everywhere
        return 0.0
    return _exact(gradient, parameters) if len(gradient) <= SMALL else _lanczos(gradient, parameters)


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

    return largest(product, _first(gradient))


def _first(like: Tensor) -> Tensor:
    """A fixed vector with something of every direction in it; the global generator is left alone."""
    drawn = torch.randn(len(like), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return drawn.to(like)


def largest(product: Callable[[Tensor], Tensor], first: Tensor) -> float:
    """The largest eigenvalue of a symmetric matrix known by its products with vectors (n,).

    NaN where a product is not finite.
    """
    basis = [first / first.norm()]
    diagonal: list[float] = []
    beside: list[float] = []
    value = math.nan
    for _ in range(min(PRODUCTS, len(first))):
        image = product(basis[-1])
        diagonal.append(float(image @ basis[-1]))
        if not math.isfinite(diagonal[-1]):
            return math.nan
        known = torch.stack(basis)
        for _ in range(2):  # once more, since the first time leaves what rounding adds
            image = image - known.T @ (known @ image)
        length = float(image.norm())
        values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
        value = float(values[-1])
        scale = float(np.abs(values).max())
        if length * abs(vectors[-1, -1]) <= SETTLED * abs(value) or length <= 1e-6 * scale:
            return value
        beside.append(length)
        basis.append(image / length)
    return value
