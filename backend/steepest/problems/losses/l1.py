"""Absolute error."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.common import REDUCTION, as_they_are, one_a_number
from steepest.spec import Text

L1 = Loss(
    id="l1",
    title=Text("Mean absolute error", "平均绝对误差"),
    about=Text(
        "The size of each error: far points pull no harder than near ones, and the slope does not fade near the fit.",
        "每个误差取绝对值：远点的拉力不比近点大，接近拟合时坡度也不减小。",
    ),
    formula=r"\frac{1}{n} \sum_i |\hat{y}_i - y_i|",
    source="torch.nn.L1Loss",
    build=lambda values: nn.L1Loss(reduction=str(values["reduction"])),
    tasks=("regression",),
    takes="raw",
    outputs=one_a_number,
    targets=as_they_are,
    params=(REDUCTION,),
)
