"""The samples on which a model is measured while it trains."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steepest.problems.cache import CACHE
from steepest.problems.learning.problem import LearningProblem
from steepest.problems.learning.splits import split_indices

SAMPLES = 1000  # the first ones of each part


@dataclass(frozen=True)
class MeasuredSamples:
    """The s samples to measure on: those of the training, development and test part, in this order.

    inputs: (s, *shape).
    targets: as the loss takes them.
    bounds: begin and end of each part.
    labels: int64[s], true classes; empty for regression.
    """

    inputs: Tensor
    targets: Tensor
    bounds: tuple[tuple[int, int], ...]
    labels: NDArray[np.int64]


def measured_samples(problem: LearningProblem, dtype: torch.dtype, device: str) -> MeasuredSamples:
    """Kept for each problem."""
    return CACHE.keep("problem", problem, ("measured", dtype, device), lambda: _make(problem, dtype, device))


def _make(problem: LearningProblem, dtype: torch.dtype, device: str) -> MeasuredSamples:
    parts = problem.splits(dtype, device)
    counts = [min(SAMPLES, len(part)) for part in parts]
    labels = np.empty(0, np.int64)
    if problem.shape.classes:
        indices = split_indices(problem.shape, problem.document.split, problem.seed)
        data = problem.data
        targets = [data.targets[part[:count]] for part, count in zip(indices, counts, strict=True)]
        labels = torch.cat(targets).long().numpy()
    ends = np.cumsum(counts).tolist()
    return MeasuredSamples(
        torch.cat([part.inputs[:count] for part, count in zip(parts, counts, strict=True)]),
        torch.cat([part.targets[:count] for part, count in zip(parts, counts, strict=True)]),
        tuple(zip([0, *ends[:-1]], ends, strict=True)),
        labels,
    )
