"""What happened in a room, as its log holds it. What can be computed from it is not stored."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from steepest.classroom.activity import Activity
from steepest.classroom.lesson import Lesson
from steepest.classroom.question import Answer
from steepest.spec import Experiment
from steepest.spec.strict import Strict


class RoomOpened(Strict):
    """The first event. teacher, screen: digests of the secrets."""

    what: Literal["opened"] = "opened"
    code: str
    teacher: str
    screen: str
    names: bool
    lesson: Lesson | None


class SeatTaken(Strict):
    """seat: numbered from 1 in the order of coming. secret: its digest. Its name is kept beside the event."""

    what: Literal["seat"] = "seat"
    seat: int
    secret: str
    name: str = Field(default="", exclude=True)


class Renamed(Strict):
    """The name is kept beside the event."""

    what: Literal["renamed"] = "renamed"
    seat: int
    name: str = Field(default="", exclude=True)


class SeatRemoved(Strict):
    """The teacher removed the seat."""

    what: Literal["removed"] = "removed"
    seat: int


class LockSet(Strict):
    """New seats are let in or not."""

    what: Literal["locked"] = "locked"
    locked: bool


class NamesSet(Strict):
    """Names are asked for and shown, or not."""

    what: Literal["names"] = "names"
    names: bool


class PauseSet(Strict):
    """Phones are dimmed, or not."""

    what: Literal["paused"] = "paused"
    paused: bool


class LessonSet(Strict):
    """Another lesson, or none."""

    what: Literal["lesson"] = "lesson"
    lesson: Lesson | None


class Begun(Strict):
    """An activity begins. Its number is that of this event."""

    what: Literal["begun"] = "begun"
    activity: Activity
    lesson_step: int | None


class Played(Strict):
    """The play head was at `step` at `at` (ms since 1970) and moves at `speed` steps a second."""

    what: Literal["played"] = "played"
    step: int
    speed: float
    at: float


class Updated(Strict):
    """The watched experiment has changed; records up to `step` are the same."""

    what: Literal["updated"] = "updated"
    experiment: Experiment
    step: int


class Answered(Strict):
    """A seat's answer to the present question, in place of an earlier one."""

    what: Literal["answered"] = "answered"
    seat: int
    answer: Answer


class Explored(Strict):
    """A seat's experiment in the present activity, in place of an earlier one."""

    what: Literal["explored"] = "explored"
    seat: int
    experiment: Experiment


class PhaseSet(Strict):
    """The present question is open, closed or revealed."""

    what: Literal["phase"] = "phase"
    phase: Literal["open", "closed", "revealed"]


class SeatShown(Strict):
    """The seat whose run is on the projector; null for none."""

    what: Literal["shown"] = "shown"
    seat: int | None


class RoomEnded(Strict):
    """The last event."""

    what: Literal["ended"] = "ended"


@dataclass(frozen=True)
class Replaced:
    """Stands for so many stored events, each replaced by a later one of its activity; only their number counts.

    It is never stored itself.
    """

    events: int


LogEvent = Annotated[
    RoomOpened
    | SeatTaken
    | Renamed
    | SeatRemoved
    | LockSet
    | NamesSet
    | PauseSet
    | LessonSet
    | Begun
    | Played
    | Updated
    | Answered
    | Explored
    | PhaseSet
    | SeatShown
    | RoomEnded,
    Field(discriminator="what"),
]
LOG_EVENT: TypeAdapter[LogEvent] = TypeAdapter(LogEvent)
