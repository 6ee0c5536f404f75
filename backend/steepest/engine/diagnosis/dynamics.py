"""The law in force at each step of a run, from its plan and its recorded state."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Float, eigen
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.preparation.prepare import OptimizerConfig, RunPlan
from steepest.optimizers.schedules import with_scheduled
from steepest.optimizers.stability import Stability


@dataclass(frozen=True)
class ConfigSpan:
    """Consecutive steps under one rule.

    first: place in the rows of the record from which the first of them goes; begins: an edit made it the rule, or moved
    the parameters, at that record. moved: the latter. updates: made by this optimizer before each step, (m,). rates: of
    the steps, (m,): the rule's own, or what a schedule made of it. scheduled: it has one.
    """

    rows: RecordArrays
    first: int
    rule: OptimizerConfig
    begins: bool
    moved: bool
    updates: NDArray[np.int64]
    rates: Float
    scheduled: bool = False

    def __len__(self) -> int:
        return len(self.updates)

    @cached_property
    def law(self) -> Stability | None:
        """None where no law is known."""
        part = slice(self.first, self.first + len(self))
        state = {name: values[part] for name, values in self.rows.state.items()}
        return self.rule.optimizer.stability(self.rule.values, state, self.updates, self.rates)

    @cached_property
    def limits(self) -> Float:
        """(m,), what a product must stay below."""
        limit = np.inf if self.law is None else self.law.limit
        return np.broadcast_to(np.asarray(limit, np.float64), len(self))

    @cached_property
    def products(self) -> Float:
        """(m,), rate × steepest curvature; NaN where it cannot be told."""
        law = self.law
        if law is None:
            return np.full(len(self), np.nan)
        return np.asarray(law.rate * self.curvatures[:, -1], np.float64)

    @cached_property
    def curvatures(self) -> Float:
        """(m, n), ascending: of the (preconditioned) Hessian, with the weight decay that goes through the gradient."""
        return self._spectrum[0]

    def direction(self, place: int) -> Float:
        """(n,), unit vector of the steepest curvature at a step, in the space of the parameters."""
        vector: Float = self._spectrum[1][place, :, -1]
        return vector

    @cached_property
    def _spectrum(self) -> tuple[Float, Float]:
        law = self.law
        assert law is not None
        part = slice(self.first, self.first + len(self))
        if law.divisor is None:
            return self.rows.eigenvalues[part] + law.decay, self.rows.eigenvectors[part]
        return preconditioned(self.rows.hessian[part], law.divisor, law.decay)


def preconditioned(hessian: Float, divisor: Float, decay: float) -> tuple[Float, Float]:
    """Eigenvalues of D^-1/2 (H + decay) D^-1/2, (m, n), and its eigenvectors z as unit vectors D^-1/2 z, (m, n, n).

    In z = D^1/2 x the step along the gradient divided by D is a plain one; D^-1/2 z is its direction in x. NaN where
    a divisor is not known or not positive.
    """
    with np.errstate(all="ignore"):
        root = np.sqrt(np.where(divisor > 0, divisor, np.nan).astype(np.float64))
        scaled = (hessian + decay * np.eye(hessian.shape[-1])) / root[:, :, None] / root[:, None, :]
        values, vectors = eigen(scaled)
        back = vectors / root[:, :, None]
        return values, back / np.sqrt((back * back).sum(axis=1, keepdims=True))


def reigns(plan: RunPlan, rows: RecordArrays, updates: int) -> Sequence[ConfigSpan]:
    """The rules of the steps that lead from each of the rows to the next, in order.

    updates: made by the optimizer in force before the first row. Edits at the last row act on no step here.
    """
    steps = len(rows) - 1
    if steps == 0:
        return []
    edited = {turn.step - rows.step for turn in plan.edits if rows.step <= turn.step < rows.step + steps}
    # Where a schedule turns the momentum every step has a rule of its own.
    places = list(range(steps)) if plan.cycles_momentum else sorted(edited)
    if places and places[0] == 0:
        places = places[1:]
    found = []
    rule = plan.config_before(rows.step)
    for begin, end in zip([0, *places], [*places, steps], strict=True):
        turns = plan.edits_at(rows.step + begin) if begin in edited else ()
        if turns:
            rule = turns[-1].config
        if any(turn.replaced for turn in turns):
            updates = 0
        moved = any(turn.params is not None for turn in turns)
        rates = rows.lr[begin + 1 : end + 1]
        made = np.arange(updates, updates + end - begin)
        law = _with_momentum(rule, rows.momentum[end]) if plan.cycles_momentum else rule
        found.append(ConfigSpan(rows, begin, law, bool(turns), moved, made, rates, plan.schedule_config is not None))
        updates += end - begin
    return found


def first_step(plan: RunPlan, rows: RecordArrays) -> ConfigSpan:
    """The step that leads on from record 0, as it is without the edits there."""
    begins = plan.initial_values
    rule = _with_momentum(plan.config, begins["momentum"]) if "momentum" in begins else plan.config
    rates = np.array([begins["lr"]], np.float64)
    return ConfigSpan(rows, 0, rule, False, False, np.zeros(1, np.int64), rates, plan.schedule_config is not None)


def _with_momentum(rule: OptimizerConfig, momentum: float) -> OptimizerConfig:
    """The rule with the momentum in force, and its own rate."""
    lr = rule.values["lr"]
    assert isinstance(lr, float)
    return OptimizerConfig(rule.optimizer, with_scheduled(rule.values, {"lr": lr, "momentum": float(momentum)}))
