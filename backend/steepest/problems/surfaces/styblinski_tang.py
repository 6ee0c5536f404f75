"""The Styblinski-Tang function: two minima in each coordinate, so four minima of three depths."""

from collections.abc import Sequence
from itertools import product

from torch import Tensor

from steepest.problems.problem import CriticalKind, CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def styblinski_tang(x: Tensor, y: Tensor) -> Tensor:
    """At least -78.332; a sum over the coordinates."""
    return 0.5 * (x**4 - 16 * x**2 + 5 * x) + 0.5 * (y**4 - 16 * y**2 + 5 * y)


# The roots of 4 t^3 - 32 t + 5: deep minimum, maximum and shallow minimum of each coordinate.
DEEP, SUMMIT, SHALLOW = -2.903534027771177, 0.1567312567803401, 2.746802770990837


def critical() -> Sequence[CriticalPoint]:
    """All nine: each coordinate at one of its three."""
    found = []
    for at in product((DEEP, SUMMIT, SHALLOW), repeat=2):
        kinds: tuple[CriticalKind, ...] = ("minimum", "saddle", "maximum")
        value = sum(0.5 * (t**4 - 16 * t**2 + 5 * t) for t in at)
        found.append(point(kinds[at.count(SUMMIT)], at, value))
    return found


STYBLINSKI_TANG = Surface(
    id="styblinski_tang",
    title=Text("Styblinski–Tang", "Styblinski–Tang 函数"),
    about=Text(
        "Four valleys of three depths: with enough momentum a run leaves a poor one for a better one.",
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
