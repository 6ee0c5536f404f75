"""A sine along x and a parabola along y: alternating valleys and saddles."""

import math

import torch
from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def saddle(x: Tensor, y: Tensor) -> Tensor:
    """At least -1; repeats along x every 2 pi."""
    return torch.sin(x) + y**2


SADDLE = Surface(
    id="saddle",
    title=Text("Waves", "波浪"),
    about=Text(
        "Alternating saddles and valleys: from beside a crest, descent goes to a saddle, slows down, and turns aside.",
        "鞍点与谷交替出现：从波峰旁出发，会先到鞍点，停留片刻，再滑向一侧。",
    ),
    formula=r"\sin x + y^2",
    source="Jiang 2020, Gradient Descent Viz, function “saddle point”",
    bounds=((-5.0, 5.0), (-3.0, 3.0)),
    starts=(
        Start(at=(1.5, 2.5), title=Text("beside the crest", "波峰旁")),
        Start(at=(math.pi / 2, 2.5), title=Text("on the crest", "波峰上")),
    ),
    lr=0.1,
    f=saddle,
    # Those in the view; they repeat every 2 pi.
    critical=lambda: (
        point("minimum", (-math.pi / 2, 0.0), -1.0),
        point("minimum", (3 * math.pi / 2, 0.0), -1.0),
        point("saddle", (math.pi / 2, 0.0), 1.0),
        point("saddle", (-3 * math.pi / 2, 0.0), 1.0),
    ),
)
