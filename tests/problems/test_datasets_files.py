"""MNIST and CIFAR-10 from small files made here: what is read, and what is said of files that are not right."""

import gzip
import importlib
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.problems.stored_files import idx, images, labels, put_cifar, put_mnist, records
from tests.problems.test_datasets import made

from steepest.problems.catalog import datasets
from steepest.problems.data_dir import data_dir
from steepest.spec import Invalid

MNIST, CIFAR10 = datasets()["mnist"], datasets()["cifar10"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_is_read_training_before_test(data: Path, packed: bool) -> None:
    put_mnist(data, packed=packed)
    shape, found = made(MNIST, count=30, test=12)
    assert (shape.count, shape.inputs, shape.own_test, len(shape.classes)) == (42, (1, 28, 28), 12, 10)
    expected = np.concatenate([images(1, 40, 28, 28)[:30], images(2, 12, 28, 28)])
    assert torch.equal(found.inputs, torch.from_numpy(expected)[:, None].float() / 255)
    assert found.targets.tolist() == [*labels(30).tolist(), *labels(12).tolist()]


def test_cifar_is_read_training_before_test(data: Path) -> None:
    put_cifar(data)
    shape, found = made(CIFAR10, count=30, test=5)
    assert (shape.count, shape.inputs, shape.own_test) == (35, (3, 32, 32), 5)
    rows = np.concatenate([records(1, 40)[:30], records(2, 12)[:5]])
    assert found.targets.tolist() == rows[:, 0].tolist()
    # The first 1024 bytes after the label are the red of the image, row by row.
    assert found.inputs[0, 0, 0, 1].item() == pytest.approx(rows[0, 1 + 1] / 255)
    assert found.inputs[3, 2, 31, 31].item() == pytest.approx(rows[3, 3072] / 255)
    assert torch.equal((found.inputs * 255).round().byte().flatten(1), torch.from_numpy(rows[:, 1:].copy()))


def test_cifar_needs_as_many_batches_as_images(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put_cifar(data)
    monkeypatch.setattr(importlib.import_module("steepest.problems.datasets.cifar10"), "BATCH", 40)
    with pytest.raises(Invalid, match=r"data_batch_2\.bin"):
        made(CIFAR10, count=41, test=1)
    (folder / "data_batch_2.bin").write_bytes(records(3, 40).tobytes())
    shape, found = made(CIFAR10, count=50, test=1)
    assert shape.count == len(found.inputs) == 51
    assert found.targets[40:50].tolist() == labels(10).tolist()


@pytest.mark.parametrize("dataset", [MNIST, CIFAR10], ids=lambda dataset: dataset.id)
def test_without_files_it_says_which_to_put_where(data: Path, dataset: object) -> None:
    names = {
        "mnist": ["train-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "$STEEPEST_DATA/mnist", ".gz"],
        "cifar10": ["data_batch_1.bin", "test_batch.bin", "$STEEPEST_DATA/cifar-10-batches-bin"],
    }
    chosen = MNIST if dataset is MNIST else CIFAR10
    with pytest.raises(Invalid) as refused:
        made(chosen)
    for word in names[chosen.id]:
        assert word in refused.value.text.en
        assert word in refused.value.text.zh
    assert str(data) not in str(refused.value)


def test_one_missing_file_is_named_alone(data: Path) -> None:
    (put_mnist(data) / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(Invalid, match="t10k-images-idx3-ubyte") as refused:
        made(MNIST, count=10)
    assert "train-images" not in str(refused.value)


def test_more_images_than_there_are(data: Path) -> None:
    put_mnist(data)
    put_cifar(data)
    for dataset in (MNIST, CIFAR10):
        for params, field in (({"count": 41, "test": 1}, "count"), ({"count": 40, "test": 13}, "test")):
            with pytest.raises(Invalid) as refused:
                made(dataset, **params)
            assert refused.value.field == field


TRAIN = "train-images-idx3-ubyte"
LABELS = "train-labels-idx1-ubyte"
GOOD = idx(images(1, 40, 28, 28))
BROKEN_IDX: dict[str, tuple[str, bytes, str]] = {
    "empty": (TRAIN, b"", "begins with nothing"),
    "wrong magic": (TRAIN, b"\x80\x02}q" + GOOD[4:], "begins with 80 02 7d 71, not 00 00 08 03"),
    "labels for images": (TRAIN, idx(labels(40)), "begins with 00 00 08 01"),
    "floats": (TRAIN, b"\0\0\x0d\x03" + GOOD[4:], "begins with 00 00 0d 03"),
    "a head cut short": (TRAIN, GOOD[:9], "incomplete header"),
    "cut short": (TRAIN, GOOD[:-1], "31376 bytes, but the file has 31375"),
    "too long": (TRAIN, GOOD + b"x", "31376 bytes, but the file has 31377"),
    "lying about its number": (TRAIN, struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 28, 28) + GOOD[16:], "bytes, but"),
    "lying about its sides": (TRAIN, struct.pack(">BBBB3I", 0, 0, 8, 3, 40, 2**31, 2**31) + GOOD[16:], "bytes, but"),
    "other sides": (TRAIN, idx(images(1, 40, 14, 56)), "its images are 14 by 56, not 28 by 28"),
    "fewer labels": (LABELS, idx(labels(39)), "has 39 labels for 40 images"),
    "a label of 10": (LABELS, idx(np.append(labels(5), np.full(35, 10)).astype(np.uint8)), "label 5 is 10, not 0 to 9"),
}


@pytest.mark.parametrize("name", BROKEN_IDX)
def test_idx_files_that_are_not_right(data: Path, name: str) -> None:
    file, content, words = BROKEN_IDX[name]
    (put_mnist(data) / file).write_bytes(content)
    with pytest.raises(Invalid) as refused:
        made(MNIST, count=20, test=1)
    assert words in refused.value.text.en
    assert refused.value.text.en.startswith(f"{file}: ")
    assert not refused.value.text.zh.isascii()


PACKED = gzip.compress(GOOD)
BROKEN_GZ: dict[str, tuple[bytes, str]] = {
    "not packed at all": (GOOD, "compressed data are damaged"),
    "cut short": (PACKED[: len(PACKED) // 2], "compressed data are damaged"),
    "a damaged middle": (PACKED[:5000] + bytes(64) + PACKED[5064:], "compressed data are damaged"),
    "more than its head tells": (gzip.compress(GOOD + b"x"), "continues after"),
    "fewer than its head tells": (gzip.compress(GOOD[:-5000]), "incomplete"),
    "lying about its number": (
        gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 28, 28) + GOOD[16:]),
        "40 labels for 4294967295",
    ),
    "lying about its sides": (
        gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, 40, 2**32 - 1, 2**32 - 1) + GOOD[16:]),
        "not 28 by 28",
    ),
}


@pytest.mark.parametrize("name", BROKEN_GZ)
def test_packed_files_that_are_not_right(data: Path, name: str) -> None:
    content, words = BROKEN_GZ[name]
    folder = put_mnist(data, packed=True)
    (folder / f"{TRAIN}.gz").write_bytes(content)
    with pytest.raises(Invalid, match=words):
        made(MNIST, count=40, test=1)


BATCH = records(1, 40).tobytes()
WRONG_LABEL = BATCH[: 3073 * 3] + b"\x0a" + BATCH[3073 * 3 + 1 :]
BROKEN_CIFAR: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "has 0 bytes"),
    "cut short": (BATCH[:-1], "has 122919 bytes, which is not a multiple of 3073"),
    "a pickle": (b"\x80\x02}q\x01(U\x0bbatch_labelq\x02" + bytes(3000), "not a multiple of"),
    "a pickle of the right length": ((b"\x80\x02}q\x01(" + bytes(3067)) * 40, "record 0 has the label 128"),
    "a label of 10": (WRONG_LABEL, "record 3 has the label 10, not 0 to 9"),
}


@pytest.mark.parametrize("name", BROKEN_CIFAR)
def test_cifar_files_that_are_not_right(data: Path, name: str) -> None:
    content, words = BROKEN_CIFAR[name]
    (put_cifar(data) / "data_batch_1.bin").write_bytes(content)
    with pytest.raises(Invalid) as refused:
        made(CIFAR10, count=20, test=1)
    assert words in refused.value.text.en
    assert refused.value.text.en.startswith("data_batch_1.bin: ")


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    assert data_dir() == tmp_path
    monkeypatch.delenv("STEEPEST_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    monkeypatch.setattr("sys.platform", "linux")
    assert data_dir() == tmp_path / "own" / "steepest"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME")
    assert data_dir() == tmp_path / ".local" / "share" / "steepest"
    with pytest.raises(Invalid, match=r"~/\.local/share/steepest/mnist"):
        made(MNIST)
    monkeypatch.setattr("sys.platform", "darwin")
    assert data_dir() == tmp_path / "Library" / "Application Support" / "steepest"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert data_dir() == tmp_path / "steepest"


def test_nothing_here_reads_pickles() -> None:
    """No pickle, and no loader of torch or NumPy that would take one."""
    for path in (Path(__file__).parents[2] / "backend" / "steepest" / "problems").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "import pickle" not in text
        assert "torch.load" not in text
        assert "allow_pickle" not in text
