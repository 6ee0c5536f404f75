"""Two Gaussian clouds side by side that may overlap: then no classifier is always right."""

import torch

from steepest.problems.datasets.common import SEED, TWO_CLASSES, X1_X2, count_param, generator, halves, noise_param
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text, number


def shape(count: int, distance: float, noise: float, seed: int) -> DataShape:
    """2 numbers to 2 classes, half of the points each."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, targets=0, classes=TWO_CLASSES)


def make(count: int, distance: float, noise: float, seed: int) -> Data:
    """Centres at (-distance / 2, 0) and (distance / 2, 0)."""
    classes = halves(count)
    points = noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64)
    points[:, 0] += distance * (classes.double() - 0.5)
    return Data(points, classes)


# Equal spread, so the best border is the line x1 = 0, and its share of wrong answers is Phi(-distance / (2 noise)):
# Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed., section 4.3.
GAUSSIAN_PAIR = Dataset(
    id="gaussian_pair",
    title=Text("Gaussian pair", "高斯对"),
    about=Text(
        "Two clouds that overlap: some points cannot be told apart, and the loss has a floor above 0.",
        "两团重叠的点：有些点分不清，损失降不到 0。",
    ),
    source="Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning, sec. 4.3",
    shape=shape,
    make=make,
    params=(
        count_param(200),
        number(
            "distance",
            Text("distance", "距离"),
            Text("Between the two centres.", "两个中心之间的距离。"),
            default=4.0,
            accepts=(0.0, 100.0),
            slider=(0.0, 8.0),
            symbol="d",
        ),
        noise_param(1.5, 3.0),
        SEED,
    ),
    known_model=Preset("logistic", {"output": "logit"}),
    known_loss=Preset("bce_logits"),
    known_lr=0.5,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
