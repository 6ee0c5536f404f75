"""The answers of a class, without who gave them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from steepest.classroom.cloud import rounded
from steepest.classroom.question import Answer, ChooseQuestion, NumberAnswer, OrderAnswer, PlaceAnswer, Question


@dataclass(frozen=True)
class ChooseSpread:
    """counts: of each option."""

    counts: list[int]
    kind: str = "choose"


@dataclass(frozen=True)
class NumberSpread:
    """values: ascending."""

    values: list[float]
    kind: str = "number"


@dataclass(frozen=True)
class PlaceSpread:
    """places: sorted, so that their order does not tell who gave them."""

    places: list[list[float]]
    kind: str = "place"


@dataclass(frozen=True)
class OrderCount:
    """An order and how many gave it."""

    runs: list[int]
    count: int


@dataclass(frozen=True)
class OrderSpread:
    """orders: the most frequent first."""

    orders: list[OrderCount]
    kind: str = "order"


Spread = ChooseSpread | NumberSpread | PlaceSpread | OrderSpread


def spread(question: Question, answers: Collection[Answer]) -> Spread:
    """The answers to a question."""
    if isinstance(question, ChooseQuestion):
        chosen = Counter(answer.option for answer in answers if answer.kind == "choose")
        return ChooseSpread([chosen[n] for n in range(len(question.options))])
    if question.kind == "number":
        return NumberSpread(sorted(rounded(answer.value) for answer in answers if isinstance(answer, NumberAnswer)))
    if question.kind == "place":
        places = [[rounded(x) for x in answer.at] for answer in answers if isinstance(answer, PlaceAnswer)]
        return PlaceSpread(sorted(places))
    orders = Counter(tuple(answer.runs) for answer in answers if isinstance(answer, OrderAnswer))
    return OrderSpread([OrderCount(list(runs), count) for runs, count in orders.most_common()])
