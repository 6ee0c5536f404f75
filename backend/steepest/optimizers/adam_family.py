"""What Adam and its variants share: moments, their decay rates, AMSGrad, the worked step and the stability rule."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import optim

from steepest.optimizers.optimizer import StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values, after_first_step
from steepest.optimizers.symbolic import Term, maximum, sqrt
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Boolean, Number, Pair, Text, Value, float_value, number


def beta(n: int, default: float, words: Text, maximum: float = 1.0) -> Number:
    """A decay rate in [0, 1), or up to a `maximum` below 1."""
    return number(
        f"beta{n}",
        Text(f"beta {n}", f"beta {n}"),
        words,
        default=default,
        accepts=(0.0, maximum),
        below=maximum == 1.0,
        slider=(0.0, 0.9999),
        symbol=rf"\beta_{n}",
    )


def betas(second_words: Text, first_maximum: float = 1.0) -> Pair:
    """`betas`, with torch's defaults for Adam and its variants."""
    return Pair(
        id="betas",
        title=Text("betas", "betas"),
        help=Text("Decay rates of the two running averages.", "两个滑动平均的衰减率。"),
        symbol=r"\beta_1, \beta_2",
        first=beta(1, 0.9, Text("Decay rate of the average gradient.", "梯度平均的衰减率。"), first_maximum),
        second=beta(2, 0.999, second_words),
    )


SECOND_BETA = Text("Decay rate of the average squared gradient.", "梯度平方平均的衰减率。")
BETAS = betas(SECOND_BETA)

AMSGRAD = Boolean(
    id="amsgrad",
    title=Text("AMSGrad", "AMSGrad"),
    help=Text(
        "Divides by the largest second moment so far, so step sizes never grow again.",
        "除以迄今最大的二阶矩，步长不再回升。",
    ),
    default=False,
)

FIRST_MOMENT = StateSlot(name="exp_avg", symbol="m", title=Text("first moment", "一阶矩"))
SECOND_MOMENT = StateSlot(name="exp_avg_sq", symbol="v", title=Text("second moment", "二阶矩"))
MOMENTS = (FIRST_MOMENT, SECOND_MOMENT)
AMSGRAD_MOMENTS = (
    *MOMENTS,
    StateSlot(name="max_exp_avg_sq", symbol=r"v^{\max}", title=Text("largest second moment", "最大二阶矩")),
)


def make_room_for_amsgrad(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Makes AMSGrad's state, zero, when it is turned on while running; torch makes it only at the first step."""
    if after["amsgrad"]:
        for state in optimizer.state.values():
            if "exp_avg_sq" in state and "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = torch.zeros_like(state["exp_avg_sq"])


def both_betas(values: Mapping[str, Value]) -> tuple[float, float]:
    """Beta 1 and beta 2."""
    pair = values["betas"]
    assert isinstance(pair, list)
    first, second = pair
    assert isinstance(first, int | float)
    assert isinstance(second, int | float)
    return float(first), float(second)


def ema_stability(
    values: Mapping[str, Value],
    rate: NDArray[Any],
    rates: NDArray[Any],
    divisor: NDArray[Any],
    steps: NDArray[Any],
    decoupled: bool = False,
) -> Stability:
    """Stability of steps along the bias-corrected running average of the gradient.

    rate: (m,), before the bias correction. rates: (m,), lr in force. divisor: (m, n).
    m' = βm + (1-β)g and θ' = θ - ηm'/D give, by eliminating m, d' = (1 + β - (1-β)q) d - β d_before: the limit is
    2(1 + β)/(1 - β), as in Cohen et al. 2022, arXiv:2207.14484, section 2. The correction 1/(1 - β^t), t the next
    update, is part of the rate, as there; its change from step to step is neglected, so the rule holds approximately
    after the first few updates.
    """
    beta1, _ = both_betas(values)
    weight_decay = float_value(values, "weight_decay")
    return Stability(
        rate=rate / (1 - beta1 ** (steps + 1.0)),
        momentum=beta1,
        gain=1 - beta1,
        divisor=divisor,
        decay=0.0 if decoupled else weight_decay,
        shrink=rates * weight_decay if decoupled else 0.0,
    )


def rms_divisor(values: Mapping[str, Value], second: NDArray[Any], steps: NDArray[Any]) -> NDArray[Any]:
    """sqrt(v/(1 - β2^t)) + ε, (m, n), t the updates made; NaN before the first. second: v, (m, n)."""
    _, beta2 = both_betas(values)
    with np.errstate(all="ignore"):  # 0/0 before the first update, and a run that diverges
        mean = second.astype(np.float64) / (1 - beta2 ** steps.astype(np.float64))[:, None]
        return after_first_step(np.sqrt(mean) + float_value(values, "eps"), steps)


def adam_stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """Adam and AdamW: the average's rule with D = sqrt(v/(1 - β2^t)) + ε; with AMSGrad v is the largest so far."""
    second = state["exp_avg_sq"]
    if values["amsgrad"]:  # just turned on, it is still NaN; fmax ignores that
        second = np.fmax(second, state["max_exp_avg_sq"])
    decoupled = bool(values.get("decoupled_weight_decay", True))  # AdamW has no such switch
    return ema_stability(values, rates, rates, rms_divisor(values, second, steps), steps, decoupled)


def adam_worked_step(step: StepData) -> tuple[Line, ...]:
    """Adam and AdamW differ only in where weight decay acts."""
    lines = StepLines(step)
    decoupled = bool(step.values.get("decoupled_weight_decay", True))  # AdamW has no such switch
    g = lines.gradient(decay=not decoupled)
    m, v = write_moments(lines, g)
    beta1, beta2 = step.pair("betas")
    m_hat = lines.line(r"\hat m_t", m / (1 - beta1**step.t))
    if step.enabled("amsgrad"):
        v = lines.slot("max_exp_avg_sq", maximum(step.state("max_exp_avg_sq"), v))
    v_hat = lines.line(r"\hat v_t", v / (1 - beta2**step.t))
    return lines.update(-step["lr"] * (m_hat / (sqrt(v_hat) + step["eps"])), decay=decoupled)


def write_moments(lines: StepLines, g: Term) -> tuple[Term, Term]:
    """Adds the lines of the two averages."""
    beta1, beta2 = lines.step.pair("betas")
    m = lines.slot("exp_avg", beta1 * lines.step.state("exp_avg") + (1 - beta1) * g, "momentum")
    v = lines.slot("exp_avg_sq", beta2 * lines.step.state("exp_avg_sq") + (1 - beta2) * g**2)
    return m, v
