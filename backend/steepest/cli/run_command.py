"""`steepest run`: reads an experiment, runs it here or on a server, and prints each record at once."""

import logging
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import torch

from steepest.cli.document import read_document
from steepest.cli.errors import Failure
from steepest.cli.json_lines import EngineAt, lines
from steepest.cli.progress import progress
from steepest.client import ServerError, Unreachable, connect
from steepest.engine import Checkpoint, Chunk, advance, check_dtype, engine_at, find_device, prepare
from steepest.engine.recording.fingerprint import Fingerprint
from steepest.engine.recording.records import STATUSES
from steepest.protocol.events import Opened
from steepest.server.logs import log_event
from steepest.spec import Experiment, Invalid, parse_experiment

_SLICE = 0.1  # seconds of work between two outputs of lines


def read_experiment(source: BinaryIO | Path, name: str) -> Experiment:
    """The experiment in a file or a stream. Raises `Failure` with the file, the field and what would be valid."""
    try:
        return parse_experiment(read_document(source, name))
    except Invalid as error:
        raise Failure(f"{name}: {error}") from None


def print_records(
    experiment: Experiment,
    name: str,
    *,
    steps: int,
    every: int,
    device: str,
    server: str | None,
    token: str,
    fingerprint: bool,
) -> None:
    """Prints records 0..steps of every run, one line each, and flushes after each chunk. Raises `Failure`.

    fingerprint: write the fingerprint of all records to stderr at the end.
    """
    recorded = Fingerprint(len(experiment.runs))
    started = time.perf_counter()
    chunks = _local(experiment, steps, device) if server is None else _remote(experiment, steps, server, token)
    try:
        with progress("step", steps, hidden=sys.stdout.isatty()) as show:  # the lines themselves appear there
            for engine_at, chunk in chunks:
                for line in lines(chunk, engine_at, every):
                    sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
                recorded.add(chunk)
                show(chunk.last)
                _log(chunk)
    except Invalid as error:
        raise Failure(str(error) if error.field in ("device", "server") else f"{name}: {error}") from None
    except ServerError as error:
        raise Failure(f"{name}: {error}" if error.event.code == "invalid" else f"the server says: {error}") from None
    except Unreachable as error:
        raise Failure(str(error)) from None
    if fingerprint:
        sys.stderr.write(f"hash {recorded.hex()}, records 0 to {chunk.last}\n")
    log_event("done", steps=chunk.last, seconds=round(time.perf_counter() - started, 3))


def _local(experiment: Experiment, steps: int, device: str) -> Iterator[tuple[EngineAt, Chunk]]:
    """Each chunk, and what made its records."""
    torch.set_num_threads(1)  # as in the server's workers: more threads slow small problems down
    place = find_device(device)
    prepared = prepare(experiment)
    check_dtype(place, experiment.dtype)
    log_event(
        "running", problem=experiment.problem.name, runs=len(experiment.runs), dtype=experiment.dtype, device=place
    )
    checkpoint: Checkpoint | None = None
    while True:
        chunk, checkpoint = advance(prepared, checkpoint, steps, _SLICE, place)
        yield lambda run, step: engine_at(prepared, run, step, place), chunk
        if chunk.stopped or chunk.last >= steps:
            return


def _remote(experiment: Experiment, steps: int, server: str, token: str) -> Iterator[tuple[EngineAt, Chunk]]:
    with connect(server, token=token) as client:
        opened = client.open(experiment)
        place = server.partition("?")[0]  # without the token
        log_event(
            "running", problem=experiment.problem.name, runs=len(experiment.runs), server=place, device=opened.device
        )
        engines = _engines(opened)
        for chunk in client.records(steps):
            yield engines, chunk


def _engines(opened: Opened) -> EngineAt:
    """What makes the records of an experiment that is open on a server."""
    if opened.experiment.engine == "eager":
        return lambda run, step: "eager"
    try:
        prepared = prepare(opened.experiment)
    except Invalid:  # the server has data that this machine lacks, and says what makes the updates after the last edit
        return lambda run, step: opened.engines[run]
    return lambda run, step: engine_at(prepared, run, step, opened.device)


def _log(chunk: Chunk) -> None:
    log_event("chunk", logging.DEBUG, first=chunk.first, last=chunk.last)
    for run in chunk.runs:
        if len(run) and STATUSES[int(run.status[-1])] == "diverged":
            log_event("diverged", run=run.run, step=run.first + len(run) - 1)
