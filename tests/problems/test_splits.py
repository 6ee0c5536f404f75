"""Which samples are trained on and which make a batch: all of it follows from the seed and the step alone."""

from itertools import chain

import pytest
import torch
from torch import Tensor

from steepest.problems.learning.dataset import DataShape
from steepest.problems.learning.splits import batch_indices, split_indices, split_sizes
from steepest.spec import Batch, Invalid, Split


def shape(count: int, own_test: int = 0) -> DataShape:
    return DataShape(count=count, inputs=(2,), own_test=own_test)


def batch(size: int, sampling: str, step: int, count: int = 23, seed: int = 5) -> list[int]:
    chosen = batch_indices(Batch.model_validate({"size": size, "sampling": sampling}), count, seed, step)
    assert chosen is not None
    assert chosen.dtype == torch.int64
    return [int(each) for each in chosen]


@pytest.mark.parametrize("sampling", ["epoch", "replacement"])
def test_without_a_size_a_batch_has_every_sample_in_order(sampling: str) -> None:
    assert batch_indices(Batch.model_validate({"sampling": sampling}), 23, 5, 3) is None


@pytest.mark.parametrize("size", [1, 5, 22, 23])
def test_an_epoch_has_every_sample_once_and_a_smaller_last_batch(size: int) -> None:
    batches = -(-23 // size)
    for epoch in range(3):
        found = [batch(size, "epoch", epoch * batches + k) for k in range(batches)]
        assert sorted(chain.from_iterable(found)) == list(range(23))
        assert [len(each) for each in found[:-1]] == [size] * (batches - 1)
        assert len(found[-1]) == 23 - size * (batches - 1)


def test_every_epoch_has_its_own_order() -> None:
    orders = [batch(23, "epoch", step) for step in range(5)]
    assert all(one != other for n, one in enumerate(orders) for other in orders[:n])
    assert all(order != sorted(order) for order in orders)


def test_replacement_draws_from_all_samples_at_every_step() -> None:
    found = [batch(10, "replacement", step) for step in range(400)]
    assert all(len(each) == 10 for each in found)
    assert any(len(set(each)) < 10 for each in found)
    counts = torch.bincount(torch.tensor(list(chain.from_iterable(found))), minlength=23)
    assert len(counts) == 23
    # Mean 4000 / 23 = 174, deviation 13: five of them either way.
    assert counts.min() > 109
    assert counts.max() < 239


@pytest.mark.parametrize("sampling", ["epoch", "replacement"])
def test_a_batch_depends_on_seed_and_step_only(sampling: str) -> None:
    there = [batch(5, sampling, step) for step in range(40)]
    torch.manual_seed(1)
    before = torch.get_rng_state()
    back = [batch(5, sampling, step) for step in reversed(range(40))][::-1]
    assert there == back
    assert torch.equal(torch.get_rng_state(), before)
    assert there != [batch(5, sampling, step, seed=6) for step in range(40)]
    assert batch(5, sampling, 10_000_000) == batch(5, sampling, 10_000_000)


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ({}, (100, 0, 0)),
        ({"dev": 0.29}, (71, 29, 0)),
        ({"dev": 0.2, "test": 0.1}, (70, 20, 10)),
        ({"dev": 0.004}, (100, 0, 0)),
        ({"test": 0.8}, (20, 0, 80)),
    ],
    ids=str,
)
def test_sizes_match_the_splits(split: dict[str, float], expected: tuple[int, int, int]) -> None:
    asked = Split.model_validate(split)
    size = split_sizes(shape(100), asked)
    assert (size.train, size.dev, size.test) == expected
    assert tuple(len(part) for part in split_indices(shape(100), asked, 1)) == expected


def together(found: tuple[Tensor, Tensor, Tensor]) -> list[int]:
    return [int(each) for each in torch.cat(found)]


@pytest.mark.parametrize("own_test", [0, 30])
@pytest.mark.parametrize("dev", [0.0, 0.25])
def test_splits_are_disjoint_and_complete(own_test: int, dev: float) -> None:
    split = Split(dev=dev, test=0.0 if own_test else 0.3)
    found = split_indices(shape(100, own_test), split, 1)
    assert sorted(together(found)) == list(range(100))
    assert all(torch.equal(part, part.sort().values) for part in found)


def test_splits_depend_on_the_seed_and_are_shuffled() -> None:
    split = Split(dev=0.2, test=0.2)
    one, again, other = (together(split_indices(shape(100), split, seed)) for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert one[:60] != list(range(60))


def test_the_own_test_split_is_never_trained_on() -> None:
    train, dev, test = split_indices(shape(100, own_test=30), Split(dev=0.5), 1)
    assert test.tolist() == list(range(70, 100))
    assert int(train.max()) < 70
    assert int(dev.max()) < 70
    with pytest.raises(Invalid) as refused:
        split_sizes(shape(100, own_test=30), Split(test=0.1))
    assert refused.value.field == "split.test"


@pytest.mark.parametrize(
    ("count", "split"), [(10, {"dev": 0.5, "test": 0.5}), (1, {"dev": 0.6}), (10, {"dev": 0.8, "test": 0.8})]
)
def test_a_split_that_leaves_nothing_is_refused(count: int, split: dict[str, float]) -> None:
    with pytest.raises(Invalid) as refused:
        split_sizes(shape(count), Split.model_validate(split))
    assert refused.value.field == "split"
