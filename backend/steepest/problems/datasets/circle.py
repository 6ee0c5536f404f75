"""A disc inside a ring: no line separates them."""

import math
from functools import partial

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import halves, two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

DISC = 2.5  # radius
RING = (3.5, 5.0)  # inner and outer radius
CLASSES = (Text("ring", "环"), Text("disc", "圆盘"))


def make(count: int, noise: float, seed: int) -> Data:
    """Uniform over the area of each."""
    draw = generator(seed)
    classes = halves(count)
    inner = torch.where(classes == 1, 0.0, RING[0]).double()
    outer = torch.where(classes == 1, DISC, RING[1]).double()
    share, turn = torch.rand(2, count, generator=draw, dtype=torch.float64)
    radius = (inner**2 + share * (outer**2 - inner**2)).sqrt()
    angle = 2 * math.pi * turn
    points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
    points += noise * torch.randn(count, 2, generator=draw, dtype=torch.float64)
    return Data(points, classes)


CIRCLE = Dataset(
    id="circle",
    title=Text("Circle", "圆"),
    about=Text(
        "A disc inside a ring: a line fails, three hidden units can enclose the disc.",
        "圆盘在环中：一条直线无能为力，三个隐藏单元就能围住圆盘。",
    ),
    source="after TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788)",
    shape=partial(two_classes, classes=CLASSES),
    make=make,
    params=(count_param(200), noise_param(0.3, 2.0), SEED),
    known_model=Preset("mlp", {"hidden": [8], "activation": "tanh"}),
    known_loss=Preset("bce_logits"),
    known_lr=0.3,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
