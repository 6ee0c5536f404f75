"""One cycle: the rate rises to its maximum once and falls to almost 0, the momentum in the opposite direction."""

from collections.abc import Mapping

from torch.optim import lr_scheduler

from steepest.optimizers.schedules.hyperparameters import share, steps
from steepest.optimizers.schedules.schedule import Schedule
from steepest.spec import Boolean, Choice, Number, Text, Value, float_value, invalid, number


def _step_until_end(scheduler: lr_scheduler.LRScheduler, loss: float) -> None:
    """After the last update of the cycle the rate stays: torch would raise."""
    assert isinstance(scheduler, lr_scheduler.OneCycleLR)
    if scheduler.last_epoch + 1 < scheduler.total_steps:
        scheduler.step()


def _check_rise(values: Mapping[str, Value]) -> None:
    if float_value(values, "pct_start") * float_value(values, "total_steps") == 1:
        raise invalid(
            "pct_start",
            "gives a rise of exactly one step, for which torch divides by zero",
            "使上升恰为一步，此时 torch 会除以零",
        )


def _factor(name: str, title: Text, words: Text, symbol: str, default: float, high: float) -> Number:
    return number(name, title, words, default=default, accepts=(1.0, 1e12), slider=(1.0, high), symbol=symbol, log=True)


def _momentum(name: str, title: Text, default: float, symbol: str) -> Number:
    return number(
        name,
        title,
        Text("Limit of the momentum (beta 1), where it is changed too.", "同时调节动量（beta 1）时的界限。"),
        default=default,
        accepts=(0.0, 1.0),
        below=True,
        slider=(0.0, 0.99),
        symbol=symbol,
    )


ONE_CYCLE = Schedule(
    id="one_cycle",
    title=Text("one cycle", "单周期"),
    about=Text(
        "The rate rises to the optimizer's rate once, then falls to almost 0 and stays there.",
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
            Text(
                "The number of updates of the whole cycle; afterwards the rate stays.",
                "整个周期的步数；之后保持最后的学习率。",
            ),
            "T",
        ),
        share(
            "pct_start",
            Text("share of the rise", "上升所占比例"),
            Text("The share of the steps in which the rate rises.", "学习率上升阶段占全部步数的比例。"),
            "p",
            0.3,
        ),
        Choice(
            id="anneal_strategy",
            title=Text("shape", "形状"),
            help=Text("How the rate changes from one value to the other.", "从一个学习率变到另一个的方式。"),
            default="cos",
            options=("cos", "linear"),
        ),
        Boolean(
            id="cycle_momentum",
            title=Text("momentum too", "同时调节动量"),
            help=Text(
                "Changes the momentum (beta 1) in the opposite direction; the optimizer's own momentum is not used. "
                "On by default in torch.",
                "动量（beta 1）与学习率反向变化；此时不使用优化器自己的动量。torch 默认开启。",
            ),
            default=False,  # on in torch: it would refuse optimizers without momentum, and give plain SGD one
        ),
        _momentum("base_momentum", Text("lowest momentum", "最小动量"), 0.85, r"\mu_{\min}"),
        _momentum("max_momentum", Text("highest momentum", "最大动量"), 0.95, r"\mu_{\max}"),
        _factor(
            "div_factor",
            Text("start divisor", "起始除数"),
            Text("The first rate is the highest rate divided by this.", "起始学习率为最高值除以它。"),
            "f",
            25.0,
            1e3,
        ),
        _factor(
            "final_div_factor",
            Text("end divisor", "终止除数"),
            Text("The last rate is the first rate divided by this.", "最终学习率为起始值再除以它。"),
            "F",
            1e4,
            1e6,
        ),
        Boolean(
            id="three_phase",
            title=Text("three phases", "三阶段"),
            help=Text(
                "First falls back to the start rate as it rose, then to almost 0.",
                "先按上升的方式降回起点，再降到几乎为零。",
            ),
            default=False,
        ),
    ),
    arguments=lambda values, lr: {**values, "max_lr": lr},
    step=_step_until_end,
    cycles_momentum=lambda values: bool(values["cycle_momentum"]),
    check=_check_rise,
    horizon=lambda values: int(float_value(values, "total_steps")),
)
