"""CIFAR-10: photographs of 32 by 32 pixels in ten classes, from the official binary version."""

from pathlib import Path

import torch
from torch import Tensor

from steepest.problems.data_dir import file_error, find_files
from steepest.problems.datasets.params import first_param, test_param
from steepest.problems.datasets.shapes import check_available
from steepest.problems.learning.dataset import Data, Dataset, DataShape, Preset
from steepest.spec import Text

FOLDER = "cifar-10-batches-bin"  # as the official archive names it
TRAIN = tuple(f"data_batch_{n}.bin" for n in range(1, 6))
TEST = "test_batch.bin"
SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE  # bytes: the label, then all red, all green and all blue of the image, row by row
BATCH = 10_000  # images of one official file
CLASSES = (
    Text("airplane", "飞机"),
    Text("automobile", "汽车"),
    Text("bird", "鸟"),
    Text("cat", "猫"),
    Text("deer", "鹿"),
    Text("dog", "狗"),
    Text("frog", "青蛙"),
    Text("horse", "马"),
    Text("ship", "船"),
    Text("truck", "卡车"),
)


def shape(count: int, test: int) -> DataShape:
    """Images of 3 channels, 32 by 32, to 10 classes; counted from the sizes of the files."""
    *train, last = find_files(FOLDER, _file_names(count))
    check_available("count", count, sum(_records(path) for path in train))
    check_available("test", test, _records(last))
    return DataShape(count=count + test, inputs=(3, SIDE, SIDE), targets=0, classes=CLASSES, own_test=test)


def make(count: int, test: int) -> Data:
    """The first images of both splits, training before test, float32 in [0, 1]."""
    *train, last = find_files(FOLDER, _file_names(count))
    rows, left = [], count
    for path in train:
        rows.append(_read(path, left))
        left -= len(rows[-1])
    table = torch.cat([*rows, _read(last, test)])
    return Data(table[:, 1:].reshape(-1, 3, SIDE, SIDE).float() / 255, table[:, 0].long())


def _file_names(count: int) -> tuple[str, ...]:
    """The training files that so many images need, and the test file."""
    return (*TRAIN[: -(-count // BATCH)], TEST)


def _records(path: Path) -> int:
    size = path.stat().st_size
    if size == 0 or size % RECORD:
        raise file_error(
            path,
            f"has {size} bytes, which is not a multiple of {RECORD}: incomplete, or not the binary version",
            f"共 {size} 字节，不是每条 {RECORD} 字节的整数倍：文件不完整，或不是二进制版本",
        )
    return size // RECORD


def _read(path: Path, count: int) -> Tensor:
    """The first records, (at most count, 3073), uint8."""
    records = min(count, _records(path))
    try:
        with path.open("rb") as file:
            read = bytearray(file.read(records * RECORD))
    except OSError as error:
        raise file_error(path, f"cannot be read: {error.strerror}", f"无法读取：{error.strerror}") from None
    rows = torch.frombuffer(read, dtype=torch.uint8).reshape(records, RECORD)
    wrong = (rows[:, 0] >= len(CLASSES)).nonzero()
    if len(wrong):
        at = int(wrong[0, 0])
        raise file_error(
            path,
            f"record {at} has the label {int(rows[at, 0])}, not 0 to 9: this is not the binary version of CIFAR-10",
            f"第 {at} 条的标签为 {int(rows[at, 0])}，应为 0 到 9：这不是 CIFAR-10 的二进制版本",
        )
    return rows


CIFAR10 = Dataset(
    id="cifar10",
    title=Text("CIFAR-10 32×32", "CIFAR-10 32×32"),
    about=Text(
        "Small photographs in ten classes; needs the official binary files in the data folder.",
        "十类小照片；需要数据文件夹中有官方二进制文件。",
    ),
    source="Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
    shape=shape,
    make=make,
    params=(first_param(50_000, 2000), test_param(10_000, 500)),
    known_model=Preset("softmax"),
    known_loss=Preset("cross_entropy"),
    known_lr=0.01,
    stored=True,
)
