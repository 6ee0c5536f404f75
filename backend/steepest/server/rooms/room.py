"""One room on this server: the one writer of its log, and whoever is connected to it."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress

from steepest.classroom.activity import Explore, Predict
from steepest.classroom.cloud import CloudRun
from steepest.classroom.log import RoomLog
from steepest.classroom.log_events import (
    Begun,
    Explored,
    LogEvent,
    NamesSet,
    PhaseSet,
    Renamed,
    RoomEnded,
    SeatRemoved,
)
from steepest.classroom.rules import Denied
from steepest.classroom.state import RoomState, after, fold
from steepest.classroom.truth import Truth, search_truth
from steepest.protocol.room_events import Left
from steepest.server.errors import Refused, error_event
from steepest.server.logs import log_event
from steepest.server.rooms.cloud import Cloud
from steepest.server.rooms.member import PARTS, Member
from steepest.server.rooms.parts import PartTexts
from steepest.server.rooms.tracer import Tracer, takes_too_long
from steepest.server.service import Service
from steepest.server.worker.scheduler import FairShare
from steepest.spec import Text

# Seconds between two of the same part that changes often.
_PERIODS = {"counts": 0.25, "seats": 1.0, "cloud": 0.5}


class Room:
    """Raises `LogUnusable` for a damaged log. state: after the last event. members: the clients connected to it.

    truths: of the questions that were closed, by the activity's number; the text says why there is none.
    share: of the workers' time, for all that the room itself computes.
    """

    def __init__(self, log: RoomLog, service: Service, tracer: Tracer) -> None:
        self._log = log
        self._service = service
        self._tracer = tracer
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sent_at: dict[str, float] = {}
        self.share = FairShare()
        self.state: RoomState = fold(log.read())
        self.members: set[Member] = set()
        self.truths: dict[int, Truth | Text] = {}
        self._searching: set[int] = set()
        self.cloud = Cloud(self)
        self._texts = PartTexts(self)
        self._resume()

    # --- events ---

    def append(self, event: LogEvent) -> int:
        """Stores an event, and has everyone told what it changes. Returns its number.

        Raises `Denied` where the room's log is full, and `OSError` where it cannot be written.
        """
        limit = self._service.settings.max_room
        if self._log.bytes > limit and not isinstance(event, RoomEnded):
            text = f"this room has stored {limit / 1e6:g} MB, which is its limit; end it and open another"
            raise Denied("limit", Text(text, f"本课堂已存满 {limit / 1e6:g} MB；请结束后另开一个"))
        removed = self.state.seats.get(event.seat) if isinstance(event, SeatRemoved) else None
        number = self._log.append(event)
        self.state = after(self.state, event)
        self._tell(event)
        if removed is not None:
            self._dismiss(removed.number, "removed")
        return number

    def _tell(self, event: LogEvent) -> None:
        number = self.state.number
        parts = {part for part, changed in self.state.changed.items() if changed == number}
        everyone = isinstance(event, Begun | RoomEnded)
        for member in self.members:
            own = self.state.seats.get(member.seat) if member.seat is not None else None
            member.mark(parts)
            if own is not None and (everyone or own.changed == number):
                member.mark({"mine"})
        self.soon("counts")
        self.soon("seats")
        if isinstance(event, Begun):
            self.cloud.begin()
        elif isinstance(event, Explored):
            self.cloud.update(event.seat)
        elif isinstance(event, SeatRemoved):
            self.cloud.forget(event.seat)
        elif isinstance(event, Renamed):
            self.cloud.renamed(event.seat)
        elif isinstance(event, NamesSet):
            self.cloud.again()
        elif isinstance(event, PhaseSet) and event.phase != "open":
            self._find_truth()

    def soon(self, part: str) -> None:
        """Has a part that changes often sent, at most once in its period."""
        if part in self._timers:
            return
        wait = self._sent_at.get(part, 0.0) + _PERIODS[part] - time.monotonic()
        self._timers[part] = asyncio.get_running_loop().call_later(max(0.0, wait), self._send_soon, part)

    def _send_soon(self, part: str) -> None:
        del self._timers[part]
        self._sent_at[part] = time.monotonic()
        for member in self.members:
            member.mark({part})

    # --- members ---

    def enter(self, member: Member) -> None:
        """A client comes in, and is sent all that it may see. The same seat on another socket has to leave that one."""
        if member.seat is not None:
            self._dismiss(member.seat, "elsewhere")
        teacher_before = self.teacher_connected
        self.members.add(member)
        member.mark(PARTS[member.role])
        self._connections_changed(teacher_before)

    def leave(self, member: Member) -> None:
        """A client is gone; its seat stays."""
        teacher_before = self.teacher_connected
        self.members.discard(member)
        self._connections_changed(teacher_before)

    def _connections_changed(self, teacher_before: bool) -> None:
        self.soon("counts")
        self.soon("seats")
        if self.teacher_connected != teacher_before:
            for member in self.members:
                member.mark({"room"})

    def _dismiss(self, seat: int, why: str) -> None:
        for member in [member for member in self.members if member.seat == seat]:
            member.dismiss(Left.model_validate({"op": "left", "why": why}))
            self.members.discard(member)

    @property
    def teacher_connected(self) -> bool:
        """Whether a teacher is."""
        return any(member.role == "teacher" for member in self.members)

    @property
    def connected(self) -> set[int]:
        """The seats that have a socket now."""
        return {member.seat for member in self.members if member.seat is not None}

    def text_of(self, member: Member, part: str) -> str:
        """A part as JSON for a member; "" where there is nothing to send."""
        return self._texts.of(member, part)

    # --- what is computed ---

    def _resume(self) -> None:
        """What was being computed when the server ended."""
        stage = self.state.stage
        if stage is not None and isinstance(stage.activity, Explore):
            self.cloud.begin()
            for seat in stage.explored:
                self.cloud.update(seat)
        self._find_truth()

    def _find_truth(self) -> None:
        stage = self.state.stage
        if stage is None or not isinstance(stage.activity, Predict) or stage.phase == "open":
            return
        if stage.number not in self.truths and stage.number not in self._searching:
            self._searching.add(stage.number)
            self.start(self._search(stage.number, stage.activity))

    async def _search(self, number: int, activity: Predict) -> None:
        try:
            self.truths[number] = await self._truth(activity)
        except Exception as error:
            known = error_event(error, "en", log_as="room.truth_failed")
            other = error_event(error, "zh", log_as="") if known.code != "internal" else known
            self.truths[number] = Text(known.message, other.message)
        finally:
            self._searching.discard(number)
        for member in self.members:
            member.mark({"results"})

    async def truth_of(self, activity: Predict, number: int) -> Truth | Text | None:
        """The truth of one of the room's questions, for its report; computed where it is not known."""
        if number not in self.truths:
            self._searching.add(number)
            await self._search(number, activity)
        return self.truths.get(number)

    async def clouds(self) -> dict[int, list[CloudRun]]:
        """The runs of every exploration, for the room's report; the last may be missing for lack of time."""
        found: dict[int, list[CloudRun]] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(self._service.settings.room_seconds):
                for stage in list(self.state.stages):
                    found[stage.number] = await self.cloud.of(stage)
        return found

    async def _truth(self, activity: Predict) -> Truth:
        search = search_truth(activity)
        asked = next(search)
        seconds = self._service.settings.room_seconds
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = await self._tracer.trace(asked, activity.until, self.share)
                    try:
                        asked = search.send(found)
                    except StopIteration as end:
                        truth: Truth = end.value
                        return truth
        except TimeoutError:
            raise takes_too_long(seconds) from None

    @property
    def tracer(self) -> Tracer:
        """Makes traces."""
        return self._tracer

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Runs a coroutine that does not raise, until the room is closed."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- its end ---

    @property
    def last_time(self) -> float:
        """When its last event was stored, in seconds since 1970."""
        return self._log.last_time

    @property
    def times(self) -> list[float]:
        """When each event was stored, in seconds since 1970."""
        return self._log.times()

    def close(self, remove: Callable[[RoomLog], None] = RoomLog.close) -> None:
        """Ends what runs for the room, dismisses everyone, and lets go of the log."""
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()
        for member in self.members:
            member.dismiss(Left(op="left", why="ended"))
        remove(self._log)
        log_event("room.closed", logging.INFO, events=self.state.number)


def room_full(limit: int) -> Refused:
    """There are as many rooms as the server has."""
    return Refused("busy", Text(f"this server has {limit} rooms, which is its limit", f"本服务器最多 {limit} 个课堂"))
