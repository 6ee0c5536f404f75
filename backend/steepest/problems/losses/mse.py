"""Squared error."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, outputs_for_numbers, unchanged
from steepest.spec import Text

MSE = Loss(
    id="mse",
    title=Text("Mean squared error", "均方误差"),
    about=Text(
        "The square of each error: twice the error counts four times, so one outlier has a large effect.",
        "每个误差取平方：错两倍就算四倍，所以一个离群点拉力很大。",
    ),
    formula=r"\frac{1}{n} \sum_i (\hat{y}_i - y_i)^2",
    source="torch.nn.MSELoss",
    build=lambda values: nn.MSELoss(reduction=str(values["reduction"])),
    tasks=("regression",),
    takes="raw",
    outputs=outputs_for_numbers,
    targets=unchanged,
    params=(REDUCTION,),
)
