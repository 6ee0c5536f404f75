"""IDX files, the format of MNIST: a header of big-endian numbers, then one byte for each pixel or label."""

import gzip
import struct
import zlib
from math import prod
from pathlib import Path
from typing import BinaryIO

import torch
from torch import Tensor

from steepest.problems.data_dir import file_error

_UNSIGNED_BYTE = 0x08


def idx_shape(path: Path, dims: int) -> tuple[int, ...]:
    """The `dims` sizes in the header of an IDX file of bytes; the first one is the number of items.

    An uncompressed file must have exactly the length that they give. Raises `Invalid` naming the file.
    Source: http://yann.lecun.com/exdb/mnist
    """
    try:
        with _opened(path) as file:
            sizes = _header(file, path, dims)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    if path.suffix != ".gz":
        expected, actual = 4 + 4 * dims + prod(sizes), path.stat().st_size
        if expected != actual:
            raise file_error(
                path,
                f"its header gives {expected} bytes, but the file has {actual}; it is incomplete or of another kind",
                f"文件头称共 {expected} 字节，实际为 {actual} 字节；文件不完整或类型不符",
            )
    return sizes


def read_idx(path: Path, dims: int, count: int) -> Tensor:
    """The first `count` items, uint8[count, *sizes of one]. Reads no more. Raises `Invalid` naming the file."""
    try:
        with _opened(path) as file:
            sizes = _header(file, path, dims)
            wanted = min(count, sizes[0]) * prod(sizes[1:])
            read = bytearray(file.read(wanted))
            if (
                count >= sizes[0] and len(read) == wanted and file.read(1)
            ):  # reading to the end makes gzip check its checksum
                raise file_error(path, "continues after the data that its header gives", "文件头所述内容之后还有数据")
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    if len(read) < wanted:
        raise file_error(
            path,
            f"incomplete: {wanted} bytes are needed after its header, but there are {len(read)}",
            f"不完整：文件头之后应有 {wanted} 字节，实际 {len(read)} 字节",
        )
    return torch.frombuffer(read, dtype=torch.uint8).reshape(-1, *sizes[1:])


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _header(file: BinaryIO, path: Path, dims: int) -> tuple[int, ...]:
    header = file.read(4 + 4 * dims)
    expected = bytes([0, 0, _UNSIGNED_BYTE, dims])
    if header[:4] != expected:
        raise file_error(
            path,
            f"not an IDX file of bytes in {dims} dimensions: it begins with {header[:4].hex(' ') or 'nothing'}, "
            f"not {expected.hex(' ')}",
            f"不是 {dims} 维字节的 IDX 文件：开头为 {header[:4].hex(' ') or '空'}，应为 {expected.hex(' ')}",
        )
    if len(header) < 4 + 4 * dims:
        raise file_error(path, "incomplete header", "文件头不完整")
    return struct.unpack(f">{dims}I", header[4:])


def _unreadable(path: Path, error: Exception) -> Exception:
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return file_error(path, f"cannot be read: {error.strerror}", f"无法读取：{error.strerror}")
    return file_error(path, f"its compressed data are damaged: {error}", f"压缩数据已损坏：{error}")
