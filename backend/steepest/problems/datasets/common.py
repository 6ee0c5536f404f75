"""What several data sets have: the params for how many, how noisy and which draw, and names that are symbols."""

import torch

from steepest.spec import Integer, Number, Text

MOST = 10_000  # samples of a made set: each step on all of them still takes milliseconds


def same(*names: str) -> tuple[Text, ...]:
    """Names that are the same in every language: symbols and numbers."""
    return tuple(Text(name, name) for name in names)


X1_X2 = same("x₁", "x₂")
TWO_CLASSES = (Text("class 0", "类别 0"), Text("class 1", "类别 1"))


def count_param(default: int) -> Integer:
    """Number of samples to make."""
    return Integer(
        id="count",
        symbol="n",
        title=Text("points", "点数"),
        help=Text("How many samples are made.", "生成多少个样本。"),
        default=default,
        minimum=2,
        maximum=MOST,
        low=10,
        high=1000,
    )


def first_param(most: int, default: int) -> Integer:
    """Number of samples of a stored set, from its beginning."""
    return Integer(
        id="count",
        symbol="n",
        title=Text("images", "图片数"),
        help=Text("How many of its images are used, from the first one on.", "从第一张起使用多少张图片。"),
        default=default,
        minimum=10,
        maximum=most,
        low=min(100, most),
        high=most,
    )


def test_param(most: int, default: int) -> Integer:
    """Number of samples of a stored set's own test part, from its beginning."""
    return Integer(
        id="test",
        title=Text("test images", "测试图片数"),
        help=Text(
            "How many images of its own test part are used; none of them is trained on.",
            "使用多少张自带测试集的图片；它们从不用于训练。",
        ),
        default=default,
        minimum=0,
        maximum=most,
        low=0,
        high=most,
    )


def noise_param(default: float, high: float, maximum: float = 100.0, *, of: Text | None = None) -> Number:
    """Standard deviation of what is added. of: what it is added to, for the help."""
    to = of or Text("each coordinate of a point", "每个点的坐标")
    return Number(
        id="noise",
        symbol=r"\sigma",
        title=Text("noise", "噪声"),
        help=Text(
            f"Standard deviation of the Gaussian noise added to {to.en}; 0 is none.",
            f"加在{to.zh}上的高斯噪声的标准差；0 表示无噪声。",
        ),
        default=default,
        minimum=0.0,
        maximum=maximum,
        low=0.0,
        high=high,
    )


SEED = Integer(
    id="seed",
    title=Text("draw", "抽样种子"),
    help=Text("Another number draws other points.", "换一个数，抽到另一批点。"),
    default=0,
    minimum=0,
    maximum=2**31 - 1,
    low=0,
    high=100,
)


def generator(seed: int) -> torch.Generator:
    """A generator of its own: making data leaves torch's global one as it was."""
    return torch.Generator().manual_seed(seed)


def halves(count: int) -> torch.Tensor:
    """Classes of two halves: 0 for the first, which has one fewer where the count is odd, then 1. (count,) int64."""
    return (torch.arange(count) >= count // 2).long()
