"""Logistic regression: a linear model with one output, read as the probability of the second of two classes."""

from collections.abc import Mapping
from math import prod

from torch import nn

from steepest.problems.learning.model import Gives, Layer, Model
from steepest.problems.models.dense import BIAS, dense, flattening, is_image
from steepest.spec import Choice, Text, Value, invalid


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """One linear layer with one output."""
    if outputs != 1:
        raise invalid(
            "id",
            f"logistic has 1 output; here {outputs} are needed: use softmax, linear or mlp",
            f"logistic 只有 1 个输出，此处需要 {outputs} 个：可用 softmax、linear 或 mlp",
        )
    return dense("1" if is_image(inputs) else "0", inputs, 1, bool(values["bias"]))


def build(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> nn.Module:
    """`nn.Linear` and `nn.Sigmoid`; without the sigmoid for logits."""
    linear = nn.Linear(prod(inputs), 1, bias=bool(values["bias"]))
    after = [nn.Sigmoid()] if gives(values) == "probability" else []
    return nn.Sequential(*flattening(inputs), linear, *after)


def activations(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """The input, the logit and the probability."""
    return prod(inputs) + (2 if gives(values) == "probability" else 1)


def gives(values: Mapping[str, Value]) -> Gives:
    """Probabilities, or logits."""
    return "probability" if values["output"] == "probability" else "raw"


LOGISTIC = Model(
    id="logistic",
    title=Text("Logistic regression", "逻辑回归"),
    about=Text(
        "A linear model whose output a sigmoid turns into a probability; its 0.5 line is straight.",
        "线性模型的输出经 sigmoid 变成概率；它的 0.5 分界线是直的。",
    ),
    formula=r"\hat{p} = \sigma(w^\top x + b), \quad \sigma(z) = \frac{1}{1 + e^{-z}}",
    source="Cox 1958, The regression analysis of binary sequences",
    layers=layers,
    build=build,
    activations=activations,
    params=(
        Choice(
            id="output",
            title=Text("output", "输出"),
            help=Text(
                "probability: a sigmoid inside, for binary cross-entropy on probabilities; "
                "logit: none, for binary cross-entropy on logits, which computes the same loss more exactly.",
                "probability：模型内含 sigmoid，配概率上的二元交叉熵；logit：不含，配 logit 上的二元交叉熵，"
                "损失相同而数值更精确。",
            ),
            default="probability",
            options=("probability", "logit"),
        ),
        BIAS,
    ),
    gives=gives,
)
