"""Adadelta: steps are scaled by the size of recent steps instead of a learning rate."""

import numpy as np
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, float_value, number


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """Plain descent on the preconditioned Hessian, D = sqrt(v + ε)/sqrt(u + ε)."""
    eps = float_value(values, "eps")
    v, u = (state[name].astype(np.float64) for name in ("square_avg", "acc_delta"))
    with np.errstate(all="ignore"):  # a run that diverges
        divisor = np.sqrt(v + eps) / np.sqrt(u + eps)
    return Stability(rate=rates, divisor=after_first_step(divisor, steps), decay=float_value(values, "weight_decay"))


def _worked_step(step: StepData) -> tuple[Line, ...]:
    lines = StepLines(step)
    g = lines.gradient()
    rho, eps = step["rho"], step["eps"]
    v = lines.slot("square_avg", rho * step.state("square_avg") + (1 - rho) * g**2)
    delta = lines.line(r"\delta_t", sqrt(step.state("acc_delta") + eps) / sqrt(v + eps) * g)
    lines.slot("acc_delta", rho * step.state("acc_delta") + (1 - rho) * delta**2)
    return lines.update(-step["lr"] * delta)


ADADELTA = Optimizer(
    id="adadelta",
    title=Text("Adadelta", "Adadelta"),
    about=Text(
        "Each step is about as long as recent steps, so it starts very slowly and then speeds up.",
        "步长取决于最近走过的步长，所以起步很慢，然后越走越快。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"v_t = \rho v_{t-1} + (1-\rho) g_t^2",
        r"\Delta_t = \frac{\sqrt{u_{t-1}+\epsilon}}{\sqrt{v_t+\epsilon}}\, g_t,"
        r"\quad u_t = \rho u_{t-1} + (1-\rho) \Delta_t^2",
        r"\theta_t = \theta_{t-1} - \eta\,\Delta_t",
    ),
    source="torch.optim.Adadelta; Zeiler 2012, arXiv:1212.5701",
    torch_class=optim.Adadelta,
    worked_step=_worked_step,
    params=(
        learning_rate(1.0),
        number(
            "rho",
            Text("rho", "rho"),
            Text("Decay rate of both running averages.", "两个滑动平均的衰减率。"),
            default=0.9,
            accepts=(0.0, 1.0),
            slider=(0.0, 0.9999),
            symbol=r"\rho",
        ),
        epsilon(1e-6),
        WEIGHT_DECAY,
        MAXIMIZE,
    ),
    known_lr=5.0,
    state=(
        StateSlot(name="square_avg", symbol="v", title=Text("average squared gradient", "梯度平方的平均")),
        StateSlot(name="acc_delta", symbol="u", title=Text("average squared step", "步长平方的平均")),
    ),
    stability_rule=_stability,
)
