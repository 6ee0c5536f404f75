"""Linear warm-up: the rate begins small and grows to its own in equal steps."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import share, steps
from steepest.optimizers.schedules.schedule import Schedule, number
from steepest.spec import Text

LINEAR = Schedule(
    id="linear",
    title=Text("linear warm-up", "线性预热"),
    about=Text(
        "The first steps are small, until the run has found its way; with a lower end than start it is a decay.",
        "开头几步走得小，等找到方向再放开；若终点比起点低，则变成衰减。",
    ),
    formula=(r"\eta_k = \eta\left(a + (b - a)\min(k, T)/T\right)",),
    source="torch.optim.lr_scheduler.LinearLR; Goyal et al. 2017, arXiv:1706.02677, for the warm-up",
    torch_class=lr_scheduler.LinearLR,
    params=(
        share(
            "start_factor",
            Text("begins at", "起始比例"),
            Text("Share of the rate with which it begins.", "开始时学习率所占的比例。"),
            "a",
            1 / 3,
            above=True,
        ),
        share(
            "end_factor",
            Text("ends at", "终止比例"),
            Text("Share of the rate with which it ends, and which it keeps.", "结束时的比例，此后保持不变。"),
            "b",
            1.0,
        ),
        steps(
            "total_iters",
            5,
            Text("steps", "步数"),
            Text("Updates from the beginning to the end.", "从开始到结束的步数。"),
            "T",
        ),
    ),
    horizon=lambda values: int(number(values, "total_iters")),
)
