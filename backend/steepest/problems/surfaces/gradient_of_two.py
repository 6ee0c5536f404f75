"""The notes' example of a gradient with two components."""

import math

import torch
from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def gradient_of_two(x: Tensor, y: Tensor) -> Tensor:
    """Linear in y, so unbounded on both sides."""
    return 2 * x * y + y * torch.cos(x)


# f = y (2 x + cos x): the gradient (2 y - y sin x, 2 x + cos x) is zero only where y = 0 and 2 x = -cos x.
GRADIENT_OF_TWO = Surface(
    id="gradient_of_two",
    title=Text("A gradient by hand (no bottom)", "手算梯度（无下界）"),
    about=Text(
        "Check your own derivatives: at (π, 1) the gradient is (2, 2π − 1).",
        "检验自己求的导数：在 (π, 1) 处梯度为 (2, 2π − 1)。",
    ),
    formula=r"2xy + y\cos x",
    source="lecture notes on gradients",
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    starts=(
        Start(at=(math.pi, 1.0), title=Text("the exercise", "习题中的点")),
        Start(at=(2.0, 2.43), title=Text("towards the saddle", "朝向鞍点")),
    ),
    lr=0.02,
    f=gradient_of_two,
    critical=lambda: (point("saddle", (-0.45018361129487355, 0.0), 0.0),),
    bounded=False,
)
