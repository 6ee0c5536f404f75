"""Adagrad: each parameter's steps shrink with the sum of its squared gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Stability, after_first_step, number
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Number, Text, Value


def _shift_the_sum(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The initial value is read only when torch builds the sum; a sum that had begun elsewhere is this one, shifted."""
    shift = after["initial_accumulator_value"] - before["initial_accumulator_value"]
    if shift:
        for state in optimizer.state.values():
            # Rounding may leave a little less than nothing, of which there is no root.
            state["sum"].add_(shift).clamp_(min=0.0)


def _stability(
    values: Mapping[str, Value], state: Mapping[str, NDArray[Any]], steps: NDArray[Any], rates: NDArray[Any]
) -> Stability | None:
    """Plain descent on the preconditioned Hessian, D = sqrt(G) + ε, at the rate η/(1 + (t-1)κ) of the coming update."""
    if values["maximize"]:
        return None
    with np.errstate(all="ignore"):  # a run that diverges
        divisor = np.sqrt(state["sum"].astype(np.float64)) + number(values, "eps")
    return Stability(
        rate=rates / (1 + steps * number(values, "lr_decay")),
        divisor=after_first_step(divisor, steps),
        decay=number(values, "weight_decay"),
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
        "The sum of squared gradients never shrinks, so every step is shorter than it would have been before.",
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
        Number(
            id="lr_decay",
            title=Text("learning rate decay", "学习率衰减"),
            help=Text("Shrinks the learning rate as 1/(1 + (t − 1)κ).", "学习率按 1/(1 + (t − 1)κ) 减小。"),
            symbol=r"\kappa",
            default=0.0,
            minimum=0.0,
            maximum=1e3,
            low=0.0,
            high=1.0,
        ),
        WEIGHT_DECAY,
        Number(
            id="initial_accumulator_value",
            title=Text("initial sum", "初始累积值"),
            help=Text(
                "Where the sum of squares begins. Changed while running, it shifts the sum by the difference.",
                "平方和的起点。运行中修改时，平方和随之平移。",
            ),
            symbol=r"\delta",
            default=0.0,
            minimum=0.0,
            maximum=1e6,
            low=0.0,
            high=10.0,
        ),
        epsilon(1e-10),
        MAXIMIZE,
    ),
    known_lr=0.5,
    state=(StateSlot(name="sum", symbol="G", title=Text("sum of squared gradients", "梯度平方和")),),
    adjust=_shift_the_sum,
    stability=_stability,
)
