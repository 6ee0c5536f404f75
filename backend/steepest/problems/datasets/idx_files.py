"""IDX files, in which MNIST comes: a head of big-endian numbers, then one byte a pixel or label."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from steepest.problems.data_dir import file_error

_UNSIGNED_BYTE = 0x08


def idx_shape(path: Path, dims: int) -> tuple[int, ...]:
    """The sizes that the head of an IDX file of bytes tells: `dims` of them, the first one the number of items.

    A file that is not packed must be exactly as long as they say. Raises `Invalid` naming the file.
    Source: http://yann.lecun.com/exdb/mnist
    """
    try:
        with _opened(path) as file:
            sizes = _head(file, path, dims)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    if path.suffix != ".gz":
        told, there = _length(sizes, dims), path.stat().st_size
        if told != there:
            raise file_error(
                path,
                f"its head tells of {told} bytes, and the file has {there}; it is cut short or not what it says",
                f"文件头称共 {told} 字节，实际为 {there} 字节；文件不完整或名不副实",
            )
    return sizes


def read_idx(path: Path, dims: int, count: int) -> Tensor:
    """The first `count` items, (count, *sizes of one), uint8. No more is read, whatever the head says.

    Raises `Invalid` naming the file.
    """
    try:
        with _opened(path) as file:
            sizes = _head(file, path, dims)
            each = 1
            for size in sizes[1:]:
                each *= size
            wanted = min(count, sizes[0]) * each
            read = bytearray(file.read(wanted))
            if count >= sizes[0] and len(read) == wanted and file.read(1):  # gzip checks its sum at the end
                raise file_error(path, "goes on after what its head tells of", "文件头所述内容之后还有数据")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    if len(read) < wanted:
        raise file_error(
            path,
            f"cut short: {wanted} bytes are needed after its head, and {len(read)} are there",
            f"不完整：文件头之后应有 {wanted} 字节，实际 {len(read)} 字节",
        )
    return torch.frombuffer(read, dtype=torch.uint8).reshape(-1, *sizes[1:])


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _head(file: BinaryIO, path: Path, dims: int) -> tuple[int, ...]:
    head = file.read(4 + 4 * dims)
    expected = bytes([0, 0, _UNSIGNED_BYTE, dims])
    if head[:4] != expected:
        raise file_error(
            path,
            f"not an IDX file of bytes in {dims} dimensions: it begins with {head[:4].hex(' ') or 'nothing'}, "
            f"not {expected.hex(' ')}",
            f"不是 {dims} 维字节的 IDX 文件：开头为 {head[:4].hex(' ') or '空'}，应为 {expected.hex(' ')}",
        )
    if len(head) < 4 + 4 * dims:
        raise file_error(path, "cut short within its head", "文件头不完整")
    return struct.unpack(f">{dims}I", head[4:])


def _length(sizes: tuple[int, ...], dims: int) -> int:
    length = 1
    for size in sizes:
        length *= size
    return 4 + 4 * dims + length


def _unreadable(path: Path, error: Exception) -> Exception:
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return file_error(path, f"cannot be read: {error.strerror}", f"无法读取：{error.strerror}")
    return file_error(path, f"its packing is damaged: {error}", f"压缩数据已损坏：{error}")
