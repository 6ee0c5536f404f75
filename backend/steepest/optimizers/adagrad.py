"""Adagrad: each parameter's steps shrink with the sum of its squared gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, float_value, number


def _shift_the_sum(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Torch reads the initial value only once, when it makes the sum; an edit shifts the sum by the difference."""
    shift = after["initial_accumulator_value"] - before["initial_accumulator_value"]
    if shift:
        for state in optimizer.state.values():
            # Rounding may leave a negative number, which has no root.
            state["sum"].add_(shift).clamp_(min=0.0)


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """Plain descent on the preconditioned Hessian, D = sqrt(G) + ε, at the rate η/(1 + (t-1)κ) of the next update."""
    with np.errstate(all="ignore"):  # a run that diverges
        divisor = np.sqrt(state["sum"].astype(np.float64)) + float_value(values, "eps")
    return Stability(
        rate=rates / (1 + steps * float_value(values, "lr_decay")),
        divisor=after_first_step(divisor, steps),
        decay=float_value(values, "weight_decay"),
    )


def _worked_step(step: StepData) -> tuple[Line, ...]:
    lines = StepLines(step)
    g = lines.gradient()
    total = lines.slot("sum", step.state("sum") + g**2)
    lr = step["lr"]
    if step.enabled("lr_decay"):
        lr = lines.line(r"\eta_t", lr / (1 + (step.t - 1) * step["lr_decay"]))
    return lines.update(-lr * (g / (sqrt(total) + step["eps"])))


ADAGRAD = Optimizer(
    id="adagrad",
    title=Text("Adagrad", "Adagrad"),
    about=Text(
        "The sum of squared gradients never shrinks, so the steps get shorter and shorter.",
        "梯度平方和只增不减，所以步子越走越短。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"G_t = G_{t-1} + g_t^2,\quad G_0 = \delta",
        r"\theta_t = \theta_{t-1} - \frac{\eta}{1+(t-1)\kappa}\,\frac{g_t}{\sqrt{G_t}+\epsilon}",
    ),
    source="torch.optim.Adagrad; Duchi, Hazan & Singer 2011, JMLR 12",
    torch_class=optim.Adagrad,
    worked_step=_worked_step,
    params=(
        learning_rate(1e-2),
        number(
            "lr_decay",
            Text("learning rate decay", "学习率衰减"),
            Text("Reduces the learning rate as 1/(1 + (t − 1)κ).", "学习率按 1/(1 + (t − 1)κ) 减小。"),
            default=0.0,
            accepts=(0.0, 1e3),
            slider=(0.0, 1.0),
            symbol=r"\kappa",
        ),
        WEIGHT_DECAY,
        number(
            "initial_accumulator_value",
            Text("initial sum", "初始累积值"),
            Text(
                "The first value of the sum of squares. An edit while running shifts the sum by the difference.",
                "平方和的起点。运行中修改时，平方和随之平移。",
            ),
            default=0.0,
            accepts=(0.0, 1e6),
            slider=(0.0, 10.0),
            symbol=r"\delta",
        ),
        epsilon(1e-10),
        MAXIMIZE,
    ),
    known_lr=0.5,
    state=(StateSlot(name="sum", symbol="G", title=Text("sum of squared gradients", "梯度平方和")),),
    adjust=_shift_the_sum,
    stability_rule=_stability,
)
