"""Rastrigin's function: a bowl under an egg box; a minimum near every integer point."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from steepest.problems.problem import CriticalKind, CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def rastrigin(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; up to about 80 in the view."""
    waves = torch.cos(2 * math.pi * x) + torch.cos(2 * math.pi * y)
    return x**2 + y**2 + 10 * (2 - waves)


# Stationary points of one coordinate, t + 10 pi sin(2 pi t) = 0, with what it adds to the value; only those around the
# middle, of some twenty in the view: (t, t^2 + 10 - 10 cos 2 pi t).
DIPS = ((0.0, 0.0), (0.9949586376523349, 0.9949590570932898), (-0.9949586376523349, 0.9949590570932898))
CRESTS = ((0.5025460365546747, 20.251272990990113), (-0.5025460365546747, 20.251272990990113))


def critical() -> Sequence[CriticalPoint]:
    """The 25 around the middle, of some 400 in the view."""
    found = []
    for first in DIPS + CRESTS:
        for second in DIPS + CRESTS:
            crests = (first in CRESTS) + (second in CRESTS)
            kind: CriticalKind = "minimum" if crests == 0 else "saddle" if crests == 1 else "maximum"
            found.append(point(kind, (first[0], second[0]), first[1] + second[1]))
    return found


RASTRIGIN = Surface(
    id="rastrigin",
    title=Text("Rastrigin", "Rastrigin 函数"),
    about=Text(
        "Over a hundred local minima: descent stops in the nearest dip, however good its learning rate.",
        "上百个局部极小点：学习率再好，也只会停在最近的坑里。",
    ),
    formula=r"20 + x^2 + y^2 - 10\left(\cos 2\pi x + \cos 2\pi y\right)",
    source="Rastrigin 1974; Mühlenbein, Schomisch & Born 1991, Parallel Computing 17(6-7)",
    bounds=((-5.12, 5.12), (-5.12, 5.12)),
    starts=(
        Start(at=(-2.0, 3.5), title=Text("on a crest", "波峰上")),
        Start(at=(0.4, -0.3), title=Text("above the lowest dip", "最低的坑上方")),
    ),
    lr=0.002,
    f=rastrigin,
    critical=critical,
)
