"""The ready-made lessons of forty minutes: both languages everywhere, and questions that are worth asking."""

import math
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from steepest.classroom.activity import Predict
from steepest.classroom.check import Checked, check_lesson
from steepest.classroom.lesson import Lesson
from steepest.classroom.lessons import lessons
from steepest.classroom.question import NumberQuestion
from steepest.classroom.truth import ChooseTruth, NumberTruth, OrderTruth, PlaceTruth
from steepest.classroom.words import Words

READY = [lesson for lesson, card in lessons() if not card]


def words(model: BaseModel, at: str) -> Iterator[tuple[str, Words]]:
    """All words of a document, with their paths."""
    for name, value in model:
        for n, each in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(each, Words):
                yield f"{at}.{name}[{n}]", each
            elif isinstance(each, BaseModel):
                yield from words(each, f"{at}.{name}[{n}]")


def test_there_are_six() -> None:
    assert {lesson.id for lesson in READY} == {"rate", "scaling", "momentum", "saddles", "adam", "overfitting"}


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.id)
def test_a_lesson_fills_forty_minutes_with_every_kind_of_activity(lesson: Lesson) -> None:
    assert 35 <= sum(step.minutes for step in lesson.steps) <= 45
    assert 6 <= len(lesson.steps) <= 9
    assert {step.activity.kind for step in lesson.steps} == {"watch", "predict", "explore"}


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.id)
def test_every_word_of_a_lesson_is_there_in_both_languages(lesson: Lesson) -> None:
    found = list(words(lesson, lesson.id))
    assert len(found) > 20
    for at, each in found:
        assert each.en.strip(), at
        assert each.zh.strip(), at
        if any(letter.isalpha() for letter in each.zh) and not each.zh.isascii():
            assert each.en != each.zh, at
    assert lesson.about is not None
    for step in lesson.steps:
        assert step.notes is not None
        for language, heads in (("en", ("Say: ", "Ask: ", "They will see: ")), ("zh", ("讲：", "问：", "会看到："))):
            lines = getattr(step.notes, language).split("\n")
            assert [line.startswith(head) for line, head in zip(lines, heads, strict=True)] == [True] * 3


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.id)
def test_every_question_of_a_lesson_has_an_answer_that_is_not_given_away(lesson: Lesson) -> None:
    checked = check_lesson(lesson)
    asked = [(step.activity, found) for step, found in zip(lesson.steps, checked, strict=True) if found.truth]
    assert len(asked) >= 3
    for activity, found in asked:
        assert isinstance(activity, Predict)
        _worth_asking(activity, found)
    assert len({activity.question.kind for activity, _ in asked if isinstance(activity, Predict)}) >= 2


def _worth_asking(activity: Predict, found: Checked) -> None:
    question, truth = activity.question, found.truth
    match truth:
        case ChooseTruth(options=options):
            assert len(options) == 1
        case NumberTruth(value=value):
            assert isinstance(question, NumberQuestion)
            assert value is not None
            # Somewhere on the slider, well away from its ends.
            share = math.log(value / question.low) / math.log(question.high / question.low)
            assert 0.2 < share < 0.9
        case OrderTruth(runs=runs, values=values):
            reached = [value for value in values if value is not None]
            assert len(set(reached)) == len(reached)
            assert runs != tuple(range(len(runs)))
        case PlaceTruth(at=at):
            assert at is not None
