"""An optimizer's learning-rate schedule while it runs: stepped, edited, kept and taken up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from steepest.optimizers import Schedule
from steepest.spec import Value

_KINDS = (int, float)
# What schedulers put into the optimizer's group and change, or read again.
_GROUP = ("lr", "initial_lr", "max_lr", "min_lr")


@dataclass(frozen=True)
class Timing:
    """A schedule with all its params."""

    schedule: Schedule
    values: Mapping[str, Value]


@dataclass(frozen=True)
class ScheduleState:
    """Plain numbers that a schedule goes on from. scheduler: its attributes. group: the optimizer's, by name.

    momentum: the one in force (beta 1), where the schedule turns it.
    """

    scheduler: Mapping[str, Any]
    group: Mapping[str, float]
    momentum: float | None


class LrScheduler:
    """The real scheduler of one real optimizer, whose present rate is the one that the schedule begins by."""

    def __init__(self, timing: Timing, optimizer: torch.optim.Optimizer) -> None:
        self.timing = timing
        self.group = optimizer.param_groups[0]
        for name in _GROUP[1:]:  # of a schedule before this one
            self.group.pop(name, None)
        self.scheduler = timing.schedule.build(optimizer, timing.values)

    @property
    def lr(self) -> float:
        """The rate in force."""
        return float(self.group["lr"])

    @property
    def turned(self) -> dict[str, float]:
        """All that is in force of what the schedule turns."""
        return self.timing.schedule.current_values(self.scheduler.optimizer, self.timing.values)

    def step(self, loss: float) -> None:
        """After an update. loss: what the step saw."""
        self.timing.schedule.step(self.scheduler, loss)

    def scale(self, ratio: float) -> None:
        """Every rate but the one in force, which an edit of the optimizer sets."""
        self.timing.schedule.scale(self.scheduler, ratio)

    def state(self) -> ScheduleState:
        """All that is needed to go on from here."""
        held = {name: _copy(value) for name, value in self.scheduler.state_dict().items() if _plain(value)}
        group = {name: self.group[name] for name in _GROUP if name in self.group}
        return ScheduleState(held, group, self.turned.get("momentum"))

    def restore(self, state: ScheduleState) -> None:
        """Goes on from there."""
        self.scheduler.load_state_dict({name: _copy(value) for name, value in state.scheduler.items()})
        self.group.update(state.group)
        if state.momentum is not None and "betas" in self.group:
            self.group["betas"] = (state.momentum, *self.group["betas"][1:])
        elif state.momentum is not None:
            self.group["momentum"] = state.momentum


def _plain(value: Any) -> bool:
    return isinstance(value, _KINDS) or (isinstance(value, list) and all(isinstance(each, _KINDS) for each in value))


def _copy(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value
