"""Which samples are trained on, which are kept for development and for the test, and which make a batch."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from steepest.problems.dataset import DataShape
from steepest.problems.rng import generator
from steepest.spec import Batch, Invalid, Split, Text


@dataclass(frozen=True)
class Sizes:
    """How many samples each part has."""

    train: int
    dev: int
    test: int


def sizes(shape: DataShape, split: Split) -> Sizes:
    """By arithmetic, each part rounded to whole samples. Raises `Invalid`.

    A set's own test samples are the test part, as many as there are.
    """
    own = shape.own_test
    if own and split.test:
        raise Invalid("split.test", Text("this set has a test part of its own", "该数据集自带测试集"))
    there = shape.count - own
    dev, test = round(split.dev * there), own or round(split.test * there)
    train = there - dev - (0 if own else test)
    if train < 1:
        raise Invalid("split", Text("leaves nothing to train on", "没有剩下可用于训练的样本"))
    return Sizes(train, dev, test)


def parts(shape: DataShape, split: Split, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Indices of the train, dev and test samples, each ascending, drawn by the seed."""
    size = sizes(shape, split)
    there = shape.count - shape.own_test
    if size.dev == 0 and size.test == shape.own_test:
        none = torch.arange(0)
        return torch.arange(there), none, torch.arange(there, shape.count)
    order = torch.randperm(there, generator=generator(seed, "split", 0))
    train, dev, test = order[: size.train], order[size.train : size.train + size.dev], order[size.train + size.dev :]
    if shape.own_test:
        test = torch.arange(there, shape.count)
    return train.sort().values, dev.sort().values, test.sort().values


def batch_of(batch: Batch, count: int, seed: int, step: int) -> Tensor | None:
    """Indices, among the `count` of the training part, of what step `step` sees; None for all of them, in order."""
    size = batch.size
    if size is None:
        return None
    if batch.sampling == "replacement":
        return torch.randint(count, (size,), generator=generator(seed, "batch", step))
    epoch, place = divmod(step, -(-count // size))
    return _shuffled(count, seed, epoch)[place * size : (place + 1) * size]


@lru_cache(maxsize=64)
def _shuffled(count: int, seed: int, epoch: int) -> Tensor:
    return torch.randperm(count, generator=generator(seed, "epoch", epoch))
