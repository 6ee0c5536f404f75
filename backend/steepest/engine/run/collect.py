"""A run's tape as records, converted all at once: stepping never waits for it."""

import numpy as np

from steepest.engine.recording.records import Array, RunRecords
from steepest.engine.run.fit_recorder import FitRecorder
from steepest.engine.run.metrics import MetricsRecorder
from steepest.engine.run.recorder import Recorder


def collect(
    run: int, first: int, tape: Recorder, frames: FitRecorder | None = None, gauge: MetricsRecorder | None = None
) -> RunRecords:
    """The records on one run's tape, the diagnosis still empty (NaN and zero). m records, n parameters."""
    n = tape.size
    params = tape.array(tape.params, (n,)) if n else np.empty((len(tape.loss), 0), tape.dtype)
    grad = tape.array(tape.grad, (n,)) if n else params
    m = len(tape.loss)
    q = n if n in (1, 2) else 0  # so small a problem's whole Hessian is known
    with np.errstate(all="ignore"):  # a run that diverges: infinite minus infinite
        # In float64, since the squares of a gradient near float32's end would overflow before their root.
        lengths = (
            np.linalg.norm(grad.astype(np.float64), axis=1).astype(grad.dtype) if n else tape.array(tape.norms, ())
        )
        update = params - tape.array(tape.origins, (n,)) if n else params
    return RunRecords(
        run=run,
        first=first,
        loss=tape.array(tape.loss, ()),
        params=params,
        grad=grad,
        grad_norm=lengths,
        update=update,
        lr=np.array(tape.lr, np.float64),
        momentum=np.array(tape.momentum, np.float64) if tape.momentum else None,
        state=_state(tape),
        eigenvalues=np.full((m, q), np.nan),
        eigenvectors=np.full((m, q, q), np.nan),
        status=np.zeros(m, np.uint8),
        critical=np.zeros(m, np.uint8),
        frames=None if frames is None else frames.frames(),
        measures=None if gauge is None else gauge.measures(),
    )


def _state(tape: Recorder) -> dict[str, Array]:
    """Every slot that any of the run's optimizers has, over all records; NaN where it is not made."""
    columns = zip(*tape.state, strict=True) if tape.state else ((),) * len(tape.slots)
    return {
        slot.name: tape.array(column, () if slot.scalar else (tape.size,))
        for slot, column in zip(tape.slots, columns, strict=True)
    }
