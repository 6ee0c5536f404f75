"""Stochastic gradient descent, with momentum, dampening, Nesterov's look-ahead and weight decay."""

from collections.abc import Mapping

from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, learning_rate, momentum, nesterov
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values
from steepest.optimizers.symbolic import Term
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, Value, float_value, invalid, number


def _check_nesterov(values: Mapping[str, Value]) -> None:
    # torch checks this in the constructor only, so not after an edit.
    if values["nesterov"] and (not values["momentum"] or values["dampening"]):
        raise invalid(
            "nesterov", "Nesterov needs a momentum above 0 and no dampening", "Nesterov 需要动量大于 0 且阻尼为 0"
        )


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """The heavy ball and Nesterov's momentum, in torch's form.

    b' = μb + (1-τ)g and θ' = θ - ηb' give d' = (1 + μ - (1-τ)q) d - μ d_before: Goh 2017. Nesterov's
    θ' = θ - η(g + μb') gives d' = (1 + μ)(1 - q) d - μ(1 - q) d_before, since torch's θ is the look-ahead point:
    Sutskever et al. 2013. Without momentum torch ignores the dampening.
    """
    mu = float_value(values, "momentum")
    nesterov = bool(values["nesterov"])
    return Stability(
        rate=rates,
        momentum=mu,
        gain=1 + 2 * mu if nesterov else 1 - float_value(values, "dampening") if mu else 1.0,
        ahead=mu if nesterov else 0.0,
        decay=float_value(values, "weight_decay"),
    )


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """Torch keeps no velocity while the momentum is 0; the first velocity is the gradient."""
    lines = StepLines(step)
    g = lines.gradient()
    if not step.enabled("momentum"):
        return lines.update(-step["lr"] * g)
    mu = step["momentum"]
    b = lines.slot("momentum_buffer", _velocity(step, mu, g), "momentum")
    return lines.update(-step["lr"] * (g + mu * b) if step.enabled("nesterov") else -step["lr"] * b)


def _velocity(step: StepData, mu: Term, g: Term) -> Term:
    """The new velocity."""
    if step.before.get("momentum_buffer") is None:
        return g
    share = (1 - step["dampening"]) * g if step.enabled("dampening") else g
    return mu * step.state("momentum_buffer") + share


SGD = Optimizer(
    id="sgd",
    title=Text("SGD", "SGD"),
    about=Text(
        "A step along the negative gradient; with momentum, it keeps part of its direction like a heavy ball.",
        "沿梯度直接下降；加上动量，就像一个记得方向的重球。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"b_t = \mu b_{t-1} + (1-\tau) g_t,\quad b_1 = g_1",
        r"\theta_t = \theta_{t-1} - \eta\, b_t \quad(\text{Nesterov: } \theta_{t-1} - \eta\,(g_t + \mu b_t))",
    ),
    source="torch.optim.SGD; Polyak 1964; Sutskever et al. 2013, ICML",
    torch_class=optim.SGD,
    worked_step=_worked_step,
    params=(
        learning_rate(1e-3),
        momentum(0.0),
        number(
            "dampening",
            Text("dampening", "阻尼"),
            Text("The share of the new gradient that is left out of the velocity.", "速度中不计入新梯度的比例。"),
            default=0.0,
            accepts=(0.0, 1.0),
            symbol=r"\tau",
        ),
        WEIGHT_DECAY,
        nesterov(False),
        MAXIMIZE,
    ),
    known_lr=0.01,
    state=(StateSlot(name="momentum_buffer", symbol="b", title=Text("momentum buffer", "动量缓存")),),
    stability_rule=_stability,
    check=_check_nesterov,
)
