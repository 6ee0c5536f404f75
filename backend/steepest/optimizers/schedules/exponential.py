"""Exponential decay: every step multiplies the rate by the same factor."""

import math
from collections.abc import Mapping

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import gamma
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Text, Value, float_value


def _updates_to_one_hundredth(values: Mapping[str, Value]) -> int:
    gamma = float_value(values, "gamma")
    return 100 if gamma in (0.0, 1.0) else math.ceil(math.log(0.01) / math.log(gamma))


EXPONENTIAL = Schedule(
    id="exponential",
    title=Text("exponential decay", "指数衰减"),
    about=Text(
        "Every step is a little shorter than the previous one; their sum may not reach the minimum.",
        "每一步都比前一步短一点；加起来未必能走到极小点。",
    ),
    formula=(r"\eta_k = \eta\,\gamma^k",),
    source="torch.optim.lr_scheduler.ExponentialLR",
    torch_class=lr_scheduler.ExponentialLR,
    params=(gamma(0.99, Text("The factor of the rate at each step.", "每一步学习率所乘的系数。")),),
    horizon=_updates_to_one_hundredth,
)
