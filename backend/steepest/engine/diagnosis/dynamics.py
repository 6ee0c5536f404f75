"""The stability law of each step of a run, from its plan and its recorded state."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from steepest.engine.diagnosis.geometry.curvature import Float, eigen
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.preparation.plan import OptimizerConfig, RunPlan
from steepest.optimizers.schedules import with_scheduled
from steepest.optimizers.stability import Stability


@dataclass(frozen=True)
class ConfigSpan:
    """Consecutive steps under one optimizer configuration, m of them.

    records: the recorded rows.
    first: row of the record from which the first step goes.
    config: the optimizer and its hyperparameters.
    begins: an edit set the configuration, or moved the parameters, at that record. moved: the latter.
    updates: int64[m], made by this optimizer before each step.
    rates: float64[m], the learning rates, as scheduled.
    scheduled: whether a schedule sets them.
    """

    records: RecordArrays
    first: int
    config: OptimizerConfig
    begins: bool
    moved: bool
    updates: NDArray[np.int64]
    rates: Float
    scheduled: bool = False

    def __len__(self) -> int:
        return len(self.updates)

    def place(self, row: int) -> int:
        """Of the step that led to a row, in this span; 0 for record 0."""
        return max(row - self.first - 1, 0)

    @property
    def rows(self) -> slice:
        """From which the steps go."""
        return slice(self.first, self.first + len(self))

    @property
    def rows_after(self) -> slice:
        """To which the steps lead."""
        return slice(self.first + 1, self.first + 1 + len(self))

    @cached_property
    def law(self) -> Stability | None:
        """None where no law is known."""
        return self._law_at(self.rates)

    def _law_at(self, rates: Float) -> Stability | None:
        state = {name: values[self.rows] for name, values in self.records.state.items()}
        return self.config.optimizer.stability(self.config.values, state, self.updates, rates)

    @cached_property
    def limits(self) -> Float:
        """float64[m], what a product must stay below."""
        limit = np.inf if self.law is None else self.law.limit
        return np.broadcast_to(np.asarray(limit, np.float64), len(self))

    @cached_property
    def products(self) -> Float:
        """float64[m], rate × largest curvature; NaN where it is not known."""
        law = self.law
        if law is None:
            return np.full(len(self), np.nan)
        return np.asarray(law.rate * self.curvatures[:, -1], np.float64)

    @cached_property
    def curvatures(self) -> Float:
        """float64[m, n], ascending: of the (preconditioned) Hessian, with the weight decay in the gradient."""
        return self._spectrum[0]

    def direction(self, place: int) -> Float:
        """float64[n], unit vector of the largest curvature at a step, in the space of the parameters."""
        vector: Float = self._spectrum[1][place, :, -1]
        return vector

    def rate(self, place: int) -> float | None:
        """What the gradient is multiplied by at a step; None where no law is known."""
        return None if self.law is None else float(self.law.rate[place])

    @property
    def rate_zones(self) -> Float:
        """float64[m, 2], of the optimizer's own rate, before any schedule; see `Stability.rate_zones`."""
        rates = np.where(self.rates == 0, 1.0, self.rates)
        law = self.law if self.rates.all() else self._law_at(rates)
        if law is None:
            return np.full((len(self), 2), np.nan)
        zones: Float = law.rate_zones(rates, self.curvatures[:, -1])
        return zones / schedule_shares(self.config, self.rates)[:, None] if self.scheduled else zones

    @property
    def decay(self) -> float:
        """What weight decay adds to every curvature."""
        return 0.0 if self.law is None else self.law.decay

    @cached_property
    def _spectrum(self) -> tuple[Float, Float]:
        law = self.law
        assert law is not None
        if law.divisor is None:
            return self.records.eigenvalues[self.rows] + law.decay, self.records.eigenvectors[self.rows]
        return preconditioned(self.records.hessian[self.rows], law.divisor, law.decay)


def schedule_shares(config: OptimizerConfig, rates: Float) -> Float:
    """float64[m], of the optimizer's own rate that a schedule leaves to steps at these rates; 1 where that is 0."""
    return rates / config.lr if config.lr else np.ones(len(rates))


def preconditioned(hessian: Float, divisor: Float, decay: float) -> tuple[Float, Float]:
    """Eigenvalues of D^-1/2 (H + decay) D^-1/2, (m, n), and its eigenvectors z as unit vectors D^-1/2 z, (m, n, n).

    In z = D^1/2 x the step along the gradient divided by D is a plain one; D^-1/2 z is its direction in x. NaN where
    a divisor is unknown or not positive.
    """
    with np.errstate(all="ignore"):
        root = np.sqrt(np.where(divisor > 0, divisor, np.nan).astype(np.float64))
        scaled = (hessian + decay * np.eye(hessian.shape[-1])) / root[:, :, None] / root[:, None, :]
        values, vectors = eigen(scaled)
        back = vectors / root[:, :, None]
        return values, back / np.sqrt((back * back).sum(axis=1, keepdims=True))


def config_spans(plan: RunPlan, records: RecordArrays, updates: int) -> Sequence[ConfigSpan]:
    """The spans of the steps that lead from each row to the next, in order.

    updates: made by the optimizer in force before the first row. Edits at the last row affect no step here.
    """
    steps = len(records) - 1
    if steps == 0:
        return []
    edited = {edit.step - records.step for edit in plan.edits if records.step <= edit.step < records.step + steps}
    # Where a schedule sets the momentum every step has a configuration of its own.
    rows = list(range(steps)) if plan.cycles_momentum else sorted(edited | {0})
    found = []
    config = plan.config_before(records.step)
    for begin, end in zip(rows, [*rows[1:], steps], strict=True):
        edits = plan.edits_at(records.step + begin) if begin in edited else ()
        if edits:
            config = edits[-1].config
        if any(edit.replaced for edit in edits):
            updates = 0
        found.append(
            ConfigSpan(
                records,
                begin,
                _with_momentum(config, records.momentum[end]) if plan.cycles_momentum else config,
                begins=bool(edits),
                moved=any(edit.params is not None for edit in edits),
                updates=np.arange(updates, updates + end - begin),
                rates=records.lr[begin + 1 : end + 1],
                scheduled=plan.schedule_config is not None,
            )
        )
        updates += end - begin
    return found


def first_step(plan: RunPlan, records: RecordArrays) -> ConfigSpan:
    """The step that leads on from record 0, without the edits there."""
    begins = plan.initial_values
    config = _with_momentum(plan.config, begins["momentum"]) if "momentum" in begins else plan.config
    rates = np.array([begins["lr"]], np.float64)
    return ConfigSpan(records, 0, config, False, False, np.zeros(1, np.int64), rates, plan.schedule_config is not None)


def _with_momentum(config: OptimizerConfig, momentum: float) -> OptimizerConfig:
    """The configuration with the momentum in force, and its own learning rate."""
    lr = config.values["lr"]
    assert isinstance(lr, float)
    return OptimizerConfig(config.optimizer, with_scheduled(config.values, {"lr": lr, "momentum": float(momentum)}))
