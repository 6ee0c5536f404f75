"""The order of worker calls: edits before playing, fair among sessions, never more calls than workers."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker

Result = TypeVar("Result")

# A worker call: the function and its arguments.
Job = tuple[Callable[..., Any], tuple[Any, ...]]

# Seconds of worker time. An urgent call goes first unless its session has used this much more than the others.
_URGENT_ADVANTAGE = 1.0

# Seconds of worker time by which an idle session may fall behind the others and be preferred afterwards.
_MAX_CREDIT = 0.2


@dataclass
class FairShare:
    """Worker time that one session has used, in seconds. After a pause it is raised to about that of the others."""

    used: float = 0.0


@dataclass(order=True)
class _Ticket:
    """A place in the queue. priority: the lowest goes first."""

    priority: float
    number: int
    share: FairShare = field(compare=False)
    worker: "asyncio.Future[Worker]" = field(compare=False)


class Scheduler:
    """Assigns workers to calls. Calls wait here and not in a process pool, so that their order can still change."""

    def __init__(self, workers: list[Worker], settings: Settings) -> None:
        self._free = list(workers)
        self._queue: list[_Ticket] = []
        self._numbers = itertools.count()
        self._clock = 0.0  # the largest share served so far: about where a newcomer starts
        self._running: set[asyncio.Task[Any]] = set()
        self._short = settings.short_slice
        self._long = settings.long_slice

    async def run(
        self,
        share: FairShare,
        function: Callable[..., Result],
        *arguments: Any,
        urgent: bool = False,
        time_limit: float | None = None,
    ) -> Result:
        """The result of one call. Arguments and exceptions as in `schedule`."""
        job = function, arguments
        result: Result = await self.schedule(share, lambda _: job, urgent=urgent, time_limit=time_limit)
        return result

    async def run_sliced(
        self, share: FairShare, function: Callable[..., Result], *arguments: Any, urgent: bool = False
    ) -> Result:
        """The result of one call that gets its time budget in seconds as the last argument."""
        result: Result = await self.schedule(share, lambda budget: (function, (*arguments, budget)), urgent=urgent)
        return result

    async def schedule(
        self,
        share: FairShare,
        next_job: Callable[[float], Job | None],
        *,
        urgent: bool = False,
        time_limit: float | None = None,
        on_making: Callable[[], None] | None = None,
    ) -> Any:
        """Waits for a worker, asks `next_job(budget)` for the call, and returns its result; None for no call.

        budget: the longest time in seconds that the call should take, where it can be cut into slices.
        time_limit: seconds after which the call is aborted, instead of the worker's own limit.
        on_making: called once if the call takes long because a kernel is being made.
        A cancelled waiter leaves the queue; a call that has started continues, and its result is discarded.
        Raises what `Worker.call` raises.
        """
        worker = await self._acquire(share, urgent)
        try:
            job = next_job(self._long if self._free else self._short)
        except BaseException:
            self._release(worker)
            raise
        if job is None:
            self._release(worker)
            return None
        return await asyncio.shield(self._start(self._call(worker, share, job, time_limit, on_making)))

    def _start(self, call: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(call)
        self._running.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as retrieved: asyncio warns otherwise where nobody awaits the task any more

    async def _call(
        self,
        worker: Worker,
        share: FairShare,
        job: Job,
        time_limit: float | None,
        on_making: Callable[[], None] | None,
    ) -> Any:
        function, arguments = job
        started = time.perf_counter()
        try:
            return await worker.call(function, *arguments, time_limit=time_limit, on_making=on_making)
        finally:
            share.used += time.perf_counter() - started
            self._release(worker)

    async def _acquire(self, share: FairShare, urgent: bool) -> Worker:
        share.used = max(share.used, self._clock - _MAX_CREDIT)  # a pause earns no more than that
        if self._free:
            self._clock = max(self._clock, share.used)
            return self._free.pop()
        worker: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        priority = share.used - (_URGENT_ADVANTAGE if urgent else 0.0)
        heapq.heappush(self._queue, _Ticket(priority, next(self._numbers), share, worker))
        try:
            return await worker
        except asyncio.CancelledError:
            if worker.done() and not worker.cancelled():
                self._release(worker.result())
            raise

    def _release(self, worker: Worker) -> None:
        while self._queue:
            ticket = heapq.heappop(self._queue)
            if not ticket.worker.done():  # tickets of cancelled waiters are still in the heap
                self._clock = max(self._clock, ticket.share.used)
                ticket.worker.set_result(worker)
                return
        self._free.append(worker)
