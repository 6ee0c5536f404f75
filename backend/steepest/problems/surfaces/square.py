"""The first example of most courses: one variable, one parabola."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def square(x: Tensor) -> Tensor:
    """At least 0; the curvature is 2 everywhere."""
    return (x - 2) ** 2


# A step multiplies the distance to 2 by 1 - 2 lr: half at 0.25, 0 at 0.5, an overshoot above that, -1 at lr = 1.
SQUARE = Surface(
    id="square",
    title=Text("Parabola (one variable)", "抛物线（一元）"),
    about=Text(
        "Gradient descent by hand: at a rate of 0.25 each step halves the distance to the minimum.",
        "可以手算的梯度下降：学习率 0.25 时，每一步都把到极小点的距离减半。",
    ),
    formula=r"(x - 2)^2",
    source="lecture notes on gradient descent",
    bounds=((-2.0, 6.0),),
    starts=(
        Start(at=(5.0,), title=Text("from the right", "从右侧")),
        Start(at=(-1.0,), title=Text("from the left", "从左侧")),
    ),
    lr=0.25,
    f=square,
    critical=lambda: (point("minimum", (2.0,), 0.0),),
)
