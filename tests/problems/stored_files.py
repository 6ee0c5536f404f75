"""Small files as the official ones are made: MNIST's IDX, and CIFAR-10's binary version."""

import gzip
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def idx(array: Bytes) -> bytes:
    """An IDX file of bytes."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def images(seed: int, *shape: int) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def labels(count: int) -> Bytes:
    return (np.arange(count) * 7 % 10).astype(np.uint8)


def put_mnist(data: Path, train: int = 40, test: int = 12, *, packed: bool = False) -> Path:
    """The four files; their folder."""
    folder = data / "mnist"
    folder.mkdir(parents=True)
    for name, seed, count in (("train", 1, train), ("t10k", 2, test)):
        for file, array in (
            (f"{name}-images-idx3-ubyte", images(seed, count, 28, 28)),
            (f"{name}-labels-idx1-ubyte", labels(count)),
        ):
            if packed:
                (folder / f"{file}.gz").write_bytes(gzip.compress(idx(array)))
            else:
                (folder / file).write_bytes(idx(array))
    return folder


def records(seed: int, count: int) -> Bytes:
    """Records of CIFAR-10, (count, 3073)."""
    return np.concatenate([labels(count)[:, None], images(seed, count, 3072)], axis=1)


def put_cifar(data: Path, train: int = 40, test: int = 12) -> Path:
    """The first batch and the test batch; their folder."""
    folder = data / "cifar-10-batches-bin"
    folder.mkdir(parents=True)
    (folder / "data_batch_1.bin").write_bytes(records(1, train).tobytes())
    (folder / "test_batch.bin").write_bytes(records(2, test).tobytes())
    return folder
