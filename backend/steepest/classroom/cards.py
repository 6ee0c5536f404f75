"""The exercises of the gallery as lessons of one step. When each choice is right is said in conditions on the run."""

from typing import Any

from pydantic import TypeAdapter

from steepest.classroom.activity import Predict
from steepest.classroom.lesson import Lesson, LessonStep
from steepest.classroom.question import ChooseQuestion, Condition, Option, Question
from steepest.classroom.words import Words
from steepest.gallery import gallery
from steepest.gallery.card import Exercise
from steepest.spec import Text

Json = dict[str, Any]
_CONDITIONS: TypeAdapter[list[Condition]] = TypeAdapter(list[Condition])
_OTHERWISE: list[Json] = []


def _loss(run: int, low: float | None = None, high: float | None = None, step: int | None = None) -> Json:
    return {"what": "loss", "run": run, "low": low, "high": high, "step": step}


def _parameter(
    run: int, index: int, low: float | None = None, high: float | None = None, step: int | None = None
) -> Json:
    return {"what": "parameter", "run": run, "index": index, "low": low, "high": high, "step": step}


def _verdict(run: int, *codes: str) -> Json:
    return {"what": "verdict", "run": run, "codes": list(codes)}


def _lowest(run: int) -> Json:
    return {"what": "lowest", "run": run}


# By card: the conditions of each choice, in the card's order.
WHEN: dict[str, tuple[list[Json], ...]] = {
    "four_rates": ([_loss(0, low=9.0)], [_loss(2, low=9.0)], [_loss(3, low=9.0)]),
    "ravine_momentum": ([_lowest(0)], [_lowest(1)], _OTHERWISE),
    "hanging_at_a_saddle": (
        [_parameter(0, 1, -0.05, 0.05)],
        [_parameter(0, 1, high=0.05, step=30), _parameter(0, 1, low=0.5)],
        _OTHERWISE,
    ),
    "local_minima": (
        _OTHERWISE,
        [_loss(0, high=0.1), *(_parameter(run, 0, low=2.9, high=3.1) for run in range(4))],
        [
            *(_parameter(0, index, low=0.5) for index in (0, 1)),
            *(_parameter(1, 0, high=-0.5), _parameter(1, 1, low=0.5)),
            *(_parameter(2, index, high=-0.5) for index in (0, 1)),
            *(_parameter(3, 0, low=0.5), _parameter(3, 1, high=-0.5)),
        ],
    ),
    "edge_of_divergence": ([_loss(0, low=100.0)], [_loss(1, low=100.0)], [_loss(2, low=100.0)]),
    "which_valley": (
        [_loss(0, high=0.1), *(_parameter(run, 0, low=3.5) for run in range(2))],
        [*(_loss(run, high=0.1) for run in range(2)), _parameter(0, 0, low=3.5), _parameter(1, 0, high=-2.5)],
        _OTHERWISE,
    ),
    "what_momentum_buys": ([{"what": "diverges", "run": 1}], [_loss(1, high=0.1)], _OTHERWISE),
    "newton_rosenbrock": (
        [_loss(2, high=1e-6, step=10)],
        [_loss(2, low=1e-6, step=10), _loss(2, high=1e-6)],
        _OTHERWISE,
    ),
    "raw_thermometer": (
        [_verdict(0, "descending", "valley", "near")],
        [_verdict(0, "oscillating")],
        [{"what": "diverges", "run": 0}],
    ),
    "scaled_thermometer": (
        [{"what": "diverges", "run": 0}],
        [{"what": "stays", "run": 0}, _verdict(0, "descending", "valley", "near")],
        [_verdict(0, "unmoved", "plateau", "stalled")],
    ),
    # The best line has an offset of about -10.
    "adam_against_sgd": (
        [_parameter(0, 1, high=-9.0), _parameter(1, 1, low=-9.0)],
        [_parameter(1, 1, high=-9.0), _parameter(0, 1, low=-9.0)],
        [_parameter(0, 1, low=-1.0), _parameter(1, 1, low=-1.0)],
    ),
    "batch_noise": (
        [_verdict(0, "converged", "settled")],
        [_verdict(0, "near", "oscillating"), _parameter(0, 0, -1.5, -0.5)],
        _OTHERWISE,
    ),
    "schedule": ([_lowest(0)], [_lowest(1)], _OTHERWISE),
    "forgotten_zero_grad": (
        [_verdict(1, "descending", "near", "converged")],
        [_verdict(1, "summed", "oscillating")],
        _OTHERWISE,
    ),
    "overfitting": ([_verdict(0, "descending", "settled")], [_verdict(0, "overfitting")], [_loss(0, low=0.5)]),
    "vanishing": ([_loss(0, high=0.2)], [_loss(0, low=0.2, high=0.6)], [_loss(0, low=0.6)]),
    "exclusive_or": ([_loss(0, high=0.1)], [_loss(0, low=0.1, high=0.6)], [_loss(0, low=0.6)]),
    "spiral": (
        [{"what": "arrives", "run": 1, "below": 0.3}],
        [{"what": "arrives", "run": 0, "below": 0.3}],
        [{"what": "none_arrives", "below": 0.3}],
    ),
    "all_zero": ([_loss(0, high=0.5), _lowest(1)], [_loss(0, low=0.6)], [_lowest(0)]),
    "edge": ([_verdict(0, "descending", "settled")], [_verdict(0, "edge")], [_verdict(0, "diverged", "exploding")]),
}

# Cards whose choices are about something that a recording does not have: another question is asked of the same run.
_OTHER: dict[str, Json] = {
    "bottomless": {
        "kind": "choose",
        "ask": {
            "en": "x² − y², just beside the ridge. What does the loss do?",
            "zh": "x² − y²，就在山脊旁。损失会怎样？",
        },
        "options": [
            {
                "label": {"en": "It reaches a lowest value and stays there", "zh": "降到最低值，然后停在那里"},
                "when": [_loss(0, low=-10.0)],
            },
            {"label": {"en": "It falls without limit", "zh": "无限下降"}, "when": [_loss(0, high=-10.0)]},
        ],
    },
    "pictures_of_weights": {
        "kind": "number",
        "ask": {
            "en": "Softmax on handwritten digits, ten classes; the loss begins at log 10 = 2.3. What is it after 200 "
            "steps?",
            "zh": "用 softmax 识别手写数字，共十类；损失从 log 10 = 2.3 开始。200 步之后是多少？",
        },
        "of": "loss",
        "low": 0.01,
        "high": 10.0,
    },
}
_OTHER_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


def card_lessons() -> list[Lesson]:
    """Every exercise of the gallery as a lesson, in the gallery's order. Its id is `card-` and the card's."""
    return [_lesson(card) for card in gallery().pieces]


def _lesson(card: Exercise) -> Lesson:
    activity = Predict(kind="predict", experiment=card.experiment, question=_question(card), until=card.until)
    step = LessonStep(title=Words.of(card.title), activity=activity, notes=_notes(card), minutes=5)
    return Lesson(lesson=1, id=f"card-{card.id.replace('_', '-')}", title=Words.of(card.title), steps=[step])


def _notes(card: Exercise) -> Words:
    """For the teacher: why it is so."""
    return Words.of(Text(card.explain.en, card.explain.zh))


def _question(card: Exercise) -> Question:
    if card.id in _OTHER:
        return _OTHER_QUESTION.validate_python(_OTHER[card.id])
    options = [
        Option(label=Words.of(choice), when=_CONDITIONS.validate_python(when))
        for choice, when in zip(card.choices, WHEN[card.id], strict=True)
    ]
    return ChooseQuestion(kind="choose", ask=Words.of(card.ask), options=options)
