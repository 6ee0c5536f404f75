"""What is happening to a run whose loss over its parameters is no picture: a model with more than two of them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from steepest.engine.diagnosis.memory import TrainingMemory
from steepest.engine.prepare import Prepared
from steepest.engine.record import STATUSES, RunRecords
from steepest.engine.verdict import Descending, Diverged, Verdict

_RUNNING, _, _DIVERGED = range(len(STATUSES))


def diagnose_training(
    prepared: Prepared, runs: Sequence[RunRecords], memories: Sequence[TrainingMemory | None]
) -> list[tuple[RunRecords, TrainingMemory]]:
    """The same records with status and verdicts filled in, and what to remember of each run."""
    return [_diagnosed(run, memory) for run, memory in zip(runs, memories, strict=True)]


def _diagnosed(run: RunRecords, memory: TrainingMemory | None) -> tuple[RunRecords, TrainingMemory]:
    finite = np.isfinite(run.loss) & np.isfinite(run.grad_norm) & np.isfinite(run.params).all(axis=1)
    status = np.where(finite, _RUNNING, _DIVERGED).astype(np.uint8)
    verdicts: list[Verdict] = [Descending(step=0)] if memory is None else []
    if len(run) and status[-1] == _DIVERGED:
        last = float(run.loss[-2]) if len(run) > 1 else None
        verdicts.append(Diverged(step=run.first + len(run) - 1, cause="unknown", limit=None, last=last))
    remembered = TrainingMemory(verdicts[-1]) if verdicts else memory
    assert remembered is not None
    return replace(run, status=status, verdicts=tuple(verdicts)), remembered
