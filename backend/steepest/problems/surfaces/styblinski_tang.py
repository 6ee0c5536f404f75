"""The Styblinski-Tang function: a good valley and a bad one in each coordinate, so four minima of three depths."""

from collections.abc import Sequence

from torch import Tensor

from steepest.problems.problem import CriticalKind, CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def styblinski_tang(x: Tensor, y: Tensor) -> Tensor:
    """At least -78.332; a sum over the coordinates."""
    return 0.5 * (x**4 - 16 * x**2 + 5 * x) + 0.5 * (y**4 - 16 * y**2 + 5 * y)


# The roots of 4 t^3 - 32 t + 5, and what one coordinate adds to the value there.
VALLEY = (-2.903534027771177, -39.16616570377142)
SUMMIT = (0.1567312567803401, 0.19559889816630416)
SIDE = (2.746802770990837, -25.02944319439488)


def critical() -> Sequence[CriticalPoint]:
    """All nine: each coordinate at one of its three."""
    found = []
    for first in (VALLEY, SUMMIT, SIDE):
        for second in (VALLEY, SUMMIT, SIDE):
            summits = (first is SUMMIT) + (second is SUMMIT)
            kind: CriticalKind = "minimum" if summits == 0 else "saddle" if summits == 1 else "maximum"
            found.append(point(kind, (first[0], second[0]), first[1] + second[1]))
    return found


STYBLINSKI_TANG = Surface(
    id="styblinski_tang",
    title=Text("Styblinski–Tang", "Styblinski–Tang 函数"),
    about=Text(
        "Four valleys of three depths: enough momentum rolls out of a poor one into a better one.",
        "四个谷、三种深度：动量够大，就能从差的谷滚进更好的谷。",
    ),
    formula=r"\tfrac{1}{2}\left(x^4 - 16x^2 + 5x + y^4 - 16y^2 + 5y\right)",
    source="Styblinski & Tang 1990, Neural Networks 3(4)",
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    starts=(
        Start(at=(0.0, 0.0), title=Text("beside the summit", "峰顶旁")),
        Start(at=(4.5, 4.0), title=Text("above the poorest valley", "最浅的谷上方")),
    ),
    lr=0.01,
    f=styblinski_tang,
    critical=critical,
)
