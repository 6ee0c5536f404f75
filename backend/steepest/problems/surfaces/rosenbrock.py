"""Rosenbrock's function: a curved valley with an almost flat floor."""

from collections.abc import Sequence

from torch import Tensor

from steepest.problems.problem import CriticalPoint
from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text, number


def rosenbrock(x: Tensor, y: Tensor, a: float, b: float) -> Tensor:
    """At least 0 for b > 0; zero only at (a, a^2)."""
    return (a - x) ** 2 + b * (y - x**2) ** 2


def critical(a: float, b: float) -> Sequence[CriticalPoint]:
    """The minimum (a, a^2), the only stationary point."""
    # With b > 0 the y-derivative is zero only on y = x^2, and there the x-derivative is -2 (a - x).
    return (point("minimum", (a, a**2), 0.0),)


ROSENBROCK = Surface(
    id="rosenbrock",
    title=Text("Rosenbrock", "Rosenbrock 函数"),
    about=Text(
        "The banana valley: it takes few steps to reach the floor, and thousands to follow it round the bend.",
        "香蕉谷：落到谷底只需片刻，沿谷底转过弯却要上千步。",
    ),
    formula=r"(a - x)^2 + b\left(y - x^2\right)^2",
    source="Rosenbrock 1960, The Computer Journal 3(3); start: Moré, Garbow & Hillstrom 1981, ACM TOMS 7(1), problem 1",
    bounds=((-2.0, 2.0), (-1.0, 3.0)),
    starts=(
        Start(at=(-1.2, 1.0), title=Text("the classic", "经典起点")),
        Start(at=(-1.5, 2.8), title=Text("up the left arm", "左臂高处")),
    ),
    lr=0.001,
    f=rosenbrock,
    params=(
        number(
            "a",
            Text("where the minimum is", "极小点位置"),
            Text("The minimum lies at (a, a²).", "极小点在 (a, a²)。"),
            default=1.0,
            accepts=(-10.0, 10.0),
            slider=(-1.5, 1.5),
            symbol="a",
        ),
        number(
            "b",
            Text("steepness of the walls", "谷壁陡度"),
            Text(
                "The cost of leaving the valley floor; larger values make the valley narrower.",
                "偏离谷底的代价；越大，谷越窄。",
            ),
            default=100.0,
            accepts=(0.01, 10_000.0),
            slider=(1.0, 1_000.0),
            symbol="b",
            log=True,
        ),
    ),
    critical=critical,
    log_height=True,
)
