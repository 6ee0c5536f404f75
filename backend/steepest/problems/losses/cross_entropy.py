"""Cross-entropy on logits, for two classes or more."""

from torch import nn

from steepest.problems.learning.loss import Loss
from steepest.problems.losses.outputs_and_targets import REDUCTION, outputs_for_classes, unchanged
from steepest.spec import Text

CROSS_ENTROPY = Loss(
    id="cross_entropy",
    title=Text("Cross-entropy", "交叉熵"),
    about=Text(
        "Minus the logarithm of the probability that softmax gives to the true class; takes one logit for each class.",
        "softmax 给真实类别的概率的负对数；每类需要一个 logit。",
    ),
    formula=r"-\frac{1}{n} \sum_i \log \frac{e^{z_{i, y_i}}}{\sum_c e^{z_{i, c}}}",
    source="torch.nn.CrossEntropyLoss",
    build=lambda values: nn.CrossEntropyLoss(reduction=str(values["reduction"])),
    tasks=("classification",),
    takes="raw",
    outputs=outputs_for_classes,
    targets=unchanged,
    params=(REDUCTION,),
    shown="softmax",
)
