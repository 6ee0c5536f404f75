"""Batches drawn by a kernel are those that torch's generator draws."""

import numpy as np
import pytest
import torch

from steepest.engine.compiled.draws import MAX_BOUND, draw
from steepest.problems.rng import generator, seed_for


@pytest.mark.parametrize(
    ("size", "bound"), [(1, 1), (10, 200), (227, 7), (228, 1000), (623, 3), (700, 60_000), (5, MAX_BOUND - 1)]
)
def test_numbers_are_those_of_torch(size: int, bound: int) -> None:
    seeds = [seed_for(seed, "batch", step) for seed in (0, 1, 2**31) for step in range(20)]
    expected = [torch.randint(bound, (size,), generator=torch.Generator().manual_seed(seed)) for seed in seeds]
    np.testing.assert_array_equal(draw(np.array(seeds), size, bound), torch.stack(expected).numpy())


def test_a_step_of_an_experiment() -> None:
    expected = torch.randint(50, (10,), generator=generator(3, "batch", 7)).numpy()
    np.testing.assert_array_equal(draw(np.array([seed_for(3, "batch", 7)]), 10, 50), expected[None])
