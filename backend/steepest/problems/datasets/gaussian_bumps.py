"""Six Gaussian bumps, alternately up and down, for regression."""

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import number_of_two
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

REACH = 6.0
# Centre and height of each, in a chessboard pattern.
BUMPS = (
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
)


def make(count: int, noise: float, seed: int) -> Data:
    """Uniform points in the square; y is the sum of height exp(-r² / 2), plus noise."""
    draw = generator(seed)
    points = REACH * (2 * torch.rand(count, 2, generator=draw, dtype=torch.float64) - 1)
    noises = noise * torch.randn(count, 1, generator=draw, dtype=torch.float64)
    return Data(points, bumps(points)[:, None] + noises)


def bumps(points: torch.Tensor) -> torch.Tensor:
    """Height at each point, (n, 2) to (n,)."""
    table = torch.tensor(BUMPS, dtype=points.dtype)
    distance = (points[:, None] - table[:, :2]).square().sum(dim=2)  # (n, 6)
    return (table[:, 2] * (-distance / 2).exp()).sum(dim=1)


GAUSSIAN_BUMPS = Dataset(
    id="gaussian_bumps",
    title=Text("Gaussian bumps", "高斯丘"),
    about=Text(
        "Hills and hollows: a linear model can only fit the mean, a net has to shape each of them.",
        "丘与坑相间：线性模型只能拟合平均值，网络得逐个拟合它们。",
    ),
    source="after TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788)",
    shape=number_of_two,
    make=make,
    params=(count_param(400), noise_param(0.05, 0.5, of=Text("y", " y ")), SEED),
    known_model=Preset("mlp", {"hidden": [16, 16], "activation": "tanh"}),
    view=((-REACH, REACH), (-REACH, REACH)),
)
