"""What all clients of a server share: settings, workers, recent experiments, open sessions."""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import TypeVar

import torch

import steepest
from steepest.engine import find_device
from steepest.server.accounts import Accounts
from steepest.server.logs import log_event, report_left_out
from steepest.server.places import Places
from steepest.server.settings import Settings
from steepest.server.tables import Tables
from steepest.server.waiting_room import WaitingRoom
from steepest.server.worker import kernel_process, process
from steepest.server.worker.checkpoint_cache import CheckpointStore
from steepest.server.worker.pool import Worker, WorkerLost, end_all
from steepest.server.worker.scheduler import Scheduler
from steepest.server.worker.system_memory import map_large_blocks
from steepest.spec import Text

Result = TypeVar("Result")

_SWITCH_INTERVAL = 0.0005  # seconds; Python's 5 ms would be the event loop's delay whenever `Service.thread` works


@dataclass
class Service:
    """One running server.

    device: where steps run.
    kernels: the process that makes kernels ahead. thread: reads and checks large documents, one after the other.
    accounts: what each address uses. tables: that were uploaded. sockets: those of all addresses.
    room: the places for experiments. recordings: records that several clients need.
    """

    settings: Settings
    device: str
    workers: list[Worker]
    scheduler: Scheduler
    checkpoints: CheckpointStore
    ready: bool = False
    kernels: BaseProcess | None = None
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "documents"))
    accounts: Accounts = field(init=False)
    tables: Tables = field(init=False)
    sockets: Places = field(init=False)
    room: WaitingRoom = field(init=False)

    def __post_init__(self) -> None:
        """Makes the accounts and the places, which follow from the settings."""
        self.accounts = Accounts(self.settings)
        self.tables = Tables(self.settings.max_data_folder, self.settings.client_tables)
        most = self.settings.max_sockets
        self.sockets = Places(most, _too_many_sockets(most))
        self.room = WaitingRoom(self.settings)

    @classmethod
    def create(cls, settings: Settings) -> "Service":
        """Raises `Invalid` for a device that this machine lacks."""
        device = find_device(settings.device)
        # A call runs for its budget and then finishes the step it is in.
        timeout = settings.step_timeout + settings.long_slice
        memory = settings.worker_memory
        # The first makes no slow calls, so that it should not wait for the others either.
        workers = [
            Worker(device, timeout, settings.tries, memory=memory, lower_priority=n > 0)
            for n in range(settings.workers)
        ]
        checkpoints = CheckpointStore(settings.recent, settings.server_memory)
        return cls(settings, device, workers, Scheduler(workers, settings), checkpoints)

    @property
    def torch(self) -> str:
        """PyTorch's version, build included."""
        return str(torch.__version__)

    def health(self) -> dict[str, object]:
        """The answer of `GET /api/health`."""
        return {
            "status": "ready" if self.ready else "starting",
            "device": self.device,
            "torch": self.torch,
            "workers": self.worker_states(),
            "sessions": len(self.room.seated),
            "waiting": len(self.room.waiting),
            "full": not self.sockets.free,
            "memory": self.memory(),
            "version": steepest.__version__,
        }

    def worker_states(self) -> dict[str, int]:
        """How many workers there are, live and start now, and how often one was replaced."""
        alive = sum(worker.alive for worker in self.workers)
        return {
            "all": len(self.workers),
            "alive": alive,
            "starting": len(self.workers) - alive,
            "restarted": sum(worker.restarts for worker in self.workers),
        }

    def memory(self) -> dict[str, dict[str, int]]:
        """The budgets in bytes, and what is in use of them."""
        budgets = {"server": {"limit": self.settings.server_memory, "used": self.checkpoints.used}}
        for n, worker in enumerate(self.workers):
            budgets[f"worker {n}"] = {"limit": worker.memory, "used": worker.used}
        return budgets

    async def start(self) -> None:
        """Starts and initializes every worker. Raises `WorkerLost` where that fails."""
        map_large_blocks()
        seconds = self.settings.start_seconds
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(worker.call(process.ping, time_limit=seconds) for worker in self.workers))
        except TimeoutError:
            raise WorkerLost from None
        process.freeze_imports()
        sys.setswitchinterval(_SWITCH_INTERVAL)
        self.ready = True
        if self.settings.make_kernels:
            self.kernels = kernel_process.start(self.device)
        log_event("workers.ready", workers=len(self.workers), device=self.device, torch=self.torch)

    async def beside_the_loop(self, function: Callable[[], Result]) -> Result:
        """The result of a function that may take more than a millisecond: a thread calls it while the loop goes on."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, function)

    async def stop(self) -> None:
        """Ends the workers. Never raises."""
        self.ready = False
        self.thread.shutdown(wait=False, cancel_futures=True)
        if self.kernels is not None:
            self.kernels.kill()  # safe: a file of a kernel is whole or not there
        with contextlib.suppress(Exception):
            await asyncio.to_thread(end_all, self.workers)
        report_left_out()
        log_event("stopped")


def _too_many_sockets(limit: int) -> Text:
    return Text(f"this server has {limit} clients, which is its limit", f"服务器已有 {limit} 个客户端，已达上限")
