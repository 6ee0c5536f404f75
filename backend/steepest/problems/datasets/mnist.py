"""MNIST: handwritten digits of 28 by 28 pixels, from the official files."""

from pathlib import Path

import torch

from steepest.problems.data_dir import file_error, find_files
from steepest.problems.datasets.idx_files import idx_shape, read_idx
from steepest.problems.datasets.params import first_param, test_param
from steepest.problems.datasets.shapes import check_available, same
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

FOLDER = "mnist"
FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SIDE = 28


def shape(count: int, test: int) -> DataShape:
    """Images of 1 channel, 28 by 28, to 10 classes; counted from the files' headers."""
    train_images, train_labels, test_images, test_labels = find_files(FOLDER, FILES, packed=True)
    check_available("count", count, _count(train_images, train_labels))
    check_available("test", test, _count(test_images, test_labels))
    return DataShape(count=count + test, inputs=(1, SIDE, SIDE), targets=0, classes=same(*"0123456789"), own_test=test)


def _count(images: Path, labels: Path) -> int:
    """The number of images with labels."""
    count, height, width = idx_shape(images, 3)
    (labelled,) = idx_shape(labels, 1)
    if (height, width) != (SIDE, SIDE):
        raise file_error(
            images,
            f"its images are {height} by {width}, not {SIDE} by {SIDE}",
            f"图片为 {height}×{width}，应为 {SIDE}×{SIDE}",
        )
    if count != labelled:
        raise file_error(
            labels, f"has {labelled} labels for {count} images", f"有 {labelled} 个标签，而图片有 {count} 张"
        )
    return count


def make(count: int, test: int) -> Data:
    """The first images of both splits, training before test, float32 in [0, 1]."""
    shape(count, test)  # checks the headers
    train_images, train_labels, test_images, test_labels = find_files(FOLDER, FILES, packed=True)
    images = torch.cat([read_idx(train_images, 3, count), read_idx(test_images, 3, test)])
    return Data(images[:, None].float() / 255, torch.cat([_labels(train_labels, count), _labels(test_labels, test)]))


def _labels(path: Path, count: int) -> torch.Tensor:
    labels = read_idx(path, 1, count).long()
    if labels.numel() and labels.max() > 9:
        at = int((labels > 9).nonzero()[0, 0])
        raise file_error(path, f"label {at} is {labels[at]}, not 0 to 9", f"第 {at} 个标签为 {labels[at]}，应为 0 到 9")
    return labels


MNIST = Dataset(
    id="mnist",
    title=Text("MNIST 28×28", "MNIST 28×28"),
    about=Text(
        "The classic handwritten digits; needs the official files in the data folder.",
        "经典的手写数字；需要数据文件夹中有官方文件。",
    ),
    source="LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition",
    shape=shape,
    make=make,
    params=(first_param(60_000, 2000), test_param(10_000, 500)),
    known_model=Preset("softmax"),
    known_loss=Preset("cross_entropy"),
    stored=True,
)
