"""Plateaus: flat ground high up, distinguished from rest in a lowest place, from basins, and from small steps."""

import math

import numpy as np
import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, find_verdicts, first, holding, sgd

from steepest.engine.diagnosis.detectors.converged import Converged
from steepest.engine.diagnosis.detectors.plateau import Plateau
from steepest.problems.catalog import surfaces

# A well in a plain. In its view, -2 to 2 a side, the middling loss is nearly 0 and the lowest -1.
WELL = expression("-exp(-2*(x**2 + y**2))")


def test_on_the_plain_it_is_a_plateau_and_a_larger_rate_gets_off_it():
    prepared = experiment(WELL, [(sgd(0.05), (1.9, 0.5))], dtype="float64")
    (records,) = whole(prepared, 1000)
    found = first(records.verdicts, Plateau)
    assert found.since == 1
    assert found.grad_norm == pytest.approx(records.grad_norm[found.step])
    assert found.curvature == pytest.approx(np.abs(records.eigenvalues[found.step]).max())
    assert found.reach == pytest.approx(100 * np.linalg.norm(records.update[found.step]))
    assert found.reach < 0.01 * 4 * math.sqrt(2)
    assert found.remedy.set == {"lr": 0.45}  # ten times, but for the curvature of 4 at the bottom of the well
    healthy = cured(prepared, found, 1000)
    assert first(healthy.verdicts, Converged).step < first(records.verdicts, Converged).step / 2


def test_at_a_larger_pace_it_is_none():
    assert "plateau" not in codes(find_verdicts(experiment(WELL, [(sgd(1.0), (1.9, 0.5))]), 300))


def test_small_steps_on_a_steep_slope_are_no_plateau():
    assert "plateau" not in codes(find_verdicts(experiment("himmelblau", [(sgd(1e-8), (0.0, 4.5))]), 100))
    assert "plateau" not in codes(find_verdicts(experiment(WELL, [(sgd(1e-6), (0.5, 0.3))]), 100))


def test_near_a_critical_point_it_is_that_and_no_plateau():
    verdicts = find_verdicts(experiment("monkey_saddle", [(sgd(0.02), (0.3, 0.0))]), 500)
    assert "plateau" not in codes(verdicts)
    assert holding(verdicts, 500).kind == "degenerate"


def test_a_tail_that_flattens_is_a_plateau_and_not_bottomless():
    verdicts = find_verdicts(experiment(expression("exp(-x)"), [(sgd(0.5), (0.0,))]), 3000)
    assert codes(verdicts) == ["descending", "plateau"]


CATALOG = [
    pytest.param(sgd(surfaces()["plateau"].lr), id="sgd"),
    pytest.param(sgd(0.05, momentum=0.9), id="momentum"),
    pytest.param({"id": "adam", "lr": 0.05}, id="adam"),
    pytest.param({"id": "rmsprop", "lr": 0.01}, id="rmsprop"),
]


@pytest.mark.parametrize("optimizer", CATALOG)
def test_the_catalogs_plateau_is_reported_as_one(optimizer):
    (records,) = whole(experiment("plateau", [(optimizer, surfaces()["plateau"].starts[0].at)]), 400)
    found = records.verdicts[-1]
    assert isinstance(found, Plateau)
    assert len(records.verdicts) <= 5
    last = first(records.verdicts, Plateau)
    x, loss = records.params[last.step].astype(float), float(records.loss[last.step])
    assert (last.bottom, last.lowest) == ((0.0, 0.0), -1.0)
    assert last.even == pytest.approx((loss + 1) / np.linalg.norm(x), rel=1e-5)
    assert last.grad_norm <= 0.05 * last.even
    assert np.linalg.norm(records.params[-1]) == pytest.approx(6.6435, rel=0.01)  # the ring
    assert last.remedy is None  # no rate makes a step of no slope


def test_from_within_the_ring_it_is_none():
    runs = [(sgd(0.5), surfaces()["plateau"].starts[1].at)]
    verdicts = find_verdicts(experiment("plateau", runs), 400)
    assert "plateau" not in codes(verdicts)
    assert verdicts[-1].code == "converged"


def test_rest_on_a_ring_that_is_the_lowest_place_is_none():
    verdicts = find_verdicts(experiment(expression("(x**2 + y**2 - 1)**2"), [(sgd(0.05), (1.4, 0.7))]), 400)
    assert "plateau" not in codes(verdicts)
    assert verdicts[-1].kind == "degenerate"


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_the_unit_of_the_loss_makes_no_difference(scale):
    def steps(factor):
        formula = f"{factor}*(0.01*(x**2 + y**2) - sin(sqrt(x**2 + y**2))/sqrt(x**2 + y**2))"
        prepared = experiment(expression(formula), [(sgd(0.5 / factor), (1.0, 7.5))], dtype="float64")
        return [(verdict.code, verdict.step) for verdict in find_verdicts(prepared, 200) if verdict.code == "plateau"]

    assert steps(scale) == steps(1.0) != []


@pytest.mark.parametrize("text", ["x**2 + 4*y**2", "log(exp(x) + exp(-x) + exp(2*y) + exp(-2*y))", "x**4 + y**4"])
@pytest.mark.parametrize("lr", [1e-6, 1e-3])
def test_on_a_convex_surface_the_slope_is_never_so_gentle(text, lr):
    assert "plateau" not in codes(find_verdicts(experiment(expression(text), [(sgd(lr), (0.6, 0.3))]), 200))
