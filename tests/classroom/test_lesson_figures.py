"""The figures in the teacher's notes of the ready-made lessons are what the runs give."""

import re
from collections.abc import Iterator

import pytest
from tests.classroom.test_ready_lessons import READY

from steepest.classroom.activity import Activity, Predict
from steepest.classroom.lesson import Lesson
from steepest.classroom.question import Arrives, ChooseQuestion, NumberQuestion, OrderQuestion, PlaceQuestion
from steepest.classroom.trace import trace
from steepest.classroom.truth import NumberTruth, OrderTruth, PlaceTruth, truth
from steepest.engine import prepare

# Where the notes of a step say when its runs get below a loss, though no question asks for it.
BELOW = {("momentum", 0): 0.01, ("momentum", 6): 0.01, ("saddles", 3): -0.2, ("adam", 0): 0.1}
# Where they say the last losses of these runs.
LOSSES = {
    ("scaling", 0): [0],
    ("scaling", 3): [0],
    ("adam", 1): [0, 1],
    ("adam", 4): [0, 1],
    ("overfitting", 3): [0],
    ("overfitting", 4): [0],
    ("overfitting", 6): [0],
}
# Where they say the last value of one parameter, of all runs.
PARAMETER = {("adam", 1): 1}


def figures(at: tuple[str, int], activity: Activity) -> Iterator[float]:
    """What the notes of a step have to say, from its runs."""
    question = activity.question if isinstance(activity, Predict) else None
    below = BELOW.get(at)
    if isinstance(question, ChooseQuestion):
        arrives = [each for option in question.options for each in option.when if isinstance(each, Arrives)]
        below = arrives[0].below if arrives else below
    if below is not None or at in LOSSES or at in PARAMETER:
        found = trace(activity.experiment, activity.until)
        if below is not None:
            yield from (step for run in found if (step := run.first_below(below, activity.until)) is not None)
        yield from (found[run].loss_at(activity.until) for run in LOSSES.get(at, ()))
        if at in PARAMETER:
            yield from (run.params[-1][PARAMETER[at]] for run in found)
    if isinstance(question, NumberQuestion | OrderQuestion | PlaceQuestion):
        assert isinstance(activity, Predict)
        match truth(activity):
            case NumberTruth(value=value):
                assert value is not None
                yield value
            case OrderTruth(values=values):
                assert isinstance(question, OrderQuestion)
                assert question.by == "steps"
                yield from (value for value in values if value is not None)
            case PlaceTruth(at=place):
                assert place is not None
                yield place[0]


def says(words: str, value: float) -> bool:
    """Whether a number in the words is the value, rounded to as many decimals."""
    size = abs(value)
    for number in re.findall(r"\d+(?:\.\d+)?", words.replace(",", "")):
        said, decimals = float(number), len(number.partition(".")[2])
        if said == round(size, decimals) and abs(said - size) <= 0.15 * size:  # 0 is not every small number
            return True
    return False


def test_a_number_is_said_where_it_is_one_of_the_words() -> None:
    assert says("after 5,900 steps, at 0.25.", 5900)
    assert says("after 5,900 steps, at 0.25.", 0.24999)
    assert says("−0.94", -0.936)
    assert not says("after 21 steps", 2)
    assert not says("0 or 1", 0.6)
    assert not says("0.2", 0.25)


@pytest.mark.parametrize("lesson", READY, ids=lambda lesson: lesson.id)
def test_the_notes_say_what_the_runs_give(lesson: Lesson) -> None:
    compared = 0
    for n, step in enumerate(lesson.steps):
        activity = step.activity.model_copy(update={"experiment": prepare(step.activity.experiment).experiment})
        assert step.notes is not None
        for value in figures((lesson.id, n), activity):
            compared += 1
            for words in (step.notes.en, step.notes.zh):
                assert says(words.split("\n")[2], value), (n, value, words)
    assert compared >= 4
