"""Plain PyTorch loops, written as a learner would, with nothing of ours: oracles for the engine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch


def plain_loop(
    f: Callable[..., torch.Tensor],
    optimizer_class: Callable[..., torch.optim.Optimizer],
    hyper: Mapping[str, Any],
    start: Sequence[float],
    steps: int,
    dtype: torch.dtype = torch.float32,
    changes: Mapping[int, Mapping[str, Any]] | None = None,
) -> tuple[list[float], list[list[float]], list[list[float]]]:
    """Losses, positions and gradients at steps 0..steps.

    changes: before the update from that step, these hyperparameters are written into the optimizer's group.
    """
    changes = changes or {}
    w = torch.tensor(start, dtype=dtype, requires_grad=True)
    optimizer = optimizer_class([w], **hyper)
    losses, positions, gradients = [], [], []
    for step in range(steps + 1):
        optimizer.zero_grad()
        loss = f(*w)
        loss.backward()
        losses.append(loss.item())
        positions.append(w.tolist())
        assert w.grad is not None
        gradients.append(w.grad.tolist())
        if step in changes:
            optimizer.param_groups[0].update(changes[step])
        if optimizer_class is torch.optim.LBFGS:

            def closure() -> torch.Tensor:
                optimizer.zero_grad()
                again = f(*w)
                again.backward()
                return again

            optimizer.step(closure)  # type: ignore[arg-type]  # torch's stub wants float; its docs a Tensor
        else:
            optimizer.step()
    return losses, positions, gradients
