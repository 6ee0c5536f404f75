"""The order of worker calls: edits before playing, fair among clients, and a worker kept free for short calls."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from steepest.server.metrics import CALLS
from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker

Result = TypeVar("Result")

# A worker call: the function and its arguments.
Job = tuple[Callable[..., Any], tuple[Any, ...]]

# Seconds of worker time. An urgent call goes first unless its client has used this much more than the others.
_URGENT_ADVANTAGE = 1.0

# Seconds of worker time by which an idle client may fall behind the others and be preferred afterwards.
_MAX_CREDIT = 0.2

# Seconds of making kernels that a client is not charged for: a kernel is kept and serves all others too. A class that
# opens one experiment would otherwise leave its first ones waiting until all others have used as much.
_UNCHARGED_MAKING = 3.0


@dataclass(eq=False)
class FairShare:
    """What one client uses of the workers. Of its calls at most one is in a worker, the others wait.

    used: worker time in seconds. After a pause it is raised to about that of the others.
    uncharged: seconds of making kernels that it will not be charged for.
    running: the call that is in a worker.
    waiting: its places in the queue.
    """

    used: float = 0.0
    uncharged: float = _UNCHARGED_MAKING
    running: "_Running | None" = None
    waiting: "list[_Ticket]" = field(default_factory=list)

    def charge(self, seconds: float, making: float) -> None:
        """Adds a call's worker time, of which `making` seconds went into kernels."""
        uncharged = min(making, seconds, self.uncharged)
        self.uncharged -= uncharged
        self.used += seconds - uncharged


@dataclass(order=True)
class _Ticket:
    """A place in the queue. priority: the lowest goes first. slow: asked when it is the first."""

    priority: float
    number: int
    share: FairShare = field(compare=False)
    slow: Callable[[], bool] = field(compare=False)
    place: "asyncio.Future[_Running]" = field(compare=False)


@dataclass(eq=False)
class _Running:
    """A worker that has been assigned to a call. started: by `perf_counter`, when it was."""

    worker: Worker
    share: FairShare
    started: float


def _short() -> bool:
    return False


class Scheduler:
    """Assigns workers to calls. Calls wait here and not in a process pool, so that their order can still change.

    The first worker makes no slow calls, where there are others.
    """

    def __init__(self, workers: list[Worker], settings: Settings) -> None:
        self._free = list(workers)
        # For slow calls: all but one.
        self._for_slow = frozenset(workers[1:] or workers)
        self._queue: list[_Ticket] = []
        self._numbers = itertools.count()
        # The largest share served so far, of short and of slow calls: about where a newcomer starts.
        self._clocks = {False: 0.0, True: 0.0}
        self._assigned: set[_Running] = set()
        self._calls: set[asyncio.Task[Any]] = set()
        self._short = settings.short_slice
        self._long = settings.long_slice

    @property
    def waiting(self) -> int:
        """Calls that wait for a worker."""
        return len({ticket.place for ticket in self._queue if not ticket.place.done()})

    async def run(
        self,
        share: FairShare,
        function: Callable[..., Result],
        *arguments: Any,
        urgent: bool = False,
        slow: bool = False,
        time_limit: float | None = None,
    ) -> Result:
        """The result of one call. Arguments and exceptions as in `schedule`."""
        job = function, arguments
        result: Result = await self.schedule(
            share, lambda _: job, urgent=urgent, slow=lambda: slow, time_limit=time_limit
        )
        return result

    async def run_sliced(
        self,
        share: FairShare,
        function: Callable[..., Result],
        *arguments: Any,
        urgent: bool = False,
        slow: bool = False,
    ) -> Result:
        """The result of one call that gets its time budget in seconds as the last argument."""
        result: Result = await self.schedule(
            share, lambda budget: (function, (*arguments, budget)), urgent=urgent, slow=lambda: slow
        )
        return result

    async def schedule(
        self,
        share: FairShare,
        next_job: Callable[[float], Job | None],
        *,
        urgent: bool = False,
        slow: Callable[[], bool] = _short,
        time_limit: float | None = None,
        on_making: Callable[[], None] | None = None,
    ) -> Any:
        """Waits for a worker, asks `next_job(budget)` for the call, and returns its result; None for no call.

        budget: the longest time in seconds that the call should take, where it can be cut into slices.
        slow: whether it may take much longer than a slice; asked when it is its turn.
        time_limit: seconds after which the call is aborted, instead of the worker's own limit.
        on_making: called once if the call takes long because a kernel is being made.
        A cancelled waiter leaves the queue; a call that has started continues, and its result is discarded.
        Raises what `Worker.call` raises.
        """
        place = await self._acquire(share, urgent, slow)
        try:
            job = next_job(self._long if self._free else self._short)
        except BaseException:
            self._release(place)
            raise
        if job is None:
            self._release(place)
            return None
        return await asyncio.shield(self._start(self._call(place, job, time_limit, on_making)))

    def make_urgent(self, share: FairShare) -> None:
        """Makes the calls that wait urgent, and ends the slice that runs: what is wanted of them has changed."""
        for n, ticket in enumerate(share.waiting):
            priority = share.used - _URGENT_ADVANTAGE
            if priority < ticket.priority:
                share.waiting[n] = replace(ticket, priority=priority)
                heapq.heappush(self._queue, share.waiting[n])  # the old one is passed over
        if share.running is not None or share.waiting:
            self._make_room(share)

    def _make_room(self, share: FairShare) -> None:
        """For an urgent call that has no worker: ends the slice of the same client, or else the longest one."""
        running = share.running
        if running is None and not self._free:
            running = min(self._assigned, key=lambda each: each.started, default=None)
        if running is not None:
            running.worker.end_slice()

    def _start(self, call: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[Any]") -> None:
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()  # marks it as retrieved: asyncio warns otherwise where nobody awaits the task any more

    async def _call(
        self, place: _Running, job: Job, time_limit: float | None, on_making: Callable[[], None] | None
    ) -> Any:
        function, arguments = job
        restarts = place.worker.restarts
        try:
            return await place.worker.call(function, *arguments, time_limit=time_limit, on_making=on_making)
        finally:
            seconds = time.perf_counter() - place.started
            # Where many clients come at once, the loop notices late that a call has ended: nobody is charged for that.
            # A process that died has said nothing of its time.
            own = place.worker.seconds if place.worker.restarts == restarts else 0.0
            place.share.charge(min(seconds, own or seconds), place.worker.making_seconds)
            CALLS.labels(getattr(function, "__name__", "other")).observe(seconds)
            if place.worker.needs_process:
                self._start(self._replace_process(place))
            else:
                self._release(place)

    async def _replace_process(self, place: _Running) -> None:
        """Gives the worker back when it has a new process; its client goes on at once."""
        place.share.running = None
        self._assign()
        await place.worker.replace_process()
        self._release(place)

    async def _acquire(self, share: FairShare, urgent: bool, slow: Callable[[], bool]) -> _Running:
        share.used = max(share.used, self._clocks[slow()] - _MAX_CREDIT)  # a pause earns no more than that
        priority = share.used - (_URGENT_ADVANTAGE if urgent else 0.0)
        place: asyncio.Future[_Running] = asyncio.get_running_loop().create_future()
        ticket = _Ticket(priority, next(self._numbers), share, slow, place)
        heapq.heappush(self._queue, ticket)
        share.waiting.append(ticket)
        self._assign()
        if urgent and not place.done():
            self._make_room(share)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._release(place.result())
            raise
        finally:
            share.waiting = [other for other in share.waiting if other.place is not place]

    def _assign(self) -> None:
        """Gives free workers to the first calls that may have one."""
        passed_over = []
        while self._free and self._queue:
            ticket = heapq.heappop(self._queue)
            if ticket.place.done():  # its waiter was cancelled, or it was served from another place in the queue
                continue
            slow = ticket.slow()
            worker = None if ticket.share.running is not None else self._worker_for(slow)
            if worker is None:
                passed_over.append(ticket)
                continue
            self._free.remove(worker)
            running = _Running(worker, ticket.share, time.perf_counter())
            self._assigned.add(running)
            ticket.share.running = running
            self._clocks[slow] = max(self._clocks[slow], ticket.share.used)
            ticket.place.set_result(running)
        for ticket in passed_over:
            heapq.heappush(self._queue, ticket)

    def _worker_for(self, slow: bool) -> Worker | None:
        """A free worker: of those for slow calls only where the call is slow, or where no other is free."""
        others = [worker for worker in self._free if worker in self._for_slow]
        if slow:
            return next(iter(others), None)
        return next((worker for worker in self._free if worker not in self._for_slow), next(iter(others), None))

    def _release(self, running: _Running) -> None:
        if running.share.running is running:
            running.share.running = None
        self._assigned.discard(running)
        self._free.append(running.worker)
        self._assign()
