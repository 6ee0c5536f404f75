"""Rprop: only the gradient's sign counts; each parameter's step grows while the sign stays."""

from collections.abc import Mapping
from typing import Any

from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.symbolic import cases, maximum, minimum, sign
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Number, Pair, Text


def _restart_the_step_sizes(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The rate is read only once, as the first step size; changed later, it is the step size again."""
    if after["lr"] != before["lr"]:
        for state in optimizer.state.values():
            if "step_size" in state:
                state["step_size"].fill_(after["lr"])


ETAS = Pair(
    id="etas",
    title=Text("etas", "etas"),
    help=Text("Factors of a step size when the sign turned, and when it stayed.", "符号改变时和不变时步长的倍数。"),
    symbol=r"\eta^-, \eta^+",
    first=Number(
        id="eta_minus",
        title=Text("eta minus", "eta 减"),
        help=Text("When the sign turned.", "符号改变时。"),
        symbol=r"\eta^-",
        default=0.5,
        minimum=0.0,
        maximum=1.0,
        above=True,
        below=True,
        low=0.05,
        high=0.95,
    ),
    second=Number(
        id="eta_plus",
        title=Text("eta plus", "eta 加"),
        help=Text("When the sign stayed.", "符号不变时。"),
        symbol=r"\eta^+",
        default=1.2,
        minimum=1.0,
        maximum=10.0,
        above=True,
        low=1.01,
        high=2.0,
    ),
)

STEP_SIZES = Pair(
    id="step_sizes",
    title=Text("step sizes", "步长范围"),
    help=Text("Shortest and longest step of one parameter.", "一个参数的最短和最长步长。"),
    symbol=r"\Delta_{\min}, \Delta_{\max}",
    first=Number(
        id="step_size_min",
        title=Text("shortest", "最短"),
        help=Text("Shortest step of one parameter.", "一个参数的最短步长。"),
        symbol=r"\Delta_{\min}",
        default=1e-6,
        minimum=0.0,
        maximum=1e6,
        low=1e-9,
        high=1.0,
        scale="log",
    ),
    second=Number(
        id="step_size_max",
        title=Text("longest", "最长"),
        help=Text("Longest step of one parameter.", "一个参数的最长步长。"),
        symbol=r"\Delta_{\max}",
        default=50.0,
        minimum=0.0,
        maximum=1e6,
        low=1e-3,
        high=1e3,
        scale="log",
    ),
    ordered=True,
)


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """Component by component: the sign of g_t g_{t-1} chooses the factor, and where it is negative nothing moves."""
    lines = StepLines(step)
    g = lines.gradient()
    shrink, grow = step.pair("etas")
    least, most = step.pair("step_sizes")
    s = lines.line("s_t", sign(g * step.state("prev", "g_{t-1}")))
    turned = s.value < 0
    factor = lines.line(
        "f_t", cases(("s_t > 0", s.value > 0, grow), ("s_t < 0", turned, shrink), ("s_t = 0", s.value == 0, 1))
    )
    # The first step size is the rate.
    start = step.state("step_size") if "step_size" in step.before else step["lr"]
    size = lines.slot("step_size", minimum(maximum(start * factor, least), most))
    kept = lines.slot("prev", cases((r"s_t \ge 0", ~turned, g), ("s_t < 0", turned, 0)), name=r"\tilde g_t")
    return lines.update(-sign(kept) * size)


RPROP = Optimizer(
    id="rprop",
    title=Text("Rprop", "Rprop"),
    about=Text(
        "How steep it is does not matter, only which way is down: each coordinate feels its own way in zigzags.",
        "坡有多陡无关紧要，只看哪边向下：每个坐标各自来回试探。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}),\quad \Delta_0 = \eta,\quad g_0 = 0",
        r"g_t g_{t-1} > 0:\quad \Delta_t = \min(\eta^+ \Delta_{t-1},\ \Delta_{\max})",
        r"g_t g_{t-1} < 0:\quad \Delta_t = \max(\eta^- \Delta_{t-1},\ \Delta_{\min}),\quad g_t \leftarrow 0",
        r"\theta_t = \theta_{t-1} - \operatorname{sign}(g_t)\,\Delta_t",
    ),
    source="torch.optim.Rprop; Riedmiller & Braun 1993, ICNN",
    torch_class=optim.Rprop,
    worked_step=_worked_step,
    params=(
        learning_rate(
            1e-2,
            Text(
                "The first step size, kept within the step sizes. Changed while running: all restart from it.",
                "第一步的步长，限制在步长范围之内。运行中修改时，所有步长从它重新开始。",
            ),
        ),
        ETAS,
        STEP_SIZES,
        MAXIMIZE,
    ),
    known_lr=0.01,
    state=(
        StateSlot(name="step_size", symbol=r"\Delta", title=Text("step size", "步长")),
        StateSlot(name="prev", symbol="g_{t-1}", title=Text("last gradient", "上一个梯度")),
    ),
    adjust=_restart_the_step_sizes,
)
