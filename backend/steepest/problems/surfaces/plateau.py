"""A dimple inside a ring-shaped crest and trough, which is flat enough to stop descent."""

from itertools import accumulate

import torch
from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text

# sin r / r = 1 - s/3! + s^2/5! - ... with s = r^2; with eight terms the error is below 1e-16 for s < 1/4.
SERIES = tuple(accumulate(range(1, 8), lambda c, k: -c / (2 * k * (2 * k + 1)), initial=1.0))


def sinc(s: Tensor) -> Tensor:
    """The ratio sin r / r as a function of s = r^2; smooth at 0, where root and division would give NaN."""
    near = s < 0.25
    r = torch.sqrt(torch.where(near, 1.0, s))  # the unused branch never gets a zero, so no NaN in the backward pass
    t = torch.where(near, s, 0.0)
    total = torch.zeros_like(s)
    for c in reversed(SERIES):
        total = total * t + c
    return torch.where(near, total, torch.sin(r) / r)


def plateau(x: Tensor, y: Tensor) -> Tensor:
    """At least -1; depends only on the distance from the middle."""
    s = x**2 + y**2
    return 0.01 * s - sinc(s)


PLATEAU = Surface(
    id="plateau",
    title=Text("Plateau", "高原"),
    about=Text(
        "A dimple in a nearly flat plain: from outside, descent slows down and stops in the ring around it.",
        "近乎水平的高原中央有个坑：从外面来的路径越走越慢，停在坑外的环形浅沟里。",
    ),
    formula=r"-\frac{\sin r}{r} + \frac{r^2}{100},\quad r = \sqrt{x^2 + y^2}",
    source="Jiang 2020, Gradient Descent Viz, function “plateau”",
    bounds=((-10.0, 10.0), (-10.0, 10.0)),
    starts=(
        Start(at=(-7.0, 6.0), title=Text("outside the ring", "环外")),
        Start(at=(3.0, -3.5), title=Text("inside the ring", "环内")),
    ),
    lr=0.5,
    f=plateau,
    # Two circles are stationary too: a crest at r = 5.0375 (value 0.44188) and a trough at r = 6.6435 (value 0.38829).
    # They are not points, so they are not declared.
    critical=lambda: (point("minimum", (0.0, 0.0), -1.0),),
)
