"""RMSprop: the gradient divided by its recent size, with optional momentum and centring."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate, momentum
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Boolean, Text, float_value, number


def _make_room(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Makes the state of momentum or centring when turned on while running; torch makes it only at the first step.

    It starts at zero, as in torch. An old average of gradients is discarded: it would not match the average of the
    squares, and their difference could be negative.
    """
    for state in optimizer.state.values():
        if "square_avg" not in state:  # torch makes it at the first step
            continue
        if after["momentum"] > 0 and "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(state["square_avg"])
        if after["centered"] and not before["centered"]:
            state["grad_avg"] = torch.zeros_like(state["square_avg"])


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """The heavy ball on the preconditioned Hessian, D = sqrt(v) + ε, centred: sqrt(v - a²) + ε.

    b' = μb + g/D and θ' = θ - ηb' give d' = (1 + μ - q) d - μ d_before: the limit is 2(1 + μ), 2 without momentum.
    Source for the preconditioned Hessian: Cohen et al. 2022, arXiv:2207.14484.
    """
    second = state["square_avg"].astype(np.float64)
    with np.errstate(all="ignore"):  # a run that diverges; rounding may give a negative number, as in torch
        if values["centered"]:  # just turned on, its average is still NaN and starts at zero
            second = second - np.nan_to_num(state["grad_avg"].astype(np.float64)) ** 2
        divisor = np.sqrt(second) + float_value(values, "eps")
    return Stability(
        rate=rates,
        momentum=float_value(values, "momentum"),
        divisor=after_first_step(divisor, steps),
        decay=float_value(values, "weight_decay"),
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
        "Divides by the recent size of the gradient, so it moves at full speed even where the slope is small.",
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
        number(
            "alpha",
            Text("alpha", "alpha"),
            Text("Decay rate of the average squared gradient.", "梯度平方平均的衰减率。"),
            default=0.99,
            accepts=(0.0, 1.0),  # torch accepts more than 1, where the average of squares becomes negative
            slider=(0.0, 0.9999),
            symbol=r"\alpha",
        ),
        epsilon(1e-8),
        WEIGHT_DECAY,
        momentum(0.0),
        Boolean(
            id="centered",
            title=Text("centered", "中心化"),
            help=Text(
                "Divides by the gradient's standard deviation instead of its size: steady gradients take longer steps.",
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
    stability_rule=_stability,
)
