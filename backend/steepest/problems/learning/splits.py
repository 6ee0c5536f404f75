"""Which samples make the training, development and test splits, and which make a batch."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from steepest.problems.learning.dataset import DataShape
from steepest.problems.rng import generator
from steepest.spec import Batch, Split, invalid


@dataclass(frozen=True)
class SplitSizes:
    """Samples in each split."""

    train: int
    dev: int
    test: int


def split_sizes(shape: DataShape, split: Split) -> SplitSizes:
    """Each share rounded to whole samples; a data set's own test samples are the test split. Raises `Invalid`."""
    own = shape.own_test
    if own and split.test:
        raise invalid("split.test", "this data set has its own test split", "该数据集自带测试集")
    count = shape.count - own
    dev, test = round(split.dev * count), own or round(split.test * count)
    train = count - dev - (0 if own else test)
    if train < 1:
        raise invalid("split", "leaves no training samples", "没有剩下可用于训练的样本")
    return SplitSizes(train, dev, test)


def split_indices(shape: DataShape, split: Split, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Indices of the train, dev and test samples, each ascending, drawn by the seed."""
    size = split_sizes(shape, split)
    count = shape.count - shape.own_test
    if size.dev == 0 and size.test == shape.own_test:
        return torch.arange(count), torch.arange(0), torch.arange(count, shape.count)
    order = torch.randperm(count, generator=generator(seed, "split", 0))
    train, dev, test = order[: size.train], order[size.train : size.train + size.dev], order[size.train + size.dev :]
    if shape.own_test:
        test = torch.arange(count, shape.count)
    return train.sort().values, dev.sort().values, test.sort().values


def batch_indices(batch: Batch, count: int, seed: int, step: int) -> Tensor | None:
    """Indices into the `count` training samples that step `step` uses; None for all of them, in order."""
    size = batch.size
    if size is None:
        return None
    if batch.sampling == "replacement":
        return torch.randint(count, (size,), generator=generator(seed, "batch", step))
    epoch, place = divmod(step, -(-count // size))
    return _shuffled(count, seed, epoch)[place * size : (place + 1) * size]


@lru_cache(maxsize=8)
def _shuffled(count: int, seed: int, epoch: int) -> Tensor:
    return torch.randperm(count, generator=generator(seed, "epoch", epoch))
