"""A ravine: a quadratic bowl, kappa times steeper across than along."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text, number


def ravine(x: Tensor, y: Tensor, kappa: float) -> Tensor:
    """At least 0; constant Hessian with eigenvalues 1 and kappa >= 1."""
    return 0.5 * (x**2 + kappa * y**2)


# Eigenvalues are 1 and kappa: plain descent is stable below 2 / kappa, and fastest at 2 / (1 + kappa), where both
# directions shrink by (kappa - 1) / (kappa + 1) a step. Goh 2017, Why momentum really works, Distill.
RAVINE = Surface(
    id="ravine",
    title=Text("Ravine", "峡谷"),
    about=Text(
        "κ times steeper across than along: a rate low enough for the walls is κ times lower than the floor allows.",
        "横向比纵向陡 κ 倍：对谷壁合适的学习率，只有谷底所容许的 1/κ。",
    ),
    formula=r"\tfrac{1}{2}\left(x^2 + \kappa y^2\right)",
    source="Goh 2017, Why momentum really works, Distill",
    bounds=((-4.0, 4.0), (-4.0, 4.0)),
    starts=(
        Start(at=(-2.5, 2.5), title=Text("on the wall", "谷壁上")),
        Start(at=(-3.5, 0.2), title=Text("far along the floor", "谷底远端")),
    ),
    lr=0.15,
    f=ravine,
    params=(
        number(
            "kappa",
            Text("condition number", "条件数"),
            Text(
                "How many times steeper the walls are than the floor; plain descent is stable below 2/κ.",
                "谷壁比谷底陡多少倍；普通梯度下降在学习率小于 2/κ 时稳定。",
            ),
            default=10.0,
            accepts=(1.0, 10_000.0),
            slider=(1.0, 1_000.0),
            symbol=r"\kappa",
            log=True,
        ),
    ),
    critical=lambda kappa: (point("minimum", (0.0, 0.0), 0.0),),
)
