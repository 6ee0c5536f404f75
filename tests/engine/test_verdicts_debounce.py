"""How often something is reported: what is urgent at once, what flickers seldom."""

from itertools import pairwise
from typing import Any

import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import codes, find_verdicts, holding, ravine, sgd

from steepest.engine.diagnosis.debounce import CHANGES, HELD, WITHIN, Debounce, admit
from steepest.engine.diagnosis.detectors.critical_point_visit import Escaped, Near
from steepest.engine.diagnosis.detectors.descending import Descending
from steepest.engine.diagnosis.detectors.oscillation import Oscillating
from steepest.engine.diagnosis.detectors.unstable import Unstable
from steepest.engine.diagnosis.detectors.valley import Valley
from steepest.engine.recording.verdict import Limit, Verdict
from steepest.problems.catalog import surfaces

DOWN = Descending(step=0)
SWING = Oscillating(step=0, since=0, direction=(1.0, 0.0), factor=0.9, swing=0.1)
VALLEY = Valley(
    step=0,
    since=0,
    direction=(1.0, 0.0),
    condition=10.0,
    factor=0.99,
    advice=None,
    best_rate=0.1,
    best_factor=0.9,
    momentum_rate=0.1,
    momentum=0.5,
    momentum_factor=0.8,
)
LIMIT = Limit(since=0, law="plain", product=2.1, limit=2.0, curvature=1.0, direction=(), largest=1.0, momentum=0.0)
UNSTABLE = Unstable(step=0, limit=LIMIT)
NEAR: Any = {
    "step": 0,
    "since": 0,
    "kind": "saddle",
    "eigenvalues": (-1.0, 1.0),
    "downhill": (1.0, 0.0),
    "law": None,
    "factor": None,
    "escape": None,
    "stuck": False,
}
ESCAPED = Escaped(step=0, since=0, kind="saddle", at=(0.0, 0.0), escape=None)


def tell(wanted: list[Verdict]) -> list[int]:
    """The steps at which something is reported, where `wanted` holds at steps 0, 1, 2 ..."""
    pace, said, steps = Debounce(), wanted[0], []
    for step, verdict in enumerate(wanted):
        new = None if verdict.code == said.code else verdict
        go, pace = admit(pace, said, new, step)
        if go:
            said = verdict
            steps.append(step)
    return steps


def test_three_changes_are_reported_at_once_and_then_the_flicker_is_not():
    wanted: list[Verdict] = [SWING if step % 4 < 2 else DOWN for step in range(300)]
    steps = tell(wanted)
    assert steps[:CHANGES] == [2, 4, 6]
    assert all(later - earlier >= WITHIN for earlier, later in zip(steps, steps[CHANGES:], strict=False))
    assert len(steps) <= CHANGES * 3


def test_what_goes_on_is_reported_however_much_was_reported_before():
    flicker: list[Verdict] = [DOWN, DOWN, SWING, SWING, DOWN, DOWN, SWING]
    assert tell([*flicker, *[DOWN] * 15, SWING, *[DOWN] * 15]) == [2, 4, 6]  # not in a row
    assert tell([*flicker, *[DOWN] * 2 * HELD]) == [2, 4, 6, len(flicker) + HELD]


def test_what_is_new_waits_for_nothing():
    assert tell([DOWN, SWING, DOWN, SWING, DOWN, VALLEY]) == [1, 2, 3, 5]


def test_what_is_urgent_is_reported_a_fourth_time_only_if_it_lasts():
    flicker: list[Verdict] = [DOWN, UNSTABLE] * 10
    assert tell([*flicker, DOWN]) == [1, 2, 3, 4]
    assert tell([*flicker, *[UNSTABLE] * 2 * HELD]) == [1, 2, 3, 4, len(flicker) - 1 + HELD]


def test_two_saddles_are_two_things_and_one_that_is_left_is_always_reported():
    here, there = (Near(**NEAR, at=(at, 0.0)) for at in (0.0, 1.0))
    away = Escaped(step=0, since=0, kind="saddle", at=(0.0, 0.0), escape=None)
    assert tell([DOWN, SWING, DOWN, SWING, here, away, there, away]) == [1, 2, 3, 4, 5, 6, 7]
    assert tell([DOWN, here, DOWN, here, DOWN, here, DOWN, here]) == [1, 2, 3, 4]


def test_numbers_are_reported_again_when_it_has_gone_on_half_as_long_again():
    pace, said, steps = Debounce(), SWING.model_copy(update={"step": 10, "since": 0}), []
    for step in range(11, 200):
        new = said.model_copy(update={"step": step})
        go, pace = admit(pace, said, new, step)
        if go:
            said = new
            steps.append(step)
    assert steps == [15, 23, 35, 53, 80, 120, 180]


def test_urgent_ones_wait_for_nothing_and_are_not_kept_when_they_are_over():
    flicker: list[Verdict] = [DOWN, SWING, DOWN, SWING]
    assert tell([*flicker, ESCAPED, DOWN]) == [1, 2, 3, 4, 5]


def test_only_a_minimum_is_no_hurry_to_be_near_to():
    verdicts = find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (1.5, 1e-3))]), 300)
    assert {verdict.kind: verdict.gradual for verdict in verdicts if isinstance(verdict, Near)} == {
        "saddle": False,
        "minimum": True,
    }


MANY = 20
OPTIMIZERS = [
    pytest.param(sgd(0.05), id="sgd"),
    pytest.param(sgd(0.05, momentum=0.9), id="momentum"),
    pytest.param({"id": "adam", "lr": 0.05}, id="adam"),
    pytest.param({"id": "adam", "lr": 0.5}, id="adam, too fast"),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_default_race_is_reported_in_a_few_sentences(optimizer):
    verdicts = find_verdicts(experiment(ravine(10), [(optimizer, (-2.5, 2.5))]), 600)
    assert len(verdicts) <= 6
    assert verdicts[-1].code == "converged"


@pytest.mark.parametrize("lr", [0.01, 0.05])
def test_an_adaptive_optimizer_at_its_limit_is_reported_in_a_few_sentences(lr):
    start = surfaces()["ackley"].starts[0].at
    (records,) = whole(experiment("ackley", [({"id": "rmsprop", "lr": lr}, start)]), 600)
    assert "unstable" in codes(records.verdicts)
    assert len(records.verdicts) <= 15


@pytest.mark.parametrize("surface", ["mccormick", "rosenbrock", "beale", "square", "matyas"])
@pytest.mark.parametrize("lr", [0.02, 0.2])
def test_of_a_run_that_never_settles_no_more_is_reported_than_can_be_read(surface, lr):
    start = surfaces()[surface].starts[0].at
    (records,) = whole(experiment(surface, [({"id": "rmsprop", "lr": lr}, start)]), 600)
    calm = [verdict.step for before, verdict in pairwise(records.verdicts) if before.gradual and verdict.gradual]
    assert len(calm) < MANY
    assert len(records.verdicts) < 1.5 * MANY


def test_an_edit_is_answered_at_once_in_the_midst_of_flicker():
    runs = [(sgd(0.25, momentum=0.9), (5.0,))]
    flickered = [verdict.step for verdict in find_verdicts(experiment("square", runs), 24)]
    assert len(flickered) > CHANGES  # one more of the same would have to wait
    back = experiment("square", runs, [{"step": 24, "run": 0, "params": [5.0]}])
    assert holding(find_verdicts(back, 24), 24).code == "oscillating"
    answer = holding(find_verdicts(back, 40), 25)
    assert (answer.step, answer.code) == (25, "descending")


def swinging(x: float) -> list[str]:
    runs = [(sgd(0.02, momentum=0.95), (x, 0.0))]
    return codes(find_verdicts(experiment(ravine(1), runs, dtype="float64"), 60))


def test_a_ball_that_swings_out_no_farther_than_twice_near_has_not_left():
    assert swinging(1.5) == ["descending", "near"]
    # Out of the neighbourhood the loss rises for more than ten records, and this is said too.
    assert swinging(2.5) == ["descending", "near", "descending", "not_falling", "near"]
