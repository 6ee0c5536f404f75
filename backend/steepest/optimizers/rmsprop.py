"""RMSprop: the gradient divided by its own recent size, with momentum and centring on demand."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate, momentum
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Stability, after_first_step, number
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Boolean, Number, Text, Value


def _make_room(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Momentum or centring turned on while running: torch makes their slots only at the first step.

    They start at zero, as torch's do. An average of gradients that was left behind when centring was off would be
    out of step with that of the squares, and their difference could be negative: it starts anew.
    """
    for state in optimizer.state.values():
        if "square_avg" not in state:  # before the first step torch does it
            continue
        if after["momentum"] > 0 and "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(state["square_avg"])
        if after["centered"] and not before["centered"]:
            state["grad_avg"] = torch.zeros_like(state["square_avg"])


def _stability(
    values: Mapping[str, Value], state: Mapping[str, NDArray[Any]], steps: NDArray[Any], rates: NDArray[Any]
) -> Stability | None:
    """The heavy ball on the preconditioned Hessian, D = sqrt(v) + ε, centred: sqrt(v - a²) + ε.

    b' = μb + g/D and θ' = θ - ηb' give d' = (1 + μ - q) d - μ d_before: the limit is 2(1 + μ), 2 without momentum.
    Cohen et al. 2022, arXiv:2207.14484, for the preconditioned Hessian.
    """
    if values["maximize"]:
        return None
    second = state["square_avg"].astype(np.float64)
    with np.errstate(all="ignore"):  # a run that diverges; and rounding may leave less than nothing, as in torch
        if values["centered"]:  # just turned on, its average is not there yet and starts at zero
            second = second - np.nan_to_num(state["grad_avg"].astype(np.float64)) ** 2
        divisor = np.sqrt(second) + number(values, "eps")
    return Stability(
        rate=rates,
        momentum=number(values, "momentum"),
        divisor=after_first_step(divisor, steps),
        decay=number(values, "weight_decay"),
    )


def _worked_step(step: StepData) -> tuple[Line, ...]:
    lines = StepLines(step)
    g = lines.gradient()
    alpha = step["alpha"]
    v = lines.slot("square_avg", alpha * step.state("square_avg") + (1 - alpha) * g**2)
    if step.enabled("centered"):
        a = lines.slot("grad_avg", alpha * step.state("grad_avg") + (1 - alpha) * g)
        v = lines.line(r"\tilde v_t", v - a**2)
    direction = g / (sqrt(v) + step["eps"])
    if not step.enabled("momentum"):
        return lines.update(-step["lr"] * direction)
    b = lines.slot("momentum_buffer", step["momentum"] * step.state("momentum_buffer") + direction, "momentum")
    return lines.update(-step["lr"] * b)


RMSPROP = Optimizer(
    id="rmsprop",
    title=Text("RMSprop", "RMSprop"),
    about=Text(
        "Divides by the recent size of the gradient, so it runs at full speed even where the slope is slight.",
        "除以梯度最近的大小，坡度再小也全速前进。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"v_t = \alpha v_{t-1} + (1-\alpha) g_t^2,\quad \tilde v_t = v_t",
        r"\text{centered: } a_t = \alpha a_{t-1} + (1-\alpha) g_t,\quad \tilde v_t = v_t - a_t^2",
        r"b_t = \mu b_{t-1} + g_t/(\sqrt{\tilde v_t}+\epsilon)",
        r"\theta_t = \theta_{t-1} - \eta\, b_t",
    ),
    source="torch.optim.RMSprop; Tieleman & Hinton 2012, Coursera lecture 6.5; Graves 2013, arXiv:1308.0850 (centered)",
    torch_class=optim.RMSprop,
    worked_step=_worked_step,
    params=(
        learning_rate(1e-2),
        Number(
            id="alpha",
            title=Text("alpha", "alpha"),
            help=Text("Memory of the squared gradient.", "对梯度平方的记忆。"),
            symbol=r"\alpha",
            default=0.99,
            minimum=0.0,
            maximum=1.0,  # torch lets it pass 1, where the average of squares turns negative
            low=0.0,
            high=0.9999,
        ),
        epsilon(1e-8),
        WEIGHT_DECAY,
        momentum(0.0),
        Boolean(
            id="centered",
            title=Text("centered", "中心化"),
            help=Text(
                "Divides by the gradient's spread instead of its size: steady gradients get longer steps.",
                "除以梯度的离散程度而不是大小：梯度平稳时步子更长。",
            ),
            default=False,
        ),
        MAXIMIZE,
    ),
    known_lr=0.02,
    state=(
        StateSlot(name="square_avg", symbol="v", title=Text("average squared gradient", "梯度平方的平均")),
        StateSlot(name="grad_avg", symbol="a", title=Text("average gradient", "梯度的平均")),
        StateSlot(name="momentum_buffer", symbol="b", title=Text("momentum buffer", "动量缓存")),
    ),
    adjust=_make_room,
    stability=_stability,
)
