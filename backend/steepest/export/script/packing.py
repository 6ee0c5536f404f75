"""Numbers of a data set as text in a script: compressed, in lines, and read back by torch alone."""

import base64
import zlib

import torch
from torch import Tensor

_LINE = 116  # characters

# Reads them back. The bytes are those of a little-endian machine, as all that torch runs on today.
UNPACK = '''\
def unpacked(text: str, dtype: torch.dtype, shape: tuple[int, ...]) -> Tensor:
    """The numbers in a text: base64 of what zlib has made smaller."""
    numbers = bytearray(zlib.decompress(base64.b64decode(text)))
    return torch.frombuffer(numbers, dtype=dtype).reshape(shape)'''

IMPORTS = ("base64", "zlib")


def packed(tensor: Tensor) -> str:
    """A call of `unpacked` that gives the tensor."""
    numbers = bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())
    text = base64.b64encode(zlib.compress(numbers, 9)).decode()
    lines = "\n".join(text[n : n + _LINE] for n in range(0, len(text), _LINE))
    return f'unpacked(\n    """\n{lines}\n""",\n    {tensor.dtype},\n    {tuple(tensor.shape)!r},\n)'
