"""Binary cross-entropy on probabilities."""

from contextlib import suppress

import torch
from torch import Tensor, nn
from typing_extensions import override

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, as_probabilities, output_for_two_classes
from steepest.spec import Text


class BCELoss(nn.BCELoss):
    """torch's class, but NaN where a probability is NaN, as for a diverged model: torch's raises there.

    On a GPU torch's ends the process, so there such probabilities are replaced first.
    """

    @override
    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """(batch, 1) each, to the loss."""
        if input.device.type == "cpu":
            with suppress(RuntimeError):
                return super().forward(input, target)
        lost = input.isnan()
        return torch.where(lost.any(), torch.nan, super().forward(input.masked_fill(lost, 0.5), target))


BCE = Loss(
    id="bce",
    title=Text("Binary cross-entropy", "二元交叉熵"),
    about=Text(
        "Minus the logarithm of the probability of the true class: confident errors cost most. PyTorch limits the "
        "logarithm to -100.",
        "对真实结果所给概率的负对数：越自信越错，代价越大。PyTorch 把对数截止在 -100。",
    ),
    formula=r"-\frac{1}{n} \sum_i \left[ y_i \log \hat{p}_i + (1 - y_i) \log(1 - \hat{p}_i) \right]",
    source="torch.nn.BCELoss",
    build=lambda values: BCELoss(reduction=str(values["reduction"])),
    tasks=("classification",),
    takes="probability",
    outputs=output_for_two_classes,
    targets=as_probabilities,
    params=(REDUCTION,),
    shown="probability",
)
