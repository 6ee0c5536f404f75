"""What models of fully connected layers share."""

from math import prod

from torch import nn

from steepest.problems.learning.model import Layer
from steepest.spec import Boolean, Text


def is_image(inputs: tuple[int, ...]) -> bool:
    """Whether one input is (channels, height, width) rather than (k,) numbers."""
    return len(inputs) > 1


def flattening(inputs: tuple[int, ...]) -> list[nn.Module]:
    """The modules before a linear layer: `nn.Flatten` for images, else none."""
    return [nn.Flatten()] if is_image(inputs) else []


def dense(name: str, inputs: tuple[int, ...] | int, outputs: int, bias: bool) -> tuple[Layer, ...]:
    """The tensors of an `nn.Linear` called `name` ("" for a module by itself) from such an input."""
    width = inputs if isinstance(inputs, int) else prod(inputs)
    dot = f"{name}." if name else ""
    weight = Layer(name=f"{dot}weight", shape=(outputs, width), weight=True)
    return (weight, Layer(name=f"{dot}bias", shape=(outputs,), weight=False)) if bias else (weight,)


BIAS = Boolean(
    id="bias",
    symbol="b",
    title=Text("bias", "偏置"),
    help=Text(
        "Whether a constant is added to the weighted sum; without it the fit goes through the origin.",
        "加权之后是否再加一个数；没有它，拟合必过原点。",
    ),
    default=True,
)
