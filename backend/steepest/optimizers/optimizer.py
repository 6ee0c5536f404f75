"""An optimizer: one file of this folder declares everything about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import optim
from torch.nn import Parameter

from steepest.optimizers.stability import Stability
from steepest.optimizers.worked_step import Line, StepData
from steepest.spec import Param, Text, Value, complete
from steepest.spec.param import changed


class StateSlot(BaseModel):
    """One entry of the optimizer's own state that is worth recording and drawing.

    name: key in `optimizer.state[parameter]`; symbol: how the formula writes it (LaTeX).
    scalar: one number for the whole parameter instead of one an element (NAdam's mu_product, ASGD's eta).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)

    name: str
    symbol: str
    title: Text
    scalar: bool = False


def _nothing_to_adjust(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Most classes read every hyperparameter from the group at each step, so an edit needs nothing more."""


Law = Callable[[Mapping[str, Value], Mapping[str, NDArray[Any]], NDArray[Any], NDArray[Any]], Stability | None]


def _no_law(
    values: Mapping[str, Value], state: Mapping[str, NDArray[Any]], steps: NDArray[Any], rates: NDArray[Any]
) -> Stability | None:
    """Of an optimizer whose steps do not answer to curvature in a way that is known."""
    return None


def _no_worked_step(step: StepData) -> tuple[Line, ...]:
    """Of an optimizer whose steps are not shown in numbers."""
    return ()


@dataclass(frozen=True)
class Optimizer:
    """The declaration of one optimizer.

    torch_class: the class that steps; built as `torch_class(parameters, **hyperparameters)`.
    formula: the update rule in LaTeX, one line a step of it. source: paper or torch's documentation.
    params: every hyperparameter of the class, named as there; `lr` first.
    known_lr: a learning rate at which it is known to work on most of the surfaces.
    state: what to record of `optimizer.state`.
    adjust: called after an edit with the hyperparameters before and after it, as torch has them; mends the state where
        torch reads a hyperparameter only once, or makes a slot only at the first step.
    stability: how its steps answer to curvature: (hyperparameters, recorded state of m records by slot, updates made by
        this optimizer before each, (m,), the rate in force at each step, (m,)) to the law of the steps from those
        records; None where none is known. The rate is `lr` itself, or what a schedule makes of it.
    working: one of its steps in numbers, line by line; the last line is the update. See working.py.
    needs: "gradient" (most), "closure" (evaluates the loss several times a step), or "hessian" (the gradient must
        itself be differentiable). matrices_only: works on 2-D parameters alone, so not on a surface's point.
    max_parameters: more than so many it does not step; None for no such limit.
    keeps: hyperparameters to how many tensors as large as the parameters it keeps, where `state` does not say.
    by_tensor: what becomes of a number depends on the whole tensor that it lies in, so that a step is worked out only
        for a single vector. ours: not torch's own class, and the page says so.
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
    stability: Law = _no_law
    worked_step: Callable[[StepData], tuple[Line, ...]] = _no_worked_step
    needs: str = "gradient"
    matrices_only: bool = False
    by_tensor: bool = False
    max_parameters: int | None = None
    keeps: Callable[[Mapping[str, Value]], int] | None = None
    ours: bool = False
    check: Callable[[Mapping[str, Value]], None] = lambda values: None  # what no single Param can say; raises Invalid

    def complete(self, given: Mapping[str, object]) -> dict[str, Value]:
        """All hyperparameters, checked. Raises `Invalid` naming the hyperparameter."""
        values = complete(self.params, given)
        self.check(values)
        return values

    def checked_change(self, current: Mapping[str, Value], change: Mapping[str, object]) -> dict[str, Value]:
        """The hyperparameters after an edit's `set`. Raises `Invalid` naming the hyperparameter."""
        values = changed(self.params, current, change)
        self.check(values)
        return values

    def kept(self, values: Mapping[str, Value]) -> int:
        """How many tensors as large as the parameters it keeps at most, by completed hyperparameters."""
        return sum(not slot.scalar for slot in self.state) if self.keeps is None else self.keeps(values)

    def build(self, parameters: Iterable[Parameter], values: Mapping[str, Value]) -> optim.Optimizer:
        """The real optimizer over the parameters, with completed hyperparameters."""
        return self.torch_class(parameters, **self.arguments(values))

    def change(self, optimizer: optim.Optimizer, values: Mapping[str, Value]) -> None:
        """Puts completed hyperparameters into a running optimizer; its state is kept, and mended where needed."""
        after = self.arguments(values)
        before = {name: optimizer.param_groups[0][name] for name in after}
        for group in optimizer.param_groups:
            group.update(after)
        self.adjust(optimizer, before, after)

    def arguments(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Hyperparameters as torch wants them: pairs and triples as tuples."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
