"""Rastrigin's function: a bowl plus cosines; a minimum near every integer point."""

import math
from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor

from steepest.problems.problem import CriticalKind, CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def rastrigin(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; up to about 80 in the view."""
    waves = torch.cos(2 * math.pi * x) + torch.cos(2 * math.pi * y)
    return x**2 + y**2 + 10 * (2 - waves)


# Stationary points of one coordinate, the roots of t + 10 pi sin(2 pi t): those around the middle, of the 21 in the
# view.
DIPS = (-0.9949586376523349, 0.0, 0.9949586376523349)
CRESTS = (-0.5025460365546747, 0.5025460365546747)


def critical() -> Sequence[CriticalPoint]:
    """The 25 around the middle, of 441 in the view."""
    found = []
    for at in product(DIPS + CRESTS, repeat=2):
        kinds: tuple[CriticalKind, ...] = ("minimum", "saddle", "maximum")
        value = sum(t**2 + 10 - 10 * math.cos(2 * math.pi * t) for t in at)
        found.append(point(kinds[sum(t in CRESTS for t in at)], at, value))
    return found


RASTRIGIN = Surface(
    id="rastrigin",
    title=Text("Rastrigin", "Rastrigin 函数"),
    about=Text(
        "Over a hundred local minima: descent stops in the nearest one, however good its learning rate.",
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
