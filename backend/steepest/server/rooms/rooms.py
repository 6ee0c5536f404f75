"""All rooms of the server, by their codes. A room that nobody has asked for since the start is still a file."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from steepest.classroom.clock import now
from steepest.classroom.codes import as_code, digest, new_code, new_secret, screen_secret
from steepest.classroom.lesson import Lesson
from steepest.classroom.log import LogUnusable, RoomLog, remove_files
from steepest.classroom.log_events import RoomOpened
from steepest.problems.data_dir import data_dir
from steepest.protocol.rooms import RoomMade
from steepest.server.errors import Refused
from steepest.server.logs import log_event
from steepest.server.rooms.room import Room, room_full
from steepest.server.rooms.tracer import Tracer
from steepest.server.security.wrong_ones import WrongOnesByPeer
from steepest.server.service import Service
from steepest.spec import Text

_HOUR = 3600.0
_LOOK = 300.0  # seconds between two looks for rooms that are over
_END = ".room"


class Rooms:
    """folder: of their logs, made with the first room. clock: as `now`."""

    def __init__(self, service: Service, folder: Path | None = None, clock: Callable[[], float] = now) -> None:
        self._service = service
        self._folder = folder
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._wrong = WrongOnesByPeer()
        self._looking: asyncio.Task[None] | None = None
        self.tracer = Tracer(service)

    @property
    def folder(self) -> Path:
        """Where the logs are."""
        return self._folder or data_dir() / "rooms"

    def make(self, lesson: Lesson | None, names: bool) -> RoomMade:
        """A new room. Raises `Refused` where there are as many as the server has, and `OSError`."""
        limit = self._service.settings.max_rooms
        if self._count() >= limit:
            self.look()
            self._delete_ended(self._count() - limit + 1)
            if self._count() >= limit:
                raise room_full(limit)
        self.folder.mkdir(parents=True, exist_ok=True)
        code = next(code for code in iter(new_code, "") if not self._path(code).exists())
        teacher = new_secret()
        made = RoomMade(code=code, teacher=teacher, screen=screen_secret(teacher))
        log = RoomLog(self._path(code), self._clock)
        log.append(
            RoomOpened(code=code, teacher=digest(made.teacher), screen=digest(made.screen), names=names, lesson=lesson)
        )
        self._rooms[code] = Room(log, self._service, self.tracer)
        log_event("room.opened")
        return made

    def find(self, typed: str) -> Room | None:
        """The room with a code, as it was typed."""
        code = as_code(typed)
        if code is None:
            return None
        room = self._rooms.get(code)
        if room is None and self._path(code).exists():
            room = self._load(code)
        if room is not None and self._is_over(room.last_time):
            self._delete(code, room)
            return None
        return room

    def guess(self, typed: str, peer: str) -> Room:
        """The room with a code that came from an address. Raises `Refused` for a wrong one, and after many of them."""
        if self._wrong.count(peer) >= self._service.settings.code_failures:
            text = Text(
                "too many wrong codes from your network; wait a minute", "您的网络输错课堂码过多，请一分钟后再试"
            )
            raise Refused("busy", text, "code")
        room = self.find(typed)
        if room is None:
            self.wrong(typed, peer)
            raise no_room()
        return room

    def wrong(self, guessed: str, peer: str) -> None:
        """Counts a wrong code or a wrong secret of an address."""
        self._wrong.add(peer, guessed.encode())

    def exists(self, code: str) -> bool:
        """Whether there is a room with exactly this code."""
        return self.find(code) is not None

    def _path(self, code: str) -> Path:
        return self.folder / f"{code}{_END}"

    def _stored(self) -> list[str]:
        """The codes of rooms that are files only."""
        if not self.folder.is_dir():
            return []
        codes = [path.stem for path in self.folder.glob(f"*{_END}")]
        return [code for code in codes if code not in self._rooms and as_code(code) == code]

    def _load(self, code: str) -> Room | None:
        log: RoomLog | None = None
        try:
            log = RoomLog(self._path(code), self._clock)
            room = Room(log, self._service, self.tracer)
        except (LogUnusable, ValueError) as error:
            # Another server's, or of a newer version: its room is not here, and its file is left alone.
            if log is not None:
                log.close()
            log_event("room.unusable", logging.WARNING, cause=type(error).__name__)
            return None
        self._rooms[code] = room
        return room

    def _is_over(self, last_time: float) -> bool:
        return self._clock() - last_time > self._service.settings.room_hours * _HOUR

    def _delete(self, code: str, room: Room) -> None:
        del self._rooms[code]
        room.close(RoomLog.delete)

    def look(self) -> None:
        """Deletes the rooms that are over, with their files."""
        for code, room in list(self._rooms.items()):
            if self._is_over(room.last_time):
                self._delete(code, room)
        for code in self._stored():
            with suppress(LogUnusable):
                log = RoomLog(self._path(code))
                log.close()
                if self._is_over(log.last_time):
                    remove_files(self._path(code))

    def _count(self) -> int:
        return len(self._rooms) + len(self._stored())

    def _delete_ended(self, most: int) -> None:
        """Deletes rooms whose lesson has ended, the oldest first: only their reports are still wanted."""
        for code in self._stored():
            self._load(code)
        ended = sorted((room.last_time, code) for code, room in self._rooms.items() if room.state.ended)
        for _, code in ended[: max(0, most)]:
            self._delete(code, self._rooms[code])

    def start(self) -> None:
        """Looks for rooms that are over, now and then until `stop`."""
        self._looking = asyncio.create_task(self._look_often())

    async def _look_often(self) -> None:
        while True:
            with suppress(OSError):
                self.look()
            await asyncio.sleep(_LOOK)

    def stop(self) -> None:
        """Lets go of all rooms; their logs stay."""
        if self._looking is not None:
            self._looking.cancel()
        self.tracer.stop()
        for room in self._rooms.values():
            room.close()
        self._rooms.clear()


def no_room() -> Refused:
    """There is no room with that code, or the secret is not one of its secrets."""
    return Refused("no_room", Text("there is no such room", "没有这个课堂"), "code")
