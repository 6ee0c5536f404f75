"""`steepest sweep`: makes all runs of a sweep, and writes what was measured as a table, arrays or a picture."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch

from steepest.cli.document import read_document
from steepest.cli.errors import Failure
from steepest.cli.progress import progress
from steepest.engine import PreparedSweep, prepare_sweep, sweep
from steepest.engine.recording.records import Array
from steepest.export.sweeps import csv, npz, png
from steepest.server.logs import log_event
from steepest.spec import Invalid, Sweep, parse_sweep, slabs

_TILES = 64
WRITERS: Mapping[str, Callable[[PreparedSweep, Mapping[str, Array]], bytes]] = {
    ".csv": lambda prepared, arrays: csv(prepared, arrays).encode(),
    ".npz": npz,
    ".png": png,
}


def write_sweep(file: str, *, out: Path | None, steps: int | None) -> None:
    """Writes the file, or the table to stdout. Raises `Failure`.

    steps: of each run, instead of the sweep's own.
    """
    started = time.perf_counter()
    torch.set_num_threads(1)  # as `steepest run` does
    write = WRITERS.get(".csv" if out is None else out.suffix.lower())
    if write is None:
        raise Failure(f"--out: must end with one of {', '.join(WRITERS)}")
    name = "standard input" if file == "-" else file
    try:
        prepared = prepare_sweep(_read(file, name, steps))
        arrays = _run(prepared, hidden=out is None and sys.stdout.isatty())
    except Invalid as error:
        raise Failure(f"{name}: {error}") from None
    written = write(prepared, arrays)
    try:
        if out is None:
            sys.stdout.buffer.write(written)
        else:
            out.write_bytes(written)
    except OSError as error:
        if out is None:
            raise
        raise Failure(f"{out}: {(error.strerror or str(error)).lower()}") from None
    log_event("done", runs=prepared.sweep.runs, seconds=round(time.perf_counter() - started, 3))


def _read(file: str, name: str, steps: int | None) -> Sweep:
    document = parse_sweep(read_document(sys.stdin.buffer if file == "-" else Path(file), name))
    return document if steps is None else parse_sweep({**document.model_dump(), "steps": steps})


def _run(prepared: PreparedSweep, *, hidden: bool) -> dict[str, Array]:
    """All pixels. Whatever has kernels or runs of its own is made once: tiles are cut across an axis of such."""
    shape = prepared.sweep.shape
    axis = next((n for n in range(len(shape)) if prepared.inputs[n] is None), 0)
    found: dict[str, Array] = {}
    with progress("run", prepared.sweep.runs, hidden=hidden) as show:
        done, runs_a_pixel = 0, prepared.sweep.runs // int(np.prod(shape))
        for tile in slabs(shape, axis, _TILES):
            for name, part in sweep(prepared, tile, threads=os.cpu_count() or 1).items():
                found.setdefault(name, np.empty(shape, part.dtype))[tile.places] = part
            done += int(np.prod(tile.counts)) * runs_a_pixel
            show(done)
    return found
