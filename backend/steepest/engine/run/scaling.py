"""Scaling a table's inputs and target, tried before it is offered: the same run from its start, as it is and scaled.

Both tries have the optimizer that is in force at the end of the experiment, after all its edits.

Where targets are far from 1, as prices are, a model's outputs have far to go: gradients are huge, or, of an optimizer
whose steps are as long as its rate, the way takes for ever. Where inputs are, the loss is far steeper along some
weights than along others. No rate cures that as well as other units do.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

from torch import Tensor

from steepest.engine.diagnosis.remedy import setting
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.run.rehearsal import (
    Outcome,
    Rehearsal,
    RehearsalInProgress,
    begin_rehearsal,
    continue_rehearsal,
)
from steepest.problems.learning.problem import LearningProblem
from steepest.spec import Edit, Experiment, float_value

Scaled = Literal["inputs", "target", "both"]
PARAMS: dict[Scaled, tuple[str, ...]] = {  # of a data set that can be scaled
    "inputs": ("standardize",),
    "target": ("standardize_target",),
    "both": ("standardize", "standardize_target"),
}
FAR = 10.0  # factor from 1 of the root mean square of a column: nearer ones are no trouble
CLEARLY = 0.8  # of what is left without it: more left is not worth a button

_POWERS = {"mse": 2, "l1": 1}  # of the target's unit in the loss; Huber's has none


@dataclass(frozen=True)
class Unit:
    """Turns a loss on the table as it is into that of the same errors on the scaled one.

    divisor: of the loss. delta: of Huber's; None of other losses.
    """

    divisor: float = 1.0
    delta: float | None = None

    def least(self, loss: float) -> float:
        """At least the loss: exactly it without `delta`.

        Huber's loss is at most delta times the mean absolute error, and as a convex function of the errors at least
        that of their mean.
        """
        scaled = loss / self.divisor
        if self.delta is None:
            return scaled
        return scaled**2 / 2 if scaled <= self.delta else self.delta * (scaled - self.delta / 2)


@dataclass(frozen=True)
class ScalingTrial:
    """What the tries have shown, in the scaled target's unit.

    what: is scaled. steps: of each try, from the start. without: on the table as it is.
    at_least: the loss without is a lower bound.
    scaled: on the scaled table; None where that is not clearly better.
    experiment: to open for it: every run from its start with the optimizer in force; with another learning rate where
        the run's own was worse.
    lr: that rate; None for the run's own.
    """

    what: Scaled
    steps: int
    without: Outcome
    at_least: bool
    scaled: Outcome | None
    experiment: Experiment | None
    lr: float | None


@dataclass(frozen=True)
class ScalingTries:
    """The tries to make: `raw` of `before`, `rescaled` of `experiment`. unit: of the raw loss. what: is scaled."""

    what: Scaled
    unit: Unit
    before: Experiment
    experiment: Experiment
    raw: RehearsalInProgress
    rescaled: RehearsalInProgress

    def compared(self, raw: Rehearsal, rescaled: Rehearsal) -> ScalingTrial:
        """The result, from both."""
        steps = raw.steps
        without = replace(raw.without, loss=self.unit.least(raw.without.loss))
        at_least = self.unit.delta is not None
        scaled, edit = (rescaled.outcome, rescaled.remedy) if rescaled.outcome else (rescaled.without, None)
        most = rescaled.begun if without.diverged else CLEARLY * without.loss
        if scaled.diverged or not scaled.loss < most:
            return ScalingTrial(self.what, steps, without, at_least, None, None, None)
        rate = edit.set["lr"] if edit is not None and edit.set is not None else None
        lr = rate if isinstance(rate, float) else None
        return ScalingTrial(self.what, steps, without, at_least, scaled, self._with_rate(lr), lr)

    def _with_rate(self, lr: float | None) -> Experiment:
        if lr is None:
            return self.experiment
        number, runs = self.raw.run, list(self.experiment.runs)
        optimizer = runs[number].optimizer
        changed = type(optimizer).of(optimizer.id, {**optimizer.hyper, "lr": lr})
        runs[number] = runs[number].model_copy(update={"optimizer": changed})
        return self.experiment.model_copy(update={"runs": runs})


def begin_scaling(prepared: Prepared, run: int, device: str = "cpu") -> ScalingTries | None:
    """Before the tries of a run.

    None where nothing can be scaled, or is far from 1.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        return None
    what = _what(problem)
    if what is None:
        return None
    before = _from_start(prepared.experiment)
    experiment = _scaled(before, PARAMS[what])
    scaled = prepare(experiment)
    tries = []
    for one in (prepare(before, prepared), scaled):
        begun = begin_rehearsal(one, None, Edit(step=0, run=run, set={}), 0, device)
        assert begun is not None  # only a checkpoint has ended
        tries.append(begun)
    config = scaled.plans[run].config_before(1)
    known = problem.dataset.known_lr if config.optimizer.id == "sgd" else config.optimizer.known_lr
    rate = setting(config, run, 0, {"lr": known})
    return ScalingTries(
        what=what,
        unit=Unit() if what == "inputs" else _unit(problem),
        before=before,
        experiment=experiment,
        raw=replace(tries[0], edits=(None,)),
        rescaled=replace(tries[1], edits=(None,) if rate is None else (None, rate)),
    )


def try_scaling(prepared: Prepared, run: int, device: str = "cpu") -> ScalingTrial | None:
    """Both tries, and what they have shown. Pure. None as of `begin_scaling`."""
    begun = begin_scaling(prepared, run, device)
    if begun is None:
        return None
    raw = continue_rehearsal(prepare(begun.before), begun.raw, math.inf, device)
    rescaled = continue_rehearsal(prepare(begun.experiment), begun.rescaled, math.inf, device)
    assert isinstance(raw, Rehearsal)
    assert isinstance(rescaled, Rehearsal)
    return begun.compared(raw, rescaled)


def _what(problem: LearningProblem) -> Scaled | None:
    """What is far from 1 and can be scaled."""
    inputs = problem.data_values.get("standardize") is False and any(map(_is_far, problem.data.inputs.double().T))
    target = problem.data_values.get("standardize_target") is False and _is_comparable(problem)
    if target and _is_far(problem.data.targets.double()):
        return "both" if inputs else "target"
    return "inputs" if inputs else None


def _is_far(column: Tensor) -> bool:
    """Whether a column that is not constant is far from 1."""
    size, spread = float(column.square().mean().sqrt()), float(column.std(correction=0))
    return 0 < spread < math.inf and not 1 / FAR <= size <= FAR


def _is_comparable(problem: LearningProblem) -> bool:
    """Whether losses on the target as it is and scaled can be compared, so that less on the scaled one is better."""
    loss, penalty = problem.loss.id, problem.document.penalty
    if problem.shape.classes or (loss == "huber" and problem.loss_values.get("reduction", "mean") != "mean"):
        return False
    power = _POWERS.get(loss, 0 if loss == "huber" else None)
    # In the scaled unit the penalty of the run as it is must not be the larger one for it.
    return power is not None and power >= (2 if penalty.l2 else 1 if penalty.l1 else 0)


def _unit(problem: LearningProblem) -> Unit:
    spread = float(problem.data.targets.double().std(correction=0))
    if problem.loss.id == "huber":
        delta = float_value(problem.loss_values, "delta")
        return Unit(delta * spread, delta)
    return Unit(spread ** _POWERS[problem.loss.id])


def _from_start(experiment: Experiment) -> Experiment:
    """Every run from its own start, with the optimizer that its edits have left."""
    runs = list(experiment.runs)
    for edit in experiment.edits:
        optimizer = edit.optimizer or runs[edit.run].optimizer
        if edit.set is not None:
            optimizer = type(optimizer).of(optimizer.id, {**optimizer.hyper, **edit.set})
        runs[edit.run] = runs[edit.run].model_copy(update={"optimizer": optimizer})
    runs = [run.model_copy(update={"fork": None}) for run in runs]
    return experiment.model_copy(update={"runs": runs, "edits": []})


def _scaled(experiment: Experiment, params: tuple[str, ...]) -> Experiment:
    problem = experiment.problem
    assert problem.kind == "learning"
    dataset = problem.dataset.model_copy(update={"params": {**problem.dataset.params, **dict.fromkeys(params, True)}})
    return experiment.model_copy(update={"problem": problem.model_copy(update={"dataset": dataset})})
