"""The application without a server process: sockets as queues, and workers that compute where they are called."""

import asyncio
import json
from typing import Any

from starlette.types import ASGIApp, Message, Scope
from tests.server.running import Json

from steepest.protocol.binary import unpack
from steepest.server.http.app import create_app
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker import process
from steepest.server.worker.checkpoint_cache import CheckpointStore
from steepest.server.worker.pool import Worker, WorkFailed
from steepest.server.worker.scheduler import Scheduler

# Seconds that a client waits for one message. Workers compute in this process, so that on a busy machine one client may
# wait for the calls of all others.
PATIENCE = 120


class LocalWorker(Worker):
    """A worker that is this process."""

    async def call(
        self, function: Any, *arguments: Any, time_limit: float | None = None, on_making: object = None
    ) -> Any:
        await asyncio.sleep(0)
        result = process.guarded(function, *arguments)
        if isinstance(result, process.Failed):
            raise result.invalid or WorkFailed(result.trace)
        return result


def service(settings: Settings) -> Service:
    workers: list[Worker] = [LocalWorker("cpu", 5, 1) for _ in range(settings.workers)]
    checkpoints = CheckpointStore(settings.recent, settings.server_memory)
    return Service(settings, "cpu", workers, Scheduler(workers, settings), checkpoints)


async def no_task_left() -> None:
    """Waits until no task is left but the test's own: one that was ended takes a moment to end."""
    for _ in range(6_000):
        if asyncio.all_tasks() == {asyncio.current_task()}:
            return
        await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"


class Client:
    """One socket of the application. host: the address that it comes from. app: one that is there already."""

    def __init__(
        self, shared: Service, host: str = "127.0.0.1", *, app: ASGIApp | None = None, path: str = "/api/live"
    ) -> None:
        self._host = host
        self._path = path
        self._app = app or create_app(shared.settings, shared)
        self._in: asyncio.Queue[Message] = asyncio.Queue()
        self._out: asyncio.Queue[Message] = asyncio.Queue()
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        scope: Scope = {
            "type": "websocket",
            "path": self._path,
            "raw_path": self._path.encode(),
            "root_path": "",
            "query_string": b"",
            "scheme": "ws",
            "subprotocols": [],
            "headers": [(b"host", b"127.0.0.1:8000")],
            "client": (self._host, 9),
            "server": ("127.0.0.1", 8000),
        }
        await self._app(scope, self._in.get, self._out.put)

    def send(self, **command: Any) -> None:
        self._in.put_nowait({"type": "websocket.receive", "text": json.dumps(command)})

    async def event(self) -> Json:
        while True:
            message = await asyncio.wait_for(self._out.get(), PATIENCE)
            if message["type"] == "websocket.send":
                text = message.get("text")
                found: Json = json.loads(text) if text is not None else unpack(message["bytes"])
                return found
            assert message["type"] == "websocket.accept", message

    async def close_code(self) -> int:
        """Reads until the server closes; its code."""
        while True:
            message = await asyncio.wait_for(self._out.get(), PATIENCE)
            if message["type"] == "websocket.close":
                await self.task
                code: int = message["code"]
                return code

    async def ask(self, **command: Any) -> Json:
        self.send(**command)
        while (event := await self.event())["op"] == "chunk":
            pass
        return event

    async def reach(self, until: int) -> Json:
        """Grants, and reads until that step's chunk."""
        self.send(op="advance", until=until)
        while (event := await self.event())["op"] != "chunk" or event["last"] < until:
            assert event["op"] == "chunk", event
        return event

    async def leave(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self.task
