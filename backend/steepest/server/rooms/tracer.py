"""Traces of experiments by the worker processes, each made once for all who need it at about the same time."""

import asyncio
from collections import OrderedDict

from steepest.classroom.trace import Trace, joined
from steepest.engine import Checkpoint
from steepest.server.errors import Refused
from steepest.server.service import Service
from steepest.server.worker import trace_tasks
from steepest.server.worker.scheduler import FairShare
from steepest.spec import Experiment, Text

_MAX_BYTES = 32_000_000  # of traces that are kept
_Key = tuple[str, int]


class Tracer:
    """Makes the traces of all rooms, and keeps those that were used last."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: OrderedDict[_Key, Trace] = OrderedDict()
        self._bytes = 0
        self._making: dict[_Key, asyncio.Task[Trace]] = {}

    async def trace(self, experiment: Experiment, until: int, share: FairShare) -> Trace:
        """The trace up to step `until`. share: whose worker time it takes.

        Raises `Refused` where it takes too long, and what a worker call raises.
        """
        key = experiment.model_dump_json(), until
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(experiment, key, share))
            task.add_done_callback(lambda done: self._made(key, done))
        return await asyncio.shield(task)

    async def _make(self, experiment: Experiment, key: _Key, share: FairShare) -> Trace:
        document, until = key
        parts: list[Trace] = []
        checkpoint: Checkpoint | None = None
        done = False
        try:
            with self._service.tables.used(experiment):
                async with asyncio.timeout(self._service.settings.room_seconds):
                    while not done:
                        part, checkpoint, done = await self._service.scheduler.run_sliced(
                            share, trace_tasks.trace, document, checkpoint, until, self._service.device
                        )
                        parts.append(part)
        except TimeoutError:
            raise takes_too_long(self._service.settings.room_seconds) from None
        return joined(parts)

    def _made(self, key: _Key, task: asyncio.Task[Trace]) -> None:
        del self._making[key]
        if task.cancelled() or task.exception() is not None:
            return
        self._kept[key] = task.result()
        self._bytes += _size(task.result())
        while self._bytes > _MAX_BYTES and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= _size(old)

    def stop(self) -> None:
        """Ends what is being made."""
        for task in self._making.values():
            task.cancel()


def _size(trace: Trace) -> int:
    return sum(run.bytes for run in trace)


def takes_too_long(seconds: float) -> Refused:
    """The runs that an answer or a picture needs take too long."""
    text = Text(f"computing this takes more than {seconds:g} s here", f"此处计算需要超过 {seconds:g} 秒")
    return Refused("limit", text)
