"""Absolute error."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, outputs_for_numbers, unchanged
from steepest.spec import Text

L1 = Loss(
    id="l1",
    title=Text("Mean absolute error", "平均绝对误差"),
    about=Text(
        "The size of each error: outliers pull no harder than other points, and the slope stays constant near the fit.",
        "每个误差取绝对值：远点的拉力不比近点大，接近拟合时坡度也不减小。",
    ),
    formula=r"\frac{1}{n} \sum_i |\hat{y}_i - y_i|",
    source="torch.nn.L1Loss",
    build=lambda values: nn.L1Loss(reduction=str(values["reduction"])),
    tasks=("regression",),
    takes="raw",
    outputs=outputs_for_numbers,
    targets=unchanged,
    params=(REDUCTION,),
)
