"""A file made while its records are computed, so that no more of them is in memory than is needed.

Rows of CSV are written as they come. Other formats are written at the end, from a few tens of bytes of each record.
"""

from collections.abc import Iterator

from steepest.engine import Checkpoint, Chunk, Prepared, advance, check_dtype, prepare
from steepest.export.csv import csv_rows, slot_columns
from steepest.export.formats import Format, export
from steepest.export.recording import join_chunks, variables_of, without_details
from steepest.export.weights import check_weights
from steepest.spec import Experiment
from steepest.spec.text import Language

_SLICE = 0.5  # seconds of one call of `advance`: the diagnosis takes memory in proportion
_CELLS = 50_000  # of a table, that are written at once: a twentieth of a second


def export_parts(
    experiment: Experiment, steps: int, to: Format, language: Language = "en", run: int = 0, device: str = "cpu"
) -> Iterator[bytes]:
    """The file with records 0 to `steps`, fewer where every run diverges before, in one or more parts.

    run: whose weights. Raises `Invalid` before the first part.
    """
    check_dtype(device, experiment.dtype)
    prepared = prepare(experiment)
    check_format(prepared, to, run)
    kept: list[Chunk] = []
    checkpoint: Checkpoint | None = None
    last, stopped = -1, False
    while last < steps and not stopped:
        chunk, checkpoint = advance(prepared, checkpoint, part_end(prepared, to, last, steps), _SLICE, device)
        last, stopped = chunk.last, chunk.stopped
        part, needed = split_chunk(prepared, chunk, to, language, device)
        if part:
            yield part
        if needed is not None:
            kept.append(needed)
    if kept and checkpoint is not None:
        yield export(join_chunks(prepared, kept, checkpoint, device), to, language, run)


def check_format(prepared: Prepared, to: Format, run: int) -> None:
    """Raises `Invalid` for weights of a surface, or of a run that does not exist."""
    if to == "weights":
        check_weights(prepared, run)


def split_chunk(
    prepared: Prepared, chunk: Chunk, to: Format, language: Language, device: str
) -> tuple[bytes, Chunk | None]:
    """What consecutive chunks add to the file already, and what of them is needed to write it at the end."""
    if to == "csv":
        return csv_rows(prepared, chunk.runs, language, device).encode(), None
    return b"", without_details(chunk)


def part_end(prepared: Prepared, to: Format, last: int, steps: int) -> int:
    """The step to which the chunk after step `last` should go, -1 before the first."""
    if to != "csv":
        return steps
    columns = 20 + 3 * len(variables_of(prepared)) + sum(map(len, slot_columns(prepared).values()))
    return min(steps, last + max(1, _CELLS // (columns * len(prepared.plans))))
