"""A learning-rate schedule: one file of this folder declares everything about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler

from steepest.optimizers.optimizer import Optimizer
from steepest.spec import Invalid, Param, Text, Value, complete, invalid

MAX_LR = 1e6  # no rate is maximum, as none that a user may set is
# Rates that a scheduler keeps in the optimizer's group, besides the rate itself.
_GROUP_RATES = ("initial_lr", "max_lr", "min_lr")
# Rates that schedulers keep as attributes: a number, or a list with one for each group.
_SCHEDULER_RATES = ("base_lrs", "_last_lr")


def _step(scheduler: LRScheduler, loss: float) -> None:
    """For schedules that depend on the number of the step only: most of them."""
    scheduler.step()


@dataclass(frozen=True)
class Schedule:
    """The declaration of one schedule.

    formula: the rate η_k of the update from step k to k + 1, LaTeX, with η the optimizer's own rate.
    torch_class: of `torch.optim.lr_scheduler`; built as `torch_class(optimizer, **arguments)` and stepped once after
        each update of the parameters.
    params: the class's arguments, with torch's names, without `last_epoch` and those that repeat the optimizer's rate.
    arguments: (params, the optimizer's rate) to the class's arguments.
    step: (scheduler, the loss of this step) advances the scheduler.
    rates: attributes of the scheduler that are learning rates too; an edit of the rate scales them.
    horizon: params to the number of updates that show the whole schedule; None where the rates depend on more than the
        number of the step, and so are not known in advance.
    cycles_momentum: params to whether it also changes the optimizer's momentum (beta 1, where it has betas).
    check: a condition on several params; raises `Invalid`.
    """

    id: str
    title: Text
    about: Text
    formula: tuple[str, ...]
    source: str
    torch_class: Callable[..., LRScheduler]
    params: tuple[Param, ...]
    arguments: Callable[[Mapping[str, Value], float], dict[str, Any]] = lambda values, lr: dict(values)
    step: Callable[[LRScheduler, float], None] = _step
    rates: tuple[str, ...] = ()
    horizon: Callable[[Mapping[str, Value]], int] | None = None
    cycles_momentum: Callable[[Mapping[str, Value]], bool] = lambda values: False
    check: Callable[[Mapping[str, Value]], None] = lambda values: None

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All params, checked. Raises `Invalid` naming the param."""
        values = complete(self.params, given)
        self.check(values)
        return values

    def check_optimizer(self, optimizer: Optimizer, hyper: Mapping[str, Value], values: Mapping[str, Value]) -> None:
        """Raises `Invalid` where the optimizer, with completed hyperparameters, cannot follow the schedule."""
        names = {param.id for param in optimizer.params}
        if self.cycles_momentum(values) and not names & {"momentum", "betas"}:
            raise invalid(
                "cycle_momentum", f"{optimizer.id} has no momentum to change", f"{optimizer.id} 没有可调的动量"
            )
        try:
            optimizer.check({**hyper, "lr": 0.0})
        except Invalid as error:
            if error.field != "lr":
                raise
            raise invalid(
                "id", f"may bring the rate to 0, and {error.text.en}", f"可能把学习率降到 0，而{error.text.zh}"
            ) from None

    def build(self, optimizer: TorchOptimizer, values: Mapping[str, Value]) -> LRScheduler:
        """Torch's scheduler for an optimizer that has just been built, with completed params."""
        return self.torch_class(optimizer, **self.arguments(values, optimizer.param_groups[0]["lr"]))

    def scale(self, scheduler: LRScheduler, ratio: float) -> None:
        """Multiplies every rate that the scheduler keeps, but not the group's current one."""
        for group in scheduler.optimizer.param_groups:
            group.update({name: min(group[name] * ratio, MAX_LR) for name in _GROUP_RATES if name in group})
        for name in (*_SCHEDULER_RATES, *self.rates):
            held = getattr(scheduler, name, None)
            if isinstance(held, list):
                setattr(scheduler, name, [min(each * ratio, MAX_LR) for each in held])
            elif held is not None:
                setattr(scheduler, name, min(held * ratio, MAX_LR))

    def initial_values(
        self, optimizer: Optimizer, hyper: Mapping[str, Value], values: Mapping[str, Value]
    ) -> dict[str, float]:
        """`current_values` at the first update, with completed hyperparameters."""
        shape = (1, 1) if optimizer.matrices_only else (1,)
        running = optimizer.build([torch.nn.Parameter(torch.zeros(shape))], hyper)
        self.build(running, values)
        return self.current_values(running, values)

    def current_values(self, optimizer: TorchOptimizer, values: Mapping[str, Value]) -> dict[str, float]:
        """The hyperparameters in force that the schedule changes: `lr`, and `momentum` (beta 1) where it does."""
        group = optimizer.param_groups[0]
        found = {"lr": float(group["lr"])}
        if self.cycles_momentum(values):
            found["momentum"] = float(group["betas"][0] if "betas" in group else group["momentum"])
        return found


def with_scheduled(hyper: Mapping[str, Value], current: Mapping[str, float]) -> dict[str, Value]:
    """The hyperparameters with the schedule's `current_values` put in."""
    found = {**hyper, "lr": current["lr"]}
    if "momentum" in current:
        betas = hyper.get("betas")
        if isinstance(betas, list):
            found["betas"] = [current["momentum"], *betas[1:]]
        else:
            found["momentum"] = current["momentum"]
    return found


def preview_rates(
    schedule: Schedule, values: Mapping[str, Value], lr: float, steps: int, losses: Sequence[float] = ()
) -> list[float]:
    """The rates of the updates from steps 0 to `steps` - 1, of an optimizer whose own rate is lr.

    losses: of those steps, for a schedule that depends on them; the last one is repeated.
    """
    running = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    without_momentum = {**values, "cycle_momentum": False} if "cycle_momentum" in values else values
    scheduler = schedule.build(running, without_momentum)
    found = []
    for k in range(steps):
        found.append(float(running.param_groups[0]["lr"]))
        running.step()
        schedule.step(scheduler, losses[min(k, len(losses) - 1)] if losses else 0.0)
    return found
