"""Whether a lesson can be given: its experiments run, and each of its questions has an answer."""

from dataclasses import dataclass

from steepest.classroom.activity import Explore, Predict
from steepest.classroom.lesson import Lesson
from steepest.classroom.question import ChooseQuestion, NumberQuestion, PlaceQuestion
from steepest.classroom.trace import MAX_TRACED
from steepest.classroom.truth import ChooseTruth, NumberTruth, PlaceTruth, Truth, truth
from steepest.engine import prepare
from steepest.spec import Invalid, Text


@dataclass(frozen=True)
class Checked:
    """One step of a lesson. truth: of its question, None where there is none."""

    step: int
    kind: str
    truth: Truth | None


def check_lesson(lesson: Lesson) -> list[Checked]:
    """Runs every experiment that a question or a cloud needs. Raises `Invalid` for the first step that cannot be given.

    Its field is the path in the lesson: `steps[2].activity.question`.
    """
    return [_check(n, lesson) for n in range(len(lesson.steps))]


def _check(n: int, lesson: Lesson) -> Checked:
    activity = lesson.steps[n].activity
    at = f"steps[{n}].activity"
    try:
        prepared = prepare(activity.experiment)
    except Invalid as error:
        raise error.under(f"{at}.experiment") from None
    ready = activity.model_copy(update={"experiment": prepared.experiment})
    if isinstance(ready, Explore) and "start" in ready.controls and prepared.problem.dim > 2:
        text = Text("a start is placed on a map, with one or two parameters", "起点须在一维或二维图上选取")
        raise Invalid(f"{at}.controls", text)
    if not isinstance(ready, Predict):
        return Checked(n, activity.kind, None)
    if isinstance(ready.question, PlaceQuestion) and not 1 <= prepared.problem.dim <= min(2, MAX_TRACED):
        text = Text("a place needs a problem with one or two parameters", "位置题需要一个或两个参数的问题")
        raise Invalid(f"{at}.question.kind", text)
    found = truth(ready)
    _check_truth(ready, found, f"{at}.question")
    return Checked(n, activity.kind, found)


def _check_truth(activity: Predict, found: Truth, at: str) -> None:
    question = activity.question
    if isinstance(question, ChooseQuestion) and isinstance(found, ChooseTruth) and len(found.options) != 1:
        right = ", ".join(str(option + 1) for option in found.options) or "none"
        text = Text(f"exactly one option must be right; here: {right}", f"必须恰有一个选项正确；此处正确的是：{right}")
        raise Invalid(f"{at}.options", text)
    if isinstance(found, NumberTruth) and isinstance(question, NumberQuestion):
        if found.value is None:
            raise Invalid(at, Text("there is no such number", "不存在这样的数"))
        if not question.low <= found.value <= question.high:
            text = Text(
                f"the answer {found.value:.6g} is not between low and high",
                f"答案 {found.value:.6g} 不在 low 与 high 之间",
            )
            raise Invalid(at, text)
    if isinstance(found, PlaceTruth) and found.at is None:
        raise Invalid(at, Text("the run diverges before the last step", "运行在最后一步之前已发散"))
