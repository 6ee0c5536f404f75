"""Reduce on plateau: the rate falls when the loss has not got better for a while."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import MOST_STEPS, floor
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Choice, Integer, Number, Text


def _with_the_loss(scheduler: lr_scheduler.LRScheduler, loss: float) -> None:
    assert isinstance(scheduler, lr_scheduler.ReduceLROnPlateau)
    scheduler.step(loss)


PLATEAU = Schedule(
    id="plateau",
    title=Text("reduce on plateau", "遇平台则降"),
    about=Text(
        "The rate falls when the loss has not got better for a while: it waits to see before it slows down.",
        "损失一段时间不再改善时才降低学习率：先观察，再放慢。",
    ),
    formula=(
        r"\eta_{k+1} = \max(\gamma\,\eta_k,\ \eta_{\min})\quad\text{when the loss of more than } P"
        r"\text{ steps was not below } (1-\epsilon)\,\text{the best}",
    ),
    source="torch.optim.lr_scheduler.ReduceLROnPlateau, stepped with each step's own loss",
    torch_class=lr_scheduler.ReduceLROnPlateau,
    params=(
        Choice(
            id="mode",
            title=Text("better is", "何为改善"),
            help=Text("Whether a lower loss is better, or a higher one.", "损失越低越好，还是越高越好。"),
            default="min",
            options=("min", "max"),
        ),
        Number(
            id="factor",
            title=Text("factor", "系数"),
            help=Text("What each fall multiplies the rate by.", "每次下降时学习率所乘的系数。"),
            symbol=r"\gamma",
            default=0.1,
            minimum=0.0,
            maximum=1.0,
            below=True,
            low=0.0,
            high=0.99,
        ),
        Integer(
            id="patience",
            title=Text("patience", "耐心"),
            help=Text("Steps without getting better that are let pass.", "容许多少步没有改善。"),
            symbol="P",
            default=10,
            minimum=0,
            maximum=MOST_STEPS,
            low=0,
            high=200,
        ),
        Number(
            id="threshold",
            title=Text("threshold", "阈值"),
            help=Text("How much better counts as better.", "改善多少才算改善。"),
            symbol=r"\epsilon",
            default=1e-4,
            minimum=0.0,
            maximum=1e6,
            low=1e-8,
            high=1.0,
            scale="log",
        ),
        Choice(
            id="threshold_mode",
            title=Text("threshold is", "阈值类型"),
            help=Text("A share of the best loss, or a difference.", "相对最佳损失的比例，还是差值。"),
            default="rel",
            options=("rel", "abs"),
        ),
        Integer(
            id="cooldown",
            title=Text("cool-down", "冷却"),
            help=Text("Steps after a fall in which nothing is counted.", "下降之后多少步内不计数。"),
            default=0,
            minimum=0,
            maximum=MOST_STEPS,
            low=0,
            high=200,
        ),
        floor("min_lr", r"\eta_{\min}"),
        Number(
            id="eps",
            title=Text("epsilon", "epsilon"),
            help=Text("A fall of the rate that is no larger is left out.", "幅度不超过它的下降会被略去。"),
            default=1e-8,
            minimum=0.0,
            maximum=1.0,
            low=1e-12,
            high=1e-2,
            scale="log",
        ),
    ),
    step=_with_the_loss,
    rates=("min_lrs", "default_min_lr", "eps"),
)
