"""Softmax regression: a linear model with one logit for each class."""

from collections.abc import Mapping
from dataclasses import replace

from steepest.problems.learning.model import Layer
from steepest.problems.models.linear import LINEAR
from steepest.spec import Text, Value, invalid


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """Those of the linear model."""
    if outputs < 2:
        raise invalid(
            "id",
            "softmax has at least 2 outputs, one for each class; here 1 is needed: use linear, logistic or mlp",
            "softmax 每类一个输出，至少 2 个；此处需要 1 个：可用 linear、logistic 或 mlp",
        )
    return LINEAR.layers(inputs, outputs, values)


SOFTMAX = replace(
    LINEAR,
    id="softmax",
    title=Text("Softmax regression", "Softmax 回归"),
    about=Text(
        "One weighted sum for each class, its logit; cross-entropy turns them into probabilities.",
        "每类一个加权和，即 logit；交叉熵把它们变成概率。",
    ),
    formula=r"z = W x + b, \quad \hat{p}_c = \frac{e^{z_c}}{\sum_k e^{z_k}}",
    source="Bishop 2006, Pattern Recognition and Machine Learning, 4.3.4",
    layers=layers,
)
