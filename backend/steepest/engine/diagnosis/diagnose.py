"""The diagnosis of a chunk: one batched double backward for all its points, then a verdict a record."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from steepest.engine.diagnosis.critical import critical_points
from steepest.engine.diagnosis.curvature import derivatives, eigen
from steepest.engine.prepare import Prepared
from steepest.engine.record import CRITICALS, STATUSES, RunRecords

# Closer to a minimum than this share of the view's diagonal, and moving less than it: converged.
ARRIVED = 1e-4

_RUNNING, _CONVERGED, _DIVERGED = range(len(STATUSES))
_MINIMUM = CRITICALS.index("minimum")


def diagnose(prepared: Prepared, runs: Sequence[RunRecords]) -> list[RunRecords]:
    """The same records with curvature, critical kind and status filled in.

    Each number follows from its own record and the problem alone, so cutting a trajectory into other chunks changes
    none of them. Always in float64 on the CPU, whatever the run's dtype and device.
    """
    if not runs:
        return []
    problem = prepared.problem
    points = np.concatenate([run.params for run in runs]).astype(np.float64)
    bounds = np.array(problem.scene.bounds)
    diagonal = float(np.linalg.norm(bounds[:, 1] - bounds[:, 0]))
    with torch.enable_grad():
        gradient, hessian = derivatives(problem.loss_at, points)
        values, vectors = eigen(hessian)
        critical, newton = critical_points(problem.loss_at, points, gradient, hessian, diagonal)

    diagnosed = []
    place = 0
    for run in runs:
        part = slice(place, place + len(run))
        place += len(run)
        status = _status(run, critical[part], newton[part], diagonal)
        diverged = status == _DIVERGED
        diagnosed.append(
            replace(
                run,
                eigenvalues=values[part],
                eigenvectors=vectors[part],
                status=status,
                critical=np.where(diverged, 0, critical[part]).astype(np.uint8),
            )
        )
    return diagnosed


def _status(run: RunRecords, critical: np.ndarray, newton: np.ndarray, diagonal: float) -> np.ndarray:
    """(m,) uint8, place in STATUSES."""
    finite = np.isfinite(run.loss) & np.isfinite(run.grad).all(axis=1) & np.isfinite(run.params).all(axis=1)
    moved = np.linalg.norm(run.update.astype(np.float64), axis=1)
    close = ARRIVED * diagonal
    arrived = (critical == _MINIMUM) & (newton <= close) & (moved <= close)
    return np.where(~finite, _DIVERGED, np.where(arrived, _CONVERGED, _RUNNING)).astype(np.uint8)


def diverged_at(run: RunRecords) -> int | None:
    """The step at which a run diverged: its last record, where that is not finite."""
    if len(run) and run.status[-1] == _DIVERGED:
        return run.first + len(run) - 1
    return None
