"""The documents that commands read."""

import codecs
from pathlib import Path
from typing import BinaryIO

from steepest.cli.errors import Failure

_MAX_DOCUMENT = 2**20  # bytes; an experiment with all edits allowed needs less than a tenth of it


def read_document(source: BinaryIO | Path, name: str) -> bytes:
    """A file or a stream, without a byte order mark. Raises `Failure` with the name of what cannot be read."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                document = file.read(_MAX_DOCUMENT + 1)
        else:
            document = source.read(_MAX_DOCUMENT + 1)
    except OSError as error:
        raise Failure(f"{name}: {(error.strerror or str(error)).lower()}") from None
    if len(document) > _MAX_DOCUMENT:
        raise Failure(f"{name}: larger than {_MAX_DOCUMENT} bytes")
    return document.removeprefix(codecs.BOM_UTF8)
