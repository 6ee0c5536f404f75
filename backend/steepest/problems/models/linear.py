"""The linear model: each output a weighted sum of the inputs, plus a bias."""

from collections.abc import Mapping
from math import prod

from torch import nn

from steepest.problems.learning.model import Layer, Model
from steepest.problems.models.dense import BIAS, dense, flattening, is_image
from steepest.spec import Text, Value


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """One linear layer."""
    return dense("1" if is_image(inputs) else "", inputs, outputs, bool(values["bias"]))


def build(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> nn.Module:
    """`nn.Linear`, after `nn.Flatten` for images."""
    linear = nn.Linear(prod(inputs), outputs, bias=bool(values["bias"]))
    return nn.Sequential(*flattening(inputs), linear) if is_image(inputs) else linear


def activations(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """The input and the outputs."""
    return prod(inputs) + outputs


LINEAR = Model(
    id="linear",
    title=Text("Linear", "线性模型"),
    about=Text(
        "A weighted sum of the inputs: a line or a plane. With squared error the loss is a bowl with one minimum.",
        "输入的加权和：一条直线、一个平面。配合平方误差，损失是只有一个最低点的碗。",
    ),
    formula=r"\hat{y} = W x + b",
    source="torch.nn.Linear",
    layers=layers,
    build=build,
    activations=activations,
    params=(BIAS,),
)
