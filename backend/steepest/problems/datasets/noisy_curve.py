"""A parabola with noise: a first regression for a net."""

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import number_of_one
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text


def make(count: int, noise: float, seed: int) -> Data:
    """Evenly spaced x in [-1, 1]; y = x² + noise."""
    x = (2 * torch.arange(count, dtype=torch.float64)[:, None] - (count - 1)) / (count - 1)
    return Data(x, x**2 + noise * torch.randn(count, 1, generator=generator(seed), dtype=torch.float64))


NOISY_CURVE = Dataset(
    id="noisy_curve",
    title=Text("Noisy curve", "带噪声的曲线"),
    about=Text(
        "y = x² with noise: each ReLU unit adds one kink, and too many units start to fit the noise.",
        "带噪声的 y = x²：每个 ReLU 单元添一处折点，单元太多就会拟合噪声。",
    ),
    source="lecture notes on PyTorch: regression with a net",
    shape=number_of_one,
    make=make,
    params=(count_param(100), noise_param(0.1, 0.5, of=Text("y", " y ")), SEED),
    known_model=Preset("mlp", {"hidden": [10], "activation": "relu"}),
    known_lr=0.2,
)
