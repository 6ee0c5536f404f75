"""Worker calls for exports: slices of the recording, the file made of them, and the reading of weights."""

from collections.abc import Sequence

from steepest.engine import Checkpoint, Chunk, advance
from steepest.export import Format, export, join_chunks, read_weights
from steepest.server.worker.prepared import prepared
from steepest.spec import Invalid
from steepest.spec.text import Language


def record(
    document: str, checkpoint: Checkpoint | None, until: int, device: str, budget: float
) -> tuple[Chunk, Checkpoint]:
    """The next records of an experiment, up to `until` at most, within about `budget` seconds."""
    return advance(prepared(document), checkpoint, until, budget, device)


def render(
    document: str, chunks: Sequence[Chunk], end: Checkpoint, to: Format, run: int, language: Language, device: str
) -> bytes:
    """The exported file. run: number of the run whose weights are wanted. Raises `Invalid`."""
    return export(join_chunks(prepared(document), chunks, end, device), to, language, run)


def import_weights(document: str, content: bytes) -> list[float]:
    """The parameters in a safetensors file, in the order of the experiment's model. Raises `Invalid`."""
    try:
        experiment = prepared(document)
    except Invalid as error:
        raise error.under("experiment") from None
    return read_weights(content, experiment)
