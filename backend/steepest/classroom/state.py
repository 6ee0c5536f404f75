"""What a room is after the events of its log: a pure function of them, and valid after any number of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from steepest.classroom.activity import Activity
from steepest.classroom.lesson import Lesson
from steepest.classroom.log_events import (
    Answered,
    Begun,
    Explored,
    LessonSet,
    LockSet,
    LogEvent,
    NamesSet,
    PauseSet,
    PhaseSet,
    Played,
    Renamed,
    Replaced,
    RoomEnded,
    RoomOpened,
    SeatRemoved,
    SeatShown,
    SeatTaken,
    Updated,
)
from steepest.classroom.question import Answer
from steepest.spec import Experiment, Text

Phase = Literal["open", "closed", "revealed"]
Part = Literal["room", "activity", "play", "results", "shown", "lesson"]


@dataclass(frozen=True)
class Seat:
    """One student's device. number: from 1. secret: its digest. changed: number of the event that changed it last."""

    number: int
    secret: str
    name: str
    changed: int


@dataclass(frozen=True)
class Stage:
    """An activity and what became of it.

    number: of the event that began it, which names it. same_until: of an updated experiment, else None.
    lesson_step: of the lesson that the room has now. title: of the step as it was when it began.
    phase: of a question, else None. playing: the last movement of the play head; None while a question is open.
    answers, explored: by seat.
    """

    number: int
    activity: Activity
    lesson_step: int | None
    title: Text | None
    phase: Phase | None
    same_until: int | None = None
    playing: Played | None = None
    shown: int | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    explored: Mapping[int, Experiment] = field(default_factory=dict)

    def without(self, seat: int) -> "Stage":
        """As if the seat had done nothing."""
        return replace(
            self,
            shown=None if self.shown == seat else self.shown,
            answers={other: answer for other, answer in self.answers.items() if other != seat},
            explored={other: experiment for other, experiment in self.explored.items() if other != seat},
        )


@dataclass(frozen=True)
class RoomState:
    """A room after `number` events.

    teacher, screen: digests of their secrets. seats: those that are in, by number. removed: digests of seats removed.
    stage: the present activity. past: those before it. taken: seats so far, the removed ones too.
    changed: number of the event that changed a part last.
    """

    number: int
    code: str
    teacher: str
    screen: str
    names: bool
    lesson: Lesson | None
    locked: bool = False
    paused: bool = False
    ended: bool = False
    seats: Mapping[int, Seat] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    taken: int = 0
    stage: Stage | None = None
    past: tuple[Stage, ...] = ()
    changed: Mapping[Part, int] = field(default_factory=dict)

    def seat_of(self, secret: str) -> Seat | None:
        """The seat whose secret has this digest."""
        return next((seat for seat in self.seats.values() if seat.secret == secret), None)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All activities in their order."""
        return self.past if self.stage is None else (*self.past, self.stage)


def begin(event: RoomOpened) -> RoomState:
    """A room after its first event."""
    parts: tuple[Part, ...] = ("room", "activity", "play", "results", "shown", "lesson")
    return RoomState(
        number=1,
        code=event.code,
        teacher=event.teacher,
        screen=event.screen,
        names=event.names,
        lesson=event.lesson,
        changed=dict.fromkeys(parts, 1),
    )


def fold(events: Iterable[LogEvent | Replaced]) -> RoomState:
    """A room after these events, of which the first is `RoomOpened`. Raises `ValueError` for other events."""
    state: RoomState | None = None
    for event in events:
        if isinstance(event, RoomOpened) is (state is not None):
            raise ValueError("a log begins with `opened`, and has it once")
        state = begin(event) if isinstance(event, RoomOpened) else after(_known(state), event)
    return _known(state)


def _known(state: RoomState | None) -> RoomState:
    if state is None:
        raise ValueError("a log has at least one event")
    return state


def after(state: RoomState, event: LogEvent | Replaced) -> RoomState:
    """The room after one more event."""
    number = state.number + 1
    match event:
        case Replaced(events=events):
            return replace(state, number=state.number + events)
        case SeatTaken(seat=seat, secret=secret, name=name):
            new = Seat(seat, secret, name, number)
            return replace(state, number=number, taken=seat, seats={**state.seats, seat: new})
        case Renamed(seat=seat, name=name):
            renamed = replace(state.seats[seat], name=name, changed=number)
            seats = {**state.seats, seat: renamed}
            return _changed(state, number, *_shown(state, seat), seats=seats)
        case SeatRemoved(seat=seat):
            return _removed(state, seat, number)
        case LockSet(locked=locked):
            return _changed(state, number, "room", locked=locked)
        case NamesSet(names=names):
            return _changed(state, number, "room", *_shown(state), names=names)
        case PauseSet(paused=paused):
            return _changed(state, number, "room", paused=paused)
        case LessonSet(lesson=lesson):
            return _with_lesson(state, lesson, number)
        case RoomEnded():
            nameless = {seat.number: replace(seat, name="", changed=number) for seat in state.seats.values()}
            return _changed(state, number, "room", *_shown(state), ended=True, seats=nameless)
        case Begun(activity=activity, lesson_step=step):
            title = None if step is None or state.lesson is None else state.lesson.steps[step].title.text()
            stage = Stage(number, activity, step, title, "open" if activity.kind == "predict" else None)
            begun = _changed(state, number, "activity", "play", "results", "shown", "lesson", past=state.stages)
            return replace(begun, stage=stage, paused=False, changed={**begun.changed, "room": number})
        case _:
            return _on_stage(state, event, number)


def _on_stage(state: RoomState, event: LogEvent, number: int) -> RoomState:
    """The room after an event of its present activity."""
    stage = state.stage
    if stage is None:
        raise ValueError(f"{event.what} needs an activity")
    match event:
        case Played():
            return _changed(state, number, "play", stage=replace(stage, playing=event))
        case Updated(experiment=experiment, step=step):
            activity = stage.activity.model_copy(update={"experiment": experiment})
            return _changed(state, number, "activity", stage=replace(stage, activity=activity, same_until=step))
        case PhaseSet(phase="open"):
            again = replace(stage, phase="open", playing=None)  # a run that has played shows the answer
            return _changed(state, number, "activity", "play", "results", stage=again)
        case PhaseSet(phase=phase):
            return _changed(state, number, "activity", "results", stage=replace(stage, phase=phase))
        case SeatShown(seat=shown):
            return _changed(state, number, "shown", stage=replace(stage, shown=shown))
        case Answered(seat=seat, answer=answer):
            stage = replace(stage, answers={**stage.answers, seat: answer})
        case Explored(seat=seat, experiment=experiment):
            stage = replace(stage, explored={**stage.explored, seat: experiment})
            if stage.shown == seat:
                state = _changed(state, number, "shown")
        case _:
            raise ValueError(f"{event.what} cannot come here")
    own = replace(state.seats[seat], changed=number)
    return replace(state, number=number, stage=stage, seats={**state.seats, seat: own})


def _shown(state: RoomState, seat: int | None = None) -> tuple[Part, ...]:
    """The part that changes with a seat, or with the names of all: where that seat, or any, is shown."""
    shown = None if state.stage is None else state.stage.shown
    return () if shown is None or seat not in (None, shown) else ("shown",)


def _with_lesson(state: RoomState, lesson: Lesson | None, number: int) -> RoomState:
    """Another lesson: the present activity stays its step, wherever that is now."""
    stage = state.stage
    if stage is not None:
        stage = replace(stage, lesson_step=_moved(stage.lesson_step, state.lesson, lesson))
    past = tuple(replace(one, lesson_step=_moved(one.lesson_step, state.lesson, lesson)) for one in state.past)
    return _changed(state, number, "lesson", lesson=lesson, stage=stage, past=past)


def _moved(step: int | None, old: Lesson | None, new: Lesson | None) -> int | None:
    """The index of a lesson's step in the lesson that takes its place: of the same step, or of the one rewritten."""
    if step is None or old is None or new is None:
        return None
    same = [n for n, other in enumerate(new.steps) if other == old.steps[step]]
    if same:
        return min(same, key=lambda n: abs(n - step))
    return step if old.id == new.id and len(old.steps) == len(new.steps) else None


def _removed(state: RoomState, seat: int, number: int) -> RoomState:
    stages = [stage.without(seat) for stage in state.stages]
    return _changed(
        state,
        number,
        *("shown", "results"),
        seats={other.number: other for other in state.seats.values() if other.number != seat},
        removed=state.removed | {state.seats[seat].secret},
        past=tuple(stages[: len(state.past)]),
        stage=stages[-1] if state.stage else None,
    )


def _changed(state: RoomState, number: int, *parts: Part, **fields: object) -> RoomState:
    return replace(state, number=number, changed={**state.changed, **dict.fromkeys(parts, number)}, **fields)  # type: ignore[arg-type]
