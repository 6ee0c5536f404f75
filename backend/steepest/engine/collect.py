"""A runner's tape as records, converted all at once: stepping never waits for it."""

import numpy as np

from steepest.engine.record import Array, RunRecords
from steepest.engine.runner import Runner


def collect(run: int, first: int, runner: Runner) -> RunRecords:
    """The records of one runner, its diagnosis still empty (NaN and zero). m records, n parameters."""
    tape = runner.tape
    n = tape.size
    params = tape.array(runner.params, (n,))
    grad = tape.array(runner.grad, (n,))
    m = len(grad)
    with np.errstate(all="ignore"):  # a run that diverges: infinite minus infinite
        # In float64, since the squares of a gradient near float32's end would overflow before their root.
        grad_norm = np.linalg.norm(grad.astype(np.float64), axis=1).astype(grad.dtype)
        update = params - tape.array(runner.origins, (n,))
    return RunRecords(
        run=run,
        first=first,
        loss=tape.array(runner.loss, ()),
        params=params,
        grad=grad,
        grad_norm=grad_norm,
        update=update,
        state=_state(runner, n),
        eigenvalues=np.full((m, n), np.nan),
        eigenvectors=np.full((m, n, n), np.nan),
        status=np.zeros(m, np.uint8),
        critical=np.zeros(m, np.uint8),
    )


def _state(runner: Runner, n: int) -> dict[str, Array]:
    """Every slot that any of the run's optimizers has, over all records; NaN where it is not made."""
    columns = zip(*runner.state, strict=True) if runner.state else ((),) * len(runner.plan.slots)
    return {
        slot.name: runner.tape.array(column, () if slot.scalar else (n,))
        for slot, column in zip(runner.plan.slots, columns, strict=True)
    }
