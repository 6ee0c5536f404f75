"""One update worked out by hand: the rule's lines in symbols, with this step's numbers, and the results.

An optimizer declares a function from a `Moment` to its lines. It writes the rule as arithmetic (symbolic.py) on what
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

    name: its left side, LaTeX. rule, numbers: the right side in symbols, and with numbers put in up to the result.
    value: the result, (n,), () or (n, n): where the optimizer keeps it (slot: under which name), as it was recorded.
    computed: what the arithmetic comes to in float64. arrow: which arrow on the map it is.
    """

    name: str
    rule: str
    numbers: str
    value: Array
    computed: Array
    slot: str | None = None
    arrow: Arrow | None = None


@dataclass(frozen=True)
class Moment:
    """One update, from θ_{t-1} to θ_t, as it happened; n parameters, in float64 whatever the run's own dtype.

    params: the optimizer's hyperparameters, for their symbols; values: those in force. theta, gradient, update: (n,).
    before, after: `optimizer.state` of the parameters, with edits at this step already in `before`; empty where there
    is none yet. slots: symbol of each entry that is recorded. epsilon: the dtype's machine epsilon.
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
        symbol = next(getattr(param, "symbol", None) for param in self.params if param.id == name)
        return _hyper(symbol or name, self.values[name])

    def pair(self, name: str) -> tuple[Term, Term]:
        """A hyperparameter that is two numbers."""
        param = next(param for param in self.params if param.id == name)
        assert isinstance(param, Pair)
        first, second = self.values[name]
        return _hyper(param.first.symbol or "", first), _hyper(param.second.symbol or "", second)

    def on(self, name: str) -> bool:
        """Whether a switch is on, or a number is not 0; False for one that the optimizer does not have."""
        return bool(self.values.get(name))

    def state(self, name: str, symbol: str | None = None, start: float | None = None) -> Term:
        """An entry of the state as the step found it, with index t - 1.

        start: what it is before the first step, where that is not a vector of zeros.
        """
        value = self.before.get(name)
        if value is None:
            value = np.zeros_like(self.theta) if start is None else start
        return leaf(symbol or f"{self.slots[name]}_{{t-1}}", numbers(value))

    @property
    def t(self) -> Term:
        """The number of this step, as the optimizer counts."""
        return leaf("t", float(self.after["step"]), 12)

    @property
    def point(self) -> Term:
        """Where the update begins."""
        return leaf(r"\theta_{t-1}", self.theta)


@dataclass
class Sheet:
    """The lines so far."""

    at: Moment
    lines: list[Line] = field(default_factory=list)

    def line(self, name: str, term: Term, arrow: Arrow | None = None) -> Term:
        """Adds `name = term`; the name stands for its result from here on."""
        return self._add(name, term, term.value, None, arrow)

    def kept(self, slot: str, term: Term, arrow: Arrow | None = None, name: str | None = None) -> Term:
        """Adds a line whose result the optimizer keeps: it is read from its state."""
        return self._add(name or f"{self.at.slots[slot]}_t", term, numbers(self.at.after[slot]), slot, arrow)

    def gradient(self, decay: bool = True) -> Term:
        """What most rules begin with: ∇f, its sign if `maximize` is on, and weight decay where it is not decoupled."""
        at = self.at
        slope = leaf(r"\nabla f(\theta_{t-1})", at.gradient)
        decayed = decay and at.on("weight_decay") and not at.on("decoupled_weight_decay")
        if not (decayed or at.on("maximize")):
            return self.line("g_t", slope, "gradient")
        self.line(r"\nabla f(\theta_{t-1})", slope, "gradient")
        g = -slope if at.on("maximize") else slope
        return self.line("g_t", g + at["weight_decay"] * at.point if decayed else g)

    def update(self, term: Term, decay: bool = False) -> tuple[Line, ...]:
        """The last line. decay: weight decay past the gradient is added where it is on. Returns all lines."""
        at = self.at
        if decay and at.on("weight_decay"):
            term = -at["lr"] * at["weight_decay"] * at.point + term
        self.line(r"\Delta\theta_t", term, "update")
        return tuple(self.lines)

    def _add(self, name: str, term: Term, value: Array, slot: str | None, arrow: Arrow | None) -> Term:
        # A number is a whole vector's where every element has the same, as in a state that starts at zero.
        value = np.array(np.broadcast_to(value, np.broadcast_shapes(value.shape, term.value.shape)))
        result = symbolic.written(value).text
        shown = term.numbers.text if term.numbers.text == result else f"{term.numbers.text} = {result}"
        self.lines.append(Line(name, term.symbols.text, shown, value, term.value, slot, arrow))
        return leaf(name, value)


def numbers(value: Any) -> Array:
    """An entry of the state, with its parameter's shape or a number, as (n,) or ()."""
    array = np.asarray(value, np.float64)
    return array.reshape(-1) if array.ndim else array


def _hyper(symbol: str, value: float) -> Term:
    """With as many figures as 1 - value takes, too: most decay rates are near 1."""
    near = abs(1 - value)
    more = int(np.ceil(-np.log10(near))) if 0 < near < 0.1 else 0
    return leaf(symbol, value, min(FIGURES + more, 16))
