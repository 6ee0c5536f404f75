"""What to show of the loss over one or two parameters: its lowest point, the origin, and some room."""

from collections.abc import Callable

import torch
from torch import Tensor

_STEPS = 50  # of Newton's method at most
_FAR = 10.0  # where there is no lowest point near, so much is shown to each side of the origin
_FARTHEST = 1e4
_ROOM = 0.4  # of the distance from the origin to the lowest point, added on either side
_LEAST = 1.0  # shown to either side of the lowest point, at least
_DAMPING = 1e-9


def basin(loss_at: Callable[[Tensor], Tensor], dim: int) -> tuple[tuple[float, float], ...]:
    """Bounds, one (low, high) a parameter, that hold the origin and the minimum that damped Newton finds from there.

    loss_at: (..., dim) to (...). Where there is none within reach, as for classes that a line can part, a square.
    """
    lowest = _lowest(loss_at, dim)
    if lowest is None:
        return ((-_FAR, _FAR),) * dim
    bounds = []
    for at in lowest.tolist():
        low, high = min(0.0, at), max(0.0, at)
        room = max(_ROOM * (high - low), _LEAST)
        bounds.append((low - room, high + room))
    return tuple(bounds)


def _lowest(loss_at: Callable[[Tensor], Tensor], dim: int) -> Tensor | None:
    """(dim,), or None."""
    at = torch.zeros(dim, dtype=torch.float64)
    with torch.enable_grad():
        for _ in range(_STEPS):
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
            if not bool(torch.isfinite(at).all()) or bool(at.abs().max() > _FARTHEST):
                return None
            if bool(step.abs().max() <= 1e-6 * (1 + at.abs().max())):
                return at if bool(values.min() > _DAMPING) else None
    return None
