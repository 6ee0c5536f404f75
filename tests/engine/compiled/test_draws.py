"""Batches drawn by a kernel are those that torch's generator draws."""

from typing import Any

import numpy as np
import pytest
import torch

from steepest.engine.compiled.draws import MAX_BOUND, draw, draw_batches, shuffled
from steepest.problems.learning.splits import batch_indices
from steepest.problems.rng import seed_for
from steepest.spec import Batch


@pytest.mark.parametrize(
    ("size", "bound"), [(1, 1), (10, 200), (227, 7), (228, 1000), (623, 3), (700, 60_000), (5, MAX_BOUND - 1)]
)
def test_numbers_are_those_of_torch(size: int, bound: int) -> None:
    seeds = [seed_for(seed, "batch", step) for seed in (0, 1, 2**31) for step in range(20)]
    expected = [torch.randint(bound, (size,), generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    np.testing.assert_array_equal(draw(np.array(seeds), size, bound), torch.stack(expected).numpy())


@pytest.mark.parametrize("size", [1, 2, 3, 200, 623, 624, 625, 5000])
def test_orders_are_those_of_torch(size: int) -> None:
    seeds = [seed_for(seed, "epoch", epoch) for seed in (0, 1, 2**31) for epoch in range(10)]
    expected = [torch.randperm(size, generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    np.testing.assert_array_equal(shuffled(np.array(seeds), size), torch.stack(expected).numpy())


@pytest.mark.parametrize("sampling", ["epoch", "replacement"])
@pytest.mark.parametrize(("size", "count"), [(10, 200), (33, 200), (7, 8), (200, 200)])
def test_batches_are_those_of_an_eager_run(sampling: Any, size: int, count: int) -> None:
    batch = Batch(size=size, sampling=sampling)
    for first, steps in ((0, 45), (17, 1), (19, 30)):
        rows, short = draw_batches(batch, count, 3, first, steps)
        assert len(rows) == steps
        for step, row in enumerate(rows, start=first):
            expected = batch_indices(batch, count, 3, step)
            assert expected is not None
            assert row[: len(expected)].tolist() == expected.tolist()
            assert (short is not None and bool(short[step - first])) == (len(expected) < rows.shape[1])
