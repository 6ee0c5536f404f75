"""One cycle: the rate rises to the top once and comes down to almost nothing, the momentum the other way round."""

from collections.abc import Mapping
from typing import Any

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.common import share, steps
from steepest.optimizers.schedules.schedule import Schedule, number
from steepest.spec import Boolean, Choice, Invalid, Number, Text, Value


def _up_to_the_optimizers_own(values: Mapping[str, Value], lr: float) -> dict[str, Any]:
    return {**values, "max_lr": lr}


def _until_it_ends(scheduler: lr_scheduler.LRScheduler, loss: float) -> None:
    """The rate of the last preview_rates update holds on: torch raises beyond it."""
    assert isinstance(scheduler, lr_scheduler.OneCycleLR)
    if scheduler.last_epoch + 1 < scheduler.total_steps:
        scheduler.step()


def _more_than_one_step_up(values: Mapping[str, Value]) -> None:
    share, total = values["pct_start"], values["total_steps"]
    assert isinstance(share, float)
    assert isinstance(total, int)
    if share * total == 1:
        raise Invalid(
            "pct_start",
            Text("a rise of exactly one step is one that torch divides by zero for", "上升恰为一步时 torch 会除以零"),
        )


def _factor(name: str, title: Text, words: Text, symbol: str, default: float, high: float) -> Number:
    return Number(
        id=name,
        title=title,
        help=words,
        symbol=symbol,
        default=default,
        minimum=1.0,
        maximum=1e12,
        low=1.0,
        high=high,
        scale="log",
    )


def _momentum(name: str, title: Text, default: float, symbol: str) -> Number:
    return Number(
        id=name,
        title=title,
        help=Text("Of the momentum (beta 1), where it is turned as well.", "当同时调节动量（beta 1）时的取值。"),
        symbol=symbol,
        default=default,
        minimum=0.0,
        maximum=1.0,
        below=True,
        low=0.0,
        high=0.99,
    )


ONE_CYCLE = Schedule(
    id="one_cycle",
    title=Text("one cycle", "单周期"),
    about=Text(
        "The rate rises to the optimizer's own once, then sinks to almost nothing and stays there.",
        "学习率先升到优化器自己的值，再一路降到几乎为零，并停在那里。",
    ),
    formula=(
        r"\eta/f \;\to\; \eta \;\to\; \eta/(f F),\quad\text{the rise takes } pT \text{ of } T \text{ updates}",
        r"\text{from } a \text{ to } b:\quad b + \tfrac12(a - b)\left(1 + \cos \pi x\right),\quad x \in [0, 1]"
        r"\quad(\text{linear: } a + (b - a)\,x)",
    ),
    source="torch.optim.lr_scheduler.OneCycleLR; Smith & Topin 2018, arXiv:1708.07120",
    torch_class=lr_scheduler.OneCycleLR,
    params=(
        steps(
            "total_steps",
            300,
            Text("steps", "步数"),
            Text("Updates of the whole cycle; the last rate holds on.", "整个周期的步数；之后保持最后的学习率。"),
            "T",
        ),
        share(
            "pct_start",
            Text("share of the rise", "上升所占比例"),
            Text("Share of the steps in which the rate rises.", "学习率上升阶段占全部步数的比例。"),
            "p",
            0.3,
        ),
        Choice(
            id="anneal_strategy",
            title=Text("shape", "形状"),
            help=Text("How it goes from one rate to the other.", "从一个学习率变到另一个的方式。"),
            default="cos",
            options=("cos", "linear"),
        ),
        Boolean(
            id="cycle_momentum",
            title=Text("momentum too", "同时调节动量"),
            help=Text(
                "Turns the momentum (beta 1) against the rate; the optimizer's own then counts for nothing. Torch's "
                "default is on.",
                "动量（beta 1）与学习率反向变化；此时优化器自己的动量不起作用。torch 默认开启。",
            ),
            default=False,  # torch's is on: it would refuse optimizers without a momentum, and give plain SGD one
        ),
        _momentum("base_momentum", Text("lowest momentum", "最小动量"), 0.85, r"\mu_{\min}"),
        _momentum("max_momentum", Text("highest momentum", "最大动量"), 0.95, r"\mu_{\max}"),
        _factor(
            "div_factor",
            Text("begins lower by", "起始除数"),
            Text("The rate begins at its highest divided by this.", "起始学习率为最高值除以它。"),
            "f",
            25.0,
            1e3,
        ),
        _factor(
            "final_div_factor",
            Text("ends lower by", "终止除数"),
            Text("The rate ends where it began, divided by this.", "最终学习率为起始值再除以它。"),
            "F",
            1e4,
            1e6,
        ),
        Boolean(
            id="three_phase",
            title=Text("three phases", "三阶段"),
            help=Text(
                "Comes down as it rose, and only then to almost nothing.", "先按上升的方式降回起点，再降到几乎为零。"
            ),
            default=False,
        ),
    ),
    arguments=_up_to_the_optimizers_own,
    step=_until_it_ends,
    cycles_momentum=lambda values: bool(values["cycle_momentum"]),
    check=_more_than_one_step_up,
    horizon=lambda values: int(number(values, "total_steps")),
)
