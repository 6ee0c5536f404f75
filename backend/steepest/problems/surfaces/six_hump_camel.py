"""The six-hump camel: two equal global minima and four local ones."""

from collections.abc import Sequence

from torch import Tensor

from steepest.problems.problem import CriticalKind, CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def six_hump_camel(x: Tensor, y: Tensor) -> Tensor:
    """At least -1.0316; the same at (-x, -y)."""
    return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2


# f(-x, -y) = f(x, y), so one of each pair is enough. Found by Newton's method in 30 digits.
HALF: tuple[tuple[CriticalKind, float, float, float], ...] = (
    ("minimum", 0.08984201310031806, -0.7126564030207396, -1.0316284534898774),
    ("minimum", 1.7036067149699808, -0.7960835686726251, -0.21546382438371764),
    ("minimum", 1.6071047529201972, 0.5686514548841314, 2.1042503103112583),
    ("saddle", 1.1092053368047864, -0.7682680925095398, 0.543718600978185),
    ("saddle", 1.6380679841897786, 0.22867406904439407, 2.2293571975307147),
    ("saddle", 1.2960702671671092, 0.6050843880386585, 2.22947081802986),
    ("maximum", 1.2302298765166526, 0.16233458445899497, 2.496295351023577),
)


def critical() -> Sequence[CriticalPoint]:
    """All fifteen."""
    pairs = (point(kind, (s * x, s * y), value) for kind, x, y, value in HALF for s in (1, -1))
    return (point("saddle", (0.0, 0.0), 0.0), *pairs)


SIX_HUMP_CAMEL = Surface(
    id="six_hump_camel",
    title=Text("Six-hump camel", "六峰驼函数"),
    about=Text(
        "Fifteen stationary points in one small view: six minima, seven saddles, two maxima.",
        "小小一幅图里有十五个驻点：六个极小点、七个鞍点、两个极大点。",
    ),
    formula=r"\left(4 - 2.1x^2 + \tfrac{1}{3}x^4\right)x^2 + xy + \left(4y^2 - 4\right)y^2",
    source="Branin 1972, IBM J. Res. Dev. 16(5); Dixon & Szegö 1978, Towards Global Optimisation 2",
    bounds=((-2.2, 2.2), (-1.2, 1.2)),  # the usual domain [-3, 3] x [-2, 2] shows mostly steep walls
    starts=(
        Start(at=(1.5, 0.5), title=Text("into a high valley", "滑入高谷")),
        Start(at=(0.6, 0.1), title=Text("into a lowest valley", "滑入最低谷")),
        Start(at=(0.001, 0.001), title=Text("on the middle saddle", "中央鞍点上")),
    ),
    lr=0.02,
    f=six_hump_camel,
    critical=critical,
)
