"""NAdam: Adam with Nesterov's look-ahead."""

import numpy as np
from torch import optim

from steepest.optimizers.adam_family import MOMENTS, SECOND_BETA, betas, both_betas, rms_divisor, write_moments
from steepest.optimizers.hyperparameters import DECOUPLED_WEIGHT_DECAY, MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, float_value, number


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """A running average with look-ahead, its warm-up held fixed at the next update t.

    θ' = θ - η(c m' + e g)/D with m' = βm + (1-β)g, c = μ_{t+1}/(1 - Πμ_{t+1}) and e = (1 - μ_t)/(1 - Πμ_t) gives, by
    eliminating m, d' = (1 + β - (c(1-β) + e) q) d - β(1 - e q) d_before: the gain is c(1-β) + e(1+β), of which βe is
    look-ahead. The warm-up changes the gain, so it is part of the rate here: the limit is (2 - ω)(1 + β) at all steps.
    """
    beta1, _ = both_betas(values)
    decay = float_value(values, "weight_decay")
    decoupled = bool(values["decoupled_weight_decay"])

    t = steps + 1.0
    mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (i * float_value(values, "momentum_decay"))) for i in (t, t + 1))
    product = np.where(steps > 0, state["mu_product"].astype(np.float64), 1.0) * mu
    c, e = mu_next / (1 - product * mu_next), (1 - mu) / (1 - product)
    gain = c * (1 - beta1) + e * (1 + beta1)
    return Stability(
        rate=rates * gain,
        momentum=beta1,
        ahead=beta1 * e / gain,
        divisor=rms_divisor(values, state["exp_avg_sq"], steps),
        decay=0.0 if decoupled else decay,
        shrink=rates * decay if decoupled else 0.0,
    )


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """Torch keeps the product of the momenta of all steps."""
    lines = StepLines(step)
    g = lines.gradient()
    m, v = write_moments(lines, g)
    beta1, beta2 = step.pair("betas")
    t, psi = step.t, step["momentum_decay"]
    now = lines.line(r"\mu_t", beta1 * (1 - 0.5 * 0.96 ** (t * psi)))
    soon = lines.line(r"\mu_{t+1}", beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * psi)))
    product = lines.slot("mu_product", step.state("mu_product", "P_{t-1}", 1.0) * now, name="P_t")
    m_hat = lines.line(r"\hat m_t", soon * m / (1 - product * soon) + (1 - now) * g / (1 - product))
    v_hat = lines.line(r"\hat v_t", v / (1 - beta2**t))
    return lines.update(
        -step["lr"] * (m_hat / (sqrt(v_hat) + step["eps"])), decay=step.enabled("decoupled_weight_decay")
    )


NADAM = Optimizer(
    id="nadam",
    title=Text("NAdam", "NAdam"),
    about=Text(
        "Adam with Nesterov's look-ahead: it overshoots less in curves.",
        "像 Nesterov 那样向前看的 Adam：转弯时冲过头更少。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1},\quad \mu_t = \beta_1 (1 - \tfrac12\,0.96^{\,t\psi})",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = \frac{\mu_{t+1}\, m_t}{1-\prod_{i=1}^{t+1}\mu_i} + \frac{(1-\mu_t)\, g_t}{1-\prod_{i=1}^{t}\mu_i},"
        r"\quad \hat v_t = \frac{v_t}{1-\beta_2^t}",
        r"\theta_t = \theta_{t-1} - \eta\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)",
    ),
    source="torch.optim.NAdam; Dozat 2016, ICLR workshop",
    torch_class=optim.NAdam,
    worked_step=_worked_step,
    params=(
        learning_rate(2e-3),
        # torch keeps the product of the mu in float32 and divides by 1 minus it: closer to 1 it would divide by zero.
        betas(SECOND_BETA, first_maximum=0.9999),
        epsilon(1e-8),
        WEIGHT_DECAY,
        number(
            "momentum_decay",
            Text("momentum decay", "动量衰减"),
            Text("How fast the momentum rises from half of beta 1.", "动量从 beta 1 的一半升上来的快慢。"),
            default=4e-3,
            accepts=(0.0, 1e3),
            slider=(1e-5, 10.0),
            symbol=r"\psi",
            log=True,
        ),
        DECOUPLED_WEIGHT_DECAY,
        MAXIMIZE,
    ),
    known_lr=0.05,
    state=(
        *MOMENTS,
        StateSlot(
            name="mu_product", symbol=r"\prod_{i=1}^{t}\mu_i", title=Text("product of momenta", "动量之积"), scalar=True
        ),
    ),
    stability_rule=_stability,
)
