"""Cosine annealing with warm restarts: at the end of each cycle the rate jumps back to the highest."""

from collections.abc import Mapping

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import floor, steps
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Text, Value, float_value, integer


def _three_cycles(values: Mapping[str, Value]) -> int:
    factor = float_value(values, "T_mult")
    return int(float_value(values, "T_0") * (1 + factor + factor**2))


WARM_RESTARTS = Schedule(
    id="warm_restarts",
    title=Text("warm restarts", "热重启"),
    about=Text(
        "The rate decreases along a cosine and jumps back up: a jump can move the run out of a narrow minimum.",
        "学习率沿余弦下降，再跳回最高：跳跃可能使运行离开狭窄的极小点。",
    ),
    formula=(
        r"\eta_k = \eta_{\min} + \tfrac12(\eta - \eta_{\min})\left(1 + \cos(\pi\,T_{\mathrm{cur}}/T_i)\right)",
        r"T_{\mathrm{cur}}\text{: updates since the last restart},\quad T_{i+1} = m\,T_i",
    ),
    source="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; Loshchilov & Hutter 2017, ICLR, arXiv:1608.03983",
    torch_class=lr_scheduler.CosineAnnealingWarmRestarts,
    params=(
        steps(
            "T_0",
            50,
            Text("first cycle", "首个周期"),
            Text("The number of updates before the first restart.", "到首次重启为止的步数。"),
            "T_0",
        ),
        integer(
            "T_mult",
            Text("cycle factor", "周期倍数"),
            Text("How many times as long as the previous cycle each cycle is.", "每个周期是前一个的多少倍。"),
            default=1,
            accepts=(1, 10),
            slider=(1, 4),
            symbol="m",
        ),
        floor("eta_min", r"\eta_{\min}"),
    ),
    rates=("eta_min",),
    horizon=_three_cycles,
)
