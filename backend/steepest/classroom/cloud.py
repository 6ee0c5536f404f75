"""The cloud: every seat's run up to the same step, small enough for two hundred of them on one picture."""

import math
from dataclasses import dataclass
from typing import Literal

from steepest.classroom.activity import Explore
from steepest.classroom.trace import RunTrace
from steepest.spec import Experiment

Outcome = Literal["converged", "slow", "oscillating", "diverged"]

_POINTS = 40  # of a thinned path
_DIGITS = 4
# Verdicts by what a picture of the whole class tells apart; all others are slow.
_OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(("diverged", "exploding", "unstable", "bottomless"), "diverged"),
    **dict.fromkeys(("oscillating", "edge", "summed"), "oscillating"),
    **dict.fromkeys(("converged", "settled"), "converged"),
}


@dataclass(frozen=True)
class CloudRun:
    """One seat's run as `CloudEntry` of the protocol has it, without whose it is."""

    lr: float | None
    momentum: float | None
    start: list[float] | None
    step: int
    loss: float
    outcome: Outcome
    verdict: str
    steps: list[int]
    losses: list[float]
    path: list[list[float]]


def cloud_run(activity: Explore, experiment: Experiment, run: RunTrace) -> CloudRun:
    """The run of a seat's experiment, from its trace up to the activity's last step."""
    step = min(run.last, activity.until)
    verdict = run.verdict_at(step)
    steps = thinned(step, activity.until)
    start = experiment.runs[activity.run].start
    return CloudRun(
        lr=rate_of(experiment, activity.run),
        momentum=momentum_of(experiment, activity.run),
        start=[float(value) for value in start] if isinstance(start, list) else None,
        step=step,
        loss=rounded(run.loss_at(step)),
        outcome=outcome(run, verdict),
        verdict=verdict,
        steps=steps,
        losses=[rounded(run.loss_at(at)) for at in steps],
        path=[[rounded(float(x)) for x in run.params[at]] for at in steps] if 1 <= run.params.shape[1] <= 2 else [],
    )


def outcome(run: RunTrace, verdict: str) -> Outcome:
    """What became of a run, coarsely."""
    if run.diverged:
        return "diverged"
    if run.converged:
        return "converged"
    return _OUTCOMES.get(verdict, "slow")


def thinned(last: int, until: int) -> list[int]:
    """About `_POINTS` steps from 0 to `last`, denser at the beginning; the same ones for every run, but for its end."""
    every = {round(until * (n / _POINTS) ** 2) for n in range(_POINTS + 1)} | set(range(min(10, until + 1)))
    return sorted({step for step in every if step < last} | {last})


def rate_of(experiment: Experiment, run: int) -> float | None:
    """The learning rate after the last edit."""
    return _number_of(experiment, run, "lr")


def momentum_of(experiment: Experiment, run: int) -> float | None:
    """The momentum after the last edit, or the first of two betas; None where there is neither."""
    momentum = _number_of(experiment, run, "momentum")
    return momentum if momentum is not None else _number_of(experiment, run, "betas")


def _number_of(experiment: Experiment, run: int, name: str) -> float | None:
    value = experiment.runs[run].optimizer.hyper.get(name)
    for edit in experiment.edits:
        if edit.run == run and edit.set is not None and name in edit.set:
            value = edit.set[name]
    first = value[0] if isinstance(value, list) and value else value
    return float(first) if isinstance(first, int | float) and not isinstance(first, bool) else None


def rounded(value: float) -> float:
    """To some digits: a picture needs no more, and a phone's connection carries them."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else value
