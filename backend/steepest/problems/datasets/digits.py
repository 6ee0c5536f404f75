"""Handwritten digits of 8 by 8 pixels."""

from functools import cache
from importlib.resources import files

import numpy as np
import torch

from steepest.problems.datasets.params import first_param
from steepest.problems.datasets.shapes import same
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

COUNT = 1797
MAX_PIXEL = 16  # each pixel counts the dark ones among 4 by 4 of the scan


def shape(count: int) -> DataShape:
    """Images of 1 channel, 8 by 8, to 10 classes."""
    return DataShape(count=count, inputs=(1, 8, 8), targets=0, classes=same(*"0123456789"))


def make(count: int) -> Data:
    """The first images, float32 in [0, 1]; exact multiples of 1/16."""
    images, labels = _stored()
    return Data(images[:count].float().unsqueeze(1) / MAX_PIXEL, labels[:count].long())


@cache
def _stored() -> tuple[torch.Tensor, torch.Tensor]:
    """Images (1797, 8, 8) and labels (1797,), uint8.

    digits.npz holds scikit-learn's load_digits() in 45 kB, as a test checks; scikit-learn and SciPy need 150 MB and
    seconds of import. Source: the test part of Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak,
    UCI Machine Learning Repository, CC BY 4.0.
    """
    with (files(__package__) / "digits.npz").open("rb") as file, np.load(file) as stored:
        return torch.from_numpy(stored["images"]), torch.from_numpy(stored["labels"])


DIGITS = Dataset(
    id="digits",
    title=Text("Handwritten digits 8×8", "手写数字 8×8"),
    about=Text(
        "Real images, small enough to show every weight: 64 pixels, ten classes.",
        "真实图片，小到能看清每个权重：64 个像素，十个类别。",
    ),
    source="Alpaydin, Kaynak 1998, Optical Recognition of Handwritten Digits, UCI, CC BY 4.0; as in scikit-learn",
    shape=shape,
    make=make,
    params=(first_param(COUNT, COUNT),),
    known_model=Preset("softmax"),
    known_loss=Preset("cross_entropy"),
    known_lr=0.5,
)
