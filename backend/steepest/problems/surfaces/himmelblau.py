"""Himmelblau's function: four equal minima, so the start decides which one is reached."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def himmelblau(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; up to 890 in the view."""
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


HIMMELBLAU = Surface(
    id="himmelblau",
    title=Text("Himmelblau", "Himmelblau 函数"),
    about=Text(
        "Four valleys of equal depth: two nearby starts, or two learning rates, can end in different ones.",
        "四个一样深的谷：起点差之毫厘，或换一个学习率，就可能落进不同的谷。",
    ),
    formula=r"\left(x^2 + y - 11\right)^2 + \left(x + y^2 - 7\right)^2",
    source="Himmelblau 1972, Applied Nonlinear Programming",
    bounds=((-5.0, 5.0), (-5.0, 5.0)),
    starts=(
        Start(at=(0.0, 0.0), title=Text("in the middle", "正中")),
        Start(at=(-0.27, -0.92), title=Text("on the summit", "峰顶")),
        Start(at=(0.0, 4.5), title=Text("between two valleys", "两谷之间")),
    ),
    lr=0.01,
    f=himmelblau,
    # Nine stationary points, found by Newton's method in 30 digits.
    critical=lambda: (
        point("minimum", (3.0, 2.0), 0.0),
        point("minimum", (-2.805118086952745, 3.131312518250573), 0.0),
        point("minimum", (-3.779310253377747, -3.283185991286169), 0.0),
        point("minimum", (3.584428340330492, -1.8481265269644036), 0.0),
        point("saddle", (3.385154183607021, 0.07385187983774929), 13.31192627040559),
        point("saddle", (0.0866775045553964, 2.884254701174776), 67.71915008752614),
        point("saddle", (-3.0730257507643896, -0.08135304428796751), 104.01516291755811),
        point("saddle", (-0.12796134673068007, -1.9537149802445764), 178.33723920192746),
        point("maximum", (-0.2708445906673476, -0.9230385564799815), 181.6165215225827),
    ),
    log_height=True,
)
