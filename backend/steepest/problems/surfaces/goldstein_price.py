"""The Goldstein-Price function: values from 3 to a million, very steep except near the minimum."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def goldstein_price(x: Tensor, y: Tensor) -> Tensor:
    """At least 3; up to 10^6 in the view."""
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


GOLDSTEIN_PRICE = Surface(
    id="goldstein_price",
    title=Text("Goldstein–Price", "Goldstein–Price 函数"),
    about=Text(
        "Slopes that differ by a factor of 10,000: plain descent needs a tiny rate, adaptive optimizers do not.",
        "坡度相差上万倍：普通梯度下降只能用极小的学习率，自适应优化器则不必。",
    ),
    formula=(
        r"\left[1 + (x + y + 1)^2\left(19 - 14x + 3x^2 - 14y + 6xy + 3y^2\right)\right]"
        r"\left[30 + (2x - 3y)^2\left(18 - 32x + 12x^2 + 48y - 36xy + 27y^2\right)\right]"
    ),
    source="Goldstein & Price 1971, Mathematics of Computation 25(115)",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(-1.0, 1.0), title=Text("high on the slope", "高坡上")),
        Start(at=(0.5, -1.0), title=Text("near the lowest", "最低点附近")),
    ),
    lr=1e-5,
    f=goldstein_price,
    # All nine are short decimals with gradient exactly zero.
    critical=lambda: (
        point("minimum", (0.0, -1.0), 3.0),
        point("minimum", (-0.6, -0.4), 30.0),
        point("minimum", (1.8, 0.2), 84.0),
        point("minimum", (1.2, 0.8), 840.0),
        point("saddle", (-0.4, -0.6), 35.0),
        point("saddle", (1.2, -0.2), 99.0),
        point("saddle", (1.4, 0.6), 980.0),
        point("saddle", (0.6, 0.4), 990.0),
        point("maximum", (0.8, 0.2), 1155.0),
    ),
    log_height=True,
)
