"""What questions and the cloud need of a recording: losses, places and verdicts of each run, up to a step."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.engine import STATUSES, Checkpoint, Chunk, Prepared, RunRecords, advance
from steepest.spec import Experiment

MAX_TRACED = 8  # parameters whose values are kept
_DIVERGED = STATUSES.index("diverged")
_CONVERGED = STATUSES.index("converged")


@dataclass(frozen=True)
class RunTrace:
    """One run's records from step 0 on.

    loss: float64[m]. params: float64[m, n], n at most `MAX_TRACED`, else 0. lr: of the last update; NaN without one.
    verdicts: (step, code), ascending. diverged, converged: whether the last record is.
    """

    loss: NDArray[np.float64]
    params: NDArray[np.float64]
    lr: float
    verdicts: tuple[tuple[int, str], ...]
    diverged: bool
    converged: bool

    @property
    def last(self) -> int:
        """The step of the last record."""
        return len(self.loss) - 1

    def loss_at(self, step: int) -> float:
        """NaN beyond the end of a run that diverged."""
        return float(self.loss[step]) if step <= self.last else float("nan")

    def params_at(self, step: int) -> NDArray[np.float64] | None:
        """None beyond the end of a run that diverged, and where the problem has too many parameters."""
        return self.params[step] if step <= self.last and self.params.shape[1] else None

    def verdict_at(self, step: int) -> str:
        """The code of the verdict that holds at a step; "" for none."""
        return next((code for since, code in reversed(self.verdicts) if since <= step), "")

    def first_below(self, loss: float, until: int) -> int | None:
        """The first step up to `until` with a smaller loss."""
        found = np.flatnonzero(self.loss[: until + 1] < loss)
        return int(found[0]) if len(found) else None

    @property
    def bytes(self) -> int:
        """Of its arrays."""
        return self.loss.nbytes + self.params.nbytes


Trace = tuple[RunTrace, ...]


def traced(chunk: Chunk, runs: int) -> Trace:
    """The part of a trace that a chunk has; empty for a run that diverged before."""
    records = {run.run: run for run in chunk.runs}
    return tuple(_part(records[run]) if run in records else _NOTHING for run in range(runs))


def joined(parts: list[Trace]) -> Trace:
    """Consecutive parts as one."""
    return tuple(_join(list(runs)) for runs in zip(*parts, strict=True))


def trace(experiment: Experiment | Prepared, until: int) -> Trace:
    """The trace up to step `until`, made here. Raises `Invalid` for an experiment that cannot run."""
    chunk, _ = advance(experiment, None, until)
    runs = len((experiment.experiment if isinstance(experiment, Prepared) else experiment).runs)
    return traced(chunk, runs)


def continue_trace(
    prepared: Prepared, checkpoint: Checkpoint | None, until: int, budget: float, device: str
) -> tuple[Trace, Checkpoint, bool]:
    """The next part in about `budget` seconds, the checkpoint at its end, and whether that is the whole trace's."""
    chunk, reached = advance(prepared, checkpoint, until, budget, device)
    return traced(chunk, len(prepared.plans)), reached, chunk.stopped or reached.step >= until


def _part(run: RunRecords) -> RunTrace:
    few = run.params.shape[1] <= MAX_TRACED
    params = run.params if few else run.params[:, :0]
    status = int(run.status[-1]) if len(run) else 0
    return RunTrace(
        loss=run.loss.astype(np.float64),
        params=params.astype(np.float64),
        lr=float(run.lr[-1]) if len(run) else float("nan"),
        verdicts=tuple((verdict.step, verdict.code) for verdict in run.verdicts),
        diverged=status == _DIVERGED,
        converged=status == _CONVERGED,
    )


_NOTHING = RunTrace(np.empty(0), np.empty((0, 0)), float("nan"), (), diverged=True, converged=False)


def _join(parts: list[RunTrace]) -> RunTrace:
    made = [part for part in parts if len(part.loss)]
    end = made[-1]
    return RunTrace(
        loss=np.concatenate([part.loss for part in made]),
        params=np.concatenate([part.params for part in made]),
        lr=end.lr,
        verdicts=tuple(verdict for part in made for verdict in part.verdicts),
        diverged=end.diverged,
        converged=end.converged,
    )
