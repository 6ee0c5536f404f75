"""One update worked out step by step: the rule's lines in symbols, with this step's numbers, and the results.

An optimizer declares a function from `StepData` to its lines. It writes the rule as arithmetic (symbolic.py) on what
was recorded: the gradient, the hyperparameters in force, and `optimizer.state` before and after the step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from steepest.optimizers import symbolic
from steepest.optimizers.symbolic import FIGURES, Array, Term, leaf
from steepest.spec import Pair, Param

Arrow = Literal["gradient", "momentum", "update"]


@dataclass(frozen=True)
class Line:
    """One line of the rule.

    name: its left side, LaTeX.
    rule: the right side in symbols. numbers: the same with numbers put in, and the result.
    value: the result, (n,), () or (n, n); the recorded one where the optimizer keeps it.
    computed: what the arithmetic gives in float64.
    slot: the name under which the optimizer keeps the result.
    arrow: the arrow on the map that shows it.
    """

    name: str
    rule: str
    numbers: str
    value: Array
    computed: Array
    slot: str | None = None
    arrow: Arrow | None = None


@dataclass(frozen=True)
class StepData:
    """One update, from θ_{t-1} to θ_t, as it happened; n parameters, in float64 whatever the run's own dtype.

    params: the optimizer's hyperparameters, for their symbols. values: those in force.
    slots: symbol of each recorded state entry.
    theta, gradient, update: (n,).
    before, after: `optimizer.state` of the parameters; `before` includes edits at this step, empty at the first one.
    epsilon: the dtype's machine epsilon.
    hessian: (n, n), where the optimizer needs it.
    """

    params: Sequence[Param]
    values: Mapping[str, Any]
    slots: Mapping[str, str]
    theta: Array
    gradient: Array
    update: Array
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    epsilon: float
    hessian: Array | None = None

    def __getitem__(self, name: str) -> Term:
        """A hyperparameter that is one number."""
        return _hyperparameter(self._param(name).symbol or name, self.values[name])

    def pair(self, name: str) -> tuple[Term, Term]:
        """A hyperparameter that is two numbers."""
        param = self._param(name)
        assert isinstance(param, Pair)
        first, second = self.values[name]
        return _hyperparameter(param.first.symbol, first), _hyperparameter(param.second.symbol, second)

    def _param(self, name: str) -> Param:
        return next(param for param in self.params if param.id == name)

    def enabled(self, name: str) -> bool:
        """Whether a switch is on, or a number is not 0; False for one that the optimizer does not have."""
        return bool(self.values.get(name))

    def state(self, name: str, symbol: str | None = None, start: float | None = None) -> Term:
        """A state entry before the step, with index t - 1. start: its value before the first step, zeros if None."""
        value = self.before.get(name)
        if value is None:
            value = np.zeros_like(self.theta) if start is None else start
        return leaf(symbol or f"{self.slots[name]}_{{t-1}}", flat_array(value))

    @property
    def t(self) -> Term:
        """The number of this step, as the optimizer counts."""
        return leaf("t", float(self.after["step"]), 12)

    @property
    def theta_term(self) -> Term:
        """The parameters before the update."""
        return leaf(r"\theta_{t-1}", self.theta)


@dataclass
class StepLines:
    """The lines so far."""

    step: StepData
    lines: list[Line] = field(default_factory=list)

    def line(self, name: str, term: Term, arrow: Arrow | None = None) -> Term:
        """Adds `name = term` and returns the name as a term with that value."""
        return self._add(name, term, term.value, None, arrow)

    def slot(self, slot: str, term: Term, arrow: Arrow | None = None, name: str | None = None) -> Term:
        """Adds a line whose result the optimizer keeps: the value is read from its state."""
        return self._add(name or f"{self.step.slots[slot]}_t", term, flat_array(self.step.after[slot]), slot, arrow)

    def gradient(self, decay: bool = True) -> Term:
        """The first lines of most rules: ∇f, negated if `maximize` is on, plus weight decay unless it is decoupled."""
        step = self.step
        slope = leaf(r"\nabla f(\theta_{t-1})", step.gradient)
        decayed = decay and step.enabled("weight_decay") and not step.enabled("decoupled_weight_decay")
        if not (decayed or step.enabled("maximize")):
            return self.line("g_t", slope, "gradient")
        self.line(r"\nabla f(\theta_{t-1})", slope, "gradient")
        g = -slope if step.enabled("maximize") else slope
        return self.line("g_t", g + step["weight_decay"] * step.theta_term if decayed else g)

    def update(self, term: Term, decay: bool = False) -> tuple[Line, ...]:
        """Adds the last line and returns all. decay: also add decoupled weight decay, where it is on."""
        step = self.step
        if decay and step.enabled("weight_decay"):
            term = -step["lr"] * step["weight_decay"] * step.theta_term + term
        self.line(r"\Delta\theta_t", term, "update")
        return tuple(self.lines)

    def _add(self, name: str, term: Term, value: Array, slot: str | None, arrow: Arrow | None) -> Term:
        # State that starts at zero is a vector of equal numbers, where the rule gives one number.
        value = np.array(np.broadcast_to(value, np.broadcast_shapes(value.shape, term.value.shape)))
        result = symbolic.written(value).text
        shown = term.numbers.text if term.numbers.text == result else f"{term.numbers.text} = {result}"
        self.lines.append(Line(name, term.symbols.text, shown, value, term.value, slot, arrow))
        return leaf(name, value)


def flat_array(value: Any) -> Array:
    """A state entry, of its parameter's shape or a number, as (n,) or ()."""
    array = np.asarray(value, np.float64)
    return array.reshape(-1) if array.ndim else array


def _hyperparameter(symbol: str, value: float) -> Term:
    """With as many figures as 1 - value needs too: most decay rates are near 1."""
    near = abs(1 - value)
    more = int(np.ceil(-np.log10(near))) if 0 < near < 0.1 else 0
    return leaf(symbol, value, min(FIGURES + more, 16))
