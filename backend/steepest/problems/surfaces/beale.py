"""Beale's function: a flat valley between four steep corners."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def beale(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; rises as x^2 y^6 away from the axes."""
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


BEALE = Surface(
    id="beale",
    title=Text("Beale", "Beale 函数"),
    about=Text(
        "A long flat valley: after a fast start every optimizer is slow, and momentum helps.",
        "一条又长又平的谷：开头很快，之后每个优化器都慢，这时动量有用。",
    ),
    formula=r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
    source="Beale 1958; start points: Moré, Garbow & Hillstrom 1981, ACM TOMS 7(1), problem 5",
    bounds=((-4.5, 4.5), (-4.5, 4.5)),
    starts=(
        Start(at=(1.0, 1.0), title=Text("easy", "容易")),
        Start(at=(1.0, 4.0), title=Text("hard: a wall with a huge slope", "困难：坡度极大的峭壁")),
    ),
    lr=0.01,
    f=beale,
    critical=lambda: (
        point("minimum", (3.0, 0.5), 0.0),
        point("saddle", (0.0, 1.0), 14.203125),
        point("saddle", (0.10053793732415836, -2.644513585023125), 9.86451228475556),
    ),
    log_height=True,
)
