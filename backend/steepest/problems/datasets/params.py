"""Params that several data sets share: counts, noise, and the seed of what is drawn."""

import torch

from steepest.spec import Integer, Number, Text, integer, number

MAX_COUNT = 10_000  # generated samples: a step on all of them still takes milliseconds


def count_param(default: int) -> Integer:
    """`count`: the number of generated samples."""
    return integer(
        "count",
        Text("points", "点数"),
        Text("The number of generated samples.", "生成多少个样本。"),
        default=default,
        accepts=(2, MAX_COUNT),
        slider=(10, 1000),
        symbol="n",
    )


def first_param(most: int, default: int) -> Integer:
    """`count`: the number of training images of a stored data set, from the first one on."""
    return integer(
        "count",
        Text("images", "图片数"),
        Text("The number of images used, from the first one on.", "从第一张起使用多少张图片。"),
        default=default,
        accepts=(10, most),
        slider=(min(100, most), most),
        symbol="n",
    )


def test_param(most: int, default: int) -> Integer:
    """`test`: the number of images of a stored data set's own test split, from the first one on."""
    return integer(
        "test",
        Text("test images", "测试图片数"),
        Text(
            "The number of images of its own test split used; none of them is trained on.",
            "使用多少张自带测试集的图片；它们从不用于训练。",
        ),
        default=default,
        accepts=(0, most),
    )


def noise_param(default: float, high: float, maximum: float = 100.0, *, of: Text | None = None) -> Number:
    """`noise`: a standard deviation. of: what the noise is added to, for the help."""
    to = of or Text("each coordinate of a point", "每个点的坐标")
    return number(
        "noise",
        Text("noise", "噪声"),
        Text(
            f"Standard deviation of the Gaussian noise added to {to.en}; 0 is none.",
            f"加在{to.zh}上的高斯噪声的标准差；0 表示无噪声。",
        ),
        default=default,
        accepts=(0.0, maximum),
        slider=(0.0, high),
        symbol=r"\sigma",
    )


SEED = integer(
    "seed",
    Text("draw", "抽样种子"),
    Text("Another number gives other points.", "换一个数，抽到另一批点。"),
    default=0,
    accepts=(0, 2**31 - 1),
    slider=(0, 100),
)


def generator(seed: int) -> torch.Generator:
    """A generator for one data set; torch's global generator keeps its state."""
    return torch.Generator().manual_seed(seed)
