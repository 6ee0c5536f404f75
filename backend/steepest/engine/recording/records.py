"""Recorded steps: the engine's output, as plain NumPy arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from steepest.engine.recording.verdict import Verdict

Array = NDArray[Any]

Status = Literal["running", "converged", "diverged"]
Critical = Literal["none", "minimum", "saddle", "maximum", "degenerate"]

# Records hold an index into these tables.
STATUSES: tuple[Status, ...] = get_args(Status)
CRITICALS: tuple[Critical, ...] = get_args(Critical)

MAX_RECORDED_PARAMS = 64  # a run with more parameters is recorded without them
METRICS_PERIOD = 10  # steps; models are measured at its multiples, however a trajectory is cut into chunks


@dataclass(frozen=True)
class Fits:
    """A model's outputs on the plot, kept at the f steps that will be drawn.

    steps: int32[f], ascending multiples of the requested period.
    fit: float32[f, g, outputs], at the g inputs of the problem's `fit_inputs`, as shown: values or probabilities.
    weights: d[f, n], all parameters, where the records leave them out and a page can hold them; else d[f, 0].
    """

    steps: Array
    fit: Array
    weights: Array


@dataclass(frozen=True)
class ModelMetrics:
    """What is measured of a model at the e steps that are multiples of `METRICS_PERIOD`.

    steps: int32[e], ascending.
    losses: float64[e, 3], mean loss on the training, development and test part, without penalty or dropout; NaN where
        there is no such part.
    accuracy: float64[e, 3], share of samples classified correctly; NaN where there is no such part or no class.
    confusion: float32[e, c, c], counts by true and predicted class, on the development part, else on the test part,
        else on the training part; c is 0 for regression.
    layers: float32[e, l, 3], for each of l parameter tensors the Euclidean norm of the tensor, of its gradient and of
        the update that led there.
    histograms: float32[e, l, 2 + b], lowest and highest value, then counts of b equal bins between them.
    sharpness: float64[e], largest eigenvalue of the loss's Hessian; NaN where it was not measured.
    """

    steps: Array
    losses: Array
    accuracy: Array
    confusion: Array
    layers: Array
    histograms: Array
    sharpness: Array


@dataclass(frozen=True)
class RunRecords:
    """m consecutive records of one run with n parameters; d is the experiment's dtype.

    Record k holds the loss and gradient AT the parameters after k updates, and the update and optimizer state that LED
    there (zero and NaN at record 0). An edit that moves the parameters is not part of the update. For a model with more
    than `MAX_RECORDED_PARAMS` parameters, n is 0 here.

    run: its number in the experiment.
    first: step of the first record.
    loss: d[m].
    params, grad, update: d[m, n].
    grad_norm: d[m], Euclidean; NaN where a parameter that the records leave out is not finite.
    lr: float64[m], rate of the update that LED there, as set by the schedule; NaN at record 0. So an edit at a record's
        own step does not change the record.
    state: by slot name, d[m, n], or d[m] for a scalar slot; NaN before the optimizer creates it.
    eigenvalues: float64[m, q], of the Hessian at params, ascending; q is n for at most two parameters, else 0. NaN
        where the Hessian is not finite.
    eigenvectors: float64[m, q, q], as columns, each with its largest component positive.
    rate_zones: float64[m, 2], of the update that LED there: the optimizer's own lr, before any schedule, from which it
        would have swung along the largest curvature, and the one from which it would have been unstable, all else held
        fixed. NaN where none is known.
    status: uint8[m], index into STATUSES. A diverged record is the run's last.
    critical: uint8[m], index into CRITICALS: kind of the critical point nearby.
    verdicts: by ascending step; a run's first verdict is at record 0.
    fits: of a model, where they were requested; else None.
    metrics: of a model; None on a surface.
    momentum: float64[m], momentum (beta 1) of the update that LED there, where a schedule changes it; else None. Only
        for the diagnosis; not sent to the page.
    """

    run: int
    first: int
    loss: Array
    params: Array
    grad: Array
    grad_norm: Array
    update: Array
    lr: Array
    state: Mapping[str, Array]
    eigenvalues: Array
    eigenvectors: Array
    rate_zones: Array
    status: Array
    critical: Array
    verdicts: tuple[Verdict, ...] = ()
    fits: Fits | None = None
    metrics: ModelMetrics | None = None
    momentum: Array | None = None

    def __len__(self) -> int:
        return len(self.loss)


def new_records(
    *,
    loss: Array,
    params: Array,
    grad: Array,
    grad_norm: Array,
    update: Array,
    lr: Array,
    momentum: Array | None,
    state: Mapping[str, Array],
) -> RunRecords:
    """Records as stepping gives them, as if the first of run 0. What the diagnosis fills in is NaN or 0."""
    m, n = params.shape
    q = n if n in (1, 2) else 0
    return RunRecords(
        run=0,
        first=0,
        loss=loss,
        params=params,
        grad=grad,
        grad_norm=grad_norm,
        update=update,
        lr=lr,
        momentum=momentum,
        state=state,
        eigenvalues=np.full((m, q), np.nan),
        eigenvectors=np.full((m, q, q), np.nan),
        rate_zones=np.full((m, 2), np.nan),
        status=np.zeros(m, np.uint8),
        critical=np.zeros(m, np.uint8),
    )


def join(
    parts: Sequence[RunRecords], run: int, first: int, fits: Fits | None, metrics: ModelMetrics | None
) -> RunRecords:
    """Consecutive records of one run as one, from step `first` on, with what was drawn and measured of a model."""
    head = parts[0]
    joined: dict[str, Any] = {}
    if len(parts) > 1:
        for name in _ARRAYS:
            joined[name] = np.concatenate([getattr(part, name) for part in parts])
        joined["state"] = {name: np.concatenate([part.state[name] for part in parts]) for name in head.state}
        if head.momentum is not None:
            joined["momentum"] = np.concatenate([part.momentum for part in parts if part.momentum is not None])
    return replace(head, run=run, first=first, fits=fits, metrics=metrics, **joined)


_ARRAYS = (
    *("loss", "params", "grad", "grad_norm", "update", "lr"),
    *("eigenvalues", "eigenvectors", "rate_zones", "status", "critical"),
)


@dataclass(frozen=True)
class Chunk:
    """Consecutive records of all runs of an experiment.

    first, last: first and last step, both included; a run that diverged has fewer records, or none.
    runs: by number; a run that diverged before `first` is absent.
    stopped: every run has diverged, so no records follow.
    """

    first: int
    last: int
    runs: tuple[RunRecords, ...]
    stopped: bool
