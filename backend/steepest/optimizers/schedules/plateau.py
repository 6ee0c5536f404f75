"""Reduce on plateau: the rate decreases when the loss has not improved for a while."""

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import MAX_STEPS, floor
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Choice, Text, integer, number


def _step_with_loss(scheduler: lr_scheduler.LRScheduler, loss: float) -> None:
    assert isinstance(scheduler, lr_scheduler.ReduceLROnPlateau)
    scheduler.step(loss)


PLATEAU = Schedule(
    id="plateau",
    title=Text("reduce on plateau", "遇平台则降"),
    about=Text(
        "The rate decreases only after the loss has not improved for a while.", "损失一段时间不再改善时才降低学习率。"
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
        number(
            "factor",
            Text("factor", "系数"),
            Text("The factor of each decrease of the rate.", "每次下降时学习率所乘的系数。"),
            default=0.1,
            accepts=(0.0, 1.0),
            below=True,
            slider=(0.0, 0.99),
            symbol=r"\gamma",
        ),
        integer(
            "patience",
            Text("patience", "耐心"),
            Text("The number of steps without improvement before the rate decreases.", "允许多少步没有改善。"),
            default=10,
            accepts=(0, MAX_STEPS),
            slider=(0, 200),
            symbol="P",
        ),
        number(
            "threshold",
            Text("threshold", "阈值"),
            Text("The smallest change of the loss that counts as an improvement.", "改善多少才算改善。"),
            default=1e-4,
            accepts=(0.0, 1e6),
            slider=(1e-8, 1.0),
            symbol=r"\epsilon",
            log=True,
        ),
        Choice(
            id="threshold_mode",
            title=Text("threshold is", "阈值类型"),
            help=Text("Relative to the best loss, or an absolute difference.", "相对最佳损失的比例，还是差值。"),
            default="rel",
            options=("rel", "abs"),
        ),
        integer(
            "cooldown",
            Text("cool-down", "冷却"),
            Text("The number of steps after a decrease that are not counted.", "下降之后多少步内不计数。"),
            default=0,
            accepts=(0, MAX_STEPS),
            slider=(0, 200),
        ),
        floor("min_lr", r"\eta_{\min}"),
        number(
            "eps",
            Text("epsilon", "epsilon"),
            Text("A decrease of the rate that is not larger than this is skipped.", "幅度不超过它的下降会被略去。"),
            default=1e-8,
            accepts=(0.0, 1.0),
            slider=(1e-12, 1e-2),
            log=True,
        ),
    ),
    step=_step_with_loss,
    rates=("min_lrs", "default_min_lr", "eps"),
)
