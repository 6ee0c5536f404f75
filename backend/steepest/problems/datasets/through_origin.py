"""Three points exactly on a line through the origin."""

from functools import partial

import torch

from steepest.problems.datasets.shapes import number_of_one
from steepest.problems.learning.dataset import Data, Dataset, Preset
from steepest.spec import Text

X = (1.0, 2.0, 3.0)
Y = (2.0, 4.0, 6.0)


def make() -> Data:
    """Exactly y = 2 x."""
    return Data(torch.tensor(X)[:, None], torch.tensor(Y)[:, None])


# With y = w x the sum of squared errors is 14 (w - 2)^2, curvature 28: stable below 1/14.
THROUGH_ORIGIN = Dataset(
    id="through_origin",
    title=Text("Line through the origin", "过原点的直线"),
    about=Text(
        "The smallest model: one weight, three points; the loss is a parabola with its minimum 0 at w = 2.",
        "最小的模型：一个权重、三个点，损失是一条抛物线，在 w = 2 处取得最小值 0。",
    ),
    source="lecture notes on PyTorch: linear regression",
    shape=partial(number_of_one, len(X)),
    make=make,
    known_model=Preset("linear", {"bias": False}),
    known_loss=Preset("mse", {"reduction": "sum"}),
    known_lr=0.01,
)
