"""Worker calls of which at most one is in a worker: those that come often, and of which only the last counts."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from steepest.server.worker.scheduler import FairShare, Job, Scheduler

Result = TypeVar("Result")


class SingleCall:
    """A cancelled call that waits is not made; one that is in a worker goes on, and the next one waits for its end."""

    def __init__(self) -> None:
        self._call: asyncio.Task[Any] | None = None

    async def run(
        self,
        scheduler: Scheduler,
        share: FairShare,
        function: Callable[..., Result],
        *arguments: Any,
        urgent: bool = False,
    ) -> Result:
        """The result of the call. Raises what `Worker.call` raises."""
        while self._call is not None and not self._call.done():
            await asyncio.wait([self._call])
        started = False

        def next_job(_: float) -> Job:
            nonlocal started
            started = True
            return function, arguments

        call: asyncio.Task[Result] = asyncio.create_task(scheduler.schedule(share, next_job, urgent=urgent))
        self._call = call
        call.add_done_callback(_retrieve)
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            if not started:
                call.cancel()
            raise


def _retrieve(call: "asyncio.Task[Any]") -> None:
    """Marks an exception as retrieved: asyncio warns otherwise where nobody awaits the call any more."""
    if not call.cancelled():
        call.exception()
