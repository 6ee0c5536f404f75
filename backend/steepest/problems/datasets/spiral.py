"""Two spirals wound into each other: the hardest of the classics."""

import math

import torch

from steepest.problems.datasets.common import SEED, TWO_CLASSES, X1_X2, count_param, generator, halves, noise_param
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text, number

REACH = 5.0


def shape(count: int, turns: float, noise: float, seed: int) -> DataShape:
    """2 numbers to 2 classes, half of the points each."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, targets=0, classes=TWO_CLASSES)


def make(count: int, turns: float, noise: float, seed: int) -> Data:
    """Archimedean: the radius grows with the angle; class 1 is class 0 turned by half a turn."""
    classes = halves(count)
    first = count // 2
    along = torch.cat([_evenly(first), _evenly(count - first)])  # in (0, 1]
    angle = 2 * math.pi * turns * along + math.pi * classes.double()
    points = REACH * along[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
    return Data(points + noise * torch.randn(count, 2, generator=generator(seed), dtype=torch.float64), classes)


def _evenly(count: int) -> torch.Tensor:
    return torch.arange(1, count + 1, dtype=torch.float64) / count


SPIRAL = Dataset(
    id="spiral",
    title=Text("Spiral", "螺旋"),
    about=Text(
        "Two arms wound into each other: it takes width, depth, the right rate and patience.",
        "两条互相缠绕的旋臂：需要宽度、深度和耐心，也要选对学习率。",
    ),
    source="Lang, Witbrock 1988, Learning to tell two spirals apart",
    shape=shape,
    make=make,
    params=(
        count_param(200),
        number(
            "turns",
            Text("turns", "圈数"),
            Text("How often each arm winds around the middle.", "每条旋臂绕中心的圈数。"),
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
