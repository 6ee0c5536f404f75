"""The parts of a room's state as messages, each encoded once for all who get the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from steepest.classroom.activity import Predict
from steepest.classroom.labels import label
from steepest.classroom.spread import spread
from steepest.protocol.room_events import (
    ActivityPart,
    CloudEntry,
    CloudPart,
    CountsPart,
    LessonPart,
    MinePart,
    Playing,
    PlayPart,
    ResultsPart,
    RoomPart,
    Seat,
    SeatsPart,
    ShownPart,
)
from steepest.server.rooms.member import Member
from steepest.spec import Text

if TYPE_CHECKING:
    from steepest.classroom.state import RoomState
    from steepest.server.rooms.room import Room


class PartTexts:
    """The parts of one room as JSON."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._kept: dict[str, tuple[object, str]] = {}

    def of(self, member: Member, part: str) -> str:
        """A part for a member; "" where there is nothing to send."""
        match part:
            case "mine":
                return _text(self._mine(member.seat))
            case "cloud":
                return self._cloud(member)
            case "invitation":
                return _text(member.invitation)
            case "counts" | "seats":
                text = _text(self._counts() if part == "counts" else self._seats())
                if member.heard.get(part) == text:
                    return ""
                member.heard[part] = text
                return text
            case _:
                return self._shared(part)

    def _shared(self, part: str) -> str:
        """What is the same for all is encoded when the first one needs it."""
        key = self._version(part)
        kept = self._kept.get(part)
        if kept is None or kept[0] != key:
            kept = self._kept[part] = key, _text(self._made(part))
        return kept[1]

    def _version(self, part: str) -> object:
        state, room = self._room.state, self._room
        stage = state.stage
        if part == "room":
            return state.changed["room"], room.teacher_connected
        if part == "results":
            return state.changed["results"], stage is not None and room.truths.get(stage.number)
        return state.changed[part]  # type: ignore[index]

    def _made(self, part: str) -> BaseModel | None:
        state = self._room.state
        match part:
            case "room":
                return RoomPart(
                    op="room",
                    number=state.changed["room"],
                    names=state.names,
                    locked=state.locked,
                    paused=state.paused,
                    ended=state.ended,
                    teacher=self._room.teacher_connected,
                )
            case "activity":
                return _activity(state)
            case "play":
                return _play(state)
            case "results":
                return self._results(state)
            case "shown":
                return self._shown(state)
            case "lesson":
                step = None if state.stage is None else state.stage.lesson_step
                return LessonPart(op="lesson", number=state.changed["lesson"], lesson=state.lesson, step=step)
            case _:
                raise ValueError(part)

    def _results(self, state: RoomState) -> ResultsPart | None:
        stage = state.stage
        if stage is None or stage.phase != "revealed" or not isinstance(stage.activity, Predict):
            return None
        truth = self._room.truths.get(stage.number)
        return ResultsPart.model_validate(
            {
                "op": "results",
                "number": state.changed["results"],
                "activity_number": stage.number,
                "spread": spread(stage.activity.question, stage.answers.values()),
                "truth": None if isinstance(truth, Text) else truth,
                "failed": truth if isinstance(truth, Text) else None,
            }
        )

    def _shown(self, state: RoomState) -> ShownPart | None:
        stage = state.stage
        if stage is None:
            return None
        seat = stage.shown
        return ShownPart(
            op="shown",
            number=state.changed["shown"],
            activity_number=stage.number,
            seat=seat,
            label=None if seat is None else label(seat),
            name="" if seat is None else self._name(seat),
            experiment=None if seat is None else stage.explored.get(seat, stage.activity.experiment),
        )

    def _name(self, seat: int) -> str:
        """The seat's name where names are shown."""
        state = self._room.state
        return state.seats[seat].name if state.names and seat in state.seats else ""

    def _mine(self, number: int | None) -> MinePart | None:
        state = self._room.state
        seat = None if number is None else state.seats.get(number)
        if seat is None:
            return None
        stage = state.stage
        return MinePart(
            op="mine",
            number=seat.changed,
            seat=seat.number,
            label=label(seat.number),
            name=seat.name,
            answer=None if stage is None else stage.answers.get(seat.number),
            experiment=None if stage is None else stage.explored.get(seat.number),
        )

    def _counts(self) -> CountsPart:
        state = self._room.state
        stage = state.stage
        return CountsPart(
            op="counts",
            seats=len(state.seats),
            connected=len(self._room.connected),
            answered=0 if stage is None else len(stage.answers),
            explored=0 if stage is None else len(stage.explored),
        )

    def _seats(self) -> SeatsPart:
        state, connected = self._room.state, self._room.connected
        stage = state.stage
        answers = {} if stage is None else stage.answers
        seats = [
            Seat(
                seat=seat.number,
                label=label(seat.number),
                name=seat.name,
                connected=seat.number in connected,
                answered=seat.number in answers,
            )
            for seat in state.seats.values()
        ]
        return SeatsPart(op="seats", seats=seats)

    def _cloud(self, member: Member) -> str:
        """The runs that this member does not have yet."""
        cloud, stage = self._room.cloud, self._room.state.stage
        since, member.cloud_sent = member.cloud_sent, cloud.version
        if stage is None or stage.activity.kind != "explore" or since == cloud.version:
            return ""
        whole = since < cloud.forgotten
        entries = [
            CloudEntry.model_validate(
                {**vars(run), "seat": seat, "label": label(seat), "name": self._name(seat)}, from_attributes=True
            )
            for seat, (version, run) in cloud.runs.items()
            if whole or version > since
        ]
        return CloudPart(op="cloud", activity_number=stage.number, all=whole, entries=entries).model_dump_json()


def _activity(state: RoomState) -> ActivityPart:
    stage = state.stage
    return ActivityPart(
        op="activity",
        number=state.changed["activity"],
        activity_number=0 if stage is None else stage.number,
        activity=None if stage is None else stage.activity,
        same_until=None if stage is None else stage.same_until,
        phase=None if stage is None else stage.phase,
        title=None if stage is None else stage.title,
    )


def _play(state: RoomState) -> PlayPart:
    stage = state.stage
    played = None if stage is None else stage.playing
    return PlayPart(
        op="play",
        number=state.changed["play"],
        activity_number=0 if stage is None else stage.number,
        playing=None if played is None else Playing(step=played.step, speed=played.speed, at=played.at),
    )


def _text(event: BaseModel | None) -> str:
    return "" if event is None else event.model_dump_json()
