"""Shapes, names and classes that several data sets share."""

import torch

from steepest.problems.learning.dataset import DataShape
from steepest.spec import Text, invalid


def same(*names: str) -> tuple[Text, ...]:
    """Names that are the same in every language, such as symbols and digits."""
    return tuple(Text(name, name) for name in names)


X1_X2 = same("x₁", "x₂")

TWO_CLASSES = (Text("class 0", "类别 0"), Text("class 1", "类别 1"))


def two_classes(count: int, classes: tuple[Text, ...] = TWO_CLASSES, **_: object) -> DataShape:
    """2 numbers to 2 classes."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, targets=0, classes=classes)


def number_of_two(count: int, **_: object) -> DataShape:
    """2 numbers to 1 number."""
    return DataShape(count=count, inputs=(2,), input_names=X1_X2, target_names=same("y"))


def number_of_one(count: int, **_: object) -> DataShape:
    """1 number to 1 number."""
    return DataShape(count=count, inputs=(1,), input_names=same("x"), target_names=same("y"))


def check_available(param: str, wanted: int, count: int) -> None:
    """Raises `Invalid` of the param if the files have fewer images than wanted."""
    if wanted > count:
        raise invalid(param, f"the files have {count} such images", f"文件中只有 {count} 张这样的图片")


def halves(count: int) -> torch.Tensor:
    """int64[count]: class 0 for the first half, rounded down, then class 1."""
    return (torch.arange(count) >= count // 2).long()
