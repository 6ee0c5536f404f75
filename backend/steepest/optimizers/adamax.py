"""Adamax: Adam that divides by the largest recent gradient instead of a root mean square."""

from torch import optim

from steepest.optimizers.adam_family import FIRST_MOMENT, betas, ema_stability
from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import absolute, maximum
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """The running average's rule with D = u, which needs no bias correction and contains epsilon."""
    return ema_stability(values, rates, rates, after_first_step(state["exp_inf"], steps), steps)


def _worked_step(step: StepData) -> tuple[Line, ...]:
    lines = StepLines(step)
    g = lines.gradient()
    beta1, beta2 = step.pair("betas")
    m = lines.slot("exp_avg", beta1 * step.state("exp_avg") + (1 - beta1) * g, "momentum")
    u = lines.slot("exp_inf", maximum(beta2 * step.state("exp_inf"), absolute(g) + step["eps"]))
    return lines.update(-(step["lr"] / (1 - beta1**step.t)) * (m / u))


ADAMAX = Optimizer(
    id="adamax",
    title=Text("Adamax", "Adamax"),
    about=Text(
        "One large gradient shortens the steps for a long time: the divisor is the largest recent gradient.",
        "一次大梯度会长时间缩短步长：除数是记忆中最大的梯度。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t",
        r"u_t = \max(\beta_2 u_{t-1},\ |g_t| + \epsilon)",
        r"\theta_t = \theta_{t-1} - \frac{\eta}{1-\beta_1^t}\,\frac{m_t}{u_t}",
    ),
    source="torch.optim.Adamax; Kingma & Ba 2015, ICLR, arXiv:1412.6980, section 7.1",
    torch_class=optim.Adamax,
    worked_step=_worked_step,
    params=(
        learning_rate(2e-3),
        betas(Text("Decay rate of the largest gradient.", "最大梯度的衰减率。")),
        epsilon(1e-8),
        WEIGHT_DECAY,
        MAXIMIZE,
    ),
    known_lr=0.1,
    state=(FIRST_MOMENT, StateSlot(name="exp_inf", symbol="u", title=Text("infinity norm", "无穷范数"))),
    stability_rule=_stability,
)
