"""Many numbers as text in a script: compressed, and read back with torch and the standard library."""

import base64
import zlib

import torch
from torch import Tensor

from steepest.export.script.sources import Sources

_WIDTH = 116  # characters

# The function that reads the numbers. They are little-endian, as on all machines that torch supports.
_UNPACK = '''\
def unpacked(text: str, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    """The numbers in a text, which is compressed with zlib and encoded in base64."""
    numbers = bytearray(zlib.decompress(base64.b64decode(text)))
    return torch.frombuffer(numbers, dtype=dtype).reshape(shape)'''


def use_packing(sources: Sources) -> None:
    """Adds what a script needs for the calls that `pack` writes."""
    for module in ("base64", "zlib"):
        sources.need_import(module, f"import {module}")
    sources.define("unpacked", _UNPACK)


def pack(tensor: Tensor) -> str:
    """A call of `unpacked` that returns the tensor."""
    numbers = tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    text = base64.b64encode(zlib.compress(numbers, 9)).decode()
    lines = "\n".join(text[n : n + _WIDTH] for n in range(0, len(text), _WIDTH))
    return f'unpacked(\n    """\n{lines}\n""",\n    {tensor.dtype},\n    {tuple(tensor.shape)!r},\n)'
