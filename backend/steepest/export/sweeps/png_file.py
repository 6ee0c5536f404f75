"""A picture as a PNG file: W3C, Portable Network Graphics, third edition."""

import struct
import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def png_file(pixels: NDArray[np.uint8], texts: Mapping[str, str]) -> bytes:
    """pixels: (height, width, 3), red, green and blue. texts: to keep in the file, by keyword; both in ASCII."""
    height, width, _ = pixels.shape
    header = struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)  # 0: no filter
    written = [_chunk(b"tEXt", key.encode("ascii") + b"\0" + text.encode("ascii")) for key, text in texts.items()]
    chunks = [
        _chunk(b"IHDR", header),
        *written,
        _chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
