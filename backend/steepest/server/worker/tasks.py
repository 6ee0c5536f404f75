"""What a worker process does: pure calls of the engine, whose answers are ready to be sent as they are.

An experiment arrives as its JSON document, already checked by the server, and is made ready once a process.
"""

import gc
import logging
import multiprocessing
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from steepest import engine
from steepest.engine import (
    CRITICALS,
    STATUSES,
    Checkpoint,
    Prepared,
    RunRecords,
    advance,
    explain_step,
    landscape,
    loss_grid,
    prepare,
    preview_lr,
)
from steepest.optimizers import BUILT_IN
from steepest.problems import LearningProblem, Scene
from steepest.protocol.binary import pack_chunk, pack_fit, pack_surface
from steepest.protocol.data import pack_data
from steepest.protocol.events import Inspected, Line, Points, Real, Worked
from steepest.protocol.json_numbers import real, reals
from steepest.spec import MAX_RUNS, Experiment, Invalid


@dataclass(frozen=True)
class Advanced:
    """What an advance came to.

    message: the packed chunk, or None when nothing new was reached. first, last: its steps.
    checkpoints: one or two, at growing steps; the last is where to go on. stopped: every run has diverged there.
    """

    message: bytes | None
    first: int
    last: int
    checkpoints: tuple[Checkpoint, ...]
    stopped: bool


@dataclass(frozen=True)
class Failed:
    """An exception inside a call, told in words: not every exception survives the way between processes.

    refusal: one that is made for clients, such as of a file of data that is not what it should be.
    """

    trace: str
    refusal: Invalid | None = None


def guarded(call: Callable[..., Any], *arguments: Any) -> Any:
    """The call's answer, or `Failed`. Not even SystemExit ends the worker."""
    try:
        return call(*arguments)
    except Invalid as error:
        return Failed(traceback.format_exc(), error)
    except BaseException:  # the worker belongs to everyone; whatever went wrong belongs to this call
        return Failed(traceback.format_exc())


def reach(
    document: str,
    checkpoint: Checkpoint | None,
    held: int,
    until: int,
    revision: int,
    every: int,
    budget: float,
    device: str,
) -> Advanced:
    """Goes on from a checkpoint: silently up to step `held`, then with records up to `until` at most.

    every: how many steps apart the frames are.
    budget: seconds for both together; when it is spent on the silent part, at least one record follows all the same,
    unless `held` was not reached.
    """
    deadline = time.perf_counter() + budget
    prepared = _prepared(document)
    passed: tuple[Checkpoint, ...] = ()
    step = -1 if checkpoint is None else checkpoint.step
    if step < held:
        chunk, checkpoint = advance(prepared, checkpoint, held, budget, device)
        passed = (checkpoint,)
        step = checkpoint.step
        if step < held or step >= until or chunk.stopped:
            return Advanced(None, step, step, passed, chunk.stopped)
    left = max(0.0, deadline - time.perf_counter())
    chunk, checkpoint = advance(prepared, checkpoint, until, left, device, every)
    return Advanced(pack_chunk(chunk, revision), chunk.first, chunk.last, (*passed, checkpoint), chunk.stopped)


def inspect(
    document: str, checkpoint: Checkpoint | None, step: int, run: int, reply_to: int, device: str
) -> str | None:
    """An `inspected` event as JSON: record `step` of one run, made anew from a checkpoint before it, and the next step.

    None when that run stopped before.
    """
    prepared = _prepared(document)
    chunk, here = advance(prepared, checkpoint, step, None, device)
    records = next((records for records in chunk.runs if records.run == run), None)
    if records is None or not records.first <= step < records.first + len(records):
        return None
    onward = _worked(explain_step(prepared, here, run, device))
    return _inspected(records, step - records.first, onward, reply_to).model_dump_json()


def scene(document: str) -> Scene | None:
    """What a picture of the loss over one or two parameters needs."""
    return _prepared(document).problem.scene


def surface(document: str, bounds: list[list[float]], shape: list[int], reply_to: int) -> bytes:
    """A packed `surface` event: the experiment's loss on a grid."""
    return pack_surface(reply_to, bounds, loss_grid(_prepared(document).problem, bounds, shape))


def rates(
    document: str, run: int, until: int | None, most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """The learning rates ahead of one run; see `preview_lr`. most: the last step there may be."""
    return preview_lr(_prepared(document).plans[run], until, most)


def points(document: str, bounds: Sequence[Sequence[float]], reply_to: int) -> str:
    """A `points` event as JSON: the experiment's critical points within the bounds."""
    found = landscape(_prepared(document).problem, bounds)
    return Points(op="points", id=reply_to, points=list(found)).model_dump_json()


def data(document: str, reply_to: int) -> bytes:
    """A packed `data` event."""
    problem = _prepared(document).problem
    assert isinstance(problem, LearningProblem)  # the server has looked
    return pack_data(reply_to, problem)


def fit(document: str, checkpoint: Checkpoint | None, step: int, run: int, reply_to: int, device: str) -> bytes | None:
    """A packed `fit` event: what one run's model says after `step` updates, made anew from a checkpoint before it.

    None when that run stopped before.
    """
    chunk, _ = advance(_prepared(document), checkpoint, step, None, device, every=step or 1)
    records = next((records for records in chunk.runs if records.run == run), None)
    if records is None or records.fits is None or step not in records.fits.steps:
        return None
    return pack_fit(reply_to, run, records.fits)


def warm(device: str) -> None:
    """Runs once in every new worker, before its first call: the first step of each optimizer costs the most."""
    try:
        _end_with_the_server()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a pipe that nobody reads would stop whoever prints into it
        logging.getLogger("torch").setLevel(logging.ERROR)
        torch.set_num_threads(1)  # more threads only slow small problems down, and would fight over the cores
        names = [optimizer.id for optimizer in BUILT_IN if not optimizer.matrices_only]
        for begin in range(0, len(names), MAX_RUNS):
            some = names[begin : begin + MAX_RUNS]
            runs = [{"optimizer": {"id": name}, "start": [1.0, 1.0]} for name in some]
            document = {"version": 1, "problem": {"kind": "surface", "id": "matyas"}, "runs": runs}
            advance(Experiment.model_validate(document), None, 2, None, device)
        settle()
    except Exception:
        sys.stderr.write(f"worker could not start: {traceback.format_exc(limit=-1)}\n")
        raise


def _end_with_the_server() -> None:
    """However the server ends, and whatever this process does at that moment: at once, and not after a long step."""
    server = multiprocessing.parent_process()
    if server is None:
        return

    def wait() -> None:
        server.join()
        os._exit(1)

    threading.Thread(target=wait, name="server", daemon=True).start()


def settle() -> None:
    """Takes what was imported out of the collector's rounds: with torch loaded, a full one stops all for 0.1 s."""
    gc.collect()
    gc.freeze()


def nothing() -> None:
    """An empty call: its answer says that the worker is ready."""


@lru_cache(maxsize=128)
def _prepared(document: str) -> Prepared:
    return prepare(Experiment.model_validate_json(document))


def _inspected(records: RunRecords, at: int, onward: Worked | None, reply_to: int) -> Inspected:
    return Inspected(
        op="inspected",
        id=reply_to,
        step=records.first + at,
        run=records.run,
        loss=real(records.loss[at].item()),
        params=reals(records.params[at].tolist()),
        grad=reals(records.grad[at].tolist()),
        grad_norm=real(records.grad_norm[at].item()),
        update=reals(records.update[at].tolist()),
        state={
            name: reals(array[at].tolist()) if array.ndim > 1 else real(array[at].item())
            for name, array in records.state.items()
        },
        eigenvalues=reals(records.eigenvalues[at].tolist()),
        eigenvectors=[reals(row) for row in records.eigenvectors[at].tolist()],
        status=STATUSES[records.status[at].item()],
        critical=CRITICALS[records.critical[at].item()],
        worked=onward,
    )


def _worked(step: engine.StepExplanation | None) -> Worked | None:
    if step is None:
        return None
    lines = [
        Line(
            name=line.name,
            rule=line.rule,
            numbers=line.numbers,
            value=None if line.value.ndim > 1 else _numbers(line.value.tolist()),
            slot=line.slot,
            arrow=line.arrow,
        )
        for line in step.lines
    ]
    return Worked(step=step.step, optimizer=step.optimizer, start=reals(step.start.tolist()), lines=lines)


def _numbers(value: float | list[float]) -> Real | list[Real]:
    return reals(value) if isinstance(value, list) else real(value)
