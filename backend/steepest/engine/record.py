"""What is recorded of every step: the engine's output, as plain NumPy arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from numpy.typing import NDArray

from steepest.engine.verdict import Verdict

Array = NDArray[Any]

Status = Literal["running", "converged", "diverged"]
Critical = Literal["none", "minimum", "saddle", "maximum", "degenerate"]

# Arrays hold the place of a word in these.
STATUSES: tuple[Status, ...] = get_args(Status)
CRITICALS: tuple[Critical, ...] = get_args(Critical)


@dataclass(frozen=True)
class RunRecords:
    """Consecutive records of one run. m records of a run with n parameters; d is the experiment's dtype.

    Record k holds the loss and gradient AT the parameters after k updates, and the update and the optimizer's state
    that LED there (zero and NaN at record 0). An edit that moves the parameters is not part of the update.

    run: its number in the experiment. first: step of the first record.
    loss: (m,) d. params, grad, update: (m, n) d. grad_norm: (m,) d, Euclidean.
    state: by slot name, (m, n) d, or (m,) d for a scalar slot; NaN before the optimizer has made it.
    eigenvalues: (m, n) float64, of the Hessian at params, ascending. eigenvectors: (m, n, n) float64, as columns, each
        with its largest component positive. NaN where the Hessian is not finite.
    status: (m,) uint8, place in STATUSES. A diverged record is the run's last.
    critical: (m,) uint8, place in CRITICALS: kind of the critical point near by, "none" where none is near.
    verdicts: what is happening, by growing step; the first of a run stands at its record 0.
    """

    run: int
    first: int
    loss: Array
    params: Array
    grad: Array
    grad_norm: Array
    update: Array
    state: Mapping[str, Array]
    eigenvalues: Array
    eigenvectors: Array
    status: Array
    critical: Array
    verdicts: tuple[Verdict, ...] = ()

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
