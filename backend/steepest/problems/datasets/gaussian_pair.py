"""Two Gaussian clouds that may overlap: then no classifier is always right."""

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import halves, two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text, number


def make(count: int, distance: float, noise: float, seed: int) -> Data:
    """Centres at (-distance / 2, 0) and (distance / 2, 0)."""
    classes = halves(count)
    points = noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64)
    points[:, 0] += distance * (classes.double() - 0.5)
    return Data(points, classes)


# Equal spread, so the best boundary is the line x1 = 0, with the error rate Phi(-distance / (2 noise)):
# Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed., section 4.3.
GAUSSIAN_PAIR = Dataset(
    id="gaussian_pair",
    title=Text("Gaussian pair", "高斯对"),
    about=Text(
        "Two clouds: where they overlap, some points cannot be separated, and the loss cannot reach 0.",
        "两团点：在重叠处，有些点分不清，损失降不到 0。",
    ),
    source="Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning, sec. 4.3",
    shape=two_classes,
    make=make,
    params=(
        count_param(200),
        number(
            "distance",
            Text("distance", "距离"),
            Text("The distance between the two centres.", "两个中心之间的距离。"),
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
