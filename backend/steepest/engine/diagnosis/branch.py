"""The diagnosis state of a branch: a run that begins as a copy of another one."""

from dataclasses import replace

from steepest.engine.recording.checkpoint import RunCheckpoint


def for_run(checkpoint: RunCheckpoint, run: int) -> RunCheckpoint:
    """A copy of the checkpoint for run number `run`: the remedy in its verdict edits that run."""
    state = checkpoint.diagnosis
    if state is None or state.verdict.remedy is None:
        return checkpoint
    remedy = state.verdict.remedy.model_copy(update={"run": run})
    verdict = state.verdict.model_copy(update={"remedy": remedy})
    return replace(checkpoint, diagnosis=replace(state, verdict=verdict))
