"""Worker calls about records: the next chunk, a checkpoint, one record in numbers, one fit."""

import time
from dataclasses import dataclass

from steepest.engine import Checkpoint, Prepared, RunRecords, advance, engines_of, explain_step, moved_record
from steepest.engine import preview as preview_run
from steepest.protocol.binary import cut_chunk, pack_chunk, pack_fit, pack_preview
from steepest.protocol.inspection import inspected_event
from steepest.server.worker.prepared import Origin, prepared
from steepest.server.worker.process import slice_ends
from steepest.spec import Edit

_FEW_COMPILED, _FEW_EAGER = 64, 8  # steps
_FEW_EDITS = 3  # each begins a new call of the kernel
_PREVIEW_BUDGET = 0.01  # seconds: a preview is asked for in every display frame


@dataclass(frozen=True)
class Advanced:
    """The result of `reach`.

    message: the packed chunk; None where no new step was reached. first, last: its steps.
    checkpoints: one or two, in increasing order; the last is where to continue.
    stopped: every run has diverged there.
    step_seconds: processor time of one step of all runs; 0 where none was made.
    """

    message: bytes | None
    first: int
    last: int
    checkpoints: tuple[Checkpoint, ...]
    stopped: bool
    step_seconds: float = 0.0


def reach(
    document: str,
    checkpoint: Checkpoint | None,
    held: int,
    until: int,
    revision: int,
    every: int,
    device: str,
    budget: float,
    origin: Origin | None = None,
) -> Advanced:
    """Continues from a checkpoint: without records up to step `held`, then with records up to `until` at most.

    Where `held` is some steps away it gets a checkpoint of its own.

    every: distance in steps between two fits.
    origin: of the experiment, right after a change.
    budget: seconds for both parts. When the first part has used it up but reached `held`, one record still follows.
    """
    deadline = time.perf_counter() + budget
    experiment = prepared(document, origin)
    passed: tuple[Checkpoint, ...] = ()
    if not _is_near(experiment, -1 if checkpoint is None else checkpoint.step, held, device):
        checkpoint, stopped = replay(document, checkpoint, held, device, budget)
        passed = (checkpoint,)
        step = checkpoint.step
        if step < held or step >= until or stopped:
            return Advanced(None, step, step, passed, stopped)
    left = max(0.0, deadline - time.perf_counter())
    before = -1 if checkpoint is None else checkpoint.step
    began = time.process_time()
    chunk, checkpoint = advance(experiment, checkpoint, until, left, device, every, slice_ends)
    seconds = (time.process_time() - began) / max(1, checkpoint.step - before)
    first, last = max(chunk.first, held + 1), chunk.last
    if last < first:
        return Advanced(None, last, last, (*passed, checkpoint), chunk.stopped, seconds)
    message = pack_chunk(chunk, revision)
    if first > chunk.first:
        message = cut_chunk(message, first, last)
    return Advanced(message, first, last, (*passed, checkpoint), chunk.stopped, seconds)


def _is_near(experiment: Prepared, step: int, held: int, device: str) -> bool:
    """Whether the steps up to `held` take less time than a diagnosis of their own, which a checkpoint there needs."""
    if held - step <= _FEW_EAGER:
        return True
    edits = sum(step <= edit.step < held for plan in experiment.plans for edit in plan.edits)
    if held - step > _FEW_COMPILED or edits > _FEW_EDITS:
        return False
    return all(engines_of(experiment, run, device) == ("compiled",) for run in range(len(experiment.plans)))


def replay(
    document: str, checkpoint: Checkpoint | None, step: int, device: str, budget: float
) -> tuple[Checkpoint, bool]:
    """The checkpoint at `step`, or where the budget in seconds ended; and whether every run has diverged there."""
    chunk, reached = advance(prepared(document), checkpoint, step, budget, device, ends=slice_ends)
    return reached, chunk.stopped


def inspect(
    document: str, checkpoint: Checkpoint | None, step: int, run: int, reply_to: int, device: str
) -> str | None:
    """An `inspected` event as JSON: record `step` of one run, recomputed from a checkpoint, and its next step.

    None where that run stopped before.
    """
    experiment = prepared(document)
    chunk, here = advance(experiment, checkpoint, step, None, device)
    records = _records_of(run, chunk.runs)
    if records is None or not records.first <= step < records.first + len(records):
        return None
    next_step = explain_step(experiment, here, run, device)
    moved = moved_record(experiment, here, run, device)
    return inspected_event(records, step, next_step, moved, reply_to).model_dump_json()


def fit(document: str, checkpoint: Checkpoint | None, step: int, run: int, reply_to: int, device: str) -> bytes | None:
    """A packed `fit` event: one run's model outputs after `step` updates, recomputed from a checkpoint before it.

    None where that run stopped before.
    """
    chunk, _ = advance(prepared(document), checkpoint, step, None, device, every=step or 1)
    records = _records_of(run, chunk.runs)
    if records is None or records.fits is None or step not in records.fits.steps:
        return None
    return pack_fit(reply_to, run, records.fits)


def preview(document: str, checkpoint: Checkpoint | None, edit: Edit, until: int, reply_to: int, device: str) -> bytes:
    """A packed `preview` event: the records that a run would have with the edit. Raises `Invalid`."""
    found = preview_run(prepared(document), checkpoint, edit, until, _PREVIEW_BUDGET, device)
    return pack_preview(reply_to, edit, found)


def _records_of(run: int, runs: tuple[RunRecords, ...]) -> RunRecords | None:
    return next((records for records in runs if records.run == run), None)
