"""Two intertwined spirals: the hardest of the classic data sets."""

import math

import torch

from steepest.problems.datasets.params import SEED, count_param, generator, noise_param
from steepest.problems.datasets.shapes import halves, two_classes
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text, number

REACH = 5.0


def make(count: int, turns: float, noise: float, seed: int) -> Data:
    """Archimedean: the radius grows with the angle; class 1 is class 0 rotated by half a turn."""
    classes = halves(count)
    first = count // 2
    radius = torch.cat([_evenly(first), _evenly(count - first)])  # in (0, 1]
    angle = 2 * math.pi * turns * radius + math.pi * classes.double()
    points = REACH * radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
    return Data(points + noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64), classes)


def _evenly(count: int) -> torch.Tensor:
    return torch.arange(1, count + 1, dtype=torch.float64) / count


SPIRAL = Dataset(
    id="spiral",
    title=Text("Spiral", "螺旋"),
    about=Text(
        "Two intertwined arms: needs width, depth, the right rate and patience.",
        "两条互相缠绕的旋臂：需要宽度、深度和耐心，也要选对学习率。",
    ),
    source="Lang, Witbrock 1988, Learning to tell two spirals apart",
    shape=two_classes,
    make=make,
    params=(
        count_param(200),
        number(
            "turns",
            Text("turns", "圈数"),
            Text("The number of turns of each arm.", "每条旋臂绕中心的圈数。"),
            default=1.5,
            accepts=(0.0, 10.0),
            slider=(0.5, 3.0),
        ),
        noise_param(0.1, 1.0),
        SEED,
    ),
    known_model=Preset("mlp", {"hidden": [16, 16], "activation": "tanh"}),
    known_loss=Preset("bce_logits"),
    known_lr=1.0,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)
