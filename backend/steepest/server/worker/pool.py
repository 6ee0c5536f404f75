"""The worker processes. Each has a pool of its own, so that one that dies badly takes no other with it."""

import asyncio
import logging
import multiprocessing
import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from threading import Thread
from typing import Any

from pebble import ProcessExpired, ProcessPool

from steepest.server.logs import log_event
from steepest.server.worker import tasks
from steepest.server.worker.forkserver import context

_PEBBLE_WORKER = "pebble_pool_worker"  # the name that pebble gives its processes
_LOOK = 0.1  # seconds between two looks at the clock while a call is under way
_PAUSE = 0.3  # seconds before a process that could not begin is tried anew: what was in the way may pass
_BEGIN = 120.0  # seconds that a new process may take before it begins its first call


class WorkerLost(Exception):
    """The call was made several times and its worker died each time."""


class StepTimeout(Exception):
    """The call took longer than a step may; its worker was ended."""


class WorkFailed(Exception):
    """The call raised; the message is its traceback."""


class OutOfMemory(WorkFailed):
    """The call asked for more memory than there was, by the words of what it raised."""


# The last line of a traceback: Python's own and NumPy's kind of it, a GPU's, and that of torch on a CPU.
_NO_MEMORY = re.compile(
    r"^([\w.]*MemoryError\b|torch\.OutOfMemoryError|RuntimeError: .*DefaultCPUAllocator: )", re.MULTILINE
)


class Worker:
    """One worker process, started anew whenever it died."""

    def __init__(self, device: str, longest: float, tries: int) -> None:
        self._device = device
        self._longest = longest
        self._tries = tries
        self._pool: ProcessPool | None = None
        self._answered = False  # whether this process has answered before: a new one has to get ready first
        self._closed = False

    async def call(self, function: Callable[..., Any], *arguments: Any, longest: float | None = None) -> Any:
        """What the function returns in the process. A call whose worker died is made again: calls are pure.

        longest: how long it may take in seconds, instead of the usual.
        Raises `WorkerLost`, `StepTimeout` or `WorkFailed`; `Invalid` where the call did.
        """
        for attempt in range(1, self._tries + 1):
            if self._closed:
                break
            try:
                result = await self._once((function, *arguments), longest or self._longest)
            except TimeoutError:
                self._retire()
                raise StepTimeout from None
            except (ProcessExpired, BrokenProcessPool, RuntimeError, OSError) as error:
                log_event("worker.lost", logging.WARNING, attempt=attempt, cause=type(error).__name__)
                self._retire()
                if not self._answered and attempt < self._tries:
                    await asyncio.sleep(_PAUSE)
            else:
                if isinstance(result, tasks.Failed):
                    kind = OutOfMemory if _NO_MEMORY.search(result.trace) else WorkFailed
                    raise result.refusal or kind(result.trace)
                return result
        raise WorkerLost

    async def _once(self, arguments: tuple[Any, ...], longest: float) -> Any:
        if self._pool is None:
            self._answered = False
            self._pool = await asyncio.to_thread(_new_pool, self._device)
        # Not pebble's own timeout: that one reads the wall clock, which jumps.
        result = await _bridged(self._pool.schedule(tasks.guarded, args=arguments), longest, ready=self._answered)
        self._answered = True
        return result

    def _retire(self) -> Thread | None:
        """Leaves the pool of a worker that died: perhaps with half a message in the pipe, or holding its lock."""
        pool, self._pool = self._pool, None
        if pool is None:
            return None
        pool.stop()  # type: ignore[no-untyped-call]
        joining = Thread(target=pool.join, daemon=True)  # in a thread, since such a pipe may hold it for ever
        try:
            joining.start()
        except RuntimeError:  # no thread to be had: the process ends all the same, and nobody waits for it
            return None
        return joining

    def close(self) -> Thread | None:
        """No further call; what is under way never answers. Returns the thread that ends with the process."""
        self._closed = True
        return self._retire()


def _new_pool(device: str) -> ProcessPool:
    pool = ProcessPool(max_workers=1, initializer=tasks.warm, initargs=(device,), context=context())
    pool.schedule(tasks.nothing)  # starts the process now and not at the first call
    return pool


async def _bridged(call: "Future[Any]", longest: float, *, ready: bool) -> Any:
    """The result of a pool's future. Giving up waiting does not cancel the call: that would end its worker.

    ready: the time counts from now on, and not from when the process begins the call: one that hangs never does.
    Raises `TimeoutError`.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def tell(_: "Future[Any]") -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set)

    call.add_done_callback(tell)
    asked = time.monotonic()
    began = asked if ready else None
    while not call.done():
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK):
                await done.wait()
        now = time.monotonic()
        if began is None and (call.running() or now - asked > _BEGIN):
            began = now
        if began is not None and now - began > longest and not call.done():
            raise TimeoutError
    return call.result()


def end_all(workers: list[Worker], seconds: float = 0.5) -> None:
    """Ends every worker process; those that are not gone by themselves in time are killed: calls are pure."""
    deadline = time.monotonic() + seconds
    for joining in [worker.close() for worker in workers]:
        if joining is not None:
            joining.join(max(0.0, deadline - time.monotonic()))
    for process in multiprocessing.active_children():
        if process.name == _PEBBLE_WORKER:
            process.kill()
            process.join(1)
