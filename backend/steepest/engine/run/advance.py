"""advance(experiment, checkpoint, until, budget): the whole interface of the engine."""

import math
import time

from steepest.engine.diagnosis import diagnose, diverged_at
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import Chunk
from steepest.engine.run.runner import Runner
from steepest.spec import Experiment


def advance(
    experiment: Experiment | Prepared,
    checkpoint: Checkpoint | None,
    until: int,
    budget: float | None = None,
    device: str = "cpu",
    every: int = 0,
) -> tuple[Chunk, Checkpoint]:
    """Records up to and including step `until`, and the checkpoint of the last one.

    checkpoint: None for records from 0 on; one at step k for records from k + 1 on. It must belong to the same
        experiment, edits before its step included.
    budget: seconds; ends the chunk early, but after at least one step.
    every: a model's fits are kept at multiples of this step; 0 for none.
    Pure: the same arguments give the same bits on the same device and build, however a trajectory is cut into calls.
    Raises `Invalid` for an experiment that cannot run.
    """
    prepared = experiment if isinstance(experiment, Prepared) else prepare(experiment)
    deadline = math.inf if budget is None else time.perf_counter() + budget
    step = 0 if checkpoint is None else checkpoint.step
    olds: tuple[RunCheckpoint | None, ...] = (None,) * len(prepared.plans) if checkpoint is None else checkpoint.runs
    runners = {
        n: Runner(prepared, plan, old, step, device, every)
        for n, (plan, old) in enumerate(zip(prepared.plans, olds, strict=True))
        if old is None or old.stopped is None
    }
    first = 0 if checkpoint is None else step + 1
    active = list(runners.values())
    for runner in active:  # a checkpoint has no gradient: evaluating again gives the same bits
        loss = runner.begin()
        if checkpoint is None:
            runner.record(loss)
    if checkpoint is None:
        active = [runner for runner in active if runner.recorder.finite()]
    while step < until and active:
        for runner in active:
            runner.step(step)
            runner.record(runner.evaluate())
        step += 1
        active = [runner for runner in active if runner.recorder.finite()]
        if time.perf_counter() >= deadline:
            break

    records = [runner.records(n, first) for n, runner in runners.items()]
    states = [None if old is None else old.diagnosis for n, old in enumerate(olds) if n in runners]
    diagnosed = diagnose(prepared, records, states)
    runs = list(olds)
    for run, state in diagnosed:
        runs[run.run] = runners[run.run].checkpoint(diverged_at(run), state)
    saved = tuple(run for run in runs if run is not None)
    stopped = all(run.stopped is not None for run in saved)
    return Chunk(first, step, tuple(run for run, _ in diagnosed), stopped), Checkpoint(step, saved)
