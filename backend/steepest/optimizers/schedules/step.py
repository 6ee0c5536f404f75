"""Step decay: the rate falls by a factor every so many steps."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import gamma, steps
from steepest.optimizers.schedules.schedule import Schedule, number
from steepest.spec import Text

STEP = Schedule(
    id="step",
    title=Text("step decay", "阶梯衰减"),
    about=Text(
        "The rate falls by a factor every so many steps, and the noise of the loss falls with it.",
        "每隔若干步学习率乘以一个系数，损失的抖动也随之变小。",
    ),
    formula=(r"\eta_k = \eta\,\gamma^{\lfloor k/s\rfloor}",),
    source="torch.optim.lr_scheduler.StepLR",
    torch_class=lr_scheduler.StepLR,
    params=(
        steps(
            "step_size",
            100,
            Text("step size", "间隔步数"),
            Text("Updates from one fall of the rate to the next.", "相邻两次下降之间的步数。"),
            "s",
        ),
        gamma(0.1, Text("What each fall multiplies the rate by.", "每次下降时学习率所乘的系数。")),
    ),
    horizon=lambda values: 4 * int(number(values, "step_size")),
)
