"""A learning-rate schedule: one file of this folder declares everything about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import Optimizer as TorchOptimizer
from torch.optim.lr_scheduler import LRScheduler

from steepest.optimizers.optimizer import Optimizer
from steepest.spec import Invalid, Param, Text, Value, complete

MAX_LR = 1e6  # no rate is maximum, as none that a user may set is
# What a scheduler may keep of rates in the optimizer's group, beside the rate itself.
_IN_THE_GROUP = ("initial_lr", "max_lr", "min_lr")
# Rates that schedulers keep as attributes: numbers, or lists with one for each group.
_HELD = ("base_lrs", "_last_lr")


def _as_they_are(values: Mapping[str, Value], lr: float) -> dict[str, Any]:
    """Of most classes, which read the optimizer's own rate."""
    return dict(values)


def number(values: Mapping[str, Value], name: str) -> float:
    """A param that is a number."""
    value = values[name]
    assert isinstance(value, int | float)
    return value


def _step(scheduler: LRScheduler, loss: float) -> None:
    """Of most classes, which go by the number of the step alone."""
    scheduler.step()


@dataclass(frozen=True)
class Schedule:
    """The declaration of one schedule.

    torch_class: the class of `torch.optim.lr_scheduler`; it is built as `torch_class(optimizer, **arguments)`, and
    stepped once after each update of the parameters.
    formula: the rate η_k of the update from step k to k + 1, LaTeX, with η the optimizer's own rate.
    params: what the class takes, named as there; `last_epoch` and all that says again what the optimizer's rate says
    are left out.
    arguments: (params, the optimizer's rate) as the class takes them.
    step: (scheduler, the loss that this step saw) makes the scheduler go on.
    rates: attributes of the scheduler that are learning rates too, so that an edit of the rate scales them.
    span: of completed params, the updates after which it has shown its whole course; None where its rates do not follow
        from the number of the step alone, so that they are not known ahead.
    momentum: whether it turns the optimizer's momentum (beta 1, where it has betas) as well, by its params.
    check: what no single Param can say; raises Invalid.
    """

    id: str
    title: Text
    about: Text
    formula: tuple[str, ...]
    source: str
    torch_class: Callable[..., LRScheduler]
    params: tuple[Param, ...]
    arguments: Callable[[Mapping[str, Value], float], dict[str, Any]] = _as_they_are
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
        """Raises `Invalid` where the optimizer, with completed hyperparameters, cannot follow it."""
        names = {param.id for param in optimizer.params}
        if self.cycles_momentum(values) and not names & {"momentum", "betas"}:
            raise Invalid(
                "cycle_momentum",
                Text(f"{optimizer.id} has no momentum to turn", f"{optimizer.id} 没有可调的动量"),
            )
        try:
            optimizer.check({**hyper, "lr": 0.0})
        except Invalid as error:
            if error.field != "lr":
                raise
            raise Invalid(
                "id",
                Text(f"may bring the rate to 0, and {error.text.en}", f"可能把学习率降到 0，而{error.text.zh}"),
            ) from None

    def build(self, optimizer: TorchOptimizer, values: Mapping[str, Value]) -> LRScheduler:
        """The real scheduler of an optimizer that has just been built, with completed params."""
        return self.torch_class(optimizer, **self.arguments(values, optimizer.param_groups[0]["lr"]))

    def scale(self, scheduler: LRScheduler, ratio: float) -> None:
        """Multiplies every rate that it keeps, but not the group's present one."""
        for group in scheduler.optimizer.param_groups:
            group.update({name: min(group[name] * ratio, MAX_LR) for name in _IN_THE_GROUP if name in group})
        for name in (*_HELD, *self.rates):
            held = getattr(scheduler, name, None)
            if isinstance(held, list):
                setattr(scheduler, name, [min(each * ratio, MAX_LR) for each in held])
            elif held is not None:
                setattr(scheduler, name, min(held * ratio, MAX_LR))

    def initial_values(
        self, optimizer: Optimizer, hyper: Mapping[str, Value], values: Mapping[str, Value]
    ) -> dict[str, float]:
        """What `turned` reads of the first update, by completed hyperparameters."""
        shape = (1, 1) if optimizer.matrices_only else (1,)
        running = optimizer.build([torch.nn.Parameter(torch.zeros(shape))], hyper)
        self.build(running, values)
        return self.current_values(running, values)

    def current_values(self, optimizer: TorchOptimizer, values: Mapping[str, Value]) -> dict[str, float]:
        """The hyperparameters in force that the schedule turns: `lr`, and `momentum` (beta 1) where it does."""
        group = optimizer.param_groups[0]
        found = {"lr": float(group["lr"])}
        if self.cycles_momentum(values):
            found["momentum"] = float(group["betas"][0] if "betas" in group else group["momentum"])
        return found


def with_scheduled(hyper: Mapping[str, Value], turned: Mapping[str, float]) -> dict[str, Value]:
    """Hyperparameters with those in force in the place of those that a schedule turns."""
    found = {**hyper, "lr": turned["lr"]}
    if "momentum" in turned:
        betas = hyper.get("betas")
        if isinstance(betas, list):
            found["betas"] = [turned["momentum"], *betas[1:]]
        else:
            found["momentum"] = turned["momentum"]
    return found


def preview_rates(
    schedule: Schedule, values: Mapping[str, Value], lr: float, steps: int, losses: Sequence[float] = ()
) -> list[float]:
    """The rates of the updates from steps 0 to `steps` - 1, of an optimizer whose own rate is lr.

    losses: of those steps, for a schedule that goes by them; the last one holds on.
    """
    running = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    quiet = {**values, "cycle_momentum": False} if "cycle_momentum" in values else values
    scheduler = schedule.build(running, quiet)
    found = []
    for k in range(steps):
        found.append(float(running.param_groups[0]["lr"]))
        running.step()
        schedule.step(scheduler, losses[min(k, len(losses) - 1)] if losses else 0.0)
    return found
