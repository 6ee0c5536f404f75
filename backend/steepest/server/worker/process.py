"""Inside a worker process: its initialization, and the guard around every call."""

import ctypes
import gc
import logging
import multiprocessing
import os
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from steepest.engine import advance, warm_up
from steepest.engine.compiled import library
from steepest.optimizers import BUILT_IN
from steepest.problems import CACHE
from steepest.server.worker.system_memory import LARGE, give_back
from steepest.spec import MAX_RUNS, Experiment, Invalid

_IDLE = 5.0  # seconds without a call after which freed memory is given back


@dataclass(frozen=True)
class Failed:
    """An exception inside a call, as text: not every exception can be sent between processes.

    trace: its traceback. invalid: the exception itself where it is meant for clients.
    """

    trace: str
    invalid: Invalid | None = None


def guarded(call: Callable[..., Any], *arguments: Any) -> Any:
    """The call's result, or `Failed`. Not even SystemExit ends the worker, which serves other sessions too."""
    global _calls
    began = time.perf_counter()
    try:
        return call(*arguments)
    except Invalid as error:
        return Failed(traceback.format_exc(), error)
    except BaseException:
        return Failed(traceback.format_exc())
    finally:
        _calls += 1
        _keep_to_budget()
        if _shared is not None:
            _shared.seconds = time.perf_counter() - began


class Shared(ctypes.Structure):
    """Numbers in memory that a worker process shares with the server.

    making: 1 while a kernel is being made, else 0.
    made: kernels that the process has made.
    seconds: what the latest call has taken; 0 until it has ended.
    making_seconds: what making kernels has taken in it.
    ending: 1 where the server wants the slice that runs to end early, else 0.
    used: bytes that the process keeps.
    """

    making: int
    made: int
    seconds: float
    making_seconds: float
    ending: int
    used: int
    _fields_ = (
        ("making", ctypes.c_bool),
        ("made", ctypes.c_int),
        ("seconds", ctypes.c_double),
        ("making_seconds", ctypes.c_double),
        ("ending", ctypes.c_bool),
        ("used", ctypes.c_int64),
    )


_LOWER = 5  # of niceness, where 19 is the lowest priority: a third of the processor beside a process of normal priority

_shared: Shared | None = None  # None where this is not a worker process
_max_bytes = 0
_calls = 0  # so many have ended
_making_since = 0.0  # when the kernel being made was begun


def slice_ends() -> bool:
    """Whether the server wants the slice that runs to end early."""
    return _shared is not None and bool(_shared.ending)


def initialize(device: str, shared: Shared | None = None, max_bytes: int = 0, lower_priority: bool = False) -> None:
    """Runs once in every new worker before its first call: the first step of each optimizer is the slowest.

    max_bytes: that the process keeps. lower_priority: see `Worker`.
    """
    global _shared, _max_bytes
    try:
        _shared, _max_bytes = shared, max_bytes
        if lower_priority:
            os.nice(_LOWER)
        exit_with_server()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # prints into a pipe that nobody reads would block
        logging.getLogger("torch").setLevel(logging.ERROR)
        warnings.simplefilter("ignore")  # a run that diverges overflows at every step; its records say so
        torch.set_num_threads(1)  # more threads slow small problems down and compete for the cores
        names = [optimizer.id for optimizer in BUILT_IN if not optimizer.matrices_only]
        for first in range(0, len(names), MAX_RUNS):
            runs = [{"optimizer": {"id": name}, "start": [1.0, 1.0]} for name in names[first : first + MAX_RUNS]]
            document = {"version": 1, "problem": {"kind": "surface", "id": "matyas"}, "runs": runs}
            advance(Experiment.model_validate(document), None, 2, None, device)
        warm_up()
        library.report_making(_report)
        give_back_when_idle()
        freeze_imports()
    except Exception:
        sys.stderr.write(f"worker could not start: {traceback.format_exc(limit=-1)}\n")
        raise


def _report(begins: bool) -> None:
    """A kernel is begun, or is made."""
    global _making_since
    if _shared is None:
        return
    _shared.making = int(begins)
    if begins:
        _shared.made += 1
        _making_since = time.perf_counter()
    else:
        _shared.making_seconds += time.perf_counter() - _making_since


def _keep_to_budget() -> None:
    """After each call: drops what was not used for longest, where the process keeps too much."""
    if _shared is None:
        return
    if CACHE.shrink(_max_bytes) >= LARGE:
        give_back()
    _shared.used = CACHE.used


def give_back_when_idle() -> None:
    """Has memory given back that calls have freed, after some seconds without a call."""

    def watch() -> None:
        given = 0
        while True:
            seen = _calls
            time.sleep(_IDLE)
            if seen == _calls != given:
                given = seen
                give_back()

    threading.Thread(target=watch, name="memory", daemon=True).start()


def exit_with_server() -> None:
    """Ends this process as soon as the server ends in any way, even in the middle of a long step."""
    server = multiprocessing.parent_process()
    if server is None:
        return

    def wait() -> None:
        server.join()
        os._exit(1)

    threading.Thread(target=wait, name="server", daemon=True).start()


def freeze_imports() -> None:
    """Excludes imported objects from garbage collection: with torch loaded, a full one pauses for 0.1 s."""
    gc.collect()
    gc.freeze()


def ping() -> None:
    """An empty call: its answer shows that the worker is ready."""
