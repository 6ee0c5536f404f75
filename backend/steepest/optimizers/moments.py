"""What Adam's family shares: two running averages of the gradient, their decay rates and how AMSGrad is turned on."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import optim

from steepest.optimizers.optimizer import StateSlot
from steepest.spec import Boolean, Number, Pair, Text


def beta(n: int, default: float, words: Text, maximum: float = 1.0) -> Number:
    """One of the decay rates: in [0, 1), or up to a `maximum` below 1."""
    return Number(
        id=f"beta{n}",
        title=Text(f"beta {n}", f"beta {n}"),
        help=words,
        symbol=rf"\beta_{n}",
        default=default,
        minimum=0.0,
        maximum=maximum,
        below=maximum == 1.0,
        low=0.0,
        high=0.9999,
    )


def betas(second_words: Text, first_maximum: float = 1.0) -> Pair:
    """`betas`, with the defaults that torch gives to all of the family."""
    return Pair(
        id="betas",
        title=Text("betas", "betas"),
        help=Text("Decay rates of the two running averages.", "两个滑动平均的衰减率。"),
        symbol=r"\beta_1, \beta_2",
        first=beta(1, 0.9, Text("Memory of the gradient.", "对梯度的记忆。"), first_maximum),
        second=beta(2, 0.999, second_words),
    )


BETAS = betas(Text("Memory of the squared gradient.", "对梯度平方的记忆。"))

AMSGRAD = Boolean(
    id="amsgrad",
    title=Text("AMSGrad", "AMSGrad"),
    help=Text(
        "Divides by the largest second moment so far, so no step grows again.", "除以迄今最大的二阶矩,步长不再回升。"
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
    """AMSGrad turned on while running: torch makes its slot only at the first step, so it is made here.

    It starts at zero, as torch's does at the first step.
    """
    if after["amsgrad"]:
        for state in optimizer.state.values():
            if "exp_avg_sq" in state and "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = torch.zeros_like(state["exp_avg_sq"])
