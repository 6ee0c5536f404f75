"""A small convolutional net for images: two convolutions, each with its ReLU and pooling, and a linear layer."""

from collections.abc import Mapping

from torch import nn

from steepest.problems.learning.model import Layer, Model
from steepest.problems.models.dense import dense
from steepest.spec import Text, Value, float_value, integer, invalid

KERNEL = 3  # pixels a side, with a padding of 1, so that an image keeps its size
POOL = 2  # each pooling halves height and width
MIN_SIDE = POOL * POOL  # pixels; two poolings leave at least one


def _channels(inputs: tuple[int, ...], values: Mapping[str, Value]) -> tuple[int, int, int]:
    """Channels of the image, after the first convolution, and after the second, which has twice as many."""
    first = int(float_value(values, "channels"))
    return inputs[0], first, 2 * first


def _pooled(inputs: tuple[int, ...], times: int) -> int:
    """Pixels of one channel after so many poolings, which drop an odd row or column."""
    side: int = POOL**times
    return (inputs[1] // side) * (inputs[2] // side)


def _check(inputs: tuple[int, ...]) -> None:
    if len(inputs) != 3:
        raise invalid(
            "id",
            "convnet is for images, and these samples are rows of numbers: use linear, softmax or mlp",
            "convnet 用于图像，而这些样本是一行行的数：请用 linear、softmax 或 mlp",
        )
    if min(inputs[1:]) < MIN_SIDE:
        size = f"{inputs[1]}×{inputs[2]}"
        raise invalid(
            "id",
            f"convnet needs images of at least {MIN_SIDE}×{MIN_SIDE} pixels; these have {size}",
            f"convnet 需要至少 {MIN_SIDE}×{MIN_SIDE} 像素的图像；这些只有 {size}",
        )


def _convolution(name: str, channels: int, filters: int) -> tuple[Layer, ...]:
    weight = Layer(name=f"{name}.weight", shape=(filters, channels, KERNEL, KERNEL), weight=True)
    return weight, Layer(name=f"{name}.bias", shape=(filters,), weight=False)


def layers(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> tuple[Layer, ...]:
    """Two convolutions and the linear layer."""
    _check(inputs)
    channels, first, second = _channels(inputs, values)
    return (
        *_convolution("0", channels, first),
        *_convolution("3", first, second),
        *dense("7", second * _pooled(inputs, 2), outputs, bias=True),
    )


def build(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> nn.Module:
    """`nn.Sequential`: convolution, ReLU, pooling, twice; then flattened into a linear layer."""
    _check(inputs)
    channels, first, second = _channels(inputs, values)
    return nn.Sequential(
        nn.Conv2d(channels, first, KERNEL, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(POOL),
        nn.Conv2d(first, second, KERNEL, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(POOL),
        nn.Flatten(),
        nn.Linear(second * _pooled(inputs, 2), outputs),
    )


def activations(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """The image; each convolution before and after its ReLU, and pooled; the outputs."""
    channels, first, second = _channels(inputs, values)
    whole, half, quarter = inputs[1] * inputs[2], _pooled(inputs, 1), _pooled(inputs, 2)
    return channels * whole + first * (2 * whole + half) + second * (2 * half + quarter) + outputs


def multiplications(inputs: tuple[int, ...], outputs: int, values: Mapping[str, Value]) -> int:
    """Each weight of a filter is used once at every pixel of what it slides over."""
    pixels = {"0.weight": inputs[1] * inputs[2], "3.weight": _pooled(inputs, 1)}
    return sum(layer.size * pixels.get(layer.name, 1) for layer in layers(inputs, outputs, values) if layer.weight)


CONVNET = Model(
    id="convnet",
    title=Text("Convolutional net", "卷积网络"),
    about=Text(
        "For images: small filters slide over the image, so they find a stroke wherever it is.",
        "用于图像：小滤波器滑过整幅图，所以笔画无论在哪儿都能被找到。",
    ),
    formula=r"a_l = \mathrm{pool}(\mathrm{relu}(K_l * a_{l-1} + b_l)), \quad l = 1, 2, \quad a_0 = x, "
    r"\quad \hat{y} = W a_2 + b_3",
    source="LeCun et al. 1998, Gradient-based learning applied to document recognition",
    layers=layers,
    build=build,
    activations=activations,
    multiplications=multiplications,
    params=(
        integer(
            "channels",
            Text("filters", "滤波器数"),
            Text(
                "The number of filters of the first convolution; the second has twice as many.",
                "第一个卷积层的滤波器数；第二个为其两倍。",
            ),
            default=8,
            accepts=(1, 64),
            slider=(1, 32),
        ),
    ),
)
