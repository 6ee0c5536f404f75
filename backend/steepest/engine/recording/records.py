"""What is recorded of every step: the engine's output, as plain NumPy arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from numpy.typing import NDArray

from steepest.engine.recording.verdict import Verdict

Array = NDArray[Any]

Status = Literal["running", "converged", "diverged"]
Critical = Literal["none", "minimum", "saddle", "maximum", "degenerate"]

# Arrays hold the place of a word in these.
STATUSES: tuple[Status, ...] = get_args(Status)
CRITICALS: tuple[Critical, ...] = get_args(Critical)


@dataclass(frozen=True)
class Fits:
    """What is too large for every record of a model: kept at the steps that will be drawn. f of them.

    steps: (f,) int32, ascending; multiples of what was asked for. fit: (f, g, outputs) float32, what the model says at
    the g inputs of the problem's `fit_inputs`, as it is to be shown (a value, or a probability). weights: (f, n) d, all
    parameters where the records leave them out and they are few enough for a page, else (f, 0).
    """

    steps: Array
    fit: Array
    weights: Array


@dataclass(frozen=True)
class ModelMetrics:
    """What is measured of a model now and then, at steps that are multiples of the engine's own period. e of them.

    steps: (e,) int32, ascending. losses: (e, 3) float64, on the whole training, development and test part, without
    penalty or dropout; accuracy: (e, 3) float64, share of samples whose class is right. NaN where there is no such
    part, or no class. confusion: (e, c, c) float32, samples of the development part (of the training part where there
    is none) by true class and class given; c is 0 for a regression. layers: (e, l, 3) float32 for the l tensors of
    parameters: Euclidean norm of the tensor, of its gradient, and of the update that led there. histograms:
    (e, l, 2 + b) float32: lowest and highest value, then b counts of equal bins between. sharpness: (e,) float64,
    largest eigenvalue of the loss's Hessian where it was measured, else NaN.
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
    """Consecutive records of one run. m records of a run with n parameters; d is the experiment's dtype.

    Of a model with more than 64 parameters n is 0 here: the records leave out what is one number a parameter.

    Record k holds the loss and gradient AT the parameters after k updates, and the update and the optimizer's state
    that LED there (zero and NaN at record 0). An edit that moves the parameters is not part of the update.

    run: its number in the experiment. first: step of the first record.
    loss: (m,) d. params, grad, update: (m, n) d. grad_norm: (m,) d, Euclidean; NaN where a parameter that the records
        leave out is not finite.
    state: by slot name, (m, n) d, or (m,) d for a scalar slot; NaN before the optimizer has made it.
    lr: (m,) float64, the rate of the update that LED there, what a schedule made of the optimizer's; NaN at record 0.
        So an edit at a record's own step does not change the record.
    eigenvalues: (m, q) float64, of the Hessian at params, ascending. eigenvectors: (m, q, q) float64, as columns, each
        with its largest component positive. NaN where the Hessian is not finite. q is n up to two parameters, else 0.
    status: (m,) uint8, place in STATUSES. A diverged record is the run's last.
    critical: (m,) uint8, place in CRITICALS: kind of the critical point near by, "none" where none is near.
    verdicts: what is happening, by growing step; the first of a run stands at its record 0.
    frames, measures: of a model, frames where they were asked for; None on a surface.
    momentum: (m,) float64, as lr: the momentum (beta 1) of that update where a schedule turns it, else None. For the
        diagnosis; not on the wire.
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
    status: Array
    critical: Array
    verdicts: tuple[Verdict, ...] = ()
    frames: Fits | None = None
    measures: ModelMetrics | None = None
    momentum: Array | None = None

    def __len__(self) -> int:
        return len(self.loss)


@dataclass(frozen=True)
class Chunk:
    """Consecutive records of all runs of an experiment.

    first, last: steps covered, both included; a run that stopped has fewer records, or none.
    stopped: every run has diverged, so there is nothing beyond `last`.
    """

    first: int
    last: int
    runs: tuple[RunRecords, ...]
    stopped: bool
