"""Six Gaussian bumps, up and down in turn, as a regression."""

import torch

from steepest.problems.datasets.common import SEED, X1_X2, count_param, generator, noise_param, same
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

REACH = 6.0
# Centre and height of each, as the fields of a small chess board.
BUMPS = (
    (-4.0, 2.5, 1.0),
    (0.0, 2.5, -1.0),
    (4.0, 2.5, 1.0),
    (-4.0, -2.5, -1.0),
    (0.0, -2.5, 1.0),
    (4.0, -2.5, -1.0),
)


def shape(count: int, noise: float, seed: int) -> DataShape:
    """2 numbers to 1 number."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, target_names=same("y"))


def make(count: int, noise: float, seed: int) -> Data:
    """Points even over the square; y is the sum of height exp(-r² / 2), and noise."""
    draw = generator(seed)
    points = REACH * (2 * torch.rand(count, 2, generator=draw, dtype=torch.float64) - 1)
    noises = noise * torch.randn(count, 1, generator=draw, dtype=torch.float64)
    return Data(points, bumps(points)[:, None] + noises)


def bumps(points: torch.Tensor) -> torch.Tensor:
    """Height over each point, (n, 2) to (n,)."""
    table = torch.tensor(BUMPS, dtype=points.dtype)
    apart = (points[:, None] - table[:, :2]).square().sum(dim=2)  # (n, 6)
    return (table[:, 2] * (-apart / 2).exp()).sum(dim=1)


GAUSSIAN_BUMPS = Dataset(
    id="gaussian_bumps",
    title=Text("Gaussian bumps", "高斯丘"),
    about=Text(
        "Hills and hollows in turn: a linear model sees nothing but the mean, a net has to raise each by itself.",
        "丘与坑相间：线性模型只看得到平均值，网络得一个个把它们立起来。",
    ),
    source="after TensorFlow Playground (Smilkov et al. 2017, arXiv:1708.03788)",
    shape=shape,
    make=make,
    params=(count_param(400), noise_param(0.05, 0.5, of=Text("y", " y ")), SEED),
    known_model=Preset("mlp", {"hidden": [16, 16], "activation": "tanh"}),
    known_loss=Preset("mse"),
    known_lr=0.1,
    view=((-REACH, REACH), (-REACH, REACH)),
)
