"""Two interleaving half circles."""

import math

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import halves, two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

RADIUS = 3.0


def make(count: int, noise: float, seed: int) -> Data:
    """Evenly spaced along each moon: class 0 opens downwards, class 1 upwards."""
    classes = halves(count)
    first = count // 2
    ends = (torch.linspace(0, math.pi, each, dtype=torch.float64) for each in (first, count - first))
    angle = torch.cat(list(ends))
    side = 1 - 2 * classes.double()  # 1, then -1
    # Centres at (-1/2, -1/4) and (1/2, 1/4) of a radius, so that the mean is 0.
    x = RADIUS * (side * angle.cos() - side / 2)
    y = RADIUS * (side * angle.sin() - side / 4)
    points = torch.stack([x, y], dim=1)
    return Data(points + noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64), classes)


MOONS = Dataset(
    id="moons",
    title=Text("Moons", "双月"),
    about=Text(
        "Two interleaving half circles: a line separates most of the points, a small net all.",
        "两弯半圆交错：直线能分对大部分，小网络能全分对。",
    ),
    source="after make_moons, Pedregosa et al. 2011, Scikit-learn",
    shape=two_classes,
    make=make,
    params=(count_param(200), noise_param(0.3, 2.0), SEED),
    known_model=Preset("mlp", {"hidden": [8], "activation": "tanh"}),
    known_loss=Preset("bce_logits"),
    known_lr=0.3,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
