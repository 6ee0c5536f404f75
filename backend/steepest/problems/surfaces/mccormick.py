"""McCormick's function: waves on a tilted trough; each valley is lower than the previous one."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from steepest.problems.problem import CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def mccormick(x: Tensor, y: Tensor) -> Tensor:
    """Unbounded below along x = y, towards the lower left."""
    return torch.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1


def critical() -> Sequence[CriticalPoint]:
    """The three in the view; each turn of u has another pair, lower by pi."""

    # With u = x + y and v = x - y: f = sin u + u / 2 + v^2 - 2 v + 1, stationary at v = 1, cos u = -1/2.
    def at(u: float) -> tuple[float, float]:
        return ((u + 1) / 2, (u - 1) / 2)

    u = 2 * math.pi / 3
    rise = math.sin(u) + u / 2
    return (
        point("minimum", at(-u), -rise),
        point("saddle", at(u), rise),
        point("minimum", at(2 * math.pi - u), math.pi - rise),
    )


MCCORMICK = Surface(
    id="mccormick",
    title=Text("McCormick", "McCormick 函数"),
    about=Text(
        "A staircase of valleys: too large a step jumps over the one in view, and the next ones are lower without end.",
        "一级级下降的谷：步子太大就会跨过眼前的谷，而后面的谷一个比一个低，没有尽头。",
    ),
    formula=r"\sin(x + y) + (x - y)^2 - 1.5x + 2.5y + 1",
    source="McCormick 1976, Mathematical Programming 10(1); Adorio & Diliman 2005, MVF",
    bounds=((-1.5, 4.0), (-3.0, 4.0)),
    starts=(
        Start(at=(3.0, 3.0), title=Text("above the upper valley", "高谷上方")),
        Start(at=(1.0, 0.0), title=Text("beside the pass", "鞍点旁")),
    ),
    lr=0.1,
    f=mccormick,
    critical=critical,
    bounded=False,  # sin u + u / 2 has no lower bound; the usual domain hides it
)
