"""Near critical points: kinds, escape as predicted and as counted, stuck on a ridge, and the near misses."""

import math

import numpy as np
import pytest
from tests.engine.helpers import cut, experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, final, find_verdicts, first, holding, ravine, sgd

from steepest.engine.diagnosis.detectors.converged import Converged
from steepest.engine.diagnosis.detectors.critical_point_visit import Escaped, Near
from steepest.engine.diagnosis.detectors.descending import LINGERS

NEAR = 0.05
QUADRATIC = expression("0.5*x**2 - 0.5*y**2")  # in a view from -2 to 2 a side
AWAY = NEAR * 4 * math.sqrt(2)


def test_escape_of_plain_descent_is_the_closed_form_and_is_counted():
    (records,) = whole(experiment(QUADRATIC, [(sgd(0.1), (0.2, 1e-3))], dtype="float64"), 100)
    near, escaped = first(records.verdicts, Near), first(records.verdicts, Escaped)
    assert (near.step, near.since, near.kind, near.law, near.stuck) == (0, 0, "saddle", "plain", False)
    assert near.at == pytest.approx((0, 0), abs=1e-12)
    assert near.eigenvalues == pytest.approx((-1, 1))
    assert near.downhill == pytest.approx((0, 1))
    assert near.factor == pytest.approx(1.1)
    assert near.escape == math.ceil(math.log(AWAY / 1e-3) / math.log(1.1))
    assert escaped.step == escaped.escape == near.escape
    assert abs(records.params[escaped.step - 1, 1]) < AWAY <= abs(records.params[escaped.step, 1])


MOMENTA = [
    pytest.param({}, id="plain"),
    pytest.param({"momentum": 0.9}, id="heavy ball"),
    pytest.param({"momentum": 0.9, "dampening": 0.5}, id="dampened"),
    pytest.param({"momentum": 0.9, "nesterov": True}, id="nesterov"),
]


@pytest.mark.parametrize("hyper", MOMENTA)
def test_escape_from_the_bounded_saddle_is_predicted_within_two_steps(hyper):
    (records,) = whole(experiment("bounded_saddle", [(sgd(0.1, **hyper), (1.5, 1e-3))]), 300)
    escaped = first(records.verdicts, Escaped)
    assert escaped.escape is not None
    assert escaped.since < escaped.step
    assert abs(escaped.step - escaped.escape) <= 2
    assert abs(records.params[escaped.step, 1]) >= AWAY > abs(records.params[escaped.step - 1, 1])


def test_the_heavy_balls_factor_is_the_larger_root():
    near = first(
        find_verdicts(experiment(QUADRATIC, [(sgd(0.1, momentum=0.9), (0.1, 1e-3))], dtype="float64"), 5), Near
    )
    assert near.law == "heavy_ball"
    assert near.factor == pytest.approx(max(np.roots([1, -(1 + 0.9 + 0.1), 0.9])))


def test_the_speed_it_comes_with_counts():
    # Rolling down along the ridge's own side, it gets over to the other: the last update enters the recurrence.
    start = (1.0, 0.9)
    (records,) = whole(experiment(QUADRATIC, [(sgd(0.02, momentum=0.9), start)], dtype="float64"), 200)
    assert "near" not in codes(records.verdicts)
    edits = [{"step": 12, "run": 0, "params": [0.01, -0.05]}]
    (records,) = whole(experiment(QUADRATIC, [(sgd(0.02, momentum=0.9), start)], edits, dtype="float64"), 200)
    escaped = first(records.verdicts, Escaped)
    assert records.params[escaped.step, 1] > 0  # carried back over the ridge
    assert abs(escaped.step - escaped.escape) <= 1


def test_weight_decay_moves_what_it_escapes_from():
    surface = expression("0.5*(x-0.5)**2 - 0.5*(y-0.5)**2")
    (records,) = whole(experiment(surface, [(sgd(0.1, weight_decay=0.05), (0.5, 0.45))], dtype="float64"), 200)
    near, escaped = first(records.verdicts, Near), first(records.verdicts, Escaped)
    assert near.factor == pytest.approx(1 + 0.1 * 0.95)
    assert escaped.step == near.escape


def test_an_edit_of_the_rate_predicts_anew_in_the_same_stay():
    edits = [{"step": 20, "run": 0, "set": {"lr": 0.2}}]
    verdicts = find_verdicts(experiment(QUADRATIC, [(sgd(0.1), (0.2, 1e-3))], edits, dtype="float64"), 100)
    before, after = (verdict for verdict in verdicts if verdict.code == "near")
    assert (before.step, after.step) == (0, 21)
    assert before.since == after.since == 0
    assert after.factor == pytest.approx(1.2)
    assert before.escape > after.escape == first(verdicts, Escaped).step


def test_a_move_begins_another_stay():
    edits = [{"step": 10, "run": 0, "params": [0.1, 0.01]}]
    verdicts = find_verdicts(experiment(QUADRATIC, [(sgd(0.1), (0.2, 1e-3))], edits, dtype="float64"), 60)
    assert [verdict.since for verdict in verdicts if isinstance(verdict, Near)] == [0, 11]
    assert first(verdicts, Escaped).since == 11


def test_moved_away_is_no_escape():
    edits = [{"step": 10, "run": 0, "params": [1.5, 1.5]}]
    verdicts = find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (0.2, 1e-3))], edits), 30)
    assert holding(verdicts, 10).code == "near"
    assert holding(verdicts, 11).code == "descending"
    assert "escaped" not in codes(verdicts)


def test_what_is_reported_stays_as_it_is_through_the_stay():
    verdicts = find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (1.5, 1e-3))]), 80)
    assert codes(verdicts)[:3] == ["descending", "near", "escaped"]
    assert sum(isinstance(verdict, Near) and verdict.kind == "saddle" for verdict in verdicts) == 1


def test_escaped_holds_until_there_is_something_else_to_tell():
    verdicts = find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (1.5, 1e-3))]), 300)
    escaped = first(verdicts, Escaped)
    following = next(verdict for verdict in verdicts if verdict.step > escaped.step)
    assert (following.code, following.kind) == ("near", "minimum")


def test_a_run_well_to_one_side_is_never_near_the_saddle():
    verdicts = find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (1.5, 0.5))]), 300)
    assert all(verdict.kind == "minimum" for verdict in verdicts if isinstance(verdict, Near))
    assert "escaped" not in codes(verdicts)


def test_swinging_out_sideways_is_no_escape():
    # The ball rolls through the saddle along the ridge, turns, and comes back.
    (records,) = whole(experiment("bounded_saddle", [(sgd(0.1, momentum=0.9), (1.5, 1e-3))]), 60)
    for verdict in records.verdicts:
        if isinstance(verdict, Escaped):
            assert abs(records.params[verdict.step, 1]) >= AWAY
    assert codes(records.verdicts)[:4] == ["descending", "near", "descending", "near"]


def test_exactly_on_the_ridge_it_is_stuck_and_a_push_frees_it():
    prepared = experiment("bounded_saddle", [(sgd(0.1), (1.5, 0.0))])
    (records,) = whole(prepared, 300)
    near = final(records)
    assert near.code == "near"
    assert (near.stuck, near.escape) == (True, None)
    assert records.params[-1, 1] == 0
    pushed = np.array(near.remedy.params) - records.params[near.step]
    np.testing.assert_allclose(pushed, [0, 0.001 * 4 * math.sqrt(2)], atol=1e-9)
    healthy = cured(prepared, near, 300)
    assert isinstance(healthy.verdicts[-1], Converged)
    assert abs(first(healthy.verdicts, Escaped).step - first(healthy.verdicts, Escaped).escape) <= 2


def test_a_hair_beside_it_is_not_stuck():
    near = first(find_verdicts(experiment("bounded_saddle", [(sgd(0.1), (1.5, 1e-7))]), 60), Near)
    assert (near.stuck, near.remedy) == (False, None)
    assert near.escape is not None


def test_a_push_that_rounding_swallows_is_none():
    # On the crest of sin x in float32: pi/2 is off by 4e-8, whose push of 4e-9 is lost beside 1.57.
    (records,) = whole(experiment("saddle", [(sgd(0.1), (math.pi / 2, 2.5))]), 400)
    assert final(records).stuck
    assert (records.params[:, 0] == records.params[0, 0]).all()


def test_newtons_method_rests_on_a_saddle_and_no_push_helps():
    near = find_verdicts(experiment("bounded_saddle", [({"id": "newton"}, (0.3, 0.1))]), 30)[-1]
    assert isinstance(near, Near)
    assert (near.stuck, near.law, near.factor, near.escape, near.remedy) == (True, None, None, None, None)


def test_an_adaptive_law_is_named_but_predicts_nothing():
    near = first(find_verdicts(experiment("bounded_saddle", [({"id": "adam", "lr": 1e-3}, (0.1, 0.01))]), 5), Near)
    assert (near.law, near.factor, near.escape, near.stuck) == ("adaptive", None, None, False)


def test_a_rate_of_nothing_is_not_stuck():
    near = first(find_verdicts(experiment("bounded_saddle", [(sgd(0.0), (0.1, 0.0))]), 5), Near)
    assert (near.stuck, near.escape) == (False, None)


def test_a_maximum_is_left_in_any_direction():
    (records,) = whole(experiment("himmelblau", [(sgd(0.001), (-0.27, -0.92))], dtype="float64"), 400)
    near, escaped = first(records.verdicts, Near), first(records.verdicts, Escaped)
    assert near.kind == escaped.kind == "maximum"
    assert near.at == pytest.approx((-0.2708445906673476, -0.9230385564799815))
    assert max(near.eigenvalues) < 0
    assert abs(escaped.step - escaped.escape) <= 2


def test_a_maximum_in_one_variable():
    verdicts = find_verdicts(experiment(expression("cos(x)"), [(sgd(0.05), (0.01,))], dtype="float64"), 300)
    near, escaped = first(verdicts, Near), first(verdicts, Escaped)
    assert (near.kind, near.downhill) == ("maximum", (1.0,))
    assert near.at == pytest.approx((0,), abs=1e-12)
    assert abs(escaped.step - escaped.escape) <= 1


def test_the_monkey_saddle_is_degenerate_and_nothing_is_predicted():
    verdicts = find_verdicts(experiment("monkey_saddle", [(sgd(0.02), (0.8, 0.0))]), 500)
    near = first(verdicts, Near)
    assert (near.kind, near.at) == ("degenerate", (0.0, 0.0))
    assert (near.downhill, near.factor, near.escape) == (None, None, None)
    assert codes(verdicts) == ["descending", "near"]


def test_an_own_functions_point_is_found_by_newton():
    near = first(
        find_verdicts(experiment(expression("(x-0.3)**2 - sin(y-0.2)**2"), [(sgd(0.01), (0.31, 0.21))]), 3), Near
    )
    assert near.kind == "saddle"
    assert near.at == pytest.approx((0.3, 0.2), abs=1e-9)
    assert near.eigenvalues == pytest.approx((-2, 2))


def test_a_minimum_near_by_is_named_on_the_way_to_it():
    verdicts = find_verdicts(experiment(ravine(10), [(sgd(0.15), (-2.5, 2.5))]), 100)
    assert codes(verdicts) == ["descending", "near", "converged"]
    near = first(verdicts, Near)
    assert (near.kind, near.downhill, near.factor, near.escape) == ("minimum", None, None, None)
    assert near.eigenvalues == pytest.approx((1, 10))


def test_a_ring_is_reported_only_when_the_slope_down_to_it_is_gone():
    # Near by its place from early on, and with momentum through it and back before it comes to rest.
    (records,) = whole(experiment("plateau", [(sgd(0.1, momentum=0.9), (-7.0, 6.0))]), 60)
    near = first(records.verdicts, Near)
    assert codes(records.verdicts)[:2] == ["descending", "near"]
    assert near.kind == "degenerate"
    assert near.downhill is None
    radius = np.hypot(*records.params.T)
    assert abs(radius[near.since] - 6.6435) < NEAR * 20 * math.sqrt(2)
    assert near.since < near.step
    assert records.grad_norm[near.since] > records.grad_norm[near.step]


def test_a_rate_that_leads_beyond_all_numbers_has_no_factor():
    saddle = expression("7e301*(sin(x+2*y)+sin(3*x-y))")
    near = first(find_verdicts(experiment(saddle, [(sgd(1e6), (5.9, -2.34))], dtype="float64"), 100), Near)
    assert (near.factor, near.escape, near.stuck) == (None, None, False)


def test_an_escape_is_told_for_a_while_and_then_no_news():
    # Along the slow floor of this saddle's valley nothing else happens for long.
    prepared = experiment("bounded_saddle", [(sgd(0.002), (0.05, 0.04))])
    verdicts = find_verdicts(prepared, 2_000)
    escaped = first(verdicts, Escaped)
    following = next(verdict for verdict in verdicts if verdict.step > escaped.step)
    assert following.step == escaped.step + LINGERS
    assert following.code == "descending"
    pieces, _ = cut(prepared, [*range(0, 2_000, 37), 2_000])
    assert tuple(verdict for chunk in pieces for verdict in chunk.runs[0].verdicts) == verdicts
