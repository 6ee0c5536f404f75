"""A multilayer perceptron: fully connected layers with an activation between them."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import prod
from typing import cast

from torch import nn

from steepest.problems.learning.model import Gives, Layer, Model
from steepest.problems.models.dense import BIAS, dense, flattening
from steepest.spec import Choice, Integers, Text, Value, float_value, number

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softplus": nn.Softplus,
    "gelu": nn.GELU,
}
MAX_HIDDEN = 6
MAX_WIDTH = 64


def _hidden(values: Mapping[str, Value]) -> list[int]:
    return cast(list[int], values["hidden"])  # as Integers has checked


def _dropout(values: Mapping[str, Value]) -> float:
    return float_value(values, "dropout")


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """One linear layer more than hidden layers, numbered as in the `nn.Sequential`."""
    widths = [prod(inputs), *_hidden(values), outputs]
    spacing = 3 if _dropout(values) else 2  # a linear layer, its activation, its dropout
    first = len(flattening(inputs))
    return tuple(
        layer
        for n, (fan_in, fan_out) in enumerate(pairwise(widths))
        for layer in dense(str(first + n * spacing), fan_in, fan_out, bool(values["bias"]))
    )


def build(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> nn.Module:
    """`nn.Sequential`: linear, activation, (dropout,) ... linear (, sigmoid)."""
    activation, dropout, bias = ACTIVATIONS[str(values["activation"])], _dropout(values), bool(values["bias"])
    modules = flattening(inputs)
    width = prod(inputs)
    for hidden in _hidden(values):
        modules += [nn.Linear(width, hidden, bias=bias), activation()]
        if dropout:
            modules.append(nn.Dropout(dropout))
        width = hidden
    modules.append(nn.Linear(width, outputs, bias=bias))
    if gives(values) == "probability":
        modules.append(nn.Sigmoid())
    return nn.Sequential(*modules)


def activations(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """The input, and before and after each activation."""
    each = 3 if _dropout(values) else 2
    last = 2 if gives(values) == "probability" else 1
    return prod(inputs) + each * sum(_hidden(values)) + last * outputs


def gives(values: Mapping[str, Value]) -> Gives:
    """Probabilities where the last module is a sigmoid."""
    return "probability" if values["output"] == "sigmoid" else "raw"


def is_random(values: Mapping[str, Value]) -> bool:
    """With dropout after at least one hidden layer."""
    return _dropout(values) > 0 and bool(_hidden(values))


MLP = Model(
    id="mlp",
    title=Text("Neural net", "神经网络"),
    about=Text(
        "Layers of weighted sums with an activation between them: can fit curves that no linear model can.",
        "一层层加权和，中间是激活函数：能拟合线性模型拟合不了的曲线。",
    ),
    formula=r"a_0 = x, \quad a_l = \varphi(W_l a_{l-1} + b_l), \quad \hat{y} = W_L a_{L-1} + b_L",
    source="Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
    layers=layers,
    build=build,
    activations=activations,
    params=(
        Integers(
            id="hidden",
            title=Text("hidden layers", "隐藏层"),
            help=Text(
                f"The width of each hidden layer, 1 to {MAX_WIDTH}; at most {MAX_HIDDEN} of them, none for a line.",
                f"每个隐藏层的宽度，1 到 {MAX_WIDTH}；最多 {MAX_HIDDEN} 层，没有则为线性模型。",
            ),
            default=[10],
            minimum=1,
            maximum=MAX_WIDTH,
            low=1,
            high=16,
            max_length=MAX_HIDDEN,
        ),
        Choice(
            id="activation",
            symbol=r"\varphi",
            title=Text("activation", "激活函数"),
            help=Text(
                "The nonlinearity after each hidden layer; with identity the net is a linear model.",
                "每个隐藏层之后的非线性；identity 时网络仍是线性模型。",
            ),
            default="relu",
            options=tuple(ACTIVATIONS),
        ),
        Choice(
            id="output",
            title=Text("output", "输出"),
            help=Text(
                "raw: the last weighted sums; sigmoid: each turned into a probability.",
                "raw：最后的加权和；sigmoid：各自变成概率。",
            ),
            default="raw",
            options=("raw", "sigmoid"),
        ),
        BIAS,
        number(
            "dropout",
            Text("dropout", "dropout"),
            Text(
                "The probability that a hidden unit is left out of a training step; the others are scaled up.",
                "训练的一步中每个隐藏单元被略去的概率；其余单元相应放大。",
            ),
            default=0.0,
            accepts=(0.0, 0.9),
            symbol="p",
        ),
    ),
    gives=gives,
    random=is_random,
)
