"""The part of the loss over one or two parameters that is drawn: its minimum, the origin, and a margin."""

from collections.abc import Callable

import torch
from torch import Tensor

_MAX_STEPS = 50  # of Newton's method
_DEFAULT_RADIUS = 10.0  # around the origin, where no minimum is found
_MAX_DISTANCE = 1e4
_MARGIN = 0.4  # on either side, as a share of the distance from the origin to the minimum
_MIN_MARGIN = 1.0
_DAMPING = 1e-9


def plot_bounds(loss_at: Callable[[Tensor], Tensor], dim: int) -> tuple[tuple[float, float], ...]:
    """One (low, high) for each parameter, around the origin and the minimum that damped Newton finds from there.

    loss_at: (..., dim) to (...). A square where there is no such minimum, as for linearly separable classes.
    """
    minimum = _find_minimum(loss_at, dim)
    if minimum is None:
        return ((-_DEFAULT_RADIUS, _DEFAULT_RADIUS),) * dim
    bounds = []
    for at in minimum.tolist():
        low, high = min(0.0, at), max(0.0, at)
        margin = max(_MARGIN * (high - low), _MIN_MARGIN)
        bounds.append((low - margin, high + margin))
    return tuple(bounds)


def _find_minimum(loss_at: Callable[[Tensor], Tensor], dim: int) -> Tensor | None:
    """(dim,), or None."""
    at = torch.zeros(dim, dtype=torch.float64)
    with torch.enable_grad():
        for _ in range(_MAX_STEPS):
            point = at.clone().requires_grad_()
            loss = loss_at(point)
            (gradient,) = torch.autograd.grad(loss, point, create_graph=True, materialize_grads=True)
            rows = [
                torch.autograd.grad(part, point, retain_graph=True, materialize_grads=True)[0]
                if part.requires_grad
                else torch.zeros(dim, dtype=torch.float64)
                for part in gradient
            ]
            values, vectors = torch.linalg.eigh(torch.stack(rows))
            step = vectors @ ((vectors.T @ gradient.detach()) / (values.abs() + _DAMPING))
            while bool(loss_at(at - step) > loss.detach()) and bool(step.abs().max() > _DAMPING):
                step = step / 2
            at = at - step
            if not bool(torch.isfinite(at).all()) or bool(at.abs().max() > _MAX_DISTANCE):
                return None
            if bool(step.abs().max() <= 1e-6 * (1 + at.abs().max())):
                return at if bool(values.min() > _DAMPING) else None
    return None
