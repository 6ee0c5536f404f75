"""What is exported: an experiment with all its records from the start."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from steepest.engine import STATUSES, Chunk, Prepared, RunRecords, advance, prepare
from steepest.engine.record import Array
from steepest.spec import Experiment
from steepest.spec.text import Language

_SLICE = 0.5  # seconds: the diagnosis of a slice takes memory in proportion


@dataclass(frozen=True)
class Recording:
    """runs: by number, each from record 0 to its end. device: where it was made."""

    prepared: Prepared
    runs: tuple[RunRecords, ...]
    device: str = "cpu"

    @property
    def experiment(self) -> Experiment:
        """With every default filled in."""
        return self.prepared.experiment

    @property
    def last(self) -> int:
        """The furthest step of any run."""
        return max(len(run) for run in self.runs) - 1

    def diverged(self, run: int) -> bool:
        """Whether a run ended because something was no longer finite."""
        return STATUSES[int(self.runs[run].status[-1])] == "diverged"

    def names(self, language: Language = "en") -> list[str]:
        """What the runs are called: by their first optimizer, numbered where two have the same."""
        titles = [plan.rule.optimizer.title.in_language(language) for plan in self.prepared.plans]
        return [
            f"{title} {titles[:n].count(title) + 1}" if titles.count(title) > 1 else title
            for n, title in enumerate(titles)
        ]


def record(experiment: Experiment, steps: int, device: str = "cpu") -> Recording:
    """Records 0..steps of an experiment, fewer where every run diverges before. Raises `Invalid`."""
    prepared = prepare(experiment)
    chunk, checkpoint = advance(prepared, None, steps, _SLICE, device)
    chunks = [chunk]
    while not chunk.stopped and chunk.last < steps:
        chunk, checkpoint = advance(prepared, checkpoint, steps, _SLICE, device)
        chunks.append(chunk)
    return joined(prepared, chunks, device)


def joined(prepared: Prepared, chunks: Sequence[Chunk], device: str = "cpu") -> Recording:
    """The recording that consecutive chunks make up, the first of them from step 0."""
    parts = [[run for chunk in chunks for run in chunk.runs if run.run == n] for n in range(len(prepared.plans))]
    return Recording(prepared, tuple(_whole(run) for run in parts), device)


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
        state={name: np.concatenate([part.state[name] for part in parts]) for name in parts[0].state},
        eigenvalues=both("eigenvalues"),
        eigenvectors=both("eigenvectors"),
        status=both("status"),
        critical=both("critical"),
        verdicts=tuple(chain.from_iterable(part.verdicts for part in parts)),
    )
