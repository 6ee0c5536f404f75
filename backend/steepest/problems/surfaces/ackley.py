"""Ackley's function: a dimpled plain with a cusp-shaped hole in the middle."""

import math

import torch
from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text, number


def ackley(x: Tensor, y: Tensor, a: float, b: float, c: float) -> Tensor:
    """-a exp(-b r) - exp(w) + a + e, with r the root mean square of x and y and w the mean of their cosines.

    At the cusp r = 0 autograd's sqrt would give NaN. There r is treated as constant: the gradient is 0, which is in the
    subdifferential (the cusp is the minimum), and the Hessian is that of the cosines.
    """
    square = (x**2 + y**2) / 2
    cusp = square == 0
    r = torch.where(cusp, 0.0, torch.sqrt(torch.where(cusp, 1.0, square)))  # two wheres: no NaN in the backward pass
    w = (torch.cos(c * x) + torch.cos(c * y)) / 2
    # expm1 keeps the digits that a - a exp(..) loses near the hole; f(0, 0) is exactly 0.
    return -a * torch.expm1(-b * r) - math.e * torch.expm1(w - 1)


ACKLEY = Surface(
    id="ackley",
    title=Text("Ackley", "Ackley 函数"),
    about=Text(
        "A plain full of dimples around a cusp: the slope stays large at the bottom, so fixed steps never settle.",
        "布满小坑的平原，中心是个尖点：到了底部坡度也不减小，固定步长永远停不下来。",
    ),
    formula=(r"-a\,e^{-b\sqrt{(x^2 + y^2)/2}} - e^{(\cos cx + \cos cy)/2} + a + e"),
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
    bounds=((-5.0, 5.0), (-5.0, 5.0)),  # the usual domain [-32.768, 32.768]^2 shows only the plain
    starts=(
        Start(at=(3.2, -2.7), title=Text("out on the plain", "平原上")),
        Start(at=(0.3, 0.2), title=Text("at the hole", "洞口")),
    ),
    lr=0.02,
    f=ackley,
    params=(
        number(
            "a",
            Text("depth of the hole", "洞的深度"),
            Text("How far the middle lies below the plain.", "中心比平原低多少。"),
            default=20.0,
            accepts=(0.0, 1_000.0),
            above=True,
            slider=(1.0, 40.0),
            symbol="a",
        ),
        number(
            "b",
            Text("narrowness of the hole", "洞的狭窄程度"),
            Text("Larger values make the hole narrower and the plain flatter.", "越大，洞越窄、平原越平。"),
            default=0.2,
            accepts=(0.0, 10.0),
            above=True,
            slider=(0.05, 1.0),
            symbol="b",
        ),
        number(
            "c",
            Text("closeness of the dimples", "小坑的密度"),
            Text("The distance of dimples is 2π/c; 0 for none.", "小坑间距为 2π/c；0 表示没有小坑。"),
            default=2 * math.pi,
            accepts=(0.0, 100.0),
            slider=(0.0, 4 * math.pi),
            symbol="c",
        ),
    ),
    # Both terms are minimal at (0, 0) for every a, b > 0; the dimples around it have no closed form.
    critical=lambda a, b, c: (point("minimum", (0.0, 0.0), 0.0),),
    smooth=False,
)
