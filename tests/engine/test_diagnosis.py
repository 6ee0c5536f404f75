"""Curvature, critical points, convergence: against closed forms, declared points, and near misses."""

import numpy as np
import pytest
import scipy.optimize
import torch
from tests.engine.helpers import experiment, whole

from steepest.engine import CRITICALS, STATUSES
from steepest.engine.diagnosis.geometry.curvature import derivatives, eigen
from steepest.problems import prepare_problem, surfaces
from steepest.spec import SurfaceProblem

STILL = {"id": "sgd", "lr": 0.0}


def kind_at(surface, at, moved=None):
    """Kind of the critical point near `at`, as recorded."""
    (records,) = whole(experiment(surface, [(STILL, at)], dtype="float64"), 0)
    return CRITICALS[records.critical[0]]


def expression(text):
    return {"id": "expression", "params": {"expression": text}}


def test_curvature_of_rosenbrock_is_scipys():
    points = np.random.default_rng(0).uniform(-2, 2, (50, 2))
    problem = prepare_problem(SurfaceProblem(kind="surface", id="rosenbrock"))
    gradient, hessian = derivatives(problem.loss_at, points)
    np.testing.assert_allclose(gradient, [scipy.optimize.rosen_der(p) for p in points], rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(hessian, [scipy.optimize.rosen_hess(p) for p in points], rtol=1e-12, atol=1e-10)


def test_curvature_at_a_point_does_not_depend_on_its_batch():
    points = np.random.default_rng(1).uniform(-2, 2, (130, 2))
    for surface in ("mccormick", "ackley", "himmelblau", "beale"):
        problem = prepare_problem(SurfaceProblem(kind="surface", id=surface))
        together = derivatives(problem.loss_at, points)
        for n in (0, 1, 63, 64, 129):
            alone = derivatives(problem.loss_at, points[n : n + 1])
            assert alone[0].tobytes() == together[0][n : n + 1].tobytes(), surface
            assert alone[1].tobytes() == together[1][n : n + 1].tobytes(), surface


def test_eigenvectors_are_columns_and_their_sign_stays_put():
    hessian = np.array([[[2.0, -1.0], [-1.0, 3.0]], [[np.nan, 0.0], [0.0, 1.0]]])
    values, vectors = eigen(hessian)
    np.testing.assert_allclose(hessian[0] @ vectors[0], vectors[0] * values[0])
    assert values[0, 0] < values[0, 1]
    assert (vectors[0][np.abs(vectors[0]).argmax(axis=0), [0, 1]] > 0).all()
    assert np.isnan(values[1]).all()
    assert np.isnan(vectors[1]).all()


def test_a_linear_function_has_no_curvature():
    (records,) = whole(experiment(expression("3*x - y"), [(STILL, (1, 1))]), 0)
    assert records.eigenvalues.tolist() == [[0.0, 0.0]]
    assert records.grad.tolist() == [[3.0, -1.0]]
    assert CRITICALS[records.critical[0]] == "none"


POINTS = [
    pytest.param(surface.id, point, id=f"{surface.id}-{point.kind}-{n}")
    for surface in surfaces().values()
    if surface.smooth
    for n, point in enumerate(surface.problem({}).scene.points)
]


@pytest.mark.parametrize(("surface", "point"), POINTS)
def test_every_declared_critical_point_is_recognised_from_beside_it(surface, point):
    bounds = np.array(surfaces()[surface].bounds)
    nudge = 1e-3 * (bounds[:, 1] - bounds[:, 0]) * np.array([0.6, -0.8])[: len(bounds)]
    assert kind_at(surface, (np.array(point.at) + nudge).tolist()) == point.kind


def test_far_from_a_critical_point_none_is_named():
    assert kind_at("beale", (1, 1)) == "none"
    assert kind_at("rosenbrock", (-1.2, 1)) == "none"
    assert kind_at("bounded_saddle", (1.5, 1e-3)) == "none"
    assert kind_at("monkey_saddle", (0.8, 0.1)) == "none"


def test_a_vanishing_hessian_is_called_degenerate_not_guessed_at():
    assert kind_at("monkey_saddle", (0.02, 0.01)) == "degenerate"
    assert kind_at("monkey_saddle", (0.0, 0.0)) == "degenerate"
    assert kind_at(expression("x**4 + y**4"), (0.01, 0.02)) == "degenerate"
    assert kind_at(expression("x**3"), (0.01,)) == "degenerate"
    assert kind_at(expression("x**2 + 0*y"), (0.01, 0.3)) == "degenerate"  # a trough: no minimum is marked out


@pytest.mark.parametrize("off", [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-15, 0.0])
@pytest.mark.parametrize("side", [1, -1])
def test_a_vanishing_hessian_is_reported_however_near_the_point_is(off, side):
    off *= side
    assert kind_at("monkey_saddle", (off, off / 3)) == "degenerate"
    assert kind_at("monkey_saddle", (0.0, off)) == "degenerate"
    assert kind_at(expression("x**3"), (off,)) == "degenerate"
    assert kind_at(expression("(x - 1)**3"), (1 + off,)) == "degenerate"
    assert kind_at(expression("x**4 + y**2"), (off, off)) == "degenerate"
    assert kind_at(expression("x**6"), (off,)) == "degenerate"
    assert kind_at(expression("(x**2 + y**2 - 1)**2"), (1 + off, 0.0)) == "degenerate"  # a circle of minima


@pytest.mark.parametrize("off", [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-15, 0.0])
@pytest.mark.parametrize("side", [1, -1])
def test_a_regular_point_is_reported_however_near_it_is(off, side):
    off *= side
    assert kind_at("ravine", (off, -off)) == "minimum"
    assert kind_at("rosenbrock", (1 + off, 1 + off)) == "minimum"
    assert kind_at("himmelblau", (3 + off, 2 - off)) == "minimum"
    assert kind_at("bounded_saddle", (off, off)) == "saddle"
    assert kind_at("rastrigin", (off, off)) == "minimum"
    assert kind_at(expression("-cos(x)*cos(40*y)"), (off, off)) == "minimum"
    assert kind_at(expression("x**3 - 0.001*x"), (0.001**0.5 / 3**0.5 + off,)) == "minimum"  # its maximum is beside it
    assert kind_at(expression("x**2 + 1e-6*y**2"), (off, off)) == "minimum"
    assert kind_at(expression("x**2 + 1000*x**4"), (off,)) == "minimum"
    assert kind_at(expression("-cos(x)"), (off,)) == "minimum"
    assert kind_at(expression("cos(x)"), (off,)) == "maximum"


def test_a_circle_of_critical_points_is_degenerate_from_either_side():
    for radius in (0.93, 0.98, 1.02, 1.1):
        assert kind_at(expression("(x**2 + y**2 - 1)**2"), (0.6 * radius, 0.8 * radius)) == "degenerate"


def test_kinds_in_one_variable():
    assert kind_at(expression("cos(x)"), (0.01,)) == "maximum"
    assert kind_at(expression("x**2"), (0.01,)) == "minimum"
    assert kind_at(expression("x**2"), (1.0,)) == "none"


def test_descent_on_the_saddle_is_named_there_and_not_after_the_escape():
    (records,) = whole(experiment("bounded_saddle", [({"id": "sgd", "lr": 0.1}, (1.5, 1e-3))]), 400)
    kinds = [CRITICALS[kind] for kind in records.critical]
    assert kinds[0] == "none"
    saddle = [step for step, kind in enumerate(kinds) if kind == "saddle"]
    assert saddle
    assert saddle == list(range(saddle[0], saddle[-1] + 1))
    assert kinds[-1] == "minimum"
    assert STATUSES[records.status[-1]] == "converged"
    assert "converged" not in {STATUSES[records.status[step]] for step in saddle}
    np.testing.assert_allclose(records.eigenvalues[saddle[10]], [-1, 1], atol=0.3)


def test_converged_needs_both_nearness_and_rest():
    (arrived,) = whole(experiment("sphere", [({"id": "sgd", "lr": 0.25}, (3, -2))]), 60)
    assert STATUSES[arrived.status[0]] == "running"
    assert STATUSES[arrived.status[-1]] == "converged"
    # lr at the limit 1: it jumps to and fro for ever, and at no moment has it converged.
    (jumping,) = whole(experiment("sphere", [({"id": "sgd", "lr": 1.0}, (3, -2))]), 60)
    assert {STATUSES[status] for status in jumping.status} == {"running"}
    # Through the minimum at full speed: near for one step, and not at rest.
    (passing,) = whole(experiment("sphere", [({"id": "sgd", "lr": 0.5, "momentum": 0.9}, (3, -2))]), 1)
    assert passing.params[1].tolist() == [0.0, 0.0]
    assert CRITICALS[passing.critical[1]] == "minimum"
    assert STATUSES[passing.status[1]] == "running"


def test_the_diagnosis_needs_no_gradient_mode_of_its_caller():
    with torch.no_grad():
        problem = prepare_problem(SurfaceProblem(kind="surface", id="sphere"))
        with torch.enable_grad():
            _, hessian = derivatives(problem.loss_at, np.array([[1.0, 2.0]]))
    np.testing.assert_allclose(hessian, [[[2, 0], [0, 2]]])


@pytest.mark.parametrize(
    ("optimizer", "surface", "start"),
    [
        ({"id": "newton"}, expression("x**3"), (0.5,)),
        ({"id": "newton"}, "monkey_saddle", (0.8, 0.0)),
        ({"id": "lbfgs", "tolerance_grad": 0.0}, expression("x**4 + y**4"), (0.5, 0.3)),
    ],
    ids=["newton-cubic", "newton-monkey", "lbfgs-quartic"],
)
def test_an_optimizer_that_runs_into_a_degenerate_point_is_never_reported_as_another_kind(optimizer, surface, start):
    (records,) = whole(experiment(surface, [(optimizer, start)], dtype="float64"), 80)
    kinds = [CRITICALS[kind] for kind in records.critical]
    assert set(kinds) <= {"none", "degenerate"}
    assert kinds[-1] == "degenerate"
    assert np.abs(records.params[-1]).max() < 0.01
