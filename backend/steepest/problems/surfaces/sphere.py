"""The sphere function: the easiest surface, the same in every direction."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def sphere(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; the Hessian is 2 I everywhere."""
    return x**2 + y**2


SPHERE = Surface(
    id="sphere",
    title=Text("Sphere", "球面函数"),
    about=Text(
        "A round bowl: every path is a straight line to the middle, for any learning rate below 1.",
        "一只圆碗：只要学习率小于 1，每条路径都笔直通向碗底。",
    ),
    formula=r"x^2 + y^2",
    source="De Jong 1975, An analysis of the behavior of a class of genetic adaptive systems, F1",
    bounds=((-4.0, 4.0), (-4.0, 4.0)),
    starts=(
        Start(at=(3.5, -2.5), title=Text("on the rim", "碗沿")),
        Start(at=(0.1, 0.1), title=Text("near the bottom", "靠近碗底")),
    ),
    lr=0.1,
    f=sphere,
    critical=lambda: (point("minimum", (0.0, 0.0), 0.0),),
)
