"""The three-hump camel: one deep minimum between two shallow ones."""

from torch import Tensor

from steepest.problems.surface import Start, Surface, point
from steepest.spec import Text


def three_hump_camel(x: Tensor, y: Tensor) -> Tensor:
    """At least 0; the same at (-x, -y)."""
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


THREE_HUMP_CAMEL = Surface(
    id="three_hump_camel",
    title=Text("Three-hump camel", "三峰驼函数"),
    about=Text(
        "Two side valleys that are not the lowest: a run can stop at a minimum that is not the best one.",
        "两侧的谷并非最低：停下的地方确是极小点，却不是最好的那个。",
    ),
    formula=r"2x^2 - 1.05x^4 + \tfrac{1}{6}x^6 + xy + y^2",
    source="Branin 1972, IBM J. Res. Dev. 16(5); Surjanovic & Bingham, Virtual Library of Simulation Experiments",
    bounds=((-2.5, 2.5), (-2.5, 2.5)),  # in the usual domain [-5, 5]^2 the term x^6 hides all detail
    starts=(
        Start(at=(-2.0, 1.5), title=Text("into a side valley", "滑入侧谷")),
        Start(at=(-0.6, 2.0), title=Text("into the middle", "滑入中谷")),
        Start(at=(1.0705, -0.535), title=Text("on the pass", "鞍点上")),
    ),
    lr=0.05,
    f=three_hump_camel,
    # In closed form: y = -x / 2 and x^4 - 4.2 x^2 + 3.5 = 0.
    critical=lambda: (
        point("minimum", (0.0, 0.0), 0.0),
        point("minimum", (-1.747552345830289, 0.8737761729151445), 0.2986384422368598),
        point("minimum", (1.747552345830289, -0.8737761729151445), 0.2986384422368598),
        point("saddle", (-1.07054229182366, 0.53527114591183), 0.8773615577631402),
        point("saddle", (1.07054229182366, -0.53527114591183), 0.8773615577631402),
    ),
    log_height=True,
)
