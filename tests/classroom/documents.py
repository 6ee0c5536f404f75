"""Experiments, activities and lessons for the tests of the classroom."""

from typing import Any

from pydantic import TypeAdapter

from steepest.classroom.activity import Activity
from steepest.spec import Experiment, parse_experiment

Json = dict[str, Any]
ACTIVITY: TypeAdapter[Activity] = TypeAdapter(Activity)


def square(*rates: float, start: float = 5.0, **hyper: Any) -> Json:
    """(x - 2)² with one run of gradient descent a rate: a step multiplies x - 2 by 1 - 2·rate."""
    runs: list[Json] = [{"optimizer": {"id": "sgd", "lr": rate, **hyper}, "start": [start]} for rate in rates]
    return {"version": 1, "problem": {"kind": "surface", "id": "square"}, "runs": runs}


def experiment(*rates: float, **hyper: Any) -> Experiment:
    return parse_experiment(square(*rates, **hyper))


def watch(**fields: Any) -> Json:
    return {"kind": "watch", "experiment": square(0.1), "until": 50, **fields}


DIVERGES: Json = {
    "kind": "choose",
    "ask": {"en": "Does it diverge?", "zh": "会发散吗？"},
    "options": [
        {"label": {"en": "Yes", "zh": "会"}, "when": [{"what": "diverges", "run": 0}]},
        {"label": {"en": "No", "zh": "不会"}, "when": [{"what": "stays", "run": 0}]},
    ],
}


def predict(question: Json = DIVERGES, rates: tuple[float, ...] = (0.1,), **fields: Any) -> Json:
    return {"kind": "predict", "experiment": square(*rates), "question": question, "until": 20, **fields}


def explore(**fields: Any) -> Json:
    return {"kind": "explore", "experiment": square(0.1), "until": 30, "controls": ["lr"], **fields}


def activity(document: Json) -> Any:
    return ACTIVITY.validate_python(document)


def lesson(*activities: Json, **fields: Any) -> Json:
    steps = [{"title": {"en": "A step", "zh": ""}, "activity": each} for each in activities]
    return {"lesson": 1, "id": "a-lesson", "title": {"en": "A lesson", "zh": "一课"}, "steps": steps, **fields}
