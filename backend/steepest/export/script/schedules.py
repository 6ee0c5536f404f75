"""A learning-rate schedule in a script: how it is made, and what an edit of the optimizer does to it."""

import math
from dataclasses import dataclass

from steepest.engine.preparation.prepare import OptimizerConfig, ScheduleConfig
from steepest.export.script.edits import settings
from steepest.export.script.literals import call, literal, number
from steepest.export.script.sources import Sources
from steepest.spec import Value

_GROUP = "optimizer.param_groups[0]"


def scheduler(timing: ScheduleConfig, rule: OptimizerConfig, sources: Sources) -> str:
    """The line that makes it, for an optimizer that has just been made."""
    name = sources.use(timing.schedule.torch_class, "torch.optim.lr_scheduler")
    given = timing.schedule.arguments(timing.values, _rate(rule))
    return call(f"scheduler = {name}(", ["optimizer", *(f"{param}={literal(value)}" for param, value in given.items())])


@dataclass(frozen=True)
class LrScheduler:
    """An edit of the hyperparameters of an optimizer that has a schedule. rate: the one in force after it."""

    timing: ScheduleConfig
    before: OptimizerConfig
    after: OptimizerConfig
    rate: float

    @property
    def _from_nothing(self) -> bool:
        """From a rate of 0, or as good as that, nothing can be scaled."""
        old, new = _rate(self.before), _rate(self.after)
        return old != new and not (old and math.isfinite(new / old))

    @property
    def scales(self) -> bool:
        """Whether the schedule's own rates are multiplied."""
        return _rate(self.before) != _rate(self.after) and not self._from_nothing

    def lines(self, begun: bool, sources: Sources, *, many: bool) -> list[str]:
        """What changes the optimizer and its schedule. The rate in force is the schedule's, and so is a momentum that
        it turns: what an edit sets is what the schedule goes by.
        """
        old, new = _rate(self.before), _rate(self.after)
        if self._from_nothing:
            set_all = settings(self.after.optimizer, self.before.values, self.after.values, begun, sources, many=many)
            forget = ['for name in ("initial_lr", "max_lr", "min_lr"):', f"    {_GROUP}.pop(name, None)"]
            return [*set_all, *forget, scheduler(self.timing, self.after, sources)]
        before: dict[str, Value] = {**self.before.values, "lr": self.rate * (old / new) if new else old}
        after: dict[str, Value] = {**self.after.values, "lr": self.rate}
        if old == new:
            before["lr"] = self.rate
        elif before["lr"] == self.rate:  # both beyond what a rate may be
            before["lr"] = old
        turns = self.timing.schedule.cycles_momentum(self.timing.values)
        if turns and "momentum" in after:
            after["momentum"] = before["momentum"]
        lines = settings(self.after.optimizer, before, after, begun, sources, many=many)
        return [self._line(line, turns) for line in lines]

    def _line(self, line: str, turns: bool) -> str:
        old, new = _rate(self.before), _rate(self.after)
        if line == f'{_GROUP}["lr"] = {literal(self.rate)}':
            rates = ", ".join(f'"{name}"' for name in self.timing.schedule.rates)
            return f"scale(scheduler, {number(new)} / {number(old)}, [{rates}])"
        if turns and line.startswith(f'{_GROUP}["betas"] = '):
            betas = self.after.values["betas"]
            assert isinstance(betas, list)
            return f'{_GROUP}["betas"] = ({_GROUP}["betas"][0], {literal(betas[1])})'
        return line


def _rate(rule: OptimizerConfig) -> float:
    value = rule.values["lr"]
    assert isinstance(value, float)
    return value
