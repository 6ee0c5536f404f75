"""A saddle with a valley on either side: the strict saddle with a bottom."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def bounded_saddle(x: Tensor, y: Tensor) -> Tensor:
    """At least -1/4; the curvature along y is 3 y^2 - 1, negative only between the valleys."""
    return 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**4


BOUNDED_SADDLE = Surface(
    id="bounded_saddle",
    title=Text("Saddle with two valleys", "双谷鞍点"),
    about=Text(
        "Descent first runs to the saddle, stays there for a while, then escapes into one of two valleys.",
        "梯度下降先奔向鞍点，在那里徘徊，再滑入两侧的谷之一。",
    ),
    formula=r"\tfrac{1}{2}x^2 - \tfrac{1}{2}y^2 + \tfrac{1}{4}y^4",
    source="Nesterov 2004, Introductory Lectures on Convex Optimization, section 1.2.3",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(1.5, 0.001), title=Text("just beside the ridge: stays, then escapes", "偏离脊线一丝：徘徊后逃离")),
        Start(at=(1.5, 0.0), title=Text("exactly on the ridge: stuck", "正在脊线上：卡住")),
        Start(at=(1.5, 0.5), title=Text("well to one side", "明显偏向一侧")),
    ),
    lr=0.1,
    f=bounded_saddle,
    critical=lambda: (
        point("minimum", (0.0, 1.0), -0.25),
        point("minimum", (0.0, -1.0), -0.25),
        point("saddle", (0.0, 0.0), 0.0),
    ),
)
