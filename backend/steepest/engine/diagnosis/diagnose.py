"""The diagnosis of a chunk: one batched double backward for all its points, then a verdict a record."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from steepest.engine.diagnosis.accumulated_gradients import summed
from steepest.engine.diagnosis.detect import follow
from steepest.engine.diagnosis.geometry.critical_point import critical_points
from steepest.engine.diagnosis.geometry.curvature import derivatives, eigen
from steepest.engine.diagnosis.model_training import diagnose_training
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.state import AnyMemory, Memory, TrainingMemory
from steepest.engine.diagnosis.termination import ARRIVED
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.records import CRITICALS, STATUSES, RunRecords

_RUNNING, _CONVERGED, _DIVERGED = range(len(STATUSES))
_MINIMUM = CRITICALS.index("minimum")


def diagnose(
    prepared: Prepared, runs: Sequence[RunRecords], memories: Sequence[AnyMemory | None]
) -> Sequence[tuple[RunRecords, AnyMemory]]:
    """The same records with curvature, critical kind, status and verdicts filled in; and what to remember of each run.

    memories: after the record before each run's first, None where that is record 0. Curvature, kind and status follow
    from their own record and the problem alone, verdicts from all records and edits before them; so cutting a
    trajectory into other chunks changes none of them. Always in float64 on the CPU, whatever the run's dtype and
    device.
    """
    if not runs:
        return []
    problem, picture = prepared.problem, prepared.view_scale
    if picture is None:
        return diagnose_training(prepared, runs, [_training(memory) for memory in memories])
    points = np.concatenate([run.params for run in runs]).astype(np.float64)
    diagonal = picture.diagonal
    with torch.enable_grad():
        gradient, hessian = derivatives(problem.loss_at, points)
        values, vectors = eigen(hessian)
        critical, newton = critical_points(problem.loss_at, points, gradient, hessian, diagonal)

    outside = picture.outside(points)
    diagnosed: list[tuple[RunRecords, AnyMemory]] = []
    place = 0
    for run, memory in zip(runs, memories, strict=True):
        part = slice(place, place + len(run))
        place += len(run)
        status = _status(run, critical[part], newton[part], diagonal)
        diverged = status == _DIVERGED
        measured = replace(
            run,
            eigenvalues=values[part],
            eigenvectors=vectors[part],
            status=status,
            critical=np.where(diverged, 0, critical[part]).astype(np.uint8),
        )
        rows = RecordArrays(
            step=run.first,
            loss=run.loss.astype(np.float64),
            params=points[part],
            gradient=gradient[part],
            update=run.update.astype(np.float64),
            eigenvalues=values[part],
            eigenvectors=vectors[part],
            hessian=hessian[part],
            outside=outside[part],
            lr=run.lr,
            momentum=np.full(len(run), np.nan) if run.momentum is None else run.momentum,
            state=run.state,
        )
        if not prepared.plans[run.run].zero_grad:
            verdicts, summing = summed(measured, _training(memory))
            diagnosed.append((replace(measured, verdicts=verdicts), summing))
            continue
        assert not isinstance(memory, TrainingMemory)
        verdicts, remembered = follow(picture, prepared.plans[run.run], measured, rows, memory)
        diagnosed.append((replace(measured, verdicts=verdicts), remembered))
    return diagnosed


def _training(memory: AnyMemory | None) -> TrainingMemory | None:
    assert not isinstance(memory, Memory)  # a problem keeps its number of parameters
    return memory


def _status(run: RunRecords, critical: np.ndarray, newton: np.ndarray, diagonal: float) -> np.ndarray:
    """(m,) uint8, place in STATUSES."""
    finite = np.isfinite(run.loss) & np.isfinite(run.grad).all(axis=1) & np.isfinite(run.params).all(axis=1)
    with np.errstate(over="ignore"):  # of a float64 run about to diverge the squares overflow first
        moved = np.linalg.norm(run.update.astype(np.float64), axis=1)
    close = ARRIVED * diagonal
    arrived = (critical == _MINIMUM) & (newton <= close) & (moved <= close)
    return np.where(~finite, _DIVERGED, np.where(arrived, _CONVERGED, _RUNNING)).astype(np.uint8)


def diverged_at(run: RunRecords) -> int | None:
    """The step at which a run diverged: its last record, where that is not finite."""
    if len(run) and run.status[-1] == _DIVERGED:
        return run.first + len(run) - 1
    return None
