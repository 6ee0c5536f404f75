"""advance(experiment, checkpoint, until, budget): the whole interface of the engine."""

import math
import time
from collections.abc import Callable

from steepest.engine.diagnosis import diagnose, diverged_at
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import Chunk
from steepest.engine.run.compiled_runner import make_runner
from steepest.spec import Experiment

_FIRST_BLOCK, _LONGEST_BLOCK = 64, 8192  # steps, of compiled runs
_SHORT = 0.002  # seconds


def advance(
    experiment: Experiment | Prepared,
    checkpoint: Checkpoint | None,
    until: int,
    budget: float | None = None,
    device: str = "cpu",
    every: int = 0,
    ends: Callable[[], bool] | None = None,
) -> tuple[Chunk, Checkpoint]:
    """Records up to and including step `until`, and the checkpoint of the last one.

    checkpoint: None for records from 0 on; one at step k for records from k + 1 on. It must belong to the same
        experiment, edits before its step included.
    budget: seconds; ends the chunk early, but after at least one block of steps.
    every: a model's fits are kept at multiples of this step; 0 for none.
    ends: asked after each block; True ends the chunk early, as the budget does.
    Pure: the same arguments give the same bits on the same device and build, however a trajectory is cut into calls.
    Raises `Invalid` for an experiment that cannot run.
    """
    prepared = experiment if isinstance(experiment, Prepared) else prepare(experiment)
    deadline = math.inf if budget is None else time.perf_counter() + budget
    step = 0 if checkpoint is None else checkpoint.step
    olds: tuple[RunCheckpoint | None, ...] = (None,) * len(prepared.plans) if checkpoint is None else checkpoint.runs
    runners = {
        n: make_runner(prepared, plan, old, step, device, every)
        for n, (plan, old) in enumerate(zip(prepared.plans, olds, strict=True))
        if old is None or old.stopped is None
    }
    first = 0 if checkpoint is None else step + 1
    for runner in runners.values():
        runner.begin(record=checkpoint is None)
    active = [runner for runner in runners.values() if runner.finite]
    # Side by side, a block of steps at a time: longer ones where a block takes little of the time, 1 where torch steps.
    block = _FIRST_BLOCK
    while step < until and active:
        began = time.perf_counter()
        by_torch = min(runner.by_torch_from for runner in active)
        reached = min(step + 1 if by_torch <= step else min(step + block, by_torch), until)
        for runner in active:
            runner.advance(reached)
        step = max(runner.at for runner in active)
        active = [runner for runner in active if runner.finite]
        now = time.perf_counter()
        if now >= deadline or (ends is not None and ends()):
            break
        if now - began < _SHORT and block < _LONGEST_BLOCK:
            block *= 2

    records = [runner.records(n, first) for n, runner in runners.items()]
    states = [None if old is None else old.diagnosis for n, old in enumerate(olds) if n in runners]
    diagnosed = diagnose(prepared, records, states)
    runs = list(olds)
    for run, state in diagnosed:
        runs[run.run] = runners[run.run].checkpoint(diverged_at(run), state)
    saved = tuple(run for run in runs if run is not None)
    for runner in runners.values():
        runner.close()
    stopped = all(run.stopped is not None for run in saved)
    return Chunk(first, step, tuple(run for run, _ in diagnosed), stopped), Checkpoint(step, saved)
