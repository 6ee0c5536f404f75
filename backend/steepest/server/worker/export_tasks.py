"""Worker calls for exports: the file, written a part at a time, and the reading of weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from steepest.engine import Checkpoint, Chunk, advance
from steepest.export import Format, export, join_chunks, part_end, read_weights, split_chunk
from steepest.server.worker.prepared import prepared
from steepest.server.worker.table_tasks import StorageFailed
from steepest.spec import Invalid
from steepest.spec.text import Language


@dataclass(frozen=True)
class Part:
    """What a call has added to a file.

    size: of the file now, in bytes. needed: of the records, to write the file at the end; None where they are written.
    last, stopped, checkpoint: where to continue.
    """

    size: int
    needed: Chunk | None
    last: int
    stopped: bool
    checkpoint: Checkpoint


def write_part(
    path: str,
    size: int,
    document: str,
    checkpoint: Checkpoint | None,
    steps: int,
    to: Format,
    language: Language,
    device: str,
    budget: float,
) -> Part | StorageFailed:
    """The next records of an experiment, up to `steps` at most, within about `budget` seconds.

    path: of a file that exists, whose first `size` bytes are written already.
    """
    experiment = prepared(document)
    last = -1 if checkpoint is None else checkpoint.step
    chunk, reached = advance(experiment, checkpoint, part_end(experiment, to, last, steps), budget, device)
    part, needed = split_chunk(experiment, chunk, to, language, device)
    written = _write(path, size, part)
    if isinstance(written, StorageFailed):
        return written
    return Part(written, needed, chunk.last, chunk.stopped, reached)


def write_whole(
    path: str,
    document: str,
    chunks: Sequence[Chunk],
    end: Checkpoint,
    to: Format,
    run: int,
    language: Language,
    device: str,
) -> int | StorageFailed:
    """Writes a file that is not written in parts, and returns its size. run: whose weights. Raises `Invalid`."""
    return _write(path, 0, export(join_chunks(prepared(document), chunks, end, device), to, language, run))


def _write(path: str, size: int, part: bytes) -> int | StorageFailed:
    """Replaces what comes after the first `size` bytes: an earlier try of the call may have written. Returns the size.

    Never makes a file: the server may have deleted it, when its client left.
    """
    try:
        with Path(path).open("r+b") as file:
            file.truncate(size)
            file.seek(size)
            file.write(part)
    except OSError as error:
        return StorageFailed(error.strerror or "")
    return size + len(part)


def import_weights(document: str, content: bytes) -> list[float]:
    """The parameters in a safetensors file, in the order of the experiment's model. Raises `Invalid`."""
    try:
        experiment = prepared(document)
    except Invalid as error:
        raise error.under("experiment") from None
    return read_weights(content, experiment)
