"""Yields of apples and oranges in five regions from their weather: three inputs, two outputs."""

import torch

from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.spec import Text

INPUTS = ((73.0, 67.0, 43.0), (91.0, 88.0, 64.0), (87.0, 134.0, 58.0), (102.0, 43.0, 37.0), (69.0, 96.0, 70.0))
TARGETS = ((56.0, 70.0), (81.0, 101.0), (119.0, 133.0), (22.0, 37.0), (103.0, 119.0))
INPUT_NAMES = (
    Text("temperature (°F)", "温度（°F）"),
    Text("rainfall (mm)", "降雨（mm）"),
    Text("humidity (%)", "湿度（%）"),
)
TARGET_NAMES = (Text("apples (t)", "苹果（吨）"), Text("oranges (t)", "橙子（吨）"))


def shape() -> DataShape:
    """5 samples, 3 numbers to 2 numbers."""
    return DataShape(count=len(INPUTS), inputs=(3,), input_names=INPUT_NAMES, targets=2, target_names=TARGET_NAMES)


def make() -> Data:
    """One region a row: Kanto, Johto, Hoenn, Sinnoh, Unova."""
    return Data(torch.tensor(INPUTS), torch.tensor(TARGETS))


# The largest eigenvalue of X^T X / n is about 21,000, and the mean is over both outputs: stable below 9e-5.
FRUIT = Dataset(
    id="fruit",
    title=Text("Apples and oranges", "苹果与橙子"),
    about=Text(
        "Two linear regressions in one model: the three inputs are not scaled, so only a tiny rate is stable.",
        "一个模型做两个线性回归：三个输入未经缩放，只有极小的学习率才稳定。",
    ),
    source="lecture notes on PyTorch: linear regression with several outputs",
    shape=shape,
    make=make,
    known_lr=1e-5,
)
