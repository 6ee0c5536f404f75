"""Binary cross-entropy on logits."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, as_probabilities, output_for_two_classes
from steepest.spec import Text

BCE_LOGITS = Loss(
    id="bce_logits",
    title=Text("Binary cross-entropy on logits", "logit 上的二元交叉熵"),
    about=Text(
        "Sigmoid and binary cross-entropy in one: the same loss, still exact where the probability rounds to 0 or 1.",
        "sigmoid 与二元交叉熵合为一步：损失相同，概率舍入到 0 或 1 时仍然精确。",
    ),
    formula=r"\frac{1}{n} \sum_i \left[ \log\left(1 + e^{z_i}\right) - y_i z_i \right]",
    source="torch.nn.BCEWithLogitsLoss",
    build=lambda values: nn.BCEWithLogitsLoss(reduction=str(values["reduction"])),
    tasks=("classification",),
    takes="raw",
    outputs=output_for_two_classes,
    targets=as_probabilities,
    params=(REDUCTION,),
    shown="sigmoid",
)
