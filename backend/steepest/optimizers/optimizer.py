"""An optimizer: one file of this folder declares everything about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from torch import optim
from torch.nn import Parameter

from steepest.optimizers.stability import Array, Stability, State, Values
from steepest.optimizers.worked_step import Line, StepData
from steepest.spec import Param, Text, Value, complete
from steepest.spec.param import with_changes


class StateSlot(BaseModel):
    """One entry of the optimizer's state that is recorded and drawn.

    name: key in `optimizer.state[parameter]`. symbol: its LaTeX in the formula.
    scalar: one number for the whole parameter tensor, not one for each element (NAdam's mu_product, ASGD's eta).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    name: str
    symbol: str
    title: Text
    scalar: bool = False


def _nothing_to_adjust(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """For classes that read every hyperparameter from the group at each step: most of them."""


StabilityRule = Callable[[Values, State, Array, Array], Stability]


def _no_worked_step(step: StepData) -> tuple[Line, ...]:
    """For an optimizer whose steps are not shown in numbers."""
    return ()


@dataclass(frozen=True)
class Optimizer:
    """The declaration of one optimizer.

    formula: the update rule in LaTeX, one line for each part. source: paper or torch's documentation.
    torch_class: the class that steps; built as `torch_class(parameters, **hyperparameters)`.
    params: every hyperparameter of the class, with torch's names; `lr` first.
    known_lr: a learning rate that works on most of the surfaces.
    state: what to record of `optimizer.state`.
    adjust: called after an edit with torch's hyperparameters before and after it; updates the state where torch reads
        a hyperparameter only once or makes a slot only at the first step.
    stability_rule: (hyperparameters, recorded state of m records, updates made before each (m,), rate in force (m,)) to
        the stability of the steps from those records, without `maximize`; None where no rule is known.
    worked_step: one step in numbers, line by line; the last line is the update. See worked_step.py.
    needs: "gradient" (most), "closure" (evaluates the loss several times a step), or "hessian" (the gradient must be
        differentiable).
    evaluations: hyperparameters to the most evaluations of the loss that one step makes.
    matrices_only: works on 2-D parameters only, so not on a surface's point.
    by_tensor: an element's update depends on its whole tensor, so a step is worked out for a single vector only.
    signs_only: an update depends on the gradient's signs, not on its size.
    max_parameters: the largest number of parameters it can step; None for no limit.
    keeps: hyperparameters to the number of state tensors as large as the parameters; None where `state` lists them all.
    ours: not a class of torch; the page says so.
    check: a condition on several hyperparameters; raises `Invalid`.
    """

    id: str
    title: Text
    about: Text
    formula: tuple[str, ...]
    source: str
    torch_class: Callable[..., optim.Optimizer]
    params: tuple[Param, ...]
    known_lr: float
    state: tuple[StateSlot, ...] = ()
    adjust: Callable[[optim.Optimizer, Mapping[str, Any], Mapping[str, Any]], None] = _nothing_to_adjust
    stability_rule: StabilityRule | None = None
    worked_step: Callable[[StepData], tuple[Line, ...]] = _no_worked_step
    needs: str = "gradient"
    evaluations: Callable[[Mapping[str, Value]], int] = lambda values: 1
    matrices_only: bool = False
    by_tensor: bool = False
    signs_only: bool = False
    max_parameters: int | None = None
    keeps: Callable[[Mapping[str, Value]], int] | None = None
    ours: bool = False
    check: Callable[[Mapping[str, Value]], None] = lambda values: None

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All hyperparameters, checked. Raises `Invalid` naming the hyperparameter."""
        values = complete(self.params, given)
        self.check(values)
        return values

    def checked_change(self, current: Mapping[str, Value], change: Mapping[str, object]) -> dict[str, Value]:
        """The hyperparameters after an edit's `set`. Raises `Invalid` naming the hyperparameter."""
        values = with_changes(self.params, current, change)
        self.check(values)
        return values

    def stability(self, values: Values, state: State, steps: Array, rates: Array) -> Stability | None:
        """The stability of steps, by `stability_rule`; None without a rule, and under `maximize`."""
        if self.stability_rule is None or values.get("maximize"):
            return None
        return self.stability_rule(values, state, steps, rates)

    def count_state_tensors(self, values: Mapping[str, Value]) -> int:
        """The largest number of state tensors as large as the parameters, for completed hyperparameters."""
        return sum(not slot.scalar for slot in self.state) if self.keeps is None else self.keeps(values)

    def build(self, parameters: Iterable[Parameter], values: Mapping[str, Value]) -> optim.Optimizer:
        """The real optimizer over the parameters, with completed hyperparameters."""
        return self.torch_class(parameters, **self.arguments(values))

    def change(self, optimizer: optim.Optimizer, values: Mapping[str, Value]) -> None:
        """Puts completed hyperparameters into a running optimizer; keeps its state and adjusts it where needed."""
        after = self.arguments(values)
        before = {name: optimizer.param_groups[0][name] for name in after}
        for group in optimizer.param_groups:
            group.update(after)
        self.adjust(optimizer, before, after)

    def arguments(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Hyperparameters in torch's form: pairs and triples as tuples."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
