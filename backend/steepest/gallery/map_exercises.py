"""Exercises whose answer is a map of many runs."""

from steepest.gallery.builders import run, surface
from steepest.gallery.card import Exercise
from steepest.spec import Text

_RATE, _MOMENTUM = "runs[0].optimizer.lr", "runs[0].optimizer.momentum"
_START_X, _START_Y = "runs[0].start[0]", "runs[0].start[1]"

EXERCISES: tuple[Exercise, ...] = (
    Exercise(
        id="edge_of_divergence",
        title=Text("Where is the edge of divergence?", "发散的边界在哪里？"),
        ask=Text(
            "A ravine with curvatures 1 and 20. Three runs with the rates 0.06, 0.09 and 0.11. Which is the lowest "
            "rate that diverges?",
            "峡谷的曲率为 1 和 20。三个运行的学习率为 0.06、0.09 和 0.11。其中最低的哪个会发散？",
        ),
        choices=(Text("0.06", "0.06"), Text("0.09", "0.09"), Text("0.11", "0.11")),
        right=2,
        experiment=surface("ravine", *(run("sgd", [-2.5, 2.5], lr=rate) for rate in (0.06, 0.09, 0.11)), kappa=20.0),
        until=60,
        run=2,
        explain=Text(
            "A step multiplies the offset across the ravine by 1 − 20·rate, so the edge is 2/20 = 0.1. Each point of "
            "the map is a run: right of the dashed line all diverge. Momentum moves the edge; drag the dot across it.",
            "每一步把横向的偏移乘以 1 − 20·学习率，因此边界是 2/20 = 0.1。图谱上每个点都是一个运行：虚线右侧全部发散。"
            "动量会移动边界；把圆点拖过去看看。",
        ),
        panel="runmap",
        map=(_RATE, _MOMENTUM),
    ),
    Exercise(
        id="which_valley",
        title=Text("Which valley catches you?", "落入哪个谷？"),
        ask=Text(
            "Two runs with momentum 0.9 start a tenth apart on Himmelblau's function, which has four minima. Where do "
            "they end?",
            "Himmelblau 函数有四个极小点。两个动量为 0.9 的运行，起点只差十分之一。它们停在哪里？",
        ),
        choices=(
            Text("In the same minimum", "同一个极小点"),
            Text("In two different minima", "两个不同的极小点"),
            Text("In no minimum: they keep swinging", "都停不下来，一直摆动"),
        ),
        right=1,
        experiment=surface("himmelblau", *(run("sgd", [0.5, y], lr=0.01, momentum=0.9) for y in (-3.9, -3.8))),
        until=150,
        explain=Text(
            "Near a border between valleys a tenth decides. On the map each point is a start, and its colour the "
            "minimum that it reaches: calm fields round the minima, and fine petals between them, where the ball rolls "
            "through a valley and is caught by the next.",
            "在谷与谷的边界附近，十分之一就足以改变结果。图谱上每个点是一个起点，颜色是它到达的极小点：极小点周围是完整的"
            "一片，其间是细细的花瓣，球在那里滚过一个谷，被下一个谷接住。",
        ),
        panel="runmap",
        map=(_START_X, _START_Y),
    ),
    Exercise(
        id="what_momentum_buys",
        title=Text("What momentum buys", "动量带来什么"),
        ask=Text(
            "A ravine with curvatures 1 and 20, and a rate of 0.15, too high for plain descent: its edge is 0.1. What "
            "does the run with momentum 0.9 do at the same rate?",
            "峡谷的曲率为 1 和 20。学习率 0.15 对普通下降太高：它的边界是 0.1。同样的学习率下，动量 0.9 的运行会怎样？",
        ),
        choices=(
            Text("It diverges too, and faster", "也发散，而且更快"),
            Text("It converges", "收敛"),
            Text("It swings for ever, neither nearer nor farther", "一直摆动，不远也不近"),
        ),
        right=1,
        experiment=surface(
            "ravine",
            *(run("sgd", [-2.5, 2.5], lr=0.15, momentum=momentum) for momentum in (0.0, 0.9)),
            kappa=20.0,
        ),
        until=150,
        run=1,
        explain=Text(
            "With momentum μ the edge is 2(1 + μ)/20: 0.19 for 0.9, almost twice as high. The map shows it as the line "
            "that leans to the right; the deepest blue, where runs arrive first, climbs along it.",
            "动量为 μ 时边界是 2(1 + μ)/20：μ = 0.9 时为 0.19，几乎翻倍。图谱上就是那条向右倾斜的线；最深的蓝色是最早"
            "到达之处，沿着它向上。",
        ),
        panel="runmap",
        map=(_RATE, _MOMENTUM),
    ),
)
