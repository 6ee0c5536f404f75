"""Exponential decay: the rate shrinks by the same factor at every step."""

import math
from collections.abc import Mapping

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import gamma
from steepest.optimizers.schedules.schedule import Schedule, number
from steepest.spec import Text, Value


def _down_to_a_hundredth(values: Mapping[str, Value]) -> int:
    gamma = number(values, "gamma")
    return 100 if gamma in (0.0, 1.0) else math.ceil(math.log(0.01) / math.log(gamma))


EXPONENTIAL = Schedule(
    id="exponential",
    title=Text("exponential decay", "指数衰减"),
    about=Text(
        "Every step is a little shorter than the one before; all of them together may not reach the minimum.",
        "每一步都比前一步短一点；全部加起来也未必能走到极小点。",
    ),
    formula=(r"\eta_k = \eta\,\gamma^k",),
    source="torch.optim.lr_scheduler.ExponentialLR",
    torch_class=lr_scheduler.ExponentialLR,
    params=(gamma(0.99, Text("What each step multiplies the rate by.", "每一步学习率所乘的系数。")),),
    horizon=_down_to_a_hundredth,
)
