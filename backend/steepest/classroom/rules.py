"""What may happen in a room now: each function gives the event of an act, or raises `Denied`."""

from typing import Literal

from steepest.classroom.activity import Explore, Predict, Watch
from steepest.classroom.controls import check_controls
from steepest.classroom.lesson import Lesson
from steepest.classroom.log_events import (
    Answered,
    Begun,
    Explored,
    LessonSet,
    PhaseSet,
    Played,
    Renamed,
    SeatRemoved,
    SeatShown,
    SeatTaken,
    Updated,
)
from steepest.classroom.question import (
    Answer,
    ChooseAnswer,
    ChooseQuestion,
    NumberAnswer,
    NumberQuestion,
    OrderAnswer,
)
from steepest.classroom.state import RoomState, Seat, Stage
from steepest.spec import Experiment, Invalid, Text


class Denied(Exception):
    """The act is not possible. why: `conflict`, since the room does something else; `no_room`, or `limit`."""

    def __init__(self, why: Literal["conflict", "no_room", "limit"], text: Text) -> None:
        self.why = why
        self.text = text
        super().__init__(text.en)


def take_seat(state: RoomState, secret: str, name: str, most: int) -> SeatTaken:
    """A new seat. secret: its digest. most: seats of one room."""
    if secret in state.removed:
        raise Denied("no_room", Text("the teacher has removed this device from the room", "老师已将此设备移出课堂"))
    if state.ended:
        raise ended()
    if state.locked:
        raise Denied("conflict", Text("the room is locked; ask the teacher to unlock it", "课堂已锁定，请老师解锁"))
    if len(state.seats) >= most:
        raise Denied("limit", Text(f"this room has {most} seats, and all are taken", f"课堂的 {most} 个座位已满"))
    return SeatTaken(seat=state.taken + 1, secret=secret, name=tidy(name) if state.names else "")


def rename(state: RoomState, seat: int, name: str) -> Renamed:
    """Another name."""
    _seat(state, seat)
    if state.ended:
        raise ended()
    if not state.names and name.strip():
        raise Denied("conflict", Text("this room has no names", "本课堂不使用姓名"))
    return Renamed(seat=seat, name=tidy(name))


def tidy(name: str) -> str:
    """A name without characters that are not seen or that change the text around it."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())


def answer(state: RoomState, seat: int, activity: int, given: Answer) -> Answered:
    """An answer to the present question, which must be open. Raises `Invalid` for one that does not fit."""
    _seat(state, seat)
    stage = on_stage(state, activity)
    if not isinstance(stage.activity, Predict):
        raise Denied("conflict", Text("there is no question now", "现在没有问题"))
    if stage.phase != "open":
        raise Denied("conflict", Text("the question is closed", "答题已结束"))
    check_answer(stage.activity, given)
    return Answered(seat=seat, answer=given)


def check_answer(activity: Predict, given: Answer) -> None:
    """Raises `Invalid` for an answer that does not fit the question."""
    question, runs = activity.question, len(activity.experiment.runs)
    if given.kind != question.kind:
        raise Invalid("answer.kind", Text(f"must be {question.kind}", f"应为 {question.kind}"))
    if isinstance(question, ChooseQuestion) and isinstance(given, ChooseAnswer):
        last = len(question.options) - 1
        if given.option > last:
            raise Invalid("answer.option", Text(f"must be at most {last}", f"至多为 {last}"))
    if isinstance(question, NumberQuestion) and isinstance(given, NumberAnswer):
        low, high = question.low, question.high
        if not low <= given.value <= high:
            raise Invalid("answer.value", Text(f"must be from {low:g} to {high:g}", f"应在 {low:g} 与 {high:g} 之间"))
    if isinstance(given, OrderAnswer) and sorted(given.runs) != list(range(runs)):
        text = Text(f"must have each run from 0 to {runs - 1} once", f"运行 0 至 {runs - 1} 须各出现一次")
        raise Invalid("answer.runs", text)


def explore(state: RoomState, seat: int, activity: int, experiment: Experiment) -> Explored:
    """A seat's experiment in the present activity. Raises `Invalid` where it changes what it may not."""
    _seat(state, seat)
    stage = on_stage(state, activity)
    if not isinstance(stage.activity, Explore):
        raise Denied("conflict", Text("there is nothing to explore now", "现在不是探索环节"))
    check_controls(stage.activity, experiment)
    return Explored(seat=seat, experiment=experiment)


def begin(state: RoomState, activity: Watch | Predict | Explore, lesson_step: int | None) -> Begun:
    """Another activity."""
    if state.ended:
        raise ended()
    steps = len(state.lesson.steps) if state.lesson else 0
    if lesson_step is not None and lesson_step >= steps:
        raise Invalid("lesson_step", Text(f"the lesson has {steps} steps", f"教案共 {steps} 步"))
    return Begun(activity=activity, lesson_step=lesson_step)


def play(state: RoomState, activity: int, step: int, speed: float, at: float) -> Played:
    """The play head moves. Not while a question is open, whose answer it would show."""
    stage = on_stage(state, activity)
    if stage.phase == "open":
        raise Denied("conflict", Text("close the question first", "请先结束答题"))
    return Played(step=min(step, stage.activity.until), speed=speed, at=at)


def update(state: RoomState, activity: int, experiment: Experiment, step: int) -> Updated:
    """The teacher has changed the watched experiment."""
    stage = on_stage(state, activity)
    if not isinstance(stage.activity, Watch):
        raise Denied("conflict", Text("only a watched experiment can change", "只有观看中的实验可以修改"))
    return Updated(experiment=experiment, step=step)


def set_phase(state: RoomState, activity: int, phase: Literal["open", "closed", "revealed"]) -> PhaseSet:
    """Closes, opens again or reveals the present question."""
    stage = on_stage(state, activity)
    if stage.phase is None:
        raise Denied("conflict", Text("there is no question now", "现在没有问题"))
    if stage.phase == "revealed":
        raise Denied("conflict", Text("the answers have been shown already", "答案已经公布"))
    return PhaseSet(phase=phase)


def show(state: RoomState, seat: int | None) -> SeatShown:
    """A seat's run is on the projector."""
    if seat is not None:
        explored_by(state, seat)
    elif state.stage is None:
        raise _nothing_yet()
    return SeatShown(seat=seat)


def send(state: RoomState, seat: int, kind: Literal["watch", "explore"]) -> Begun:
    """An activity for all with the experiment of one seat."""
    stage, experiment = explored_by(state, seat)
    before = stage.activity
    assert isinstance(before, Explore)
    if kind == "watch":
        return Begun(activity=Watch(kind="watch", experiment=experiment, until=before.until), lesson_step=None)
    return Begun(activity=before.model_copy(update={"experiment": experiment}), lesson_step=None)


def explored_by(state: RoomState, seat: int) -> tuple[Stage, Experiment]:
    """The present stage, and the experiment of a seat in it."""
    _seat(state, seat)
    stage = state.stage
    if stage is None or not isinstance(stage.activity, Explore):
        raise Denied("conflict", Text("there is nothing to explore now", "现在不是探索环节"))
    return stage, stage.explored.get(seat, stage.activity.experiment)


def remove(state: RoomState, seat: int) -> SeatRemoved:
    """A seat is removed."""
    _seat(state, seat)
    return SeatRemoved(seat=seat)


def set_lesson(lesson: Lesson | None) -> LessonSet:
    """Another lesson."""
    return LessonSet(lesson=lesson)


def on_stage(state: RoomState, activity: int) -> Stage:
    """The present stage, which must be this one."""
    if state.ended:
        raise ended()
    if state.stage is None:
        raise _nothing_yet()
    if state.stage.number != activity:
        raise Denied("conflict", Text("the room does something else by now", "课堂已进入下一环节"))
    return state.stage


def ended() -> Denied:
    """The room has ended."""
    return Denied("no_room", Text("the lesson is over", "本节课已结束"))


def _nothing_yet() -> Denied:
    return Denied("conflict", Text("the lesson has not begun", "课程尚未开始"))


def _seat(state: RoomState, seat: int) -> Seat:
    found = state.seats.get(seat)
    if found is None:
        raise Denied("conflict", Text(f"there is no seat {seat}", f"没有 {seat} 号座位"))
    return found
