"""Two round clusters on a diagonal."""

import torch

from steepest.problems.datasets.common import SEED, TWO_CLASSES, X1_X2, count_param, generator, halves, noise_param
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

CENTRE = 2.0  # of class 0 at (2, 2), of class 1 at (-2, -2)


def shape(count: int, noise: float, seed: int) -> DataShape:
    """2 numbers to 2 classes, half of the points each."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, targets=0, classes=TWO_CLASSES)


def make(count: int, noise: float, seed: int) -> Data:
    """Gaussian around each centre."""
    classes = halves(count)
    centres = (CENTRE * (1 - 2 * classes.double()))[:, None]
    return Data(centres + noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64), classes)


TWO_CLUSTERS = Dataset(
    id="two_clusters",
    title=Text("Two clusters", "两个簇"),
    about=Text(
        "Two round clouds, far enough apart for a line: the first classification of most courses.",
        "两团相距够远的点，一条直线就能分开：多数课程的第一个分类问题。",
    ),
    source="lecture notes on PyTorch: classification with a net",
    shape=shape,
    make=make,
    params=(count_param(200), noise_param(1.0, 3.0), SEED),
    known_model=Preset("mlp", {"hidden": [10], "activation": "relu"}),
    known_loss=Preset("cross_entropy"),
    known_lr=0.02,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
