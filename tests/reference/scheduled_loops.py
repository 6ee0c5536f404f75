"""Plain PyTorch loops with a learning-rate schedule, written as a learner would, with nothing of ours."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch.optim import lr_scheduler

Make = Callable[[torch.optim.Optimizer], Any]
# What each schedule of the catalog is in torch's own words, of an optimizer whose rate is `lr`.
SCHEDULES: dict[str, Callable[[float, dict[str, Any]], Make]] = {
    "step": lambda lr, given: lambda optimizer: lr_scheduler.StepLR(optimizer, **given),
    "exponential": lambda lr, given: lambda optimizer: lr_scheduler.ExponentialLR(optimizer, **given),
    "cosine": lambda lr, given: lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, **given),
    "warm_restarts": lambda lr, given: lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, **given),
    "one_cycle": lambda lr, given: lambda optimizer: lr_scheduler.OneCycleLR(optimizer, max_lr=lr, **given),
    "linear": lambda lr, given: lambda optimizer: lr_scheduler.LinearLR(optimizer, **given),
    "plateau": lambda lr, given: lambda optimizer: lr_scheduler.ReduceLROnPlateau(optimizer, **given),
}


def go_on(schedule: Any, loss: torch.Tensor) -> None:
    """After `optimizer.step()`."""
    if isinstance(schedule, lr_scheduler.ReduceLROnPlateau):
        schedule.step(loss.item())
    elif not isinstance(schedule, lr_scheduler.OneCycleLR) or schedule.last_epoch + 1 < schedule.total_steps:
        schedule.step()


def scheduled_loop(
    f: Callable[..., torch.Tensor],
    make_optimizer: Callable[[list[torch.Tensor]], torch.optim.Optimizer],
    make_schedule: Make,
    start: Sequence[float],
    steps: int,
    dtype: torch.dtype = torch.float32,
    changes: Mapping[int, Callable[[torch.optim.Optimizer, Any, torch.Tensor], tuple[Any, Any]]] | None = None,
) -> tuple[list[float], list[list[float]], list[float]]:
    """Losses and positions at steps 0..steps, and the rates of the updates 0..steps - 1.

    changes: before the update from that step, (optimizer, schedule, parameters) become another optimizer and schedule.
    """
    w = torch.tensor(start, dtype=dtype, requires_grad=True)
    optimizer = make_optimizer([w])
    schedule = make_schedule(optimizer)
    losses, positions, rates = [], [], []
    for step in range(steps + 1):
        optimizer.zero_grad()
        loss = f(*w)
        loss.backward()
        losses.append(loss.item())
        positions.append(w.tolist())
        if step in (changes or {}):
            optimizer, schedule = (changes or {})[step](optimizer, schedule, w)
        rates.append(optimizer.param_groups[0]["lr"])
        if isinstance(optimizer, torch.optim.LBFGS):

            def closure(optimizer: torch.optim.Optimizer = optimizer) -> torch.Tensor:
                optimizer.zero_grad()
                again = f(*w)
                again.backward()
                return again

            optimizer.step(closure)
        else:
            optimizer.step()
        go_on(schedule, loss)
    return losses, positions, rates[:-1]
