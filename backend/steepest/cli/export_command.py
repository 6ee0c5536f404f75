"""`steepest export`: runs an experiment and writes it to a file in another format."""

import sys
import time
from pathlib import Path

import torch

from steepest.cli.errors import Failure
from steepest.engine import find_device
from steepest.export import Format, export, record
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
        made = export(record(experiment, steps, find_device(device)), to, language, run)
    except Invalid as error:
        raise Failure(str(error) if error.field in ("device", "to", "run") else f"{name}: {error}") from None
    if output is None:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    else:
        try:
            output.write_bytes(made)
        except OSError as error:
            raise Failure(f"{output}: {(error.strerror or str(error)).lower()}") from None
    log_event("done", steps=steps, bytes=len(made), seconds=round(time.perf_counter() - started, 3))
