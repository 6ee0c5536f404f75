"""Booth's function: a tilted quadratic bowl, nine times steeper one way than the other."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def booth(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; constant Hessian with eigenvalues 2 and 18."""
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


BOOTH = Surface(
    id="booth",
    title=Text("Booth", "Booth 函数"),
    about=Text(
        "A mild ravine at an angle to the axes, so scaling each coordinate separately cannot remove it.",
        "一条与坐标轴斜交的缓谷，单独缩放每个坐标无法消除它。",
    ),
    formula=r"(x + 2y - 7)^2 + (2x + y - 5)^2",
    source="Jamil & Yang 2013, A literature survey of benchmark functions, arXiv:1308.4008, no. 17",
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    starts=(
        Start(at=(-8.0, 7.0), title=Text("far corner", "远角")),
        Start(at=(-4.0, -6.0), title=Text("up the steep side", "陡坡上")),
    ),
    lr=0.05,
    f=booth,
    critical=lambda: (point("minimum", (1.0, 3.0), 0.0),),
    log_height=True,
)
