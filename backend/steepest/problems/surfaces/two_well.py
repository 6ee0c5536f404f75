"""Two wells in a bowl, one deeper than the other; their depths are parameters."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from steepest.problems.problem import CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Number, Text, number

WIDTH = 0.2  # the wells are exp(-distance^2 / WIDTH)


def two_well(x: Tensor, y: Tensor, a: float, b: float) -> Tensor:
    """At least -(a + b); a, b >= 0 are the depths of the wells at the right and at the left."""
    right = torch.exp(-((x - 1) ** 2 + y**2) / WIDTH)
    left = torch.exp(-((x + 1) ** 2 + y**2) / WIDTH)
    return x**2 + y**2 - a * right - b * left


def critical(a: float, b: float) -> Sequence[CriticalPoint]:
    """All stationary points. With a, b >= 0 they lie on y = 0, where f_yy > 0, and in -1 <= x <= 1, since beyond that
    all terms of the slope along x have one sign. So the sign of f_xx separates minima from saddles.
    """

    def wells(x: float) -> tuple[float, float]:
        return a * math.exp(-((x - 1) ** 2) / WIDTH), b * math.exp(-((x + 1) ** 2) / WIDTH)

    def value(x: float) -> float:
        right, left = wells(x)
        return x**2 - right - left

    def slope(x: float) -> float:
        right, left = wells(x)
        return 2 * x + (2 / WIDTH) * ((x - 1) * right + (x + 1) * left)

    grid = [-1 + n / 500 - 1e-9 for n in range(1002)]  # shifted, so that no root is on the grid
    found = []
    for low, high in pairwise(grid):
        if slope(low) * slope(high) < 0:
            rising = slope(low) < 0
            for _ in range(60):
                middle = (low + high) / 2
                if (slope(middle) < 0) == rising:
                    low = middle
                else:
                    high = middle
            found.append(point("minimum" if rising else "saddle", (low, 0.0), value(low)))
    return found


def depth(symbol: str, side: Text, default: float) -> Number:
    """The Param of one well."""
    return number(
        symbol,
        Text(f"depth of the {side.en} well", f"{side.zh}侧井深"),
        Text("0 removes the well.", "0 表示没有这口井。"),
        default=default,
        accepts=(0.0, 100.0),
        slider=(0.0, 6.0),
        symbol=symbol,
    )


TWO_WELL = Surface(
    id="two_well",
    title=Text("Two wells", "双井"),
    about=Text(
        "A deep well and a shallow one: which one is reached depends on the start, the rate and the momentum.",
        "一深一浅两口井：落入哪一口，取决于起点、学习率和动量。",
    ),
    formula=r"x^2 + y^2 - a\,e^{-\left((x-1)^2 + y^2\right)/0.2} - b\,e^{-\left((x+1)^2 + y^2\right)/0.2}",
    source="Dupont 2018, Interactive visualization of optimization algorithms in deep learning",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(0.8, 1.6), title=Text("above the shallow well", "浅井上方")),
        Start(at=(-0.8, 1.6), title=Text("above the deep well", "深井上方")),
        Start(at=(0.07, 1.5), title=Text("towards the pass", "朝向鞍点")),
    ),
    lr=0.02,
    f=two_well,
    params=(
        depth("a", Text("right", "右"), 2.0),
        depth("b", Text("left", "左"), 3.0),
    ),
    critical=critical,
)
