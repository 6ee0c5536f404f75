"""What all sockets of a server share: its settings, the workers, recent experiments, and who has one open."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field

import torch

import steepest
from steepest.engine import find_device
from steepest.protocol.catalog import catalog
from steepest.server.logs import log_event
from steepest.server.settings import Settings
from steepest.server.worker import tasks
from steepest.server.worker.checkpoint_cache import Recent
from steepest.server.worker.pool import Worker, WorkerLost, end_all
from steepest.server.worker.scheduler import Scheduler


@dataclass
class Service:
    """One running server. device: where steps run. sessions: sockets with an open experiment."""

    settings: Settings
    device: str
    workers: list[Worker]
    scheduler: Scheduler
    recent: Recent
    sessions: set[object] = field(default_factory=set)
    ready: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Service":
        """Raises `Invalid` for a device that this machine lacks."""
        device = find_device(settings.device)
        # A call runs for its budget and then for the step it is in; the pool looks every tenth of a second.
        timeout = settings.step_timeout + settings.long_slice
        workers = [Worker(device, timeout, settings.tries) for _ in range(settings.workers)]
        recent = Recent(settings.recent, settings.recent_room)
        return cls(settings, device, workers, Scheduler(workers, settings), recent)

    @property
    def torch(self) -> str:
        """Its version, build included."""
        return str(torch.__version__)

    @property
    def catalog(self) -> bytes:
        """The catalog as JSON."""
        return catalog().model_dump_json().encode()

    def health(self) -> dict[str, object]:
        """What `GET /api/health` says."""
        return {
            "status": "ready" if self.ready else "starting",
            "device": self.device,
            "torch": self.torch,
            "workers": len(self.workers),
            "sessions": len(self.sessions),
            "version": steepest.__version__,
        }

    async def start(self) -> None:
        """Starts and warms every worker. Raises `WorkerLost` when that does not work."""
        seconds = self.settings.start_seconds
        calls = [worker.call(tasks.nothing, longest=seconds) for worker in self.workers]
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*calls)
        except TimeoutError:
            raise WorkerLost from None
        tasks.settle()
        self.ready = True
        log_event("workers.ready", workers=len(self.workers), device=self.device, torch=self.torch)

    async def stop(self) -> None:
        """Ends the workers. Never raises."""
        self.ready = False
        with contextlib.suppress(Exception):
            await asyncio.to_thread(end_all, self.workers)
        log_event("stopped", logging.INFO)
