"""The future of one run if an edit were made now: its coming records, without diagnosis and without recording them."""

import math
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steepest.engine.compiled.rule import experiment_compiles, update_compiles
from steepest.engine.preparation.plan import RunPlan
from steepest.engine.preparation.prepare import Prepared, prepare
from steepest.engine.recording.checkpoint import Checkpoint, RunCheckpoint
from steepest.engine.recording.records import Array
from steepest.engine.run.compiled_runner import make_runner
from steepest.engine.run.extremes import extremes
from steepest.spec import Edit

_FIRST_BLOCK = 256  # steps; each block after it is twice as long


@dataclass(frozen=True)
class Preview:
    """m records of one run with n parameters; d is the experiment's dtype.

    steps: int32[m], ascending, from the step of the edit on. Of more than 1,000 steps some are left out.
    loss, grad_norm: d[m].
    params: d[m, n]; n is 0 where records have no parameters. The first are those after an edit that moves them.
    diverged: whether the last record is not finite, so that the run ends there.
    """

    steps: NDArray[np.int32]
    loss: Array
    grad_norm: Array
    params: Array
    diverged: bool


def preview(
    prepared: Prepared,
    checkpoint: Checkpoint | None,
    edit: Edit,
    until: int,
    budget: float | None = None,
    device: str = "cpu",
) -> Preview | None:
    """The records of run `edit.run` from step `edit.step` to `until`, with the edit made.

    They are those that `advance` would give after the edit, bit for bit, except the first one where the edit moves the
    parameters: `advance` records it before the move.
    checkpoint: of the experiment without the edit, at or before the edit's step; None for the start.
    budget: seconds; ends the records early, but after at least one block of steps.
    Returns None for a run that is not stepped by kernels, and for one that has ended before the edit's step.
    Raises `Invalid` with a path such as `edits[0].set.lr`.
    """
    deadline = math.inf if budget is None else time.perf_counter() + budget
    changed = prepare(prepared.experiment.edited(edit), prepared)
    plan = changed.plans[edit.run]
    step = 0 if checkpoint is None else checkpoint.step
    configs = (plan.config_before(step), *(each.config for each in plan.edits if each.step >= step))
    if not (experiment_compiles(changed, device) and all(map(update_compiles, configs))):
        return None
    here = _at(changed, plan, None if checkpoint is None else checkpoint.runs[edit.run], step, edit.step, device)
    if here is None:
        return None
    if edit.params is not None:
        here = replace(here, params=np.array(edit.params, here.params.dtype))
    runner = make_runner(changed, plan, here, edit.step, device, measured=False)
    runner.begin(record=True)
    block = _FIRST_BLOCK
    while runner.finite and runner.at < until:
        runner.advance(min(until, runner.at + block))
        if time.perf_counter() >= deadline:
            break
        block *= 2
    records = runner.records(edit.run, edit.step)
    runner.close()
    kept = extremes(records.loss)
    return Preview(
        steps=(edit.step + kept).astype(np.int32),
        loss=records.loss[kept],
        grad_norm=records.grad_norm[kept],
        params=records.params[kept],
        diverged=not runner.finite,
    )


def _at(
    prepared: Prepared, plan: RunPlan, checkpoint: RunCheckpoint | None, at: int, step: int, device: str
) -> RunCheckpoint | None:
    """The run at a step, without that step's edits, from a checkpoint at step `at`; None where it ends before."""
    if checkpoint is not None and checkpoint.stopped is not None:
        return None
    if checkpoint is not None and at == step:
        return checkpoint
    runner = make_runner(prepared, plan, checkpoint, at, device, measured=False)
    if at < step:
        runner.begin(record=checkpoint is None)
        runner.advance(step)
    there = runner.checkpoint(None) if runner.finite else None
    runner.close()
    return there
