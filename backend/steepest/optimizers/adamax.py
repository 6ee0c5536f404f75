"""Adamax: Adam that divides by the largest recent gradient instead of a root mean square."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from torch import optim

from steepest.optimizers.adam_family import FIRST_MOMENT, averaged, betas
from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Stability, known
from steepest.optimizers.symbolic import larger, magnitude
from steepest.optimizers.worked_step import Line, Moment, Sheet
from steepest.spec import Text, Value


def _stability(
    values: Mapping[str, Value], state: Mapping[str, NDArray[Any]], steps: NDArray[Any], rates: NDArray[Any]
) -> Stability | None:
    """The average's law with D = u, which needs no correction and has epsilon in it."""
    return averaged(values, rates, rates, known(state["exp_inf"], steps), steps)


def _working(at: Moment) -> tuple[Line, ...]:
    sheet = Sheet(at)
    g = sheet.gradient()
    beta1, beta2 = at.pair("betas")
    m = sheet.kept("exp_avg", beta1 * at.state("exp_avg") + (1 - beta1) * g, "momentum")
    u = sheet.kept("exp_inf", larger(beta2 * at.state("exp_inf"), magnitude(g) + at["eps"]))
    return sheet.update(-(at["lr"] / (1 - beta1**at.t)) * (m / u))


ADAMAX = Optimizer(
    id="adamax",
    title=Text("Adamax", "Adamax"),
    about=Text(
        "One large gradient shortens the steps for long: they are divided by the largest one remembered.",
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
    working=_working,
    params=(
        learning_rate(2e-3),
        betas(Text("Memory of the largest gradient.", "对最大梯度的记忆。")),
        epsilon(1e-8),
        WEIGHT_DECAY,
        MAXIMIZE,
    ),
    known_lr=0.1,
    state=(FIRST_MOMENT, StateSlot(name="exp_inf", symbol="u", title=Text("infinity norm", "无穷范数"))),
    stability=_stability,
)
