"""Huber's loss: squared near the target, absolute far from it."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, outputs_for_numbers, unchanged
from steepest.spec import Text, float_value, number

HUBER = Loss(
    id="huber",
    title=Text("Huber", "Huber 损失"),
    about=Text(
        "Squared for errors up to δ, linear beyond: smooth at the fit, robust against outliers.",
        "误差不超过 δ 时为平方，超过后为直线：拟合处光滑，对离群点稳健。",
    ),
    formula=r"\frac{1}{n} \sum_i \begin{cases} \tfrac{1}{2} e_i^2 & |e_i| \le \delta \\ "
    r"\delta \left(|e_i| - \tfrac{1}{2}\delta\right) & |e_i| > \delta \end{cases}, \quad e_i = \hat{y}_i - y_i",
    source="Huber 1964, Robust estimation of a location parameter; torch.nn.HuberLoss",
    build=lambda values: nn.HuberLoss(reduction=str(values["reduction"]), delta=float_value(values, "delta")),
    tasks=("regression",),
    takes="raw",
    outputs=outputs_for_numbers,
    targets=unchanged,
    params=(
        REDUCTION,
        number(
            "delta",
            Text("delta", "δ"),
            Text("The error at which the square turns into a straight line.", "误差大到此值时，平方转为直线。"),
            default=1.0,
            accepts=(0.0, 1e6),
            above=True,
            slider=(0.01, 100.0),
            symbol=r"\delta",
            log=True,
        ),
    ),
)
