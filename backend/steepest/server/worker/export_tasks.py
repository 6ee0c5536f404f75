"""What a worker process does for an export: slices of the recording, then the file made of them."""

from collections.abc import Sequence
from functools import lru_cache

from steepest.engine import Checkpoint, Chunk, Prepared, advance, prepare
from steepest.export import Format, export, join_chunks, read_weights
from steepest.spec import Experiment, Invalid
from steepest.spec.text import Language


def record(
    document: str, checkpoint: Checkpoint | None, until: int, budget: float, device: str
) -> tuple[Chunk, Checkpoint]:
    """The next records of an experiment, up to `until` at most, within about `budget` seconds."""
    return advance(_prepared(document), checkpoint, until, budget, device)


def render(
    document: str, chunks: Sequence[Chunk], end: Checkpoint, to: Format, run: int, language: Language, device: str
) -> bytes | Invalid:
    """The file, or why it cannot be made. run: whose weights."""
    try:
        return export(join_chunks(_prepared(document), chunks, end, device), to, language, run)
    except Invalid as error:
        return error


def weigh(document: str, content: bytes) -> list[float] | Invalid:
    """The parameters in a safetensors file, as the experiment's model has them, or what is wrong with it."""
    try:
        prepared = _prepared(document)
    except Invalid as error:
        return error.under("experiment")
    try:
        return read_weights(content, prepared)
    except Invalid as error:
        return error


@lru_cache(maxsize=8)
def _prepared(document: str) -> Prepared:
    return prepare(Experiment.model_validate_json(document))
