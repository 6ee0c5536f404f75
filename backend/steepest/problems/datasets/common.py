"""What several data sets have: the params for how many, how noisy and which draw, and names that are symbols."""

import torch

from steepest.spec import Integer, Number, Text, integer, number

MOST = 10_000  # samples of a made set: each step on all of them still takes milliseconds


def same(*names: str) -> tuple[Text, ...]:
    """Names that are the same in every language: symbols and numbers."""
    return tuple(Text(name, name) for name in names)


X1_X2 = same("x₁", "x₂")
TWO_CLASSES = (Text("class 0", "类别 0"), Text("class 1", "类别 1"))


def count_param(default: int) -> Integer:
    """Number of samples to make."""
    return integer(
        "count",
        Text("points", "点数"),
        Text("How many samples are made.", "生成多少个样本。"),
        default=default,
        accepts=(2, MOST),
        slider=(10, 1000),
        symbol="n",
    )


def first_param(most: int, default: int) -> Integer:
    """Number of samples of a stored set, from its beginning."""
    return integer(
        "count",
        Text("images", "图片数"),
        Text("How many of its images are used, from the first one on.", "从第一张起使用多少张图片。"),
        default=default,
        accepts=(10, most),
        slider=(min(100, most), most),
        symbol="n",
    )


def test_param(most: int, default: int) -> Integer:
    """Number of samples of a stored set's own test part, from its beginning."""
    return integer(
        "test",
        Text("test images", "测试图片数"),
        Text(
            "How many images of its own test part are used; none of them is trained on.",
            "使用多少张自带测试集的图片；它们从不用于训练。",
        ),
        default=default,
        accepts=(0, most),
    )


def noise_param(default: float, high: float, maximum: float = 100.0, *, of: Text | None = None) -> Number:
    """Standard deviation of what is added. of: what it is added to, for the help."""
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
    Text("Another number draws other points.", "换一个数，抽到另一批点。"),
    default=0,
    accepts=(0, 2**31 - 1),
    slider=(0, 100),
)


def generator(seed: int) -> torch.Generator:
    """A generator of its own: making data leaves torch's global one as it was."""
    return torch.Generator().manual_seed(seed)


def halves(count: int) -> torch.Tensor:
    """Classes of two halves: 0 for the first, which has one fewer where the count is odd, then 1. (count,) int64."""
    return (torch.arange(count) >= count // 2).long()
