"""The monkey saddle: three ways down, and a zero Hessian in the middle."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def monkey_saddle(x: Tensor, y: Tensor) -> Tensor:
    """The real part of (x + iy)^3: unbounded, with threefold symmetry."""
    return x**3 - 3 * x * y**2


MONKEY_SADDLE = Surface(
    id="monkey_saddle",
    title=Text("Monkey saddle (no bottom)", "猴鞍点（无下界）"),
    about=Text(
        "Three ways down meet at a point of zero curvature: second derivatives cannot classify it.",
        "三条下坡路交于一点，那里曲率全为零，二阶导数无法判断它是什么点。",
    ),
    formula=r"x^3 - 3xy^2",
    source="Hilbert & Cohn-Vossen 1932, Geometry and the Imagination, §29",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(0.8, 0.1), title=Text("beside a ridge: turns away", "脊线旁：拐开")),
        Start(at=(0.8, 0.0), title=Text("on a ridge: slowly to the middle", "脊线上：慢慢爬向中心")),
    ),
    lr=0.02,
    f=monkey_saddle,
    critical=lambda: (point("degenerate", (0.0, 0.0), 0.0),),
    bounded=False,
)
