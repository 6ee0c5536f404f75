"""The diagnosis of a chunk: one batched double backward for all its points, then the detectors of each run."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from steepest.engine.diagnosis.detect import DiagnosisState, detect
from steepest.engine.diagnosis.detectors import detectors
from steepest.engine.diagnosis.detectors.converged import ARRIVED
from steepest.engine.diagnosis.geometry.critical_point import critical_points
from steepest.engine.diagnosis.geometry.curvature import derivatives_of, eigen
from steepest.engine.diagnosis.model_run import ModelHistory, ModelRun
from steepest.engine.diagnosis.record_arrays import RecordArrays
from steepest.engine.diagnosis.run_arrays import CONVERGED, DIVERGED, RUNNING, RunArrays
from steepest.engine.diagnosis.surface_run import SurfaceHistory, SurfaceRun
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.preparation.view_scale import ViewScale
from steepest.engine.recording.records import CRITICALS, RunRecords
from steepest.problems.learning.problem import LearningProblem

_MINIMUM = CRITICALS.index("minimum")

Diagnosed = tuple[RunRecords, DiagnosisState]


def diagnose(
    prepared: Prepared, runs: Sequence[RunRecords], states: Sequence[DiagnosisState | None]
) -> Sequence[Diagnosed]:
    """The same records with what the diagnosis finds filled in; and each run's state after them.

    states: after the record before each run's first, None where that is record 0. Curvature, kind and status follow
    from their own record and the problem alone, rate zones and verdicts from all records and edits before them; so
    cutting a trajectory into other chunks changes none of them. Always in float64 on the CPU, whatever the run's dtype
    and device.
    """
    with np.errstate(all="ignore"):  # a run that diverges: overflow, infinite minus infinite
        if prepared.view_scale is not None and runs:
            return _on_surface(prepared, prepared.view_scale, runs, states)
        return [_of_model(prepared, run, state) for run, state in zip(runs, states, strict=True)]


def _of_model(prepared: Prepared, run: RunRecords, state: DiagnosisState | None) -> Diagnosed:
    assert isinstance(prepared.problem, LearningProblem)
    finite = np.isfinite(run.loss) & np.isfinite(run.grad_norm) & np.isfinite(run.params).all(axis=1)
    measured = replace(run, status=np.where(finite, RUNNING, DIVERGED).astype(np.uint8))
    plan, history = prepared.plans[run.run], None if state is None else state.history
    if not plan.zero_grad:
        return _accumulated(prepared, measured, state)
    assert history is None or isinstance(history, ModelHistory)
    arrays = ModelRun(prepared.problem, plan, measured, history)
    verdicts, after = detect(detectors("models"), arrays, state)
    return replace(measured, verdicts=verdicts, rate_zones=arrays.rate_zones), after


def _accumulated(prepared: Prepared, run: RunRecords, state: DiagnosisState | None) -> Diagnosed:
    """Of a run that never clears its gradients, whatever its problem."""
    records = RunArrays(prepared.plans[run.run], run, None if state is None else state.history)
    verdicts, after = detect(detectors("accumulated gradients"), records, state)
    return replace(run, verdicts=verdicts), after


def _on_surface(
    prepared: Prepared, view: ViewScale, runs: Sequence[RunRecords], states: Sequence[DiagnosisState | None]
) -> list[Diagnosed]:
    diagonal, problem = view.diagonal, prepared.problem
    full_batch = not isinstance(problem, LearningProblem) or problem.full_batch
    points = np.concatenate([run.params for run in runs]).astype(np.float64)
    with torch.enable_grad():
        derive = derivatives_of(prepared)
        gradient, hessian = derive(points)
        values, vectors = eigen(hessian)
        critical, newton = critical_points(derive, points, gradient, hessian, diagonal)
    outside = view.outside(points)

    diagnosed: list[Diagnosed] = []
    end = 0
    for run, state in zip(runs, states, strict=True):
        part = slice(end, end := end + len(run))
        status = _status(run, critical[part], newton[part], diagonal)
        measured = replace(
            run,
            eigenvalues=values[part],
            eigenvectors=vectors[part],
            status=status,
            critical=np.where(status == DIVERGED, 0, critical[part]).astype(np.uint8),
        )
        plan, history = prepared.plans[run.run], None if state is None else state.history
        if not plan.zero_grad:
            diagnosed.append(_accumulated(prepared, measured, state))
            continue
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
        assert history is None or isinstance(history, SurfaceHistory)
        arrays = SurfaceRun(view, derive, plan, measured, rows, history, full_batch=full_batch)
        verdicts, after = detect(detectors("surfaces"), arrays, state)
        diagnosed.append((replace(measured, verdicts=verdicts, rate_zones=arrays.rate_zones), after))
    return diagnosed


def _status(run: RunRecords, critical: np.ndarray, newton: np.ndarray, diagonal: float) -> np.ndarray:
    """uint8[m], place in STATUSES."""
    finite = np.isfinite(run.loss) & np.isfinite(run.grad).all(axis=1) & np.isfinite(run.params).all(axis=1)
    moved = np.linalg.norm(run.update.astype(np.float64), axis=1)
    close = ARRIVED * diagonal
    arrived = (critical == _MINIMUM) & (newton <= close) & (moved <= close)
    return np.where(~finite, DIVERGED, np.where(arrived, CONVERGED, RUNNING)).astype(np.uint8)


def diverged_at(run: RunRecords) -> int | None:
    """The step at which a run diverged: its last record, where that is not finite."""
    if len(run) and run.status[-1] == DIVERGED:
        return run.first + len(run) - 1
    return None
