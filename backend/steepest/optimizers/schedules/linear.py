"""Linear warm-up: the rate begins small and increases linearly to the optimizer's rate."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import share, steps
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Text, float_value

LINEAR = Schedule(
    id="linear",
    title=Text("linear warm-up", "线性预热"),
    about=Text(
        "The first steps are small and grow to the full rate; with an end below the start it is a decay.",
        "开头几步小，再增大到完整的学习率；若终点比起点低，则为衰减。",
    ),
    formula=(r"\eta_k = \eta\left(a + (b - a)\min(k, T)/T\right)",),
    source="torch.optim.lr_scheduler.LinearLR; Goyal et al. 2017, arXiv:1706.02677, for the warm-up",
    torch_class=lr_scheduler.LinearLR,
    params=(
        share(
            "start_factor",
            Text("start factor", "起始比例"),
            Text("The share of the rate at the start.", "开始时学习率所占的比例。"),
            "a",
            1 / 3,
            above=True,
        ),
        share(
            "end_factor",
            Text("end factor", "终止比例"),
            Text("The share of the rate at the end and afterwards.", "结束时的比例，此后保持不变。"),
            "b",
            1.0,
        ),
        steps(
            "total_iters",
            5,
            Text("steps", "步数"),
            Text("The number of updates from start to end.", "从开始到结束的步数。"),
            "T",
        ),
    ),
    horizon=lambda values: int(float_value(values, "total_iters")),
)
