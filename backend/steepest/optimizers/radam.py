"""RAdam: Adam that uses its second moment only after enough gradients."""

import numpy as np
from torch import optim

from steepest.optimizers.adam_family import BETAS, MOMENTS, both_betas, ema_stability, write_moments
from steepest.optimizers.hyperparameters import DECOUPLED_WEIGHT_DECAY, MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, float_value


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """The running average's rule: D = 1 until the updates are rectified, then with r_t in the rate."""
    _, beta2 = both_betas(values)
    made = steps.astype(np.float64)
    t = made + 1
    end = 2 / (1 - beta2) - 1
    rho = end - 2 * t * beta2**t / (1 - beta2**t)
    rectified = rho > 5
    with np.errstate(all="ignore"):  # r is NaN before rectification, the divisor before the first update
        r = np.sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho))
        root = np.sqrt(state["exp_avg_sq"].astype(np.float64)) + float_value(values, "eps")
        root = after_first_step(root / np.sqrt(1 - beta2**made)[:, None], steps)
    rate = rates * np.where(rectified, r, 1.0)
    divisor = np.where(rectified[:, None], root, 1.0)
    return ema_stability(values, rate, rates, divisor, steps, bool(values["decoupled_weight_decay"]))


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """The second moment is left out until rho is above 5."""
    lines = StepLines(step)
    m, v = write_moments(lines, lines.gradient())
    beta1, beta2 = step.pair("betas")
    t = step.t
    m_hat = lines.line(r"\hat m_t", m / (1 - beta1**t))
    end = lines.line(r"\rho_\infty", 2 / (1 - beta2) - 1)
    rho = lines.line(r"\rho_t", end - 2 * t * beta2**t / (1 - beta2**t))
    decoupled = step.enabled("decoupled_weight_decay")
    if not rho.value > 5:
        return lines.update(-step["lr"] * m_hat, decay=decoupled)
    r = lines.line("r_t", sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho)))
    v_hat = lines.line(r"\sqrt{\hat v_t}", (sqrt(v) + step["eps"]) / sqrt(1 - beta2**t))
    return lines.update(-step["lr"] * r * (m_hat / v_hat), decay=decoupled)


RADAM = Optimizer(
    id="radam",
    title=Text("RAdam", "RAdam"),
    about=Text(
        "Adam with a built-in warm-up: the first five steps are plain momentum, then it adapts more and more.",
        "自带热身的 Adam：前五步只是普通动量，之后才逐渐自适应。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1},\quad \hat m_t = m_t/(1-\beta_1^t)",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\rho_\infty = \frac{2}{1-\beta_2} - 1,\quad \rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t},"
        r"\quad r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}",
        r"\rho_t > 5:\quad \theta_t = \theta_{t-1} - \eta\,\hat m_t\, r_t \sqrt{1-\beta_2^t}/(\sqrt{v_t}+\epsilon)",
        r"\rho_t \le 5:\quad \theta_t = \theta_{t-1} - \eta\,\hat m_t",
    ),
    source="torch.optim.RAdam; Liu et al. 2020, ICLR, arXiv:1908.03265",
    torch_class=optim.RAdam,
    worked_step=_worked_step,
    params=(learning_rate(1e-3), BETAS, epsilon(1e-8), WEIGHT_DECAY, DECOUPLED_WEIGHT_DECAY, MAXIMIZE),
    known_lr=0.02,
    state=MOMENTS,
    stability_rule=_stability,
)
