"""The right answer, computed from the run, beside what arithmetic says of (x - 2)²."""

from typing import Any

import pytest
from tests.classroom.documents import DIVERGES, Json, activity, experiment, predict

from steepest.classroom.activity import Explore, Predict
from steepest.classroom.cloud import cloud_run, thinned
from steepest.classroom.question import OrderAnswer, PlaceAnswer
from steepest.classroom.spread import spread
from steepest.classroom.trace import continue_trace, joined, trace
from steepest.classroom.truth import ChooseTruth, NumberTruth, OrderTruth, PlaceTruth, Truth, truth
from steepest.engine import prepare

ASK: Json = {"en": "What?", "zh": ""}


def of(question: Json, *rates: float, until: int = 20) -> Truth:
    found = activity(predict(question, rates, until=until))
    assert isinstance(found, Predict)
    return truth(found)


def options(*conditions: list[Json]) -> Json:
    return {"kind": "choose", "ask": ASK, "options": [{"label": ASK, "when": when} for when in conditions]}


@pytest.mark.parametrize(("rate", "right"), [(0.1, 1), (0.9, 1), (40.0, 0)])
def test_whether_a_run_diverges(rate: float, right: int) -> None:
    assert of(DIVERGES, rate, until=60) == ChooseTruth((right,))


def test_which_run_arrives_first() -> None:
    question = options(
        *([{"what": "arrives", "run": run, "below": 0.01}] for run in range(3)),
        [{"what": "none_arrives", "below": 0.01}],
    )
    assert of(question, 0.1, 0.45, 0.9) == ChooseTruth((1,))
    assert of(question, 0.01, 0.02, 0.99) == ChooseTruth((3,))
    # 0.3 and 0.7 multiply the distance by 0.4 and -0.4: neither is first, and no option is right.
    assert of(question, 0.3, 0.7, 0.01) == ChooseTruth(())


def test_an_option_without_conditions_is_right_where_no_other_is() -> None:
    question = options([{"what": "loss", "run": 0, "low": 100.0}], [])
    assert of(question, 0.1) == ChooseTruth((1,))
    assert of(question, 1.2) == ChooseTruth((0,))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"what": "lowest", "run": 1}, True),
        ({"what": "lowest", "run": 0}, False),
        ({"what": "lowest", "run": 0, "step": 0}, False),  # equal at the start
        ({"what": "loss", "run": 0, "step": 0, "low": 9.0, "high": 9.1}, True),
        ({"what": "loss", "run": 0, "step": 0, "high": 9.0}, False),
        ({"what": "parameter", "run": 0, "index": 0, "step": 1, "low": 4.39, "high": 4.41}, True),
        ({"what": "parameter", "run": 0, "index": 1, "low": -100.0}, False),  # there is no such parameter
        ({"what": "verdict", "run": 0, "step": 0, "codes": ["descending"]}, True),
        ({"what": "verdict", "run": 0, "codes": ["diverged"]}, False),
    ],
)
def test_conditions(condition: Json, holds: bool) -> None:
    assert of(options([condition], []), 0.1, 0.3) == ChooseTruth((0 if holds else 1,))


def test_the_largest_rate_that_converges_is_one() -> None:
    question = {"kind": "number", "ask": ASK, "of": "lr", "low": 0.001, "high": 100.0}
    found = of(question, 0.1)
    assert isinstance(found, NumberTruth)
    assert found.value is not None
    assert found.value == pytest.approx(1.0, rel=1e-5)
    assert found.value < 1.0
    assert of({**question, "high": 0.5}, 0.1) == NumberTruth(0.5)
    assert of({**question, "low": 2.0}, 0.1) == NumberTruth(None)


def test_a_loss_and_a_number_of_steps() -> None:
    bounds: Json = {"kind": "number", "ask": ASK, "low": 1e-6, "high": 100.0}
    loss = of({**bounds, "of": "loss"}, 0.25, until=3)
    assert loss == NumberTruth(9 / 4**3)
    assert of({**bounds, "of": "steps", "below": 1.0}, 0.25) == NumberTruth(2.0)
    assert of({**bounds, "of": "steps", "below": 1.0}, 1.5) == NumberTruth(None)


def test_a_place() -> None:
    question = {"kind": "place", "ask": ASK}
    assert of(question, 0.25, until=2) == PlaceTruth((2.75,))
    assert of(question, 40.0, until=100) == PlaceTruth(None)


def test_an_order() -> None:
    question = {"kind": "order", "ask": ASK, "by": "loss"}
    assert of(question, 0.1, 0.5, 0.2, until=2).runs == (1, 2, 0)  # type: ignore[union-attr]
    steps = of({**question, "by": "steps", "below": 1.0}, 0.1, 0.25, 1.5, until=10)
    assert steps == OrderTruth((1, 0, 2), (2.0, 5.0, None))


def test_a_trace_is_the_same_in_parts() -> None:
    prepared = prepare(experiment(0.1, 40.0))
    whole = trace(prepared, 150)
    parts, checkpoint, done = [], None, False
    while not done:
        part, checkpoint, done = continue_trace(prepared, checkpoint, 150, 0.0, "cpu")
        parts.append(part)
    assert len(parts) > 3
    for one, other in zip(joined(parts), whole, strict=True):
        assert one.loss.tolist() == other.loss.tolist()
        assert one.params.tolist() == other.params.tolist()
        assert (one.verdicts, one.diverged, one.converged) == (other.verdicts, other.diverged, other.converged)
    assert whole[1].diverged
    assert whole[1].last < 150


@pytest.mark.parametrize(
    ("rate", "outcome"), [(0.4, "converged"), (0.001, "slow"), (0.99, "oscillating"), (40.0, "diverged")]
)
def test_the_cloud_tells_four_outcomes_apart(rate: float, outcome: str) -> None:
    explore = Explore(kind="explore", experiment=experiment(0.1), until=60)
    own = prepare(experiment(rate)).experiment
    found = cloud_run(explore, own, trace(own, 60)[0])
    assert (found.outcome, found.lr, found.momentum, found.start) == (outcome, rate, 0.0, [5.0])
    assert found.path[0] == [5.0]
    assert len(found.steps) == len(found.losses) == len(found.path) <= 60
    assert found.steps[-1] == found.step


def test_thinned_paths_are_alike_but_for_their_end() -> None:
    whole, short = thinned(500, 500), thinned(130, 500)
    assert whole[0] == 0
    assert whole[-1] == 500
    assert set(short) - set(whole) <= {130}


def test_the_spread_tells_nobody() -> None:
    places = activity(predict({"kind": "place", "ask": ASK})).question
    given: list[Any] = [PlaceAnswer(kind="place", at=[x]) for x in (3.0, 1.0, 2.0)]
    assert spread(places, given).places == [[1.0], [2.0], [3.0]]  # type: ignore[union-attr]
    order = activity(predict({"kind": "order", "ask": ASK, "by": "loss"}, (0.1, 0.2))).question
    orders: list[Any] = [OrderAnswer(kind="order", runs=runs) for runs in ([0, 1], [1, 0], [1, 0])]
    assert [(one.runs, one.count) for one in spread(order, orders).orders] == [([1, 0], 2), ([0, 1], 1)]  # type: ignore[union-attr]
