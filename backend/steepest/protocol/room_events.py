"""What a server sends to the clients of a room: JSON text. No field has a default.

A room's state is sent in parts. Each part is whole, replaces the one before, and has the `number` of the room's event
that changed it last; so a client that was away, or reads slowly, gets the latest of each and misses nothing.
"""

from typing import Annotated, Literal

from pydantic import Field

from steepest.classroom.activity import Activity
from steepest.classroom.lesson import Lesson
from steepest.classroom.question import Answer
from steepest.protocol.event_base import EventModel, Real, ReplyModel
from steepest.protocol.events import Error
from steepest.protocol.room_commands import Role
from steepest.spec import Experiment, Text


class Joined(ReplyModel):
    """The client is in the room; the parts follow. time: the server's, in milliseconds since 1970."""

    op: Literal["joined"]
    role: Role
    code: str
    time: float


class Time(ReplyModel):
    """The server's time in milliseconds since 1970."""

    op: Literal["time"]
    time: float


class Done(ReplyModel):
    """The command has taken effect and is stored, as the room's event `number`."""

    op: Literal["done"]
    number: int


class Left(EventModel):
    """The client is not in the room any more, and the socket closes.

    why: `removed` by the teacher; `ended`, the room is gone; `elsewhere`, the same seat has joined on another socket.
    """

    op: Literal["left"]
    why: Literal["removed", "ended", "elsewhere"]


class RoomPart(EventModel):
    """For all. names: whether they are asked for and shown. teacher: whether one is connected."""

    op: Literal["room"]
    number: int
    names: bool
    locked: bool
    paused: bool
    ended: bool
    teacher: bool


class Playing(EventModel):
    """Where the teacher's play head is: at step + speed × seconds since `at`, and not beyond the activity's `until`.

    at: the server's time in milliseconds since 1970.
    """

    step: int
    speed: float
    at: float


class ActivityPart(EventModel):
    """For all: what the room does now.

    activity_number: names the activity in commands; 0 before the first.
    activity: null before the first. same_until: after an update of a watched experiment, the last step whose records
        are the same as before; else null.
    phase: of a question; null for other activities.
    title: of the lesson's step, else null.
    """

    op: Literal["activity"]
    number: int
    activity_number: int
    activity: Activity | None
    same_until: int | None
    phase: Literal["open", "closed", "revealed"] | None
    title: Text | None


class PlayPart(EventModel):
    """For all: the play head; null where it has not moved since the activity began."""

    op: Literal["play"]
    number: int
    activity_number: int
    playing: Playing | None


class MinePart(EventModel):
    """For a seat: itself. seat: its number. label: a colour and an animal. answer, experiment: of this activity."""

    op: Literal["mine"]
    number: int
    seat: int
    label: Text
    name: str
    answer: Answer | None
    experiment: Experiment | None


class CountsPart(EventModel):
    """For teacher and screen, at most a few times a second. answered, explored: in this activity."""

    op: Literal["counts"]
    seats: int
    connected: int
    answered: int
    explored: int


class Seat(EventModel):
    """name: "" where there is none. connected: it has a socket now. answered: the question of this activity."""

    seat: int
    label: Text
    name: str
    connected: bool
    answered: bool


class SeatsPart(EventModel):
    """For a teacher, at most once a second: all seats."""

    op: Literal["seats"]
    seats: list[Seat]


class ChooseTruth(EventModel):
    """options: numbers of those that are right; mostly one."""

    kind: Literal["choose"]
    options: list[int]


class NumberTruth(EventModel):
    """value: null where there is none, such as a loss of a run that diverged, or no step below."""

    kind: Literal["number"]
    value: Real | None


class PlaceTruth(EventModel):
    """at: null where the run has diverged before."""

    kind: Literal["place"]
    at: list[Real] | None


class OrderTruth(EventModel):
    """runs: the best first. values: of each, in that order: a loss, or a step; null where it never got there."""

    kind: Literal["order"]
    runs: list[int]
    values: list[Real | None]


Truth = Annotated[ChooseTruth | NumberTruth | PlaceTruth | OrderTruth, Field(discriminator="kind")]


class ChooseSpread(EventModel):
    """counts: of answers, an option each."""

    kind: Literal["choose"]
    counts: list[int]


class NumberSpread(EventModel):
    """values: ascending."""

    kind: Literal["number"]
    values: list[float]


class PlaceSpread(EventModel):
    """places: one an answer, in no order that tells who gave it."""

    kind: Literal["place"]
    places: list[list[float]]


class OrderCount(EventModel):
    """So many seats gave this order."""

    runs: list[int]
    count: int


class OrderSpread(EventModel):
    """orders: the most frequent first."""

    kind: Literal["order"]
    orders: list[OrderCount]


Spread = Annotated[ChooseSpread | NumberSpread | PlaceSpread | OrderSpread, Field(discriminator="kind")]


class ResultsPart(EventModel):
    """For all, after a question was revealed. truth: null while it is computed, or where `failed` says why not."""

    op: Literal["results"]
    number: int
    activity_number: int
    spread: Spread
    truth: Truth | None
    failed: Text | None


class CloudEntry(EventModel):
    """One seat's run up to the activity's last step, or to where it diverged.

    lr, momentum: at its end; momentum null for an optimizer without. start: null for a model's.
    step, loss: of its last record. outcome: coarse; verdict: the code of its last verdict.
    steps: of the thinned path, the same for all but its end. losses: at them. path: parameters at them; empty where
        there are more than two.
    """

    seat: int
    label: Text
    name: str
    lr: float | None
    momentum: float | None
    start: list[float] | None
    step: int
    loss: Real
    outcome: Literal["converged", "slow", "oscillating", "diverged"]
    verdict: str
    steps: list[int]
    losses: list[Real]
    path: list[list[Real]]


class CloudPart(EventModel):
    """For teacher and screen in `explore`, a few times a second: runs that are new or changed since the last one.

    all: these are all runs, and others are to be forgotten.
    """

    op: Literal["cloud"]
    activity_number: int
    all: bool
    entries: list[CloudEntry]


class ShownPart(EventModel):
    """For teacher and screen: the seat whose run is on the projector; null for none, then the cloud is."""

    op: Literal["shown"]
    number: int
    activity_number: int
    seat: int | None
    label: Text | None
    name: str
    experiment: Experiment | None


class LessonPart(EventModel):
    """For a teacher: the lesson, and its present step."""

    op: Literal["lesson"]
    number: int
    lesson: Lesson | None
    step: int | None


class InvitationPart(EventModel):
    """For teacher and screen: how to join.

    address: as a person types it. link: with the code. screen_link: of the projector, for a teacher, else null.
    qr: of the link, a text of 0 and 1 a row, without margin.
    """

    op: Literal["invitation"]
    number: int
    code: str
    address: str
    link: str
    screen_link: str | None
    qr: list[str]


RoomEvent = Annotated[
    Joined
    | Time
    | Done
    | Left
    | RoomPart
    | ActivityPart
    | PlayPart
    | MinePart
    | CountsPart
    | SeatsPart
    | ResultsPart
    | CloudPart
    | ShownPart
    | LessonPart
    | InvitationPart
    | Error,
    Field(discriminator="op"),
]
