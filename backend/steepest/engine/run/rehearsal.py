"""Rehearsals: a remedy is tried before it is offered, beside the run as it is, from the remedy's step on.

Advice follows from a rule about what was recorded, and a rule can be wrong about what comes: so the run that the advice
would give is made, and compared by what the advice promises, a lower loss. Where it does not bring the loss down, other
learning rates are tried too, and the best of all is offered, or none.
"""

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from steepest.engine.compiled.rule import engine_at
from steepest.engine.diagnosis.remedy import rounded_down, setting
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.run.compiled_runner import make_runner
from steepest.spec import Edit

# Steps of a try beyond the last record that was seen, and at most in all. Torch's own take longer, so they are fewer.
AHEAD = {"compiled": 300, "eager": 100}
MOST = {"compiled": 3000, "eager": 500}
LEAST = 10  # also where a step takes long

LEAST_GAIN = 0.05  # of what a run gains or loses meanwhile: less is not worth a button
OTHER_RATES = (0.1, 0.3, 3.0, 10.0)  # times the rate in force, where the remedy's own change is not better

_OPERATIONS = 3e9  # of one try in torch's own steps: a fraction of a second, see `step_cost.py`
_END = 0.2  # of the steps: the mean loss of the last ones counts, since batches and swings make it jump
_BLOCK = 16  # steps between two looks at the clock


@dataclass(frozen=True)
class Outcome:
    """What came of one try. loss: the mean of the last fifth of its records; infinite where it diverged."""

    loss: float
    diverged: bool


@dataclass(frozen=True)
class Rehearsal:
    """What the tries have shown.

    first, steps: where each began, and the steps that it made unless it diverged. begun: the loss at the first.
    without: the run as it is.
    remedy, outcome: the edit to offer, and what comes of it; None where none was better.
    """

    first: int
    steps: int
    begun: float
    without: Outcome
    remedy: Edit | None
    outcome: Outcome | None


@dataclass(frozen=True)
class RehearsalInProgress:
    """Tries that go on from here, in the same process or another.

    run, first, until: the run's number, and the steps of each try.
    edits: what is tried: first None, the run as it is, then the remedy, then others, unless it brings the loss down.
    start: the run at the first step; None at step 0.
    outcomes: of the first of the edits. begun: the loss at the first step.
    at, checkpoint, losses: how far the present try is, and all its losses so far.
    """

    run: int
    first: int
    until: int
    edits: tuple[Edit | None, ...]
    start: RunCheckpoint | None
    at: int
    checkpoint: RunCheckpoint | None
    begun: float = math.nan
    outcomes: tuple[Outcome, ...] = ()
    losses: tuple[float, ...] = ()


def rehearse(
    prepared: Prepared, checkpoint: Checkpoint | None, remedy: Edit, seen: int, device: str = "cpu"
) -> Rehearsal | None:
    """Tries a remedy for a run whose records up to step `seen` are known.

    checkpoint: at the remedy's step; None for step 0. Pure, as `advance` is.
    Returns None where the run has ended before the remedy's step.
    """
    tried: RehearsalInProgress | Rehearsal | None = begin_rehearsal(prepared, checkpoint, remedy, seen, device)
    while isinstance(tried, RehearsalInProgress):
        tried = continue_rehearsal(prepared, tried, math.inf, device)
    return tried


def begin_rehearsal(
    prepared: Prepared, checkpoint: Checkpoint | None, remedy: Edit, seen: int, device: str = "cpu"
) -> RehearsalInProgress | None:
    """Before the first try. Arguments and result as of `rehearse`."""
    run, first = remedy.run, remedy.step
    start = None if checkpoint is None else checkpoint.runs[run]
    if start is not None and start.stopped is not None:
        return None
    engine = engine_at(prepared, run, first + 1, device)
    most = MOST[engine]
    if engine == "eager":
        most = min(most, max(LEAST, int(_OPERATIONS / (prepared.step_operations / len(prepared.plans)))))
    ahead = AHEAD[engine] if remedy.params is None else MOST[engine]  # leaving a flat place takes long at first
    until = first + min(max(0, seen - first) + ahead, most)
    edits = (None, remedy, *_other_rates(prepared, remedy))
    return RehearsalInProgress(run, first, until, edits, start, first, start)


def continue_rehearsal(
    prepared: Prepared, tried: RehearsalInProgress, budget: float, device: str = "cpu"
) -> RehearsalInProgress | Rehearsal:
    """Makes further steps for about `budget` seconds: the result, or the tries to continue. Pure."""
    deadline = time.perf_counter() + budget
    while len(tried.outcomes) < len(tried.edits):
        tried = _continue_try(prepared, tried, deadline, device)
        if len(tried.outcomes) == 2 and _better(tried, 1) and tried.outcomes[1].loss < tried.begun:
            break
        if time.perf_counter() >= deadline and len(tried.outcomes) < len(tried.edits):
            return tried
    better = [n for n in range(1, len(tried.outcomes)) if _better(tried, n)]
    best = min(better, key=lambda n: tried.outcomes[n].loss, default=0)
    return Rehearsal(
        first=tried.first,
        steps=tried.until - tried.first,
        begun=tried.begun,
        without=tried.outcomes[0],
        remedy=tried.edits[best],
        outcome=tried.outcomes[best] if best else None,
    )


def _continue_try(prepared: Prepared, tried: RehearsalInProgress, deadline: float, device: str) -> RehearsalInProgress:
    """The present try further on, or at the beginning of the next one."""
    edit = tried.edits[len(tried.outcomes)]
    changed = prepared if edit is None else prepare(prepared.experiment.edited(edit), prepared)
    plan = changed.plans[tried.run]
    runner = make_runner(changed, plan, tried.checkpoint, tried.at, device, measured=False)
    begins = not tried.losses
    runner.begin(record=begins)
    recorded = tried.at if begins else tried.at + 1
    while runner.finite and runner.at < tried.until:
        runner.advance(min(tried.until, runner.at + _BLOCK))
        if time.perf_counter() >= deadline:
            break
    losses = (*tried.losses, *map(float, runner.records(tried.run, recorded).loss))
    ended = not runner.finite or runner.at >= tried.until
    at, checkpoint = runner.at, runner.checkpoint(None)
    runner.close()
    if not ended:
        return replace(tried, at=at, checkpoint=checkpoint, losses=losses)
    last = losses[-max(2, int(_END * (tried.until - tried.first))) :]
    diverged = at < tried.until or not np.isfinite(losses[-1])
    outcome = Outcome(math.inf if diverged else float(np.mean(last)), diverged)
    return replace(
        tried,
        begun=losses[0] if edit is None else tried.begun,
        outcomes=(*tried.outcomes, outcome),
        at=tried.first,
        checkpoint=tried.start,
        losses=(),
    )


def _better(tried: RehearsalInProgress, place: int) -> bool:
    """Whether a try is clearly lower at its end than the run as it is."""
    without, outcome = tried.outcomes[0], tried.outcomes[place]
    if outcome.diverged:
        return False
    if without.diverged:
        return outcome.loss <= tried.begun
    change = max(abs(tried.begun - without.loss), abs(tried.begun - outcome.loss))
    return without.loss - outcome.loss > LEAST_GAIN * change and reads_lower(outcome.loss, without.loss)


def reads_lower(loss: float, other: float) -> bool:
    """Whether it is lower as a sentence says it, in three digits: what reads the same is not better."""
    return float(f"{loss:.3g}") < float(f"{other:.3g}")


def _other_rates(prepared: Prepared, remedy: Edit) -> tuple[Edit, ...]:
    """Changes of the rate alone, for a remedy that changes hyperparameters."""
    if remedy.set is None:
        return ()
    config = prepared.plans[remedy.run].config_before(remedy.step + 1)
    edits = (
        setting(config, remedy.run, remedy.step, {"lr": rounded_down(factor * config.lr)})
        for factor in OTHER_RATES
        if config.lr > 0
    )
    return tuple(edit for edit in edits if edit is not None and edit != remedy)
