"""What is exported: an experiment with all its records from the start."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import TypeVar

import numpy as np

from steepest.engine import STATUSES, Checkpoint, Chunk, Prepared, RunRecords, advance, check_dtype, prepare
from steepest.engine.recording.records import Array, Fits, ModelMetrics
from steepest.problems import LearningProblem
from steepest.spec import Experiment
from steepest.spec.text import Language

_SLICE = 0.5  # seconds: the diagnosis of a slice takes memory in proportion


T = TypeVar("T", Fits, ModelMetrics)


@dataclass(frozen=True)
class Recording:
    """runs: by number, each from record 0 to its end. ends: of each run, (n,) d, all parameters at its last record,
    also where there are too many for the records. device: where it was made.
    """

    prepared: Prepared
    runs: tuple[RunRecords, ...]
    ends: tuple[Array, ...]
    device: str = "cpu"

    @property
    def experiment(self) -> Experiment:
        """With every default filled in."""
        return self.prepared.experiment

    @property
    def last(self) -> int:
        """The furthest step of any run."""
        return max(len(run) for run in self.runs) - 1

    @property
    def variables(self) -> tuple[str, ...]:
        """How the parameters are called that every record holds; none where there are too many."""
        problem = self.prepared.problem
        if isinstance(problem, LearningProblem):
            return problem.names if self.runs[0].params.shape[1] else ()
        assert problem.scene is not None  # a surface
        return problem.scene.names

    def diverged(self, run: int) -> bool:
        """Whether a run ended because something was no longer finite."""
        return STATUSES[int(self.runs[run].status[-1])] == "diverged"

    def names(self, language: Language = "en") -> list[str]:
        """What the runs are called: by their first optimizer, numbered where two have the same."""
        titles = [plan.config.optimizer.title.in_language(language) for plan in self.prepared.plans]
        return [
            f"{title} {titles[:n].count(title) + 1}" if titles.count(title) > 1 else title
            for n, title in enumerate(titles)
        ]


def record(experiment: Experiment, steps: int, device: str = "cpu") -> Recording:
    """Records 0..steps of an experiment, fewer where every run diverges before. Raises `Invalid`."""
    check_dtype(device, experiment.dtype)
    prepared = prepare(experiment)
    chunk, checkpoint = advance(prepared, None, steps, _SLICE, device)
    chunks = [chunk]
    while not chunk.stopped and chunk.last < steps:
        chunk, checkpoint = advance(prepared, checkpoint, steps, _SLICE, device)
        chunks.append(chunk)
    return joined(prepared, chunks, checkpoint, device)


def joined(prepared: Prepared, chunks: Sequence[Chunk], end: Checkpoint, device: str = "cpu") -> Recording:
    """The recording that consecutive chunks make up, the first of them from step 0. end: at the last record."""
    parts = [[run for chunk in chunks for run in chunk.runs if run.run == n] for n in range(len(prepared.plans))]
    return Recording(prepared, tuple(_whole(run) for run in parts), tuple(run.params for run in end.runs), device)


def _whole(parts: Sequence[RunRecords]) -> RunRecords:
    def both(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        loss=both("loss"),
        params=both("params"),
        grad=both("grad"),
        grad_norm=both("grad_norm"),
        update=both("update"),
        lr=both("lr"),
        state={name: np.concatenate([part.state[name] for part in parts]) for name in parts[0].state},
        eigenvalues=both("eigenvalues"),
        eigenvectors=both("eigenvectors"),
        status=both("status"),
        critical=both("critical"),
        verdicts=tuple(chain.from_iterable(part.verdicts for part in parts)),
        fits=_rows([part.fits for part in parts if part.fits is not None]),
        metrics=_rows([part.metrics for part in parts if part.metrics is not None]),
    )


def _rows(parts: Sequence[T]) -> T | None:
    """Tables with a row a step, one after another."""
    if not parts:
        return None
    names = [field.name for field in fields(parts[0])]
    return replace(parts[0], **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
