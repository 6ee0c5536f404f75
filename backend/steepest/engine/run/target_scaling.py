"""Scaling the target, tried before it is offered: the same run from its start, on the targets as they are and scaled.

Both tries have the optimizer that is in force at the end of the experiment, after all its edits.

Where targets are far from 1, as prices are, a model's outputs have far to go: gradients are huge, or, of an optimizer
whose steps are as long as its rate, the way takes for ever. No rate cures that as well as other units of the target.
"""

import math
from dataclasses import dataclass, replace

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
from steepest.spec import Edit, Experiment

PARAM = "standardize_target"  # of a data set whose target can be scaled
LARGE = 10.0  # root mean square of the targets: below it they are no trouble
CLEARLY = 0.8  # of what is left without it: more left is not worth a button

_POWERS = {"mse": 2, "l1": 1}  # of the target's unit in the loss


@dataclass(frozen=True)
class ScalingTrial:
    """What the tries have shown, in the scaled target's unit.

    steps: of each try, from the start. without: on the targets as they are.
    scaled: with the scaled target; None where that is not clearly better.
    experiment: to open for it: every run from its start with the optimizer in force; with another learning rate where
        the run's own was worse.
    lr: that rate; None for the run's own.
    """

    steps: int
    without: Outcome
    scaled: Outcome | None
    experiment: Experiment | None
    lr: float | None


@dataclass(frozen=True)
class ScalingTries:
    """The tries to make: `raw` of `before`, `rescaled` of `experiment`. unit: of the raw loss."""

    unit: float
    before: Experiment
    experiment: Experiment
    raw: RehearsalInProgress
    rescaled: RehearsalInProgress

    def compared(self, raw: Rehearsal, rescaled: Rehearsal) -> ScalingTrial:
        """The result, from both."""
        steps = raw.steps
        without = replace(raw.without, loss=raw.without.loss / self.unit)
        scaled, edit = (rescaled.outcome, rescaled.remedy) if rescaled.outcome else (rescaled.without, None)
        most = 1.0 if without.diverged else CLEARLY * without.loss
        if scaled.diverged or not scaled.loss < most:
            return ScalingTrial(steps, without, None, None, None)
        rate = edit.set["lr"] if edit is not None and edit.set is not None else None
        lr = rate if isinstance(rate, float) else None
        return ScalingTrial(steps, without, scaled, self._with_rate(lr), lr)

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

    None where the target cannot be scaled, is scaled, or is not large.
    """
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        return None
    unit = _unit(problem)
    if unit is None:
        return None
    before = _from_start(prepared.experiment)
    experiment = _scaled(before)
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
        unit=unit,
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


def _unit(problem: LearningProblem) -> float | None:
    """What scaling divides the loss by; None where it is not to be tried."""
    power = _POWERS.get(problem.loss.id)
    if problem.data_values.get(PARAM) is not False or problem.shape.classes or power is None:
        return None
    if problem.loss_values.get("reduction", "mean") != "mean":
        return None
    targets = problem.data.targets.double()
    spread = float(targets.std(correction=0))
    size = float(targets.square().mean().sqrt())
    return spread**power if size > LARGE and spread > 0 and math.isfinite(size) else None


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


def _scaled(experiment: Experiment) -> Experiment:
    problem = experiment.problem
    assert problem.kind == "learning"
    dataset = problem.dataset.model_copy(update={"params": {**problem.dataset.params, PARAM: True}})
    return experiment.model_copy(update={"problem": problem.model_copy(update={"dataset": dataset})})
