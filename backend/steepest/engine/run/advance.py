"""advance(experiment, checkpoint, until, budget): the engine's whole contract."""

import math
import time

from steepest.engine.diagnosis import diagnose, diverged_at
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import Chunk
from steepest.engine.run.collect import collect
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

    From None the chunk holds records 0..last, from a checkpoint at step k it holds k+1..last. `budget`, in seconds,
    may end it early, but never before one step is made. every: of a model, frames are kept at multiples of it; of 0,
    none are. Pure: the same arguments give the same bits on the same device and build, however a trajectory is cut into
    calls. The checkpoint must belong to the same experiment, edits before its step included. Raises `Invalid` for an
    experiment that cannot be run.
    """
    prepared = experiment if isinstance(experiment, Prepared) else prepare(experiment)
    deadline = math.inf if budget is None else time.perf_counter() + budget
    step = 0 if checkpoint is None else checkpoint.step
    olds: tuple[RunCheckpoint | None, ...] = (None,) * len(prepared.plans) if checkpoint is None else checkpoint.runs
    runners = [
        None if old is not None and old.stopped is not None else Runner(prepared, plan, old, step, device, every)
        for plan, old in zip(prepared.plans, olds, strict=True)
    ]
    first = 0 if checkpoint is None else step + 1
    going = [runner for runner in runners if runner is not None]
    for runner in going:  # the gradient at the checkpoint is not part of it: the same bits come out again
        loss = runner.begin()
        if checkpoint is None:
            runner.record(loss)
    if checkpoint is None:
        going = [runner for runner in going if runner.tape.finite()]
    while step < until and going:
        for runner in going:
            runner.step(step)
            runner.record(runner.evaluate())
        step += 1
        going = [runner for runner in going if runner.tape.finite()]
        if time.perf_counter() >= deadline:
            break

    live = {n: runner for n, runner in enumerate(runners) if runner is not None}
    memories = [None if old is None else old.memory for n, old in enumerate(olds) if n in live]
    diagnosed = diagnose(
        prepared, [collect(n, first, runner.tape, runner.frames, runner.gauge) for n, runner in live.items()], memories
    )
    records = [run for run, _ in diagnosed]
    remembered = {run.run: memory for run, memory in diagnosed}
    stops = {run.run: diverged_at(run) for run in records}
    runs = tuple(
        _kept(old) if runner is None else runner.checkpoint(stops[n], remembered[n])
        for n, (runner, old) in enumerate(zip(runners, olds, strict=True))
    )
    stopped = all(run.stopped is not None for run in runs)
    return Chunk(first, step, tuple(records), stopped), Checkpoint(step, runs)


def _kept(old: RunCheckpoint | None) -> RunCheckpoint:
    assert old is not None  # only a run with a checkpoint can have stopped before
    return old
