"""What is exported: an experiment with all its records from the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from steepest.engine import (
    STATUSES,
    Checkpoint,
    Chunk,
    Prepared,
    RunRecords,
    advance,
    check_dtype,
    end_tolerance,
    engines_of,
    prepare,
)
from steepest.engine.recording.records import MAX_RECORDED_PARAMS, Array
from steepest.problems import LearningProblem
from steepest.spec import Engine, Experiment
from steepest.spec.text import Language

MAX_DRAWN = 2  # parameters of a model or surface whose path is drawn

_SLICE = 0.5  # seconds of one call of `advance`: the diagnosis takes memory in proportion


@dataclass(frozen=True)
class Recording:
    """An experiment and its records.

    runs: by number, each from record 0 to its end.
    final_params: for each run d[n], all parameters at its last record, also where the records leave them out.
    device: where it was computed.
    """

    prepared: Prepared
    runs: tuple[RunRecords, ...]
    final_params: tuple[Array, ...]
    device: str = "cpu"

    @property
    def experiment(self) -> Experiment:
        """With every default filled in."""
        return self.prepared.experiment

    @property
    def last(self) -> int:
        """The last step of any run."""
        return max(len(run) for run in self.runs) - 1

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the parameters in each record; none where there are too many for the records."""
        return variables_of(self.prepared)

    def engines(self, run: int) -> tuple[Engine, ...]:
        """What made a run's records, by first step."""
        return engines_of(self.prepared, run, self.device)

    def tolerance(self, run: int) -> float:
        """How far a run by PyTorch may end from its recorded end, relative to its largest parameter: 0 where PyTorch
        made it, infinite where a rounding decides how far it gets.
        """
        if self.engines(run) == ("eager",):
            return 0.0
        return end_tolerance(self.prepared, run, len(self.runs[run]) - 1)

    def diverged(self, run: int) -> bool:
        """Whether a run ended because a number was no longer finite."""
        return STATUSES[int(self.runs[run].status[-1])] == "diverged"

    def names(self, language: Language = "en") -> list[str]:
        """The runs' names."""
        return run_names(self.prepared, language)


def variables_of(prepared: Prepared) -> tuple[str, ...]:
    """Names of the parameters in each record; none where there are too many for the records."""
    problem = prepared.problem
    if isinstance(problem, LearningProblem):
        return problem.names if problem.dim <= MAX_RECORDED_PARAMS else ()
    assert problem.scene is not None  # a surface
    return problem.scene.names


def run_names(prepared: Prepared, language: Language = "en") -> list[str]:
    """The title of each run's first optimizer, numbered where two have the same."""
    titles = [plan.config.optimizer.title.in_language(language) for plan in prepared.plans]
    return [
        f"{title} {titles[:n].count(title) + 1}" if titles.count(title) > 1 else title for n, title in enumerate(titles)
    ]


def record(experiment: Experiment, steps: int, device: str = "cpu") -> Recording:
    """Records 0 to `steps` of an experiment, fewer where every run diverges before. Raises `Invalid`."""
    check_dtype(device, experiment.dtype)
    prepared = prepare(experiment)
    chunk, checkpoint = advance(prepared, None, steps, _SLICE, device)
    chunks = [chunk]
    while not chunk.stopped and chunk.last < steps:
        chunk, checkpoint = advance(prepared, checkpoint, steps, _SLICE, device)
        chunks.append(chunk)
    return join_chunks(prepared, chunks, checkpoint, device)


def without_details(chunk: Chunk) -> Chunk:
    """The chunk with what formats other than CSV need: some tens of bytes a record, however large the model is.

    Of the parameters, if there are more than two, only those of the last record are kept.
    """
    return replace(chunk, runs=tuple(map(_without_details, chunk.runs)))


def _without_details(run: RunRecords) -> RunRecords:
    m = len(run)
    none, metrics = run.params[:, :0], run.metrics
    if metrics is not None:
        e = len(metrics.steps)
        metrics = replace(
            metrics,
            confusion=metrics.confusion[:, :0, :0].copy(),
            layers=metrics.layers[:, :0].copy(),
            histograms=metrics.histograms[:, :0].copy(),
            accuracy=np.empty((e, 0)),
        )
    return replace(
        run,
        params=run.params if run.params.shape[1] <= MAX_DRAWN else run.params[-1:].copy(),
        grad=none,
        update=none,
        state={},
        eigenvectors=np.empty((m, 0, 0)),
        fits=None,
        metrics=metrics,
        momentum=None,
    )


def join_chunks(prepared: Prepared, chunks: Sequence[Chunk], end: Checkpoint, device: str = "cpu") -> Recording:
    """The recording made of consecutive chunks from step 0 on. end: the checkpoint at the last record."""
    parts = [[run for chunk in chunks for run in chunk.runs if run.run == n] for n in range(len(prepared.plans))]
    return Recording(prepared, tuple(_join(run) for run in parts), tuple(run.params for run in end.runs), device)


def _join(parts: Sequence[Any]) -> Any:
    """One value made of consecutive ones that are not None: joins arrays, tuples and fields of dataclasses and
    mappings; of anything else, the first.
    """
    parts = [part for part in parts if part is not None]
    if len(parts) < 2:
        return parts[0] if parts else None
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, tuple):
        return tuple(chain.from_iterable(parts))
    if isinstance(first, Mapping):
        return {name: _join([part[name] for part in parts]) for name in first}
    if is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in fields(first)]
        return replace(first, **{name: _join([getattr(part, name) for part in parts]) for name in names})
    return first
