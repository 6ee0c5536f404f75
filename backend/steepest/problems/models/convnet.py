"""A small convolutional net for images: two convolutions, each with its ReLU and pooling, and a linear layer."""

from collections.abc import Mapping
from typing import cast

from torch import nn

from steepest.problems.learning.model import Layer, Model
from steepest.problems.models.dense import dense
from steepest.spec import Invalid, Text, Value, integer

KERNEL = 3  # pixels a side, with a border of 1, so that a picture keeps its size
POOL = 2  # each pooling halves height and width
SMALLEST = POOL * POOL  # pixels a side that two poolings leave something of


def _channels(inputs: tuple[int, ...], values: Mapping[str, Value]) -> tuple[int, int, int]:
    """Of the picture, after the first convolution, and after the second, which has twice as many."""
    first = cast(int, values["channels"])
    return inputs[0], first, 2 * first


def _pooled(inputs: tuple[int, ...], times: int) -> int:
    """Pixels of one channel after so many poolings; an odd row or column is dropped."""
    side: int = POOL**times
    return (inputs[1] // side) * (inputs[2] // side)


def _check(inputs: tuple[int, ...]) -> None:
    if len(inputs) != 3:
        raise Invalid(
            "id",
            Text(
                "convnet is for images, and these samples are rows of numbers: use linear, softmax or mlp",
                "convnet 用于图像，而这些样本是一行行的数：请用 linear、softmax 或 mlp",
            ),
        )
    if min(inputs[1:]) < SMALLEST:
        size = f"{inputs[1]}×{inputs[2]}"
        raise Invalid(
            "id",
            Text(
                f"convnet needs images of at least {SMALLEST}×{SMALLEST} pixels; these have {size}",
                f"convnet 需要至少 {SMALLEST}×{SMALLEST} 像素的图像；这些只有 {size}",
            ),
        )


def _convolution(name: str, channels: int, filters: int) -> tuple[Layer, ...]:
    weight = Layer(name=f"{name}.weight", shape=(filters, channels, KERNEL, KERNEL), weight=True)
    return weight, Layer(name=f"{name}.bias", shape=(filters,), weight=False)


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """Two convolutions and the linear layer."""
    _check(inputs)
    picture, first, second = _channels(inputs, values)
    return (
        *_convolution("0", picture, first),
        *_convolution("3", first, second),
        *dense("7", second * _pooled(inputs, 2), outputs, bias=True),
    )


def build(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> nn.Module:
    """`nn.Sequential`: convolution, ReLU, pooling, twice; then flattened into a linear layer."""
    _check(inputs)
    picture, first, second = _channels(inputs, values)
    return nn.Sequential(
        nn.Conv2d(picture, first, KERNEL, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(POOL),
        nn.Conv2d(first, second, KERNEL, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(POOL),
        nn.Flatten(),
        nn.Linear(second * _pooled(inputs, 2), outputs),
    )


def activations(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """The picture; each convolution before and after its ReLU, and pooled; the outputs."""
    picture, first, second = _channels(inputs, values)
    whole, half, quarter = inputs[1] * inputs[2], _pooled(inputs, 1), _pooled(inputs, 2)
    return picture * whole + first * (2 * whole + half) + second * (2 * half + quarter) + outputs


CONVNET = Model(
    id="convnet",
    title=Text("Convolutional net", "卷积网络"),
    about=Text(
        "For images: small filters slide over the picture, so that a stroke is found wherever it is.",
        "用于图像：小滤波器滑过整幅图，所以笔画无论在哪儿都能被找到。",
    ),
    formula=r"a_l = \mathrm{pool}(\mathrm{relu}(K_l * a_{l-1} + b_l)), \quad l = 1, 2, \quad a_0 = x, "
    r"\quad \hat{y} = W a_2 + b_3",
    source="LeCun et al. 1998, Gradient-based learning applied to document recognition",
    layers=layers,
    build=build,
    activations=activations,
    params=(
        integer(
            "channels",
            Text("filters", "滤波器数"),
            Text(
                "How many filters the first convolution has; the second has twice as many.",
                "第一个卷积层的滤波器数；第二个为其两倍。",
            ),
            default=8,
            accepts=(1, 64),
            slider=(1, 32),
        ),
    ),
)
