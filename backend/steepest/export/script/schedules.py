"""A learning-rate schedule in a script: how it is created, and how an edit of the optimizer changes it."""

import math
from dataclasses import dataclass

from steepest.engine.preparation.plan import OptimizerConfig, ScheduleConfig
from steepest.export.script.edits import edit_lines
from steepest.export.script.literals import call, literal, number
from steepest.export.script.sources import Sources
from steepest.spec import Value

_GROUP = "optimizer.param_groups[0]"


def scheduler_line(config: ScheduleConfig, optimizer: OptimizerConfig, sources: Sources) -> str:
    """The line that creates the scheduler of an optimizer that has just been created."""
    name = sources.use(config.schedule.torch_class, "torch.optim.lr_scheduler")
    given = config.schedule.arguments(config.values, optimizer.lr)
    return call(f"scheduler = {name}(", ["optimizer", *(f"{param}={literal(value)}" for param, value in given.items())])


@dataclass(frozen=True)
class ScheduledEdit:
    """An edit of the hyperparameters of an optimizer that has a schedule.

    rate: the learning rate in force after the edit.
    """

    config: ScheduleConfig
    before: OptimizerConfig
    after: OptimizerConfig
    rate: float

    @property
    def _restarts(self) -> bool:
        """The old rate is 0 or nearly so: nothing can be scaled, and the schedule starts again."""
        old, new = self.before.lr, self.after.lr
        return old != new and not (old and math.isfinite(new / old))

    @property
    def scales(self) -> bool:
        """Whether the schedule's own rates are multiplied."""
        return self.before.lr != self.after.lr and not self._restarts

    def lines(self, begun: bool, sources: Sources, *, model: bool) -> list[str]:
        """The lines that change the optimizer and its schedule.

        The rate in force, and a momentum that the schedule changes, are the schedule's; an edit sets what they are
        computed from. begun, model: as of `edit_lines`.
        """
        old, new, optimizer = self.before.lr, self.after.lr, self.after.optimizer
        if self._restarts:
            lines = edit_lines(optimizer, self.before.values, self.after.values, begun, sources, model=model)
            forget = ['for name in ("initial_lr", "max_lr", "min_lr"):', f"    {_GROUP}.pop(name, None)"]
            return [*lines, *forget, scheduler_line(self.config, self.after, sources)]
        before: dict[str, Value] = {**self.before.values, "lr": self.rate * (old / new) if new else old}
        after: dict[str, Value] = {**self.after.values, "lr": self.rate}
        if old == new:
            before["lr"] = self.rate
        elif before["lr"] == self.rate:  # both are clipped at the largest rate
            before["lr"] = old
        cycles = self.config.schedule.cycles_momentum(self.config.values)
        if cycles and "momentum" in after:
            after["momentum"] = before["momentum"]
        lines = edit_lines(optimizer, before, after, begun, sources, model=model)
        return [self._scheduled(line, cycles) for line in lines]

    def _scheduled(self, line: str, cycles: bool) -> str:
        """The line with the schedule's rate and momentum left to the schedule."""
        if line == f'{_GROUP}["lr"] = {literal(self.rate)}':
            rates = ", ".join(f'"{name}"' for name in self.config.schedule.rates)
            return f"scale(scheduler, {number(self.after.lr)} / {number(self.before.lr)}, [{rates}])"
        if cycles and line.startswith(f'{_GROUP}["betas"] = '):
            betas = self.after.values["betas"]
            assert isinstance(betas, list)
            return f'{_GROUP}["betas"] = ({_GROUP}["betas"][0], {literal(betas[1])})'
        return line
