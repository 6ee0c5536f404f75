"""Exclusive or: four squares, opposite ones of the same class."""

from functools import partial

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

GAP = 0.3  # between a square and an axis
REACH = 5.0
CLASSES = (Text("same signs", "同号"), Text("opposite signs", "异号"))


def make(count: int, noise: float, seed: int) -> Data:
    """The class is decided before noise is added."""
    draw = generator(seed)
    sides = torch.randint(2, (count, 2), generator=draw)
    away = GAP + (REACH - GAP) * torch.rand(count, 2, generator=draw, dtype=torch.float64)
    points = away * (2 * sides - 1) + noise * torch.randn(count, 2, generator=draw, dtype=torch.float64)
    return Data(points, (sides[:, 0] != sides[:, 1]).long())


EXCLUSIVE_OR = Dataset(
    id="exclusive_or",
    title=Text("Exclusive or", "异或"),
    about=Text(
        "Opposite corners have the same class: no line is better than guessing, two hidden units are enough.",
        "对角同类：任何直线都不比瞎猜强，两个隐藏单元就够了。",
    ),
    source="Minsky, Papert 1969, Perceptrons; points after TensorFlow Playground",
    shape=partial(two_classes, classes=CLASSES),
    make=make,
    params=(count_param(200), noise_param(0.2, 2.0), SEED),
    known_model=Preset("mlp", {"hidden": [8], "activation": "tanh"}),
    known_loss=Preset("bce_logits"),
    known_lr=0.3,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
