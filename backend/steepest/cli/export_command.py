"""`steepest export`: runs an experiment and writes it to a file in another format."""

import sys
import time
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

import torch

from steepest.cli.errors import Failure
from steepest.engine import find_device
from steepest.export import Format, export_parts
from steepest.server.logs import log_event
from steepest.spec import Experiment, Invalid
from steepest.spec.text import Language


def write_export(
    experiment: Experiment,
    name: str,
    *,
    to: Format,
    steps: int,
    output: Path | None,
    language: Language,
    device: str,
    run: int,
) -> None:
    """Writes the file; text is UTF-8 with the format's line ends. Raises `Failure`.

    output: None for stdout.
    run: number of the run whose weights are exported.
    """
    started = time.perf_counter()
    torch.set_num_threads(1)  # as `steepest run` does
    try:
        parts = export_parts(experiment, steps, to, language, run, find_device(device))
        first = next(parts)  # before the file is touched: a wrong experiment leaves it as it is
    except Invalid as error:
        raise Failure(str(error) if error.field in ("device", "to", "run") else f"{name}: {error}") from None
    made = 0
    try:
        with nullcontext(sys.stdout.buffer) if output is None else output.open("wb") as out:
            for part in chain([first], parts):
                out.write(part)
                made += len(part)
            out.flush()
    except OSError as error:
        if output is None:
            raise
        raise Failure(f"{output}: {(error.strerror or str(error)).lower()}") from None
    log_event("done", steps=steps, bytes=made, seconds=round(time.perf_counter() - started, 3))
