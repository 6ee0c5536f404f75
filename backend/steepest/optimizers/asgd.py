"""ASGD: gradient descent with a decaying rate that also averages its path."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import optim

from steepest.optimizers.hyperparameters import MAXIMIZE, learning_rate, weight_decay
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.optimizers.stability import Array, Stability, State, Values
from steepest.optimizers.symbolic import leaf
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, float_value, number


def _update_rates(optimizer: optim.Optimizer, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Torch computes eta and mu at the end of a step for the next one; an edit would act one step late."""
    for state in optimizer.state.values():
        step = float(state["step"])
        eta = after["lr"] / (1 + after["lambd"] * after["lr"] * step) ** after["alpha"]
        state["eta"].copy_(torch.as_tensor(eta))
        state["mu"].copy_(torch.as_tensor(1 / max(1, step - after["t0"])))


def _stability(values: Values, state: State, steps: Array, rates: Array) -> Stability:
    """Plain descent at the decaying rate η/(1 + ληt)^α.

    Both decays act at that rate, so both add to the curvature. The rate is computed here, not read from the slot eta,
    because the record before an edit still has the old one. Under a schedule torch uses it one step late: it computes
    eta at the end of a step, before the schedule changes the rate.
    """
    lambd = float_value(values, "lambd")
    return Stability(
        rate=rates / (1 + lambd * rates * steps.astype(np.float64)) ** float_value(values, "alpha"),
        decay=lambd + float_value(values, "weight_decay"),
    )


def _worked_step(step: StepData) -> tuple[Line, ...]:
    """The rate was computed at the end of the previous step; the first one is lr itself."""
    lines = StepLines(step)
    g = lines.gradient()
    first = float(np.float32(step.values["lr"]))  # torch keeps it in float32, whatever the dtype
    rate, weight = step.state("eta", r"\eta_{t-1}", first), step.state("mu", r"\mu_{t-1}", 1.0)
    average = step.state("ax")
    lines.slot("ax", average + weight * (leaf(r"\theta_t", step.theta + step.update) - average))
    return lines.update(-rate * g - step["lambd"] * rate * step.theta_term)


ASGD = Optimizer(
    id="asgd",
    title=Text("ASGD", "ASGD"),
    about=Text(
        "Gradient descent that also averages its path from step t0 on: the average is smoother than the path.",
        "从第 t0 步起对自己的路径取平均的梯度下降：平均点比路径更平稳。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + w\,\theta_{t-1}",
        r"\theta_t = (1-\lambda\eta_{t-1})\,\theta_{t-1} - \eta_{t-1}\, g_t",
        r"\eta_t = \eta/(1+\lambda\eta t)^\alpha",
        r"\bar\theta_t = \bar\theta_{t-1} + \mu_{t-1}(\theta_t - \bar\theta_{t-1}),\quad \mu_t = 1/\max(1,\ t-t_0)",
    ),
    source="torch.optim.ASGD; Polyak & Juditsky 1992, SIAM J. Control Optim. 30(4); Bottou's sgd",
    torch_class=optim.ASGD,
    worked_step=_worked_step,
    params=(
        learning_rate(1e-2),
        number(
            "lambd",
            Text("lambda", "lambda"),
            Text("Makes the rate decay, and pulls the parameters towards zero.", "使学习率逐渐减小，并把参数拉向零。"),
            default=1e-4,
            accepts=(0.0, 1e3),
            slider=(1e-6, 1.0),
            symbol=r"\lambda",
            log=True,
        ),
        number(
            "alpha",
            Text("alpha", "alpha"),
            Text("How fast the rate decays; 0 keeps it constant.", "学习率减小得多快；0 表示不变。"),
            default=0.75,
            accepts=(0.0, 10.0),
            slider=(0.0, 2.0),
            symbol=r"\alpha",
        ),
        number(
            "t0",
            Text("t0", "t0"),
            Text(
                "Averaging begins after this step; until then the average is the current point.",
                "从这一步之后开始取平均；此前平均点就是当前点。",
            ),
            default=1e6,
            accepts=(0.0, 1e9),
            slider=(1.0, 1e6),
            symbol="t_0",
            log=True,
        ),
        weight_decay(
            0.0,
            Text("Pulls the parameters towards zero: adds wθ to the gradient.", "把参数拉向零：给梯度加上 wθ。"),
            "w",
        ),
        MAXIMIZE,
    ),
    known_lr=0.01,
    state=(
        StateSlot(name="ax", symbol=r"\bar\theta", title=Text("average of the path", "路径的平均")),
        StateSlot(name="eta", symbol=r"\eta_t", title=Text("rate of the next step", "下一步的学习率"), scalar=True),
        StateSlot(name="mu", symbol=r"\mu_t", title=Text("weight of the next point", "下一点的权重"), scalar=True),
    ),
    adjust=_update_rates,
    stability_rule=_stability,
)
