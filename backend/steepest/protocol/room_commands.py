"""What a client of a room sends on `/api/room`: JSON text, one object with an `op`."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from steepest.classroom.activity import Activity
from steepest.classroom.lesson import Lesson
from steepest.classroom.limits import MAX_NAME, MAX_SPEED, MAX_UNTIL
from steepest.classroom.question import Answer
from steepest.protocol.commands import BadMessage, CommandBase, decode_with
from steepest.spec import Experiment
from steepest.spec.text import Language

__all__ = ["BadMessage", "Role", "RoomCommand", "decode_room"]

Role = Literal["teacher", "seat", "screen"]

Secret = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Name = Annotated[str, Field(max_length=MAX_NAME)]
Count = Annotated[int, Field(ge=0)]
Step = Annotated[int, Field(ge=0, le=MAX_UNTIL)]


class RoomCommandBase(CommandBase):
    """language: of error messages from now on; None: as before, English at first."""

    language: Language | None = None


class Join(RoomCommandBase):
    """Enters a room; the first command on a socket, and the only one that may be sent before `joined`.

    code: of the room, in any case, spaces ignored.
    secret: of a teacher or a screen the one that the room was made with; of a seat 16 to 64 random characters that the
        device keeps, by which it is the same seat again. A new one takes a new seat.
    name: of a new seat, where the teacher wants names.
    """

    op: Literal["join"]
    code: str = Field(min_length=1, max_length=20)
    role: Role
    secret: Secret
    name: Name | None = None


class Clock(RoomCommandBase):
    """Asks for the server's time, by which play heads go in step."""

    op: Literal["clock"]


# --- a seat's ---


class GiveAnswer(RoomCommandBase):
    """Answers the question of activity `activity`. A later answer before it is closed replaces this one."""

    op: Literal["answer"]
    activity: Count
    answer: Answer


class ExploreCommand(RoomCommandBase):
    """The seat's own experiment in activity `activity`: the teacher's, with changes that its controls allow.

    Its run up to the activity's last step appears in the cloud.
    """

    op: Literal["explore"]
    activity: Count
    experiment: Experiment


class Rename(RoomCommandBase):
    """The seat's name; "" for none."""

    op: Literal["rename"]
    name: Name


# --- a teacher's ---


class Begin(RoomCommandBase):
    """Begins an activity, and ends the one before. lesson_step: of the room's lesson, that it is taken from."""

    op: Literal["begin"]
    activity: Activity
    lesson_step: Annotated[int, Field(ge=0)] | None = None


class Play(RoomCommandBase):
    """The teacher's play head is at `step` now and moves at `speed` steps a second; 0: it rests there.

    Refused while a question is open.
    """

    op: Literal["play"]
    activity: Count
    step: Step
    speed: float = Field(ge=0, le=MAX_SPEED, allow_inf_nan=False)


class Update(RoomCommandBase):
    """The teacher has changed the watched experiment; its records up to `step` are the same as before."""

    op: Literal["update"]
    activity: Count
    experiment: Experiment
    step: Step


class CloseQuestion(RoomCommandBase):
    """No answers are taken any more."""

    op: Literal["close"]
    activity: Count


class Reopen(RoomCommandBase):
    """Answers are taken again, unless they have been revealed."""

    op: Literal["reopen"]
    activity: Count


class Reveal(RoomCommandBase):
    """Shows everyone all answers beside the truth. Closes the question where it is open."""

    op: Literal["reveal"]
    activity: Count


class Show(RoomCommandBase):
    """Shows one seat's run on the projector, by the seat's number; null: the cloud again."""

    op: Literal["show"]
    seat: Count | None


class SendRun(RoomCommandBase):
    """Begins an activity for all with the experiment of one seat, to watch or to continue exploring from."""

    op: Literal["send"]
    seat: Count
    kind: Literal["watch", "explore"]


class Pause(RoomCommandBase):
    """Dims every phone, or ends that."""

    op: Literal["pause"]
    paused: bool


class Lock(RoomCommandBase):
    """Lets no new seats in, or lets them in again."""

    op: Literal["lock"]
    locked: bool


class Names(RoomCommandBase):
    """Whether names are asked for and shown; without them a seat has a colour and an animal."""

    op: Literal["names"]
    names: bool


class Remove(RoomCommandBase):
    """Removes a seat, its answers and its runs. Its device cannot join this room again."""

    op: Literal["remove"]
    seat: Count


class SetLesson(RoomCommandBase):
    """The lesson that the teacher goes through, or none."""

    op: Literal["lesson"]
    lesson: Lesson | None


class End(RoomCommandBase):
    """Ends the lesson. The names are deleted; the report stays until the room is deleted."""

    op: Literal["end"]


RoomCommand = Annotated[
    Join
    | Clock
    | GiveAnswer
    | ExploreCommand
    | Rename
    | Begin
    | Play
    | Update
    | CloseQuestion
    | Reopen
    | Reveal
    | Show
    | SendRun
    | Pause
    | Lock
    | Names
    | Remove
    | SetLesson
    | End,
    Field(discriminator="op"),
]
ROOM_COMMAND: TypeAdapter[RoomCommand] = TypeAdapter(RoomCommand)


def decode_room(message: str | bytes) -> RoomCommand:
    """The command in a message. Raises `BadMessage` and nothing else."""
    return decode_with(ROOM_COMMAND, RoomCommand, message)
