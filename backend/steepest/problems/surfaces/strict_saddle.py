"""The simplest saddle, x^2 - y^2: unbounded below along y."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def strict_saddle(x: Tensor, y: Tensor) -> Tensor:
    """Any value; constant Hessian with eigenvalues -2 and 2."""
    return x**2 - y**2


# A step multiplies x by 1 - 2 lr and y by 1 + 2 lr: no learning rate is stable in y, and from y = d the run leaves the
# ridge after about ln(1 / d) / ln(1 + 2 lr) steps.
STRICT_SADDLE = Surface(
    id="strict_saddle",
    title=Text("Strict saddle (no bottom)", "严格鞍点（无下界）"),
    about=Text(
        "Exactly on the ridge, descent stops at the saddle; just beside it, it leaves and falls without end.",
        "正好在脊线上，会永远停在鞍点；偏开一丝，就会离开并一直下落。",
    ),
    formula=r"x^2 - y^2",
    source="standard calculus; Jin et al. 2017, How to escape saddle points efficiently, ICML",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(1.8, 0.001), title=Text("just beside the ridge: escapes", "偏离脊线一丝：逃离")),
        Start(at=(1.8, 0.0), title=Text("exactly on the ridge: stuck", "正在脊线上：卡住")),
    ),
    lr=0.05,
    f=strict_saddle,
    critical=lambda: (point("saddle", (0.0, 0.0), 0.0),),
    bounded=False,
)
