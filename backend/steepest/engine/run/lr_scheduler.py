"""A run's learning-rate schedule: stepped, edited, saved to a checkpoint and restored."""

from typing import Any

import torch

from steepest.engine.preparation.plan import ScheduleConfig
from steepest.engine.recording.checkpoint import ScheduleState

# What torch's schedulers keep in the optimizer's parameter group.
_GROUP = ("lr", "initial_lr", "max_lr", "min_lr")


class LrScheduler:
    """The torch scheduler of one torch optimizer, whose present rate is the schedule's base rate."""

    def __init__(self, config: ScheduleConfig, optimizer: torch.optim.Optimizer) -> None:
        self.config = config
        self.group = optimizer.param_groups[0]
        for name in _GROUP[1:]:  # left by an earlier schedule
            self.group.pop(name, None)
        self.scheduler = config.schedule.build(optimizer, config.values)

    @property
    def lr(self) -> float:
        """The rate in force."""
        return float(self.group["lr"])

    @property
    def current_values(self) -> dict[str, float]:
        """The scheduled hyperparameters in force: `lr`, and `momentum` where the schedule changes it."""
        return self.config.schedule.current_values(self.scheduler.optimizer, self.config.values)

    @property
    def follows_losses(self) -> bool:
        """Whether the rates depend on the losses."""
        return self.config.schedule.horizon is None

    def expect_update(self) -> None:
        """Tells torch that the optimizer steps without its own `step`: it warns of a scheduler that goes first."""
        self.scheduler.optimizer._opt_called = True  # type: ignore[attr-defined]  # as torch itself sets it

    def step(self, loss: float) -> None:
        """Called after an update. loss: the one that the update was computed from."""
        self.config.schedule.step(self.scheduler, loss)

    def scale(self, ratio: float) -> None:
        """Multiplies every rate except the one in force, which an edit of the optimizer sets."""
        self.config.schedule.scale(self.scheduler, ratio)

    def state(self) -> ScheduleState:
        """Everything needed to continue from here."""
        attributes = {name: _copy(value) for name, value in self.scheduler.state_dict().items() if _plain(value)}
        group = {name: self.group[name] for name in _GROUP if name in self.group}
        return ScheduleState(attributes, group, self.current_values.get("momentum"))

    def restore(self, state: ScheduleState) -> None:
        """Continues from a saved state."""
        self.scheduler.load_state_dict({name: _copy(value) for name, value in state.scheduler.items()})
        self.group.update(state.group)
        if state.momentum is not None and "betas" in self.group:
            self.group["betas"] = (state.momentum, *self.group["betas"][1:])
        elif state.momentum is not None:
            self.group["momentum"] = state.momentum


def _plain(value: Any) -> bool:
    return all(isinstance(each, int | float) for each in (value if isinstance(value, list) else [value]))


def _copy(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value
