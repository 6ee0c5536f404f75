"""A tilted plane over two inputs, for regression."""

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import number_of_two
from steepest.problems.learning.dataset import Data, Dataset
from steepest.spec import Text

REACH = 6.0
SLOPE = 1 / (2 * REACH)  # so that y is in [-1, 1]


def make(count: int, noise: float, seed: int) -> Data:
    """Uniform points in the square; y = (x1 + x2) / 12 + noise."""
    draw = generator(seed)
    points = REACH * (2 * torch.rand(count, 2, generator=draw, dtype=torch.float64) - 1)
    y = SLOPE * points.sum(dim=1, keepdim=True)
    return Data(points, y + noise * torch.randn(count, 1, generator=draw, dtype=torch.float64))


# Curvature of the mean squared error is 2 E[x^2] = 24 along the weights, 2 along the bias: stable below 1/12.
REGRESSION_PLANE = Dataset(
    id="regression_plane",
    title=Text("Regression plane", "回归平面"),
    about=Text(
        "Points near a plane: nothing is curved, so a linear model is enough.",
        "平面附近的点：没有弯曲，线性模型就够了。",
    ),
    source="after TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788)",
    shape=number_of_two,
    make=make,
    params=(count_param(200), noise_param(0.1, 1.0, of=Text("y", " y ")), SEED),
    known_lr=0.05,
    view=((-REACH, REACH), (-REACH, REACH)),
)
