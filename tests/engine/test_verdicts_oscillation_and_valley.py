"""Oscillation and slow valleys: numbers in closed form, remedies, and what only looks like them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, find_verdicts, first, holding, ravine, sgd

from steepest.engine import STATUSES
from steepest.engine.diagnosis.detectors.converged import Converged
from steepest.engine.diagnosis.detectors.oscillation import Alternation, Oscillating, reportable
from steepest.engine.diagnosis.detectors.valley import Valley
from steepest.export.report.sentences import sentences
from steepest.problems.catalog import surfaces

KAPPA = 10.0


@pytest.mark.parametrize("q", [1.7, 1.9, 1.99, 2.0])
def test_a_swing_shrinks_by_the_closed_form(q):
    prepared = experiment(ravine(KAPPA), [(sgd(q / KAPPA), (0.01, 2.5))], dtype="float64")
    (records,) = whole(prepared, 40)
    found = first(records.verdicts, Oscillating)
    assert found.factor == pytest.approx(abs(1 - q))
    assert found.direction == (0.0, 1.0)
    assert (found.since, found.step) == (0, 6)  # six updates, from step 0 on
    assert found.swing == pytest.approx(abs(records.update[6, 1]))
    assert found.remedy.set == {"lr": 1 / KAPPA}
    assert "oscillating" not in codes(cured(prepared, found, 60).verdicts[-1:])


def test_at_the_limit_it_goes_on_for_ever_and_the_remedy_ends_it():
    prepared = experiment(ravine(KAPPA), [(sgd(2 / KAPPA), (-2.5, 2.5))])
    verdicts = find_verdicts(prepared, 400)
    assert codes(verdicts) == ["descending", "oscillating"]
    assert verdicts[-1].factor == 1
    healthy = cured(prepared, verdicts[-1], 400)
    assert isinstance(healthy.verdicts[-1], Converged)
    assert "oscillating" not in codes(healthy.verdicts[2:])


def test_five_updates_to_and_fro_are_not_enough():
    edits = [{"step": 5, "run": 0, "set": {"lr": 0.05}}]
    assert "oscillating" not in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.19), (0.01, 2.5))], edits), 60))
    edits = [{"step": 6, "run": 0, "set": {"lr": 0.05}}]
    assert "oscillating" in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.19), (0.01, 2.5))], edits), 60))


def test_below_the_curvature_nothing_swings():
    assert "oscillating" not in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.99 / KAPPA), (0.01, 2.5))]), 200))


def test_a_swing_beside_a_longer_way_is_not_reported():
    # Across it jumps to and fro, but hardly: the updates go along the floor.
    prepared = experiment(ravine(KAPPA), [(sgd(0.19), (3.0, 0.02))], dtype="float64")
    (records,) = whole(prepared, 8)
    assert (np.sign(records.update[1:, 1]) == [(-1) ** k for k in range(1, 9)]).all()
    assert "oscillating" not in codes(records.verdicts)


def test_the_heavy_balls_swing_is_its_larger_root():
    # z² + z + 0.2 at q = 2.2 and μ = 0.2.
    prepared = experiment(ravine(KAPPA), [(sgd(0.22, momentum=0.2), (0.001, 3.5))], dtype="float64")
    verdicts = find_verdicts(prepared, 25)
    assert holding(verdicts, 20).factor == pytest.approx((1 + math.sqrt(0.2)) / 2, rel=0.05)


def test_a_swing_is_reported_again_when_it_has_shrunk_to_a_tenth():
    oscillations = [
        v for v in find_verdicts(experiment(ravine(KAPPA), [(sgd(0.199), (0, 2.5))]), 600) if v.code == "oscillating"
    ]
    lengths = [verdict.swing for verdict in oscillations]
    assert len(lengths) == 3
    for longer, shorter in pairwise(lengths):
        assert 0.098 < shorter / longer <= 0.1


def test_a_swing_is_counted_for_an_optimizer_without_a_law_and_has_no_remedy():
    # Rprop with equal factors: every step as long as the one before, to and fro over the middle.
    rprop = {"id": "rprop", "lr": 1.0, "etas": [0.999, 1.001], "step_sizes": [1e-6, 50.0]}
    verdicts = find_verdicts(experiment(expression("x**2"), [(rprop, (0.49,))]), 60)
    assert all(verdict.remedy is None for verdict in verdicts if isinstance(verdict, Oscillating))


def test_where_all_curvatures_are_alike_it_swings_its_own_way():
    # q = 1.9 in every direction: straight back through the middle, a tenth shorter each time.
    found = first(find_verdicts(experiment("sphere", [(sgd(0.95), (3.0, -2.0))], dtype="float64"), 30), Oscillating)
    assert found.direction == pytest.approx((3 / math.sqrt(13), -2 / math.sqrt(13)))
    assert found.factor == pytest.approx(0.9)
    assert found.remedy.set == {"lr": 0.5}


def test_a_jump_between_two_places_is_a_swing_whichever_way_the_surface_curves_most():
    verdicts = find_verdicts(experiment("ackley", [(sgd(0.05), surfaces()["ackley"].starts[0].at)]), 200)
    assert verdicts[-1].code == "oscillating"
    assert verdicts[-1].factor == pytest.approx(1, abs=1e-3)
    assert verdicts[-1].direction == pytest.approx((math.sqrt(0.5), math.sqrt(0.5)), abs=1e-3)


def test_the_last_trembling_of_convergence_is_passed_over_unless_it_goes_on_for_ever():
    ratios = (0.0,) * 5
    assert not reportable(None, 1.0, 1.0)
    assert not reportable(Alternation(0, 4, ratios), 1.0, 1.0)
    assert reportable(Alternation(0, 5, ratios), 1.0, 1.0)
    assert not reportable(Alternation(0, 99, ratios), 0.9e-6, 1.0)
    assert reportable(Alternation(0, 100, ratios), 0.9e-6, 1.0)


def test_a_move_breaks_a_swing():
    edits = [{"step": 4, "run": 0, "params": [0.0, -2.0]}]
    verdicts = find_verdicts(experiment(ravine(KAPPA), [(sgd(0.19), (0.0, 2.5))], edits), 30)
    assert first(verdicts, Oscillating).since == 4


@pytest.mark.parametrize("kappa", [30.0, 100.0, 1000.0])
def test_a_valleys_numbers_are_those_of_the_quadratic(kappa):
    lr = 1.5 / kappa
    found = first(find_verdicts(experiment(ravine(kappa), [(sgd(lr), (-3.5, 0.2))], dtype="float64"), 200), Valley)
    root = math.sqrt(kappa)
    assert found.direction == (1.0, 0.0)
    assert found.condition == pytest.approx(kappa)
    assert found.factor == pytest.approx(1 - lr)
    assert found.best_rate == pytest.approx(2 / (1 + kappa))
    assert found.best_factor == pytest.approx((kappa - 1) / (kappa + 1))
    # Polyak's, rounded down: the button makes exactly the edit that the sentence says.
    assert found.advice == "rate"
    assert 0 <= ((root - 1) / (root + 1)) ** 2 - found.momentum < 1e-3
    assert 0 <= (2 / (1 + root)) ** 2 / found.momentum_rate - 1 < 0.1
    assert found.remedy.set == {"momentum": found.momentum, "lr": found.momentum_rate}
    steps = [np.roots([1, found.momentum_rate * value - 1 - found.momentum, found.momentum]) for value in (1, kappa)]
    assert found.momentum_factor == pytest.approx(np.abs(steps).max())
    assert found.momentum_factor == pytest.approx((root - 1) / (root + 1), rel=0.05)


@pytest.mark.parametrize("kappa", [30.0, 100.0, 1000.0])
def test_momentum_at_polyaks_best_gets_out_of_the_valley_sooner(kappa):
    prepared = experiment(ravine(kappa), [(sgd(1.5 / kappa), (-3.5, 0.2))], engine="compiled")
    found = first(find_verdicts(prepared, 200), Valley)
    steps = 12000
    slow, quick = whole(prepared, steps)[0], cured(prepared, found, steps)
    arrival = STATUSES.index("converged")
    slowly, quickly = (int(np.argmax(records.status == arrival)) for records in (slow, quick))
    assert found.step < quickly < slowly / 2


def test_a_well_chosen_rate_is_no_slow_valley():
    assert "valley" not in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.15), (-3.5, 0.2))]), 100))


def test_a_rounder_bowl_is_no_valley_however_small_the_rate():
    assert "valley" not in codes(find_verdicts(experiment(ravine(9.0), [(sgd(0.001), (-3.5, 0.0))]), 500))
    assert "valley" in codes(find_verdicts(experiment(ravine(10.0), [(sgd(0.001), (-3.5, 0.0))]), 500))


def test_it_is_no_valley_while_the_walls_are_not_quiet():
    (records,) = whole(experiment(ravine(100.0), [(sgd(0.0195), (-3.5, 2.0))], dtype="float64"), 600)
    found = first(records.verdicts, Valley)
    x, y = np.abs(records.params[found.since])
    assert y <= 0.1 * x
    assert np.abs(records.params[10, 1]) > 0.1 * np.abs(records.params[10, 0])
    assert found.since > 10


def test_with_momentum_the_factor_is_the_laws():
    lr, mu = 1e-3, 0.5
    found = first(
        find_verdicts(experiment(ravine(100.0), [(sgd(lr, momentum=mu), (-3.5, 0.0))], dtype="float64"), 300), Valley
    )
    assert found.factor == pytest.approx(max(np.roots([1, -(1 + mu - lr), mu])))
    assert (found.remedy, found.advice) == (None, None)  # it has momentum already


@pytest.mark.parametrize("optimizer", ["adam", "nadam", "radam", "rmsprop"])
def test_the_figures_of_plain_descent_are_said_of_plain_descent_alone(optimizer):
    verdicts = find_verdicts(experiment("beale", [({"id": optimizer, "lr": 0.003}, (3.0, 0.3))], dtype="float64"), 1000)
    found = [verdict for verdict in verdicts if isinstance(verdict, Valley)]
    assert found
    for verdict in found:
        said = sentences(verdict, "en", name="It", now=verdict.step, loss=1.0, first_loss=2.0)
        assert (verdict.advice, verdict.remedy) == (None, None)
        assert "crawls along a slow valley" in said
        assert "omentum" not in said


def test_without_a_law_the_factor_is_measured():
    (records,) = whole(experiment(ravine(1000.0), [({"id": "adam", "lr": 0.01}, (-3.5, 0.0))], dtype="float64"), 200)
    found = first(records.verdicts, Valley)
    assert found.factor == pytest.approx(records.params[found.step, 0] / records.params[found.step - 1, 0], rel=1e-6)
    assert found.remedy is None


def test_in_a_bent_valley_momentum_alone_is_advised_and_helps():
    prepared = experiment("rosenbrock", [(sgd(0.001), (-1.2, 1.0))])
    slow = whole(prepared, 3000)[0]
    found = first(slow.verdicts, Valley)
    assert found.advice == "momentum"
    assert found.remedy.set == {"momentum": found.momentum}
    assert cured(prepared, found, 3000).loss[-1] < slow.loss[-1] / 10


def test_a_bent_valley_is_reported_a_few_times_only():
    assert len(find_verdicts(experiment("rosenbrock", [(sgd(0.001), (-1.2, 1.0))]), 5000)) < 20
