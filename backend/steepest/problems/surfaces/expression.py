"""The user's own function of x and y, or of x alone."""

from steepest.problems.expression import MAX_LENGTH, compile_tree, latex, parse
from steepest.problems.expression.tree import variables
from steepest.problems.surface import Start, Surface, SurfaceProblem
from steepest.spec import String, Text, Value, number


def make(surface: Surface, expression: str, radius: float) -> SurfaceProblem:
    """The problem for the text. One variable with x alone, two as soon as there is a y.

    Whether a typed function is bounded below is not known; `bounded` stays True. Raises `Invalid` with the column.
    """
    tree = parse(expression)
    bounds = ((-radius, radius),) * (2 if "y" in variables(tree) else 1)
    values: dict[str, Value] = {"expression": expression, "radius": radius}
    scene = surface.scene(values).model_copy(
        update={"dim": len(bounds), "names": ("x", "y")[: len(bounds)], "formula": latex(tree), "bounds": bounds}
    )
    return SurfaceProblem(surface, compile_tree(tree), values, scene)


EXPRESSION = Surface(
    id="expression",
    title=Text("Your own function", "自定义函数"),
    about=Text(
        "Type any function of x and y, or of x alone for a curve, and watch the optimizers minimise it.",
        "输入任意 x、y 的函数（只含 x 时是一条曲线），看各优化器如何下降。",
    ),
    formula=r"f(x, y)",
    source="typed by the user",
    bounds=((-2.0, 2.0), (-2.0, 2.0)),
    starts=(
        Start(at=(1.5, 0.01), title=Text("to the right", "右侧")),
        Start(at=(-1.0, 1.0), title=Text("upper left", "左上")),
        Start(at=(0.0, 0.0), title=Text("in the middle", "正中")),
    ),
    lr=0.05,
    params=(
        String(
            id="expression",
            symbol="f",
            title=Text("function", "函数"),
            help=Text(
                "As you write it: x^2 or x², 2xy, |x|, e^x, sin x, pi; functions such as sqrt, exp, ln, max, hypot.",
                "按平常的写法：x^2 或 x²、2xy、|x|、e^x、sin x、pi；以及 sqrt、exp、ln、max、hypot 等函数。",
            ),
            default="x**2 - y**2",
            max_length=MAX_LENGTH,
        ),
        number(
            "radius",
            Text("view", "视野"),
            Text("The view goes this far from 0 on each side.", "图像从 0 向各方向延伸的距离。"),
            default=2.0,
            accepts=(0.001, 1_000_000.0),
            slider=(0.5, 20.0),
            log=True,
        ),
    ),
    make=make,
)
