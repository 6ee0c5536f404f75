"""A room under any acts of a teacher and some seats: each prefix of its log is valid, and replayed gives the same."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.classroom.documents import activity, explore, lesson, predict, square, watch

from steepest.classroom import rules
from steepest.classroom.activity import Explore, Predict, Watch
from steepest.classroom.controls import check_controls
from steepest.classroom.lesson import Lesson
from steepest.classroom.log import RoomLog
from steepest.classroom.log_events import (
    Begun,
    LessonSet,
    LockSet,
    LogEvent,
    NamesSet,
    PauseSet,
    PhaseSet,
    RoomEnded,
    RoomOpened,
    SeatTaken,
)
from steepest.classroom.question import ChooseAnswer
from steepest.classroom.rules import Denied
from steepest.classroom.state import RoomState, after, fold
from steepest.engine import prepare
from steepest.spec import Invalid, Text, parse_experiment

OPENED = RoomOpened(code="ACDEFG", teacher="t", screen="s", names=True, lesson=None)
ACTIVITIES = [activity(watch()), activity(predict()), activity(explore()), activity(explore(controls=["start"]))]
READY = [each.model_copy(update={"experiment": prepare(each.experiment).experiment}) for each in ACTIVITIES]
LESSONS = [Lesson.model_validate(each) for each in (lesson(watch()), lesson(predict(), explore(), id="other"))]
SEATS = st.integers(1, 4)
NUMBERS = st.integers(0, 60)


class Room(RuleBasedStateMachine):
    """Acts at random, and what a simple model of the answers says."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[LogEvent] = [OPENED]
        self.states: list[RoomState] = [fold(self.log)]
        self.answers: dict[int, int] = {}

    @property
    def state(self) -> RoomState:
        return self.states[-1]

    def act(self, make: Any, *arguments: Any) -> bool:
        """Whether it was possible."""
        try:
            event = make(self.state, *arguments)
        except (Denied, Invalid):
            return False
        self.log.append(event)
        self.states.append(after(self.state, event))
        return True

    @rule(secret=st.sampled_from("abcdef"), name=st.text(max_size=24))
    def take_seat(self, secret: str, name: str) -> None:
        if self.state.seat_of(secret) is None:
            self.act(rules.take_seat, secret, name, 4)

    @rule(seat=SEATS, name=st.text(max_size=24))
    def rename(self, seat: int, name: str) -> None:
        self.act(rules.rename, seat, name)

    @rule(which=st.integers(0, len(READY) - 1), step=st.none() | st.just(0))
    def begin(self, which: int, step: int | None) -> None:
        if self.act(rules.begin, READY[which], step):
            self.answers = {}

    @rule(seat=SEATS, option=st.integers(0, 2), late=st.booleans())
    def answer(self, seat: int, option: int, late: bool) -> None:
        stage = self.state.stage
        number = 1 if stage is None or late else stage.number
        possible = (
            stage is not None
            and not late
            and stage.phase == "open"
            and seat in self.state.seats
            and option < 2
            and not self.state.ended
        )
        done = self.act(rules.answer, seat, number, ChooseAnswer(kind="choose", option=option))
        assert done == possible
        if done:
            self.answers[seat] = option

    @rule(seat=SEATS, rate=st.floats(1e-6, 10), start=st.none() | st.floats(-5, 5))
    def explore(self, seat: int, rate: float, start: float | None) -> None:
        stage = self.state.stage
        document = square(rate) if start is None else square(rate, start=start)
        experiment = prepare(parse_experiment(document)).experiment
        self.act(rules.explore, seat, stage.number if stage else 1, experiment)

    @rule(step=NUMBERS, speed=st.floats(0, 100))
    def play(self, step: int, speed: float) -> None:
        stage = self.state.stage
        was_open = stage is not None and stage.phase == "open"
        assert not (self.act(rules.play, stage.number if stage else 1, step, speed, 0.0) and was_open)

    @rule(rate=st.floats(1e-6, 10), step=NUMBERS)
    def update(self, rate: float, step: int) -> None:
        stage = self.state.stage
        experiment = prepare(parse_experiment(square(rate))).experiment
        possible = stage is not None and isinstance(stage.activity, Watch) and not self.state.ended
        assert self.act(rules.update, stage.number if stage else 1, experiment, step) == possible
        if possible and self.state.stage is not None:
            assert self.state.stage.activity.experiment == experiment

    @rule(given=st.none() | st.sampled_from(LESSONS))
    def set_lesson(self, given: Lesson | None) -> None:
        if not self.state.ended:
            before = self.state.stages
            self.act(lambda _: rules.set_lesson(given))
            assert self.state.lesson == given
            steps = [stage.lesson_step for stage in before]
            kept = [replace(stage, lesson_step=step) for stage, step in zip(self.state.stages, steps, strict=True)]
            assert tuple(kept) == before, "what the class did stays"

    @rule(phase=st.sampled_from(["open", "closed", "revealed"]))
    def phase(self, phase: str) -> None:
        stage = self.state.stage
        self.act(rules.set_phase, stage.number if stage else 1, phase)

    @rule(seat=st.none() | SEATS)
    def show(self, seat: int | None) -> None:
        self.act(rules.show, seat)

    @rule(seat=SEATS, kind=st.sampled_from(["watch", "explore"]))
    def send(self, seat: int, kind: str) -> None:
        if self.act(rules.send, seat, kind):
            self.answers = {}

    @rule(seat=SEATS)
    def remove(self, seat: int) -> None:
        if self.act(rules.remove, seat):
            self.answers.pop(seat, None)
            assert not any(seat in stage.answers or seat in stage.explored for stage in self.state.stages)

    @rule(value=st.booleans(), kind=st.sampled_from([LockSet, NamesSet, PauseSet]))
    def switch(self, value: bool, kind: Any) -> None:
        field = {LockSet: "locked", NamesSet: "names", PauseSet: "paused"}[kind]
        if not self.state.ended:
            self.act(lambda _: kind(**{field: value}))

    @rule()
    def end(self) -> None:
        if len(self.log) > 12 and not self.state.ended:
            self.act(lambda _: RoomEnded())

    def teardown(self) -> None:
        """Stored and read again it is the same room."""
        with TemporaryDirectory() as folder:
            log = RoomLog(Path(folder) / "room.sqlite")
            for event in self.log:
                log.append(event)
            log.close()
            log = RoomLog(log.path)
            events = log.read()
            log.close()
        assert fold(events) == self.state

    @invariant()
    def replaying_gives_the_same(self) -> None:
        assert fold(self.log) == self.state

    @invariant()
    def it_is_valid(self) -> None:
        check(self.state)

    @invariant()
    def answers_count_once(self) -> None:
        stage = self.state.stage
        given = {} if stage is None else stage.answers
        assert {seat: answer.option for seat, answer in given.items()} == self.answers  # type: ignore[union-attr]


def check(state: RoomState) -> None:
    """What is true of every room, whatever its log."""
    secrets = [seat.secret for seat in state.seats.values()]
    assert len(secrets) == len(set(secrets))
    assert not set(secrets) & state.removed
    assert all(number == seat.number <= state.taken for number, seat in state.seats.items())
    assert all(1 <= number <= state.number for number in state.changed.values())
    assert all(1 <= seat.changed <= state.number for seat in state.seats.values())
    assert not (state.ended and any(seat.name for seat in state.seats.values()))
    for stage in state.stages:
        assert stage.answers.keys() | stage.explored.keys() <= state.seats.keys()
        assert stage.shown is None or stage.shown in state.seats
        assert (stage.phase is None) == (not isinstance(stage.activity, Predict))
        assert not stage.explored or isinstance(stage.activity, Explore)
        assert stage.phase != "open" or stage.playing is None, "an open question shows no run"
        steps = 0 if state.lesson is None else len(state.lesson.steps)
        assert stage.lesson_step is None or stage.lesson_step < steps
    assert [stage.number for stage in state.stages] == sorted(stage.number for stage in state.stages)


TestRoom = Room.TestCase
TestRoom.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_a_log_begins_with_its_room() -> None:
    with pytest.raises(ValueError, match="begins with"):
        fold([PauseSet(paused=True)])
    with pytest.raises(ValueError, match="at least one"):
        fold([])
    with pytest.raises(ValueError, match="once"):
        fold([OPENED, OPENED])


def room(*events: LogEvent) -> RoomState:
    return fold([OPENED, *events])


def test_a_question_that_is_opened_again_rests_at_its_start() -> None:
    state = room(Begun(activity=READY[1], lesson_step=None), PhaseSet(phase="closed"))
    played = after(state, rules.play(state, 2, 15, 0.0, 0.0))
    again = after(played, rules.set_phase(played, 2, "open"))
    assert played.stages[0].playing is not None
    assert again.stages[0].playing is None
    assert again.changed["play"] == again.number


def test_the_present_step_of_a_changed_lesson_is_the_same_step() -> None:
    plan = lesson(watch(), predict(), explore())
    for n, step in enumerate(plan["steps"]):
        step["title"] = {"en": f"Step {n}"}
    first, second, third = plan["steps"]
    rewritten = {**second, "title": {"en": "Another title"}}
    state = after(room(LessonSet(lesson=Lesson.model_validate(plan))), Begun(activity=READY[1], lesson_step=1))
    for steps, present in (
        ([second, third], 0),
        ([first, third, second], 2),
        ([second, first, second], 0),
        ([first, rewritten, third], 1),
        ([first, third], None),
        ([first, second], 1),
    ):
        changed = after(state, rules.set_lesson(Lesson.model_validate({**plan, "steps": steps})))
        assert changed.stages[0].lesson_step == present
        assert changed.stages[0].title == Text("Step 1", "Step 1")
    other = after(
        state, rules.set_lesson(Lesson.model_validate({**plan, "id": "other", "steps": [first, third, third]}))
    )
    assert other.stages[0].lesson_step is None
    assert after(state, rules.set_lesson(None)).stages[0].lesson_step is None


def test_a_removed_device_does_not_come_back() -> None:
    state = room()
    state = after(state, rules.take_seat(state, "a", "Ada", 9))
    state = after(state, rules.remove(state, 1))
    with pytest.raises(Denied, match="removed"):
        rules.take_seat(state, "a", "", 9)
    assert rules.take_seat(state, "b", "", 9).seat == 2


def test_a_name_holds_nothing_unseen() -> None:
    assert rules.take_seat(room(), "a", " A\u202eda\n\tL. ", 9).name == "A da L."
    assert rules.take_seat(room(NamesSet(names=False)), "a", "Ada", 9).name == ""


def test_no_name_comes_after_the_end_has_deleted_them() -> None:
    state = room(SeatTaken(seat=1, secret="a", name="Ada"), RoomEnded())
    with pytest.raises(Denied):
        rules.rename(state, 1, "Ada")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"runs": [{"optimizer": {"id": "adam", "lr": 0.1}, "start": [5.0]}]}, "runs[0].optimizer.id"),
        ({"runs": square(0.1, start=1.0)["runs"]}, "runs[0].start"),
        ({"runs": square(0.1, momentum=0.5)["runs"]}, "runs[0].optimizer.momentum"),
        ({"runs": square(0.1, 0.2)["runs"]}, "runs"),
        ({"seed": 3}, "seed"),
        ({"dtype": "float64"}, "dtype"),
        ({"engine": "compiled"}, "engine"),
        ({"problem": {"kind": "surface", "id": "cosine"}}, "problem"),
        ({"edits": [{"step": 3, "run": 0, "set": {"momentum": 0.5}}]}, "edits[0].set.momentum"),
        ({"edits": [{"step": 3, "run": 0, "params": [1.0]}]}, "edits[0].params"),
        ({"edits": [{"step": 3, "run": 0, "optimizer": {"id": "adam", "lr": 0.1}}]}, "edits[0]"),
    ],
)
def test_a_seat_changes_only_what_the_teacher_ticked(change: dict[str, Any], field: str) -> None:
    own = READY[2]
    try:
        given = prepare(parse_experiment({**square(0.1), **change})).experiment
    except Invalid:
        given = parse_experiment({**square(0.1), **change})
    with pytest.raises(Invalid) as refused:
        check_controls(own, given)
    assert refused.value.field == f"experiment.{field}"


def test_a_seat_may_change_what_the_teacher_ticked() -> None:
    everything = activity(explore(controls=["lr", "momentum", "start"]))
    everything = everything.model_copy(update={"experiment": prepare(everything.experiment).experiment})
    document = square(0.3, start=1.0, momentum=0.5)
    document["edits"] = [{"step": 3, "run": 0, "set": {"lr": 0.5}}, {"step": 4, "run": 0, "params": [1.0]}]
    check_controls(everything, prepare(parse_experiment(document)).experiment)
