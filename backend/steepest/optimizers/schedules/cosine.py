"""Cosine annealing: the rate follows half a cosine down, and then up again."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import floor, steps
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Text, float_value

COSINE = Schedule(
    id="cosine",
    title=Text("cosine annealing", "余弦退火"),
    about=Text(
        "The rate follows half a cosine down to the lowest rate; after that, torch's goes up again.",
        "学习率沿半个余弦降到最低；此后 torch 的实现会再升上去。",
    ),
    formula=(r"\eta_k = \eta_{\min} + \tfrac12(\eta - \eta_{\min})\left(1 + \cos(\pi k/T)\right)",),
    source="torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov & Hutter 2017, ICLR, arXiv:1608.03983",
    torch_class=lr_scheduler.CosineAnnealingLR,
    params=(
        steps(
            "T_max",
            200,
            Text("half a cycle", "半个周期"),
            Text("The number of updates from the highest rate to the lowest.", "从最高降到最低的步数。"),
            "T",
        ),
        floor("eta_min", r"\eta_{\min}"),
    ),
    rates=("eta_min",),
    horizon=lambda values: 2 * int(float_value(values, "T_max")),
)
