"""A class in one process: an application with its rooms, and clients that keep what they are sent by its part."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.server.in_process import PATIENCE, Client, service
from tests.server.running import Json

from steepest.server.http.app import create_app
from steepest.server.rooms.rooms import Rooms
from steepest.server.service import Service
from steepest.server.settings import Settings


class Connection(asyncio.Queue[Any]):
    """What the server sends. deaf: the other side takes nothing more. waiting: messages that wait for that."""

    deaf = False
    waiting = 0

    async def put(self, item: Any) -> None:
        if self.deaf:
            self.waiting += 1
            await asyncio.Event().wait()
        await super().put(item)


class Phone(Client):
    """A client of a room. parts: the latest of each. got: everything, in order."""

    parts: dict[str, Json]
    got: list[Json]

    def __init__(self, shared: Service, app: Any, host: str) -> None:
        super().__init__(shared, host, app=app, path="/api/room")
        self.out = self._out = Connection()  # before the task begins
        self.parts = {}
        self.got = []
        self._ids = 0

    async def event(self) -> Json:
        event = await super().event()
        self.got.append(event)
        self.parts[event["op"]] = event
        return event

    async def close_code(self) -> int:
        """Reads until the server closes, and answers that; its code."""
        while True:
            message = await asyncio.wait_for(self._out.get(), PATIENCE)
            if message["type"] == "websocket.close":
                await self.leave()
                code: int = message["code"]
                return code

    async def played(self, **fields: Any) -> Json:
        """The play head, once it has these values."""
        while not ((play := self.parts.get("play", {}).get("playing")) and fields.items() <= play.items()):
            await self.event()
        found: Json = play
        return found

    async def say(self, op: str, **fields: Any) -> Json:
        """Sends a command; its answer."""
        self._ids += 1
        self.send(op=op, id=self._ids, **fields)
        while (event := await self.event()).get("id") != self._ids:
            pass
        return event

    async def done(self, op: str, **fields: Any) -> int:
        answer = await self.say(op, **fields)
        assert answer["op"] == "done", answer
        number: int = answer["number"]
        return number

    async def refused(self, op: str, **fields: Any) -> str:
        answer = await self.say(op, **fields)
        assert answer["op"] == "error", answer
        code: str = answer["code"]
        return code

    async def until(self, part: str, **fields: Any) -> Json:
        """The next part, or the one that is there, with these values."""

        def fits(event: Json | None) -> bool:
            return event is not None and all(event[name] == value for name, value in fields.items())

        while not fits(self.parts.get(part)):
            await self.event()
        return self.parts[part]


class School:
    """An application with its rooms. app, rooms: its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.service = service(settings)
        self.app = create_app(settings, self.service)
        rooms = next(
            cell.cell_contents
            for route in self.app.routes
            if getattr(route, "path", "") == "/api/room"
            for cell in route.endpoint.__closure__  # type: ignore[attr-defined]
            if isinstance(cell.cell_contents, Rooms)
        )
        rooms._folder = folder
        self.rooms: Rooms = rooms
        self.phones: list[Phone] = []

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.request("POST", path, json=body, **options)

    async def request(self, method: str, path: str, host: str = "127.0.0.1", **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=(host, 9))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.request(method, path, **options)

    async def room(self, **body: Any) -> Json:
        made = await self.post("/api/rooms", body)
        assert made.status_code == 200, made.text
        found: Json = made.json()
        return found

    def phone(self, host: str = "127.0.0.1") -> Phone:
        phone = Phone(self.service, self.app, host)
        self.phones.append(phone)
        return phone

    async def teacher(self, room: Json, **fields: Any) -> Phone:
        return await self.join(room, "teacher", room["teacher"], **fields)

    async def seat(self, room: Json, n: int, **fields: Any) -> Phone:
        return await self.join(room, "seat", f"secret-of-the-device-{n}", **fields)

    async def join(self, room: Json, role: str, secret: str, host: str = "127.0.0.1", **fields: Any) -> Phone:
        phone = self.phone(host)
        joined = await phone.say("join", code=room["code"], role=role, secret=secret, **fields)
        assert joined["op"] == "joined", joined
        return phone

    async def close(self) -> None:
        self.rooms.stop()
        for phone in self.phones:
            if not phone.task.done():
                await phone.leave()
        await asyncio.sleep(0)


@asynccontextmanager
async def school(folder: Path, **settings: Any) -> AsyncIterator[School]:
    made = School(Settings(workers=1, **settings), folder)
    try:
        yield made
    finally:
        await made.close()
