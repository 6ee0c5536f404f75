"""The worker processes. Each has a pool of its own, so that one that dies does not affect the others."""

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

import psutil
from pebble import ProcessExpired, ProcessPool

from steepest.server.logs import log_event
from steepest.server.metrics import STEP_TIMEOUTS, WORKERS_LOST
from steepest.server.worker import process
from steepest.server.worker.forkserver import context

_PEBBLE_WORKER = "pebble_pool_worker"  # the name that pebble gives its processes
_MOST_KERNELS = 400  # that a process makes; each takes about 150 kB for good
_POLL = 0.1  # seconds between two checks of the time limit while a call runs
_WAITING = 5.0  # a call may take this many times its limit where it waits, for other programs or for a device
_LONG_MAKING = 0.3  # seconds of a call that makes a kernel before the client is told
_LONGEST_MAKING = 20.0  # seconds of making kernels that do not count towards a call's time limit
_RETRY_DELAY = 0.3  # seconds before a process that could not start is started again: the cause may be temporary
_UNLIMITED = 2**62  # bytes
_START_TIMEOUT = 120.0  # seconds that a new process may take before it begins its first call


class WorkerLost(Exception):
    """The call was attempted several times and its worker died each time."""


class StepTimeout(Exception):
    """The call exceeded its time limit, given in seconds of processor time; its worker was terminated."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        super().__init__(f"longer than {seconds:g} s")


class WorkFailed(Exception):
    """The call raised; the message is its traceback."""


class OutOfMemory(WorkFailed):
    """The call raised an exception that means memory allocation failed."""


# The last line of a traceback where memory ran out: Python and NumPy, a GPU, torch on a CPU.
_NO_MEMORY = re.compile(
    r"^([\w.]*MemoryError\b|torch\.OutOfMemoryError|RuntimeError: .*DefaultCPUAllocator: )", re.MULTILINE
)


class Worker:
    """One worker process, restarted whenever it dies.

    restarts: how often its process was replaced. memory: bytes of what its process keeps, at most.
    """

    def __init__(
        self,
        device: str,
        time_limit: float,
        tries: int,
        *,
        memory: int = _UNLIMITED,
        lower_priority: bool = False,
    ) -> None:
        """time_limit: seconds of processor time that a call may take; five times that by the clock.

        lower_priority: its process leaves the processor to others, where there is not enough for all.
        """
        self._device = device
        self._time_limit = time_limit
        self._tries = tries
        self._lower_priority = lower_priority
        self._pool: ProcessPool | None = None
        self._ready = False  # whether the present process has answered a call: a new one needs time to start
        self._closed = False
        self._lost = False  # its process has died, and there is no other yet
        self.restarts = 0
        self.memory = memory
        self._shared: process.Shared = context().RawValue(process.Shared)

    @property
    def used(self) -> int:
        """Bytes of what its process keeps now."""
        return self._shared.used

    @property
    def seconds(self) -> float:
        """What the latest call has taken in its process; 0 where it has not ended there."""
        return self._shared.seconds

    @property
    def making_seconds(self) -> float:
        """Seconds that the latest call, which has ended, spent on making kernels."""
        return self._shared.making_seconds

    async def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        time_limit: float | None = None,
        on_making: Callable[[], None] | None = None,
    ) -> Any:
        """What the function returns in the process. Where the worker dies the call is repeated: calls are pure.

        time_limit: seconds of processor time that it may take, instead of the worker's own limit.
        on_making: called once if a kernel is being made when the call has taken a while.
        Raises `WorkerLost`, `StepTimeout` or `WorkFailed`; `Invalid` where the call did.
        """
        seconds = time_limit or self._time_limit
        for attempt in range(1, self._tries + 1):
            if self._closed:
                break
            try:
                result = await self._attempt((function, *arguments), seconds, on_making)
            except TimeoutError:
                STEP_TIMEOUTS.inc()
                self._process_lost()
                raise StepTimeout(seconds) from None
            except (ProcessExpired, BrokenProcessPool, RuntimeError, OSError) as error:
                log_event("worker.lost", logging.WARNING, attempt=attempt, cause=type(error).__name__)
                WORKERS_LOST.inc()
                self._process_lost()
                if not self._ready and attempt < self._tries:
                    await asyncio.sleep(_RETRY_DELAY)
            else:
                if isinstance(result, process.Failed):
                    kind = OutOfMemory if _NO_MEMORY.search(result.trace) else WorkFailed
                    raise result.invalid or kind(result.trace)
                return result
        raise WorkerLost

    @property
    def alive(self) -> bool:
        """Whether its process lives and has answered; one that is starting has not."""
        return self._ready and any(one.is_alive() for one in self._processes())

    def _processes(self) -> list[Any]:
        """Its process; none while there is no pool, and while that starts it."""
        return [] if self._pool is None else list(self._pool._pool_manager.worker_manager.workers.values())

    def _processor_seconds(self) -> float:
        """Processor time of its process so far; 0 where there is none."""
        with suppress(psutil.Error):
            return sum(sum(psutil.Process(one.pid).cpu_times()[:2]) for one in self._processes())
        return 0.0

    @property
    def needs_process(self) -> bool:
        """It needs a new process: its own has died, or has made many kernels, of each of which LLVM keeps memory."""
        return self._lost or self._shared.made >= _MOST_KERNELS

    async def replace_process(self) -> None:
        """Replaces the process by a new one, and returns when that is ready. Never raises."""
        self._discard()
        with suppress(Exception):
            await self.call(process.ping)

    def end_slice(self) -> None:
        """Lets the call that runs end after its present step, where it is one that can be cut into slices."""
        self._shared.ending = 1

    async def _attempt(
        self, call: tuple[Any, ...], time_limit: float, on_making: Callable[[], None] | None = None
    ) -> Any:
        if self._pool is None:
            self._ready = self._lost = False
            shared = self._shared
            shared.making = shared.used = shared.made = 0
            self._pool = await asyncio.to_thread(_new_pool, self._device, shared, self.memory, self._lower_priority)
        said = on_making is None

        def running(seconds: float) -> None:
            nonlocal said
            if not said and on_making is not None and self._shared.making and seconds > _LONG_MAKING:
                said = True
                on_making()

        self._shared.ending = 0
        self._shared.seconds = self._shared.making_seconds = 0.0
        # Not pebble's own timeout: it uses the wall clock, which can jump.
        future = self._pool.schedule(process.guarded, args=call)
        result = await _result_of(
            future, time_limit, running, lambda: bool(self._shared.making), self._processor_seconds, ready=self._ready
        )
        self._ready = True
        return result

    def _process_lost(self) -> None:
        self.restarts += 1
        self._discard()
        self._lost = True

    def _discard(self) -> Thread | None:
        """Abandons the pool of a dead worker, whose pipe may hold half a message or a locked lock."""
        pool, self._pool = self._pool, None
        if pool is None:
            return None
        pool.stop()  # type: ignore[no-untyped-call]
        joining = Thread(target=pool.join, daemon=True)  # in a thread: such a pipe can block it forever
        try:
            joining.start()
        except RuntimeError:  # no thread available: the process ends anyway, and nobody waits for it
            return None
        return joining

    def close(self) -> Thread | None:
        """Accepts no further call; a running one never answers. Returns the thread that ends with the process."""
        self._closed = True
        return self._discard()


def _new_pool(*arguments: Any) -> ProcessPool:
    """arguments: of `process.initialize`."""
    pool = ProcessPool(max_workers=1, initializer=process.initialize, initargs=arguments, context=context())
    pool.schedule(process.ping)  # starts the process now instead of at the first call
    return pool


async def _result_of(
    call: "Future[Any]",
    time_limit: float,
    running: Callable[[float], None],
    making: Callable[[], bool],
    processor_seconds: Callable[[], float],
    *,
    ready: bool,
) -> Any:
    """The result of a pool's future. Cancelling this does not cancel the call, which would end its worker.

    running: called now and then with the seconds that the call has taken so far.
    making: whether a kernel is being made now. That does not count towards the limit, which is one on steps: ended in
        the middle it would be made again by the next try, and on a busy machine never be there.
    processor_seconds: of the process so far. The limit is one on these, since a busy machine makes each step long.
    ready: the time limit counts from now, not from when the process starts the call: a process that hangs never does.
    Raises `TimeoutError`.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def notify(_: "Future[Any]") -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(done.set)

    call.add_done_callback(notify)
    scheduled = time.monotonic()
    started = scheduled if ready else None
    now = scheduled
    worked: float | None = None
    taken = taken_processor = made = 0.0
    while not call.done():
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL):
                await done.wait()
        if call.done():
            break
        before, now = now, time.monotonic()
        worked_before, worked = worked, processor_seconds()
        if started is None:
            if call.running() or now - scheduled > _START_TIMEOUT:
                started = now
            continue
        if making() and made < _LONGEST_MAKING:
            made += now - before
        else:
            taken += now - before
            # A call shorter than the first poll is not worth a question.
            taken_processor += now - before if worked_before is None else worked - worked_before
        running(now - started)
        if taken_processor > time_limit or taken > _WAITING * time_limit:
            raise TimeoutError
    return call.result()


def end_all(workers: list[Worker], seconds: float = 0.5) -> None:
    """Ends every worker process; those still running after `seconds` are killed, which is safe: calls are pure."""
    deadline = time.monotonic() + seconds
    for joining in [worker.close() for worker in workers]:
        if joining is not None:
            joining.join(max(0.0, deadline - time.monotonic()))
    for child in multiprocessing.active_children():
        if child.name == _PEBBLE_WORKER:
            child.kill()
            child.join(1)
