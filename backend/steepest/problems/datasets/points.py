"""Points that the user puts on the plot: two classes, or a curve."""

import torch

from steepest.problems.datasets.shapes import X1_X2, number_of_one, same, two_classes
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Rows, Text, invalid

MAX_COORDINATE = 1000.0
MAX_POINTS = 500  # more would not fit into one message

Points = list[list[float]]


def _rows(default: Points, columns: tuple[Text, ...], english: str, chinese: str) -> Rows:
    return Rows(
        id="points",
        title=Text("points", "点"),
        help=Text(english, chinese),
        default=default,
        columns=columns,
        max_rows=MAX_POINTS,
        minimum=-MAX_COORDINATE,
        maximum=MAX_COORDINATE,
    )


def _count(points: Points) -> int:
    if not points:
        raise invalid("points", "needs at least one point", "至少需要一个点")
    return len(points)


def shape(points: Points) -> DataShape:
    """2 numbers to 2 classes, even if only one has points. Raises `Invalid` for another class."""
    for n, (_, _, each) in enumerate(points):
        if each not in (0, 1):
            raise invalid(f"points[{n}][2]", "the class must be 0 or 1", "类别应为 0 或 1")
    return two_classes(_count(points))


def make(points: Points) -> Data:
    """The points in their given order."""
    rows = torch.tensor(points, dtype=torch.float64)
    return Data(rows[:, :2].contiguous(), rows[:, 2].long())


def curve_shape(points: Points) -> DataShape:
    """1 number to 1 number."""
    return number_of_one(_count(points))


def make_curve(points: Points) -> Data:
    """The points in their given order."""
    rows = torch.tensor(points, dtype=torch.float64)
    return Data(rows[:, :1].contiguous(), rows[:, 1:].contiguous())


POINTS = Dataset(
    id="points",
    title=Text("Your own points: two classes", "自己点的点：两类"),
    about=Text(
        "Put points of two colours on the plot, and see how the model separates them.",
        "在图上点出两种颜色的点，看模型如何把它们分开。",
    ),
    source="your own",
    shape=shape,
    make=make,
    params=(
        _rows(
            [
                [-3.0, 2.0, 0.0],
                [-2.0, -1.0, 0.0],
                [-1.0, 3.0, 0.0],
                [1.0, -2.0, 1.0],
                [2.0, 1.0, 1.0],
                [3.0, -1.0, 1.0],
            ],
            (*X1_X2, Text("class", "类别")),
            f"x₁, x₂ and the class, 0 or 1, of each point; at most {MAX_POINTS}.",
            f"每个点的 x₁、x₂ 与类别（0 或 1）；最多 {MAX_POINTS} 个。",
        ),
    ),
    known_model=Preset("mlp", {"hidden": [8], "activation": "tanh"}),
    known_loss=Preset("bce_logits"),
    known_lr=0.3,
    view=((-6.0, 6.0), (-6.0, 6.0)),
)

CURVE_POINTS = Dataset(
    id="curve_points",
    title=Text("Your own points: a curve", "自己点的点：曲线"),
    about=Text(
        "Put points on the plot, and see the line or curve that the model fits to them.",
        "在图上点出若干点，看模型画出怎样的直线或曲线。",
    ),
    source="your own",
    shape=curve_shape,
    make=make_curve,
    params=(
        _rows(
            [[-4.0, -2.0], [-2.0, -1.5], [0.0, 0.5], [2.0, 0.5], [4.0, 2.5]],
            same("x", "y"),
            f"x and y of each point; at most {MAX_POINTS}.",
            f"每个点的 x 与 y；最多 {MAX_POINTS} 个。",
        ),
    ),
    known_lr=0.05,
    view=((-6.0, 6.0),),
)
