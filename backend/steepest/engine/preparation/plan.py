"""What each run of an experiment will do: its start, its optimizer, its schedule and its edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from steepest.optimizers import Optimizer, Schedule, StateSlot
from steepest.spec import Init, Value


@dataclass(frozen=True)
class OptimizerConfig:
    """An optimizer with all its hyperparameters."""

    optimizer: Optimizer
    values: Mapping[str, Value]

    @property
    def lr(self) -> float:
        """Its learning rate, which every optimizer has."""
        lr = self.values["lr"]
        assert isinstance(lr, float)
        return lr


@dataclass(frozen=True)
class ScheduleConfig:
    """A learning-rate schedule with all its params."""

    schedule: Schedule
    values: Mapping[str, Value]


@dataclass(frozen=True)
class AppliedEdit:
    """What an edit changes in one run before the update from `step`.

    config: in force from then on.
    replaced: the optimizer is a new one, so its state starts empty.
    params: (n,), where the parameters are moved, or None.
    """

    step: int
    config: OptimizerConfig
    replaced: bool = False
    params: tuple[float, ...] | None = None


@dataclass(frozen=True)
class RunPlan:
    """Everything that determines one run, except the problem.

    start: the parameters, (n,), or how to draw them.
    config: before any edit.
    edits: ordered by step.
    zero_grad: whether the gradient is cleared before each new one.
    schedule_config: None where the learning rate is constant.
    """

    start: tuple[float, ...] | Init
    config: OptimizerConfig
    edits: tuple[AppliedEdit, ...]
    zero_grad: bool = True
    schedule_config: ScheduleConfig | None = None

    @property
    def configs(self) -> tuple[OptimizerConfig, ...]:
        """All that will be in force, in order."""
        return (self.config, *(edit.config for edit in self.edits))

    @cached_property
    def slots(self) -> tuple[StateSlot, ...]:
        """The state slots to record: those of every optimizer that the run will have, by name."""
        return tuple({slot.name: slot for config in self.configs for slot in config.optimizer.state}.values())

    @cached_property
    def cycles_momentum(self) -> bool:
        """Whether the schedule changes the momentum as well."""
        scheduled = self.schedule_config
        return scheduled is not None and scheduled.schedule.cycles_momentum(scheduled.values)

    @cached_property
    def initial_values(self) -> Mapping[str, float]:
        """`lr` of the first update, and `momentum` where the schedule changes it; without the edits at step 0."""
        if self.schedule_config is None:
            return {"lr": self.config.lr}
        schedule, values = self.schedule_config.schedule, self.schedule_config.values
        return schedule.initial_values(self.config.optimizer, self.config.values, values)

    @cached_property
    def _edits_by_step(self) -> dict[int, tuple[AppliedEdit, ...]]:
        found: dict[int, tuple[AppliedEdit, ...]] = {}
        for edit in self.edits:
            found[edit.step] = (*found.get(edit.step, ()), edit)
        return found

    def config_before(self, step: int) -> OptimizerConfig:
        """The config in force after `step` updates, before the edits at that step."""
        configs = [edit.config for edit in self.edits if edit.step < step]
        return configs[-1] if configs else self.config

    def edits_at(self, step: int) -> tuple[AppliedEdit, ...]:
        """The edits that take effect on the update from `step`, in the order they were made."""
        return self._edits_by_step.get(step, ())
