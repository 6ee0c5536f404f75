"""The user's own function of x and y, or of x alone."""

from collections.abc import Mapping

from steepest.problems.expression import (
    MAX_LENGTH,
    PARAMETERS,
    Tree,
    compile_tree,
    latex,
    parse,
    variables,
    with_numbers,
)
from steepest.problems.surface import Start, Surface, SurfaceProblem
from steepest.spec import Number, String, Text, Value, complete, invalid, number

MAX_PARAMETERS = 8


def typed_tree(values: Mapping[str, Value]) -> Tree:
    """The tree of a typed function with the values of its parameters. values: of the surface's params, complete."""
    numbers = {
        name: float(value) for name, value in values.items() if name in PARAMETERS and isinstance(value, int | float)
    }
    return with_numbers(parse(str(values["expression"])), numbers)


def parameter(letter: str) -> Number:
    """A parameter of a typed function, declared."""
    return number(
        letter,
        Text(letter, letter),
        Text(f"The number that {letter} stands for.", f"{letter} 所代表的数。"),
        default=1.0,
        accepts=(-1e6, 1e6),
        slider=(-5.0, 5.0),
    )


def make(surface: Surface, expression: str, radius: float, **letters: Value) -> SurfaceProblem:
    """The problem for the text. One variable with x alone, two as soon as there is a y.

    letters: values of parameters, 1 where they are left out; one that the text does not use is refused. Whether a typed
    function is bounded below is not known; `bounded` stays True. Raises `Invalid` with the column.
    """
    used = sorted(variables(parse(expression)) & set(PARAMETERS))
    if len(used) > MAX_PARAMETERS:
        names = ", ".join(used)
        raise invalid(
            "expression",
            f"has {len(used)} parameters, {names}; at most {MAX_PARAMETERS} are read",
            f"有 {len(used)} 个参数：{names}；最多 {MAX_PARAMETERS} 个",
        )
    for letter in letters.keys() - set(used):
        raise invalid(letter, f"there is no {letter} in the function", f"函数中没有 {letter}")
    numbers = complete([parameter(letter) for letter in used], letters)
    values: dict[str, Value] = {"expression": expression, "radius": radius, **numbers}
    tree = typed_tree(values)
    bounds = ((-radius, radius),) * (2 if "y" in variables(tree) else 1)
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
    letters=PARAMETERS,
)
