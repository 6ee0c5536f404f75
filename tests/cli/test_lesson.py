"""`steepest lesson check`."""

from tests.classroom.documents import DIVERGES, lesson, predict, watch
from tests.cli.conftest import Steepest, Write


def test_each_step_is_a_line_with_its_answer(steepest: Steepest, write: Write) -> None:
    number = {"kind": "number", "ask": {"en": "Lr?"}, "of": "lr", "low": 0.01, "high": 10.0}
    ran = steepest("lesson", "check", write(lesson(watch(), predict(), predict(number))))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == ["1  watch    A step", "2  predict  A step: No", "3  predict  A step: 1"]


def test_a_step_that_cannot_be_given(steepest: Steepest, write: Write) -> None:
    twice = {**DIVERGES, "options": [DIVERGES["options"][0]] * 2}
    ran = steepest("lesson", "check", write(lesson(watch(), predict(twice))))
    assert (ran.code, ran.out) == (2, "")
    assert "steps[1].activity.question.options: exactly one option must be right; here: none" in ran.err
    assert ran.err.count("\n") == 1


def test_a_file_that_is_no_lesson(steepest: Steepest, write: Write) -> None:
    ran = steepest("lesson", "check", write("{}"))
    assert ran.code == 2
    assert "lesson: must be given" in ran.err
    assert steepest("lesson", "check", "not-there.json").code == 2
