"""Rprop: uses only the gradient's sign; each parameter's step grows while the sign stays the same."""

from collections.abc import Mapping
from typing import Any

from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.symbolic import cases, maximum, minimum, sign
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Pair, Text, number


def _restart_the_step_sizes(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Torch reads the rate only once, as the first step size; an edit sets all step sizes to it."""
    if after["lr"] != before["lr"]:
        for state in optimizer.state.values():
            if "step_size" in state:
                state["step_size"].fill_(after["lr"])


ETAS = Pair(
    id="etas",
    title=Text("etas", "etas"),
    help=Text("Factors of the step size when the sign changes, and when it stays.", "符号改变时和不变时步长的倍数。"),
    symbol=r"\eta^-, \eta^+",
    first=number(
        "eta_minus",
        Text("eta minus", "eta 减"),
        Text("When the sign changes.", "符号改变时。"),
        default=0.5,
        accepts=(0.0, 1.0),
        above=True,
        below=True,
        slider=(0.05, 0.95),
        symbol=r"\eta^-",
    ),
    second=number(
        "eta_plus",
        Text("eta plus", "eta 加"),
        Text("When the sign stays.", "符号不变时。"),
        default=1.2,
        accepts=(1.0, 10.0),
        above=True,
        slider=(1.01, 2.0),
        symbol=r"\eta^+",
    ),
)

STEP_SIZES = Pair(
    id="step_sizes",
    title=Text("step sizes", "步长范围"),
    help=Text("The shortest and the longest step of a parameter.", "一个参数的最短和最长步长。"),
    symbol=r"\Delta_{\min}, \Delta_{\max}",
    first=number(
        "step_size_min",
        Text("shortest", "最短"),
        Text("The shortest step of a parameter.", "一个参数的最短步长。"),
        default=1e-6,
        accepts=(0.0, 1e6),
        slider=(1e-9, 1.0),
        symbol=r"\Delta_{\min}",
        log=True,
    ),
    second=number(
        "step_size_max",
        Text("longest", "最长"),
        Text("The longest step of a parameter.", "一个参数的最长步长。"),
        default=50.0,
        accepts=(0.0, 1e6),
        slider=(1e-3, 1e3),
        symbol=r"\Delta_{\max}",
        log=True,
    ),
    ordered=True,
)


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """For each component the sign of g_t g_{t-1} selects the factor; where it is negative nothing moves."""
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
        "Only the direction of the slope matters, not its size: each coordinate moves by itself, in zigzags.",
        "只看坡的方向，不看陡不陡：每个坐标各自以之字形移动。",
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
    signs_only=True,
    params=(
        learning_rate(
            1e-2,
            Text(
                "The first step size, within the range below. An edit while running restarts all step sizes from it.",
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
