"""Step decay: the rate is multiplied by a factor after a fixed number of steps."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import gamma, steps
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Text, float_value

STEP = Schedule(
    id="step",
    title=Text("step decay", "阶梯衰减"),
    about=Text(
        "Every fixed number of steps the rate is multiplied by a factor; the noise of the loss decreases too.",
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
            Text("The number of updates between two decreases of the rate.", "相邻两次下降之间的步数。"),
            "s",
        ),
        gamma(0.1, Text("The factor of each decrease of the rate.", "每次下降时学习率所乘的系数。")),
    ),
    horizon=lambda values: 4 * int(float_value(values, "step_size")),
)
