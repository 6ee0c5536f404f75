"""Lessons: strict documents, the gallery's cards, and what the check finds."""

import json
from typing import Any

import pytest
from tests.classroom.documents import DIVERGES, Json, explore, lesson, predict, square, watch

from steepest.classroom.check import check_lesson
from steepest.classroom.lesson import parse_lesson
from steepest.classroom.lessons import lesson_of, lessons
from steepest.classroom.truth import ChooseTruth
from steepest.gallery import gallery
from steepest.spec import Invalid

ASK: Json = {"en": "What?"}
OPTION, IN_OPTION = "steps.0.activity.question.options.0", "steps[0].activity.question.options[0]"


def test_a_lesson_is_read_and_written_the_same() -> None:
    document = lesson(watch(), predict(), explore(), about={"en": "", "zh": "讲学习率"})
    read = parse_lesson(json.dumps(document))
    assert parse_lesson(read.model_dump_json()) == read
    assert [check.kind for check in check_lesson(read)] == ["watch", "predict", "explore"]
    assert check_lesson(read)[1].truth == ChooseTruth((1,))


def changed(document: Json, path: str, value: Any) -> Json:
    """A copy with one value replaced; `...` removes it."""
    copy = json.loads(json.dumps(document))
    *before, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = copy
    for part in before:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("lesson", 2, "lesson"),
        ("lesson", True, "lesson"),
        ("id", "No spaces", "id"),
        ("steps", [], "steps"),
        ("title.en", "x" * 200, "title.en"),
        ("title", {"en": " "}, "title"),
        ("colour", "red", "colour"),
        ("steps.0.activity.experiment.runs.0.optimizer.lr", {}, "steps[0].activity.experiment.runs[0].optimizer.lr"),
        ("steps.0.activity.kind", "sing", "steps[0].activity.kind"),
        (
            "steps.0.activity.question.options.0.when.0.what",
            "melts",
            "steps[0].activity.question.options[0].when[0].what",
        ),
        ("steps.0.activity.question.options.0.when.0.run", 3, "steps[0].activity.question.options[0].when[0].run"),
        ("steps.0.activity.question.options.0.label.zh", "长" * 121, "steps[0].activity.question.options[0].label.zh"),
        ("steps.0.activity.question.kind", ..., "steps[0].activity.question.kind"),
        ("steps.0.activity.until", 0, "steps[0].activity.until"),
    ],
)
def test_a_wrong_field_is_named(path: str, value: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_lesson(changed(lesson(predict()), path, value))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"kind": "number", "ask": ASK, "of": "lr", "low": 2.0, "high": 1.0}, "question.low"),
        ({"kind": "number", "ask": ASK, "of": "steps", "low": 1.0, "high": 9.0}, "question.below"),
        ({"kind": "order", "ask": ASK, "by": "loss"}, "question.kind"),
        ({"kind": "place", "ask": ASK, "run": 1}, "question.run"),
        ({**DIVERGES, "options": [{"label": ASK}, {"label": ASK}]}, "question.options[1].when"),
    ],
)
def test_a_question_that_does_not_fit_its_experiment(question: Json, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_lesson(lesson(predict(question)))
    assert refused.value.field == f"steps[0].activity.{field}"


@pytest.mark.parametrize(
    ("activity", "field"),
    [
        (watch(experiment=square(-1.0)), "experiment.runs[0].optimizer.lr"),
        (predict({**DIVERGES, "options": [DIVERGES["options"][1]] * 2}), "question.options"),
        (predict({"kind": "number", "ask": ASK, "of": "loss", "low": 50.0, "high": 60.0}), "question"),
        (predict({"kind": "place", "ask": ASK}, (40.0,), until=90), "question"),
    ],
)
def test_the_check_finds_what_only_the_engine_can_tell(activity: Json, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_lesson(parse_lesson(lesson(watch(), activity)))
    assert refused.value.field == f"steps[1].activity.{field}"


@pytest.mark.parametrize("card", gallery().pieces, ids=lambda card: card.id)
def test_every_card_is_a_lesson_whose_truth_is_the_cards(card: Any) -> None:
    found = lesson_of(f"card-{card.id.replace('_', '-')}")
    assert found is not None
    (checked,) = check_lesson(found)
    if isinstance(checked.truth, ChooseTruth) and len(found.steps[0].activity.question.options) == len(card.choices):  # type: ignore[union-attr]
        assert checked.truth.options == (card.right,)


def test_two_cards_alone_ask_something_else() -> None:
    other = {
        card.id
        for card in gallery().pieces
        if (found := lesson_of(f"card-{card.id.replace('_', '-')}"))
        and found.steps[0].activity.question.ask.en != card.ask.en  # type: ignore[union-attr]
    }
    assert other == {"bottomless", "pictures_of_weights"}


def test_lessons_have_ids_of_their_own() -> None:
    ids = [lesson.id for lesson, _ in lessons()]
    assert len(ids) == len(set(ids))
