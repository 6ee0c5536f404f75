"""Helpers for the engine's tests: experiments in few words, and trajectories cut in any way."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch

from steepest.engine import Checkpoint, Chunk, Prepared, RunRecords, advance, prepare
from steepest.spec import parse_experiment

torch.set_num_threads(1)

ARRAYS = (
    "loss",
    "params",
    "grad",
    "grad_norm",
    "update",
    "eigenvalues",
    "eigenvectors",
    "rate_zones",
    "status",
    "critical",
)


def experiment(
    surface: str | dict[str, Any],
    runs: Sequence[tuple[dict[str, Any], Sequence[float]]],
    edits: Sequence[dict[str, Any]] = (),
    dtype: str = "float32",
    engine: str = "eager",
) -> Prepared:
    problem = {"id": surface} if isinstance(surface, str) else surface
    return prepare(
        parse_experiment(
            {
                "version": 1,
                "problem": {"kind": "surface", **problem},
                "dtype": dtype,
                "engine": engine,
                "runs": [{"optimizer": optimizer, "start": list(start)} for optimizer, start in runs],
                "edits": list(edits),
            }
        )
    )


def whole(prepared: Prepared, steps: int) -> tuple[RunRecords, ...]:
    return advance(prepared, None, steps)[0].runs


def cut(prepared: Prepared, ends: Iterable[int]) -> tuple[list[Chunk], Checkpoint]:
    """The same trajectory in one call for each end."""
    chunks: list[Chunk] = []
    checkpoint: Checkpoint | None = None
    for end in ends:
        chunk, checkpoint = advance(prepared, checkpoint, end)
        chunks.append(chunk)
    assert checkpoint is not None
    return chunks, checkpoint


def joined(chunks: Sequence[Chunk], run: int) -> dict[str, np.ndarray]:
    """One run's records over all chunks, state slots as `state.<name>`."""
    parts = [records for chunk in chunks for records in chunk.runs if records.run == run]
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    for slot in parts[0].state:
        arrays[f"state.{slot}"] = np.concatenate([part.state[slot] for part in parts])
    return arrays


def same_bits(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].dtype == other[name].dtype, name
        assert one[name].tobytes() == other[name].tobytes(), name
