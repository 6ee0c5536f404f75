"""Cosine annealing with warm restarts: at the bottom of each half wave the rate jumps back to the top."""

from collections.abc import Mapping

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import floor, steps
from steepest.optimizers.schedules.schedule import Schedule, number
from steepest.spec import Integer, Text, Value


def _three_waves(values: Mapping[str, Value]) -> int:
    longer = number(values, "T_mult")
    return int(number(values, "T_0") * (1 + longer + longer**2))


WARM_RESTARTS = Schedule(
    id="warm_restarts",
    title=Text("warm restarts", "热重启"),
    about=Text(
        "The rate sinks along a cosine and jumps back up: each jump may throw the run out of a narrow minimum.",
        "学习率沿余弦下降，再跳回最高：每次跳跃都可能把运行甩出狭窄的极小点。",
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
            Text("first wave", "首个周期"),
            Text("Updates up to the first restart.", "到首次重启为止的步数。"),
            "T_0",
        ),
        Integer(
            id="T_mult",
            title=Text("longer by", "周期倍数"),
            help=Text("Each wave is so many times as long as the one before.", "每个周期是前一个的多少倍。"),
            symbol="m",
            default=1,
            minimum=1,
            maximum=10,
            low=1,
            high=4,
        ),
        floor("eta_min", r"\eta_{\min}"),
    ),
    rates=("eta_min",),
    horizon=_three_waves,
)
