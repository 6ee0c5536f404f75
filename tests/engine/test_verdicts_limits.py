"""Unstable steps: the limits in closed form, just above and just below; the preconditioned curvature; the remedy."""

import numpy as np
import pytest
from tests.engine.helpers import experiment, whole
from tests.engine.verdict_cases import codes, cured, expression, find_verdicts, first, holding, ravine, sgd

from steepest.engine import STATUSES
from steepest.engine.diagnosis.detectors.diverged import Diverged
from steepest.engine.diagnosis.detectors.unstable import Unstable
from steepest.engine.diagnosis.dynamics import preconditioned
from steepest.engine.diagnosis.remedy import rounded_down

KAPPA = 10.0
# Goh 2017 for the first two; Jury's criterion on Nesterov's recurrence for the third.
LIMITS = [
    pytest.param({}, 2.0, "plain", id="plain"),
    pytest.param({"momentum": 0.9}, 2 * 1.9, "heavy_ball", id="heavy ball"),
    pytest.param({"momentum": 0.5, "dampening": 0.5}, 2 * 1.5 / 0.5, "heavy_ball", id="dampened"),
    pytest.param({"momentum": 0.9, "nesterov": True}, 2 * 1.9 / 2.8, "nesterov", id="nesterov"),
]


@pytest.mark.parametrize(("hyper", "limit", "law"), LIMITS)
def test_above_the_limit_is_unstable_with_all_its_numbers(hyper, limit, law):
    lr = 1.02 * limit / KAPPA
    verdicts = find_verdicts(experiment(ravine(KAPPA), [(sgd(lr, **hyper), (0.0, 2.5))], dtype="float64"), 300)
    found = first(verdicts, Unstable)
    assert found.step >= 2
    numbers = found.limit
    assert (numbers.since, numbers.law, numbers.direction) == (0, law, (0.0, 1.0))
    assert numbers.product == pytest.approx(1.02 * limit)
    assert numbers.limit == pytest.approx(limit)
    assert numbers.curvature == KAPPA
    assert numbers.largest == pytest.approx(limit / KAPPA)
    assert numbers.momentum == hyper.get("momentum", 0.0)
    assert found.remedy is not None
    assert found.remedy.set == {"lr": rounded_down(0.9 * limit / KAPPA)}


@pytest.mark.parametrize(("hyper", "limit", "law"), LIMITS)
def test_just_below_the_limit_is_not(hyper, limit, law):
    lr = 0.98 * limit / KAPPA
    verdicts = find_verdicts(experiment(ravine(KAPPA), [(sgd(lr, **hyper), (0.0, 2.5))], dtype="float64"), 300)
    assert "unstable" not in codes(verdicts)


@pytest.mark.parametrize(("hyper", "limit", "law"), LIMITS)
def test_the_remedy_cures(hyper, limit, law):
    prepared = experiment(ravine(KAPPA), [(sgd(1.3 * limit / KAPPA, **hyper), (-2.5, 2.5))])
    (ill,) = whole(prepared, 2000)
    assert STATUSES[ill.status[-1]] == "diverged"
    end = ill.verdicts[-1]
    assert isinstance(end, Diverged)
    assert end.cause == "unstable"
    assert end.limit == first(ill.verdicts, Unstable).limit
    for verdict in (first(ill.verdicts, Unstable), end):
        assert STATUSES[cured(prepared, verdict, 600).status[-1]] == "converged"


def test_it_waits_for_the_loss_to_have_risen():
    # Over the limit across, where it has hardly anything to lose, and still gaining along the floor.
    prepared = experiment(ravine(KAPPA), [(sgd(0.25), (3.0, 1e-6))], dtype="float64")
    (records,) = whole(prepared, 100)
    found = first(records.verdicts, Unstable)
    assert records.loss[found.step] > records.loss[0]
    assert (records.loss[2 : found.step] <= records.loss[0]).all()
    assert found.step > 10
    assert holding(records.verdicts, found.step - 1).code != "unstable"


def test_one_step_above_the_limit_is_not_enough():
    calm, wild = sgd(0.05), {"step": 3, "run": 0, "set": {"lr": 0.3}}
    back = {"step": 4, "run": 0, "set": {"lr": 0.05}}
    (records,) = whole(experiment(ravine(KAPPA), [(calm, (2, 2))], [wild, back]), 60)
    assert records.loss[4] > records.loss[3]
    assert "unstable" not in codes(records.verdicts)
    assert "unstable" in codes(find_verdicts(experiment(ravine(KAPPA), [(calm, (2, 2))], [wild]), 60))


def test_the_stretch_begins_at_the_edit_that_raised_the_rate():
    edits = [{"step": 20, "run": 0, "set": {"lr": 0.3}}]
    found = first(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.05), (2, 2))], edits), 60), Unstable)
    assert found.limit.since == 20
    assert found.limit.product == pytest.approx(3.0)


def test_an_edit_that_is_still_above_the_limit_begins_anew_and_is_reported_at_once():
    edits = [{"step": 9, "run": 0, "set": {"lr": 0.25}}]
    verdicts = find_verdicts(experiment(ravine(KAPPA), [(sgd(0.3), (0, 2))], edits), 12)
    assert holding(verdicts, 9).limit.product == pytest.approx(3.0)
    assert holding(verdicts, 10).code == "unstable"
    assert holding(verdicts, 10).limit.product == pytest.approx(2.5)
    assert holding(verdicts, 10).limit.since == 9


def test_the_remedy_is_at_the_last_step_in_view_on_a_quadratic_and_at_the_crossing_elsewhere():
    # y: 2.5, -3.75, 5.6: the view ends at 4.
    assert first(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.25), (-2.5, 2.5))]), 50), Unstable).remedy.step == 1
    # On a steepening wall the step in view may be far too steep already.
    end = find_verdicts(experiment("himmelblau", [(sgd(0.05), (0.0, 4.5))]), 50)[-1]
    assert end.code == "diverged"
    assert end.remedy.step == end.limit.since == 0


def test_while_it_stays_in_view_the_remedy_moves_along_a_few_times():
    verdicts = find_verdicts(experiment(ravine(KAPPA), [(sgd(0.2001), (0.0, 2.0))], dtype="float64"), 400)
    steps = [verdict.remedy.step for verdict in verdicts if verdict.code == "unstable"]
    assert len(steps) < 12
    assert steps[-1] >= 200


def test_momentum_of_one_is_above_every_limit():
    found = first(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.01, momentum=1.2), (1, 1))]), 200), Unstable)
    assert found.limit.limit == 0
    assert found.remedy.set == {"momentum": 0.9}


def test_weight_decay_steepens_everything():
    # 2 / lr = 10.05: the ravine alone lies below it, with a decay of 0.1 above.
    lr = 2 / 10.05
    assert "unstable" not in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(lr), (0, 2))], dtype="float64"), 300))
    found = first(
        find_verdicts(experiment(ravine(KAPPA), [(sgd(lr, weight_decay=0.1), (0, 2))], dtype="float64"), 300), Unstable
    )
    assert found.limit.curvature == pytest.approx(10.1)


def test_climbing_has_no_limit():
    assert "unstable" not in codes(find_verdicts(experiment(ravine(KAPPA), [(sgd(0.3, maximize=True), (0, 2))]), 20))


# A quadratic so small that epsilon is all of Adam's divisor but for the gradient's 2 %.
SMALL = expression("0.001*(0.5*x**2 + 5*y**2)")


def adam(lr):
    return {"id": "adam", "lr": lr, "betas": [0.0, 0.999], "eps": 1.0}


def test_an_adaptive_optimizer_is_measured_by_its_preconditioned_curvature():
    (records,) = whole(experiment(SMALL, [(adam(215.0), (0.3, 1.0))], dtype="float64"), 60)
    found = first(records.verdicts, Unstable).limit
    assert found.law == "adaptive"
    assert found.limit == 2
    assert found.momentum == 0
    # At step `since`: curvature over the root mean square of the gradients so far, plus epsilon.
    squares = records.state["exp_avg_sq"][found.since] / (1 - 0.999**found.since)
    divisor = np.sqrt(squares[1]) + 1.0
    assert found.curvature == pytest.approx(0.01 / divisor, rel=1e-6)
    assert found.product == pytest.approx(215 * 0.01 / divisor, rel=1e-6)
    assert found.product > 2
    assert found.largest == pytest.approx(200 * divisor, rel=1e-6)
    assert found.direction == pytest.approx((0, 1), abs=1e-9)


def test_its_near_miss_is_below():
    assert "unstable" not in codes(find_verdicts(experiment(SMALL, [(adam(195.0), (0.3, 1.0))], dtype="float64"), 300))


def test_an_optimizer_without_a_law_is_never_called_unstable():
    verdicts = find_verdicts(experiment(ravine(100), [({"id": "rprop", "lr": 2.0}, (2, 2))]), 100)
    assert "unstable" not in codes(verdicts)


def test_the_preconditioned_spectrum_is_that_of_the_matrix_that_steps():
    # D^-1 (H + decay) is what the step multiplies by: the same eigenvalues, and its eigenvectors are the directions.
    rng = np.random.default_rng(3)
    hessian = rng.normal(size=(5, 2, 2))
    hessian = hessian + hessian.transpose(0, 2, 1)
    divisor = rng.uniform(0.1, 3, (5, 2))
    values, vectors = preconditioned(hessian, divisor, 0.2)
    for i in range(5):
        steps = (hessian[i] + 0.2 * np.eye(2)) / divisor[i][:, None]
        np.testing.assert_allclose(values[i], np.sort(np.linalg.eigvals(steps).real), rtol=1e-12)
        np.testing.assert_allclose(steps @ vectors[i], vectors[i] * values[i], atol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(vectors[i], axis=0), 1)
    assert np.isnan(preconditioned(hessian, np.full((5, 2), np.nan), 0.0)[0]).all()
    assert np.isnan(preconditioned(hessian, np.zeros((5, 2)), 0.0)[0]).all()


def test_rounding_never_goes_up():
    numbers = [0.0869, 0.18, 1234, 0.001999, 9.99, 0.2]
    assert [rounded_down(number) for number in numbers] == [0.086, 0.18, 1200, 0.0019, 9.9, 0.2]
