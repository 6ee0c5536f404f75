"""Who goes next: edits before advances, fair among sessions, and never more calls in flight than there are workers."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker

# A call of a function in a worker: the function and its arguments.
Job = tuple[Callable[..., Any], tuple[Any, ...]]

# An edit goes before every advance, unless its session has had this much more of the workers than the others (seconds).
_HEAD_START = 1.0

# How far behind the others a session may fall, and catch up, by asking for little (seconds).
_CREDIT = 0.2


@dataclass
class Share:
    """What one session has had of the workers, in seconds; about level with the others when it comes from a pause."""

    used: float = 0.0


@dataclass(order=True)
class _Ticket:
    key: float
    number: int
    share: Share = field(compare=False)
    turn: "asyncio.Future[Worker]" = field(compare=False)


class Scheduler:
    """Hands the workers out. What waits, waits here and not in a pool, so that the order can still change."""

    def __init__(self, workers: list[Worker], settings: Settings) -> None:
        self._free = list(workers)
        self._waiting: list[_Ticket] = []
        self._numbers = itertools.count()
        self._clock = 0.0  # the greatest share that was served: about where a newcomer begins
        self._running: set[asyncio.Task[Any]] = set()
        self._short = settings.short_slice
        self._long = settings.long_slice

    async def work(
        self,
        share: Share,
        job: Callable[[float], Job | None],
        *,
        urgent: bool = False,
        longest: float | None = None,
    ) -> Any:
        """Waits for a worker, asks `job(budget)` what there is to do by now, and returns its result (None for no job).

        budget: the longest time that the call may take, in seconds, as far as it can be cut. longest: when it is given
        up, in seconds, where that is not the usual. Whoever stops waiting
        leaves the queue; a call that has begun goes on to its end unheard. Raises what `Worker.call` raises.
        """
        worker = await self._acquire(share, urgent)
        try:
            found = job(self._long if self._free else self._short)
        except BaseException:
            self._release(worker)
            raise
        if found is None:
            self._release(worker)
            return None
        function, arguments = found
        return await asyncio.shield(self._start(self._call(worker, share, longest, function, arguments)))

    def _start(self, call: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(call)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # so that asyncio does not complain where nobody listens any more

    async def _call(
        self,
        worker: Worker,
        share: Share,
        longest: float | None,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
    ) -> Any:
        began = time.perf_counter()
        try:
            return await worker.call(function, *arguments, longest=longest)
        finally:
            share.used += time.perf_counter() - began
            self._release(worker)

    async def _acquire(self, share: Share, urgent: bool) -> Worker:
        share.used = max(share.used, self._clock - _CREDIT)  # nobody saves up more by pausing
        if self._free:
            self._clock = max(self._clock, share.used)
            return self._free.pop()
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        key = share.used - (_HEAD_START if urgent else 0.0)
        heapq.heappush(self._waiting, _Ticket(key, next(self._numbers), share, turn))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(turn.result())
            raise

    def _release(self, worker: Worker) -> None:
        while self._waiting:
            ticket = heapq.heappop(self._waiting)
            if not ticket.turn.done():  # one who left is still in the heap
                self._clock = max(self._clock, ticket.share.used)
                ticket.turn.set_result(worker)
                return
        self._free.append(worker)
