"""The HTTP routes of rooms: `GET /api/classroom`, `POST /api/rooms`, `POST /api/rooms/enter`."""

from pydantic import Field

from steepest.classroom.lesson import Lesson
from steepest.protocol.event_base import EventModel
from steepest.spec import Text
from steepest.spec.strict import Strict


class Classroom(EventModel):
    """Answer of `GET /api/classroom`: what this server and this browser can do with rooms.

    reachable: other machines can reach the server. address: as they type it.
    may_open: this browser may make a room. entered: it may use everything else; where not, it must give a room's code.
    """

    reachable: bool
    address: str
    may_open: bool
    entered: bool


class LessonCard(EventModel):
    """A ready-made lesson or a card of "Try this" as a lesson of one step. minutes: of all steps."""

    id: str
    title: Text
    about: Text | None
    steps: int
    minutes: int
    card: bool


class Lessons(EventModel):
    """Answer of `GET /api/lessons`. One lesson, whole, is at `GET /api/lessons?id=ID`."""

    lessons: list[LessonCard]


class MakeRoom(Strict):
    """Body of `POST /api/rooms`. lesson: to go through. names: whether names are asked for and shown."""

    lesson: Lesson | None = None
    names: bool = False


class RoomMade(EventModel):
    """Answer of `POST /api/rooms`. teacher, screen: the secrets of these roles; nobody can see them again."""

    code: str
    teacher: str
    screen: str


class EnterRoom(Strict):
    """Body of `POST /api/rooms/enter`: a code as it was typed. The right one lets this browser use the server."""

    code: str = Field(min_length=1, max_length=20)


class RoomFound(EventModel):
    """Answer of `POST /api/rooms/enter`. code: as the server writes it. names: a name is asked for."""

    code: str
    names: bool
    locked: bool
