"""Two round clusters on a diagonal."""

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import halves, two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

CENTRE = 2.0  # of class 0 at (2, 2), of class 1 at (-2, -2)


def make(count: int, noise: float, seed: int) -> Data:
    """Gaussian around each centre."""
    classes = halves(count)
    centres = (CENTRE * (1 - 2 * classes.double()))[:, None]
    return Data(centres + noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64), classes)


TWO_CLUSTERS = Dataset(
    id="two_clusters",
    title=Text("Two clusters", "两个簇"),
    about=Text(
        "Two round clouds; with little noise a line separates them: the first classification of most courses.",
        "两团圆形的点，噪声小时一条直线就能分开：多数课程的第一个分类问题。",
    ),
    source="lecture notes on PyTorch: classification with a net",
    shape=two_classes,
    make=make,
    params=(count_param(200), noise_param(1.0, 3.0), SEED),
    known_model=Preset("mlp", {"hidden": [10], "activation": "relu"}),
    known_loss=Preset("cross_entropy"),
    known_lr=0.02,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
