"""The record of a run where an edit has put it: between a step's record and the update that follows."""

from dataclasses import replace

import numpy as np

from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.checkpoint import Checkpoint
from steepest.engine.recording.records import RunRecords
from steepest.engine.run.compiled_runner import make_runner


def moved_record(prepared: Prepared, checkpoint: Checkpoint | None, run: int, device: str = "cpu") -> RunRecords | None:
    """One record at the parameters to which the edits at the checkpoint's step move a run.

    None where they move it nowhere, and where the run has ended. Pure. Loss and gradient are those from which `advance`
    makes the next update; what it records of the step is from before the move.
    checkpoint: None for the start.
    """
    step = 0 if checkpoint is None else checkpoint.step
    plan = prepared.plans[run]
    moves = [edit.params for edit in plan.edits_at(step) if edit.params is not None]
    old = None if checkpoint is None else checkpoint.runs[run]
    if not moves or old is None or old.stopped is not None:
        return None
    runner = make_runner(
        prepared, plan, replace(old, params=np.array(moves[-1], old.params.dtype)), step, device, measured=False
    )
    runner.begin(record=True)
    records = runner.records(run, step)
    runner.close()
    return records
