"""Critical points of any surface, found from scratch: those of the catalog, and of expressions worked out by hand."""

import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from steepest.engine import landscape
from steepest.problems import CriticalPoint, Problem, prepare_problem, surfaces
from steepest.spec import SurfaceProblem

VIEW = ((-2.0, 2.0), (-2.0, 2.0))


def hidden(problem: Problem) -> Any:
    """A problem that keeps its critical points to itself."""
    assert problem.scene is not None
    scene = problem.scene.model_copy(update={"points": ()})
    return SimpleNamespace(dim=problem.dim, loss_at=problem.loss_at, scene=scene)


def found(text: str, bounds: tuple[tuple[float, float], ...] | None = None) -> tuple[CriticalPoint, ...]:
    problem = prepare_problem(SurfaceProblem(kind="surface", id="expression", params={"expression": text}))
    return landscape(problem, bounds or VIEW[: problem.dim])


def kinds(points: tuple[CriticalPoint, ...]) -> dict[str, int]:
    return dict(Counter(point.kind for point in points))


SMOOTH = [surface for surface in surfaces().values() if surface.smooth and surface.problem({}).scene.points]


@pytest.mark.parametrize("surface", SMOOTH, ids=lambda surface: surface.id)
def test_what_the_catalog_declares_is_found_from_scratch(surface):
    problem = surface.problem({})
    points = landscape(hidden(problem), surface.bounds)
    for declared in problem.scene.points:
        (same,) = [point for point in points if math.dist(point.at, declared.at) < 1e-6]
        assert same.kind == declared.kind
        assert same.value == pytest.approx(declared.value, abs=1e-9, rel=1e-9)
    if surface.id != "rastrigin":  # which declares the middle ones of hundreds
        assert len(points) == len(problem.scene.points)


def test_how_many_points_of_which_kind():
    catalog = surfaces()
    himmelblau = landscape(hidden(catalog["himmelblau"].problem({})), catalog["himmelblau"].bounds)
    assert kinds(himmelblau) == {"minimum": 4, "saddle": 4, "maximum": 1}
    camel = landscape(hidden(catalog["six_hump_camel"].problem({})), catalog["six_hump_camel"].bounds)
    assert kinds(camel) == {"minimum": 6, "saddle": 7, "maximum": 2}


def test_declared_points_are_kept_as_they_stand_and_found_ones_follow():
    catalog = surfaces()
    himmelblau = catalog["himmelblau"].problem({})
    assert landscape(himmelblau, himmelblau.scene.bounds) == himmelblau.scene.points
    right = landscape(himmelblau, ((0.0, 5.0), (-5.0, 5.0)))
    assert set(right) == {point for point in himmelblau.scene.points if point.at[0] > 0}
    rastrigin = catalog["rastrigin"].problem({})
    points = landscape(rastrigin, rastrigin.scene.bounds)
    assert points[:25] == rastrigin.scene.points
    assert len(points) == 100
    ackley = catalog["ackley"].problem({})
    assert landscape(ackley, ackley.scene.bounds)[0] == ackley.scene.points[0]  # a cusp, which Newton does not find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2 + y**2", [("minimum", (0, 0))]),
        ("-x**2 - y**2", [("maximum", (0, 0))]),
        ("x**2 - y**2", [("saddle", (0, 0))]),
        ("exp(-x**2 - y**2)", [("maximum", (0, 0))]),
        ("x**2 + 1e-6*y**2", [("minimum", (0, 0))]),
        ("x**3 - 3*x", [("maximum", (-1,)), ("minimum", (1,))]),
        ("x**3 - 3*x + y**2", [("saddle", (-1, 0)), ("minimum", (1, 0))]),
        ("x**4 - x**2", [("minimum", (-math.sqrt(0.5),)), ("maximum", (0,)), ("minimum", (math.sqrt(0.5),))]),
        ("(x - 2)**2", [("minimum", (2,))]),  # on the edge of the view
        ("sqrt(x)*(x - 1)**2", [("maximum", (0.2,)), ("minimum", (1,))]),  # NaN on the left
        ("x + 1/x", [("maximum", (-1,)), ("minimum", (1,))]),  # a pole between them
        ("x - log(x)", [("minimum", (1,))]),
        ("x**3", [("degenerate", (0,))]),
        ("(x - 1)**5", [("degenerate", (1,))]),
        ("x**4 + y**4", [("degenerate", (0, 0))]),
        ("x**3 + y**2", [("degenerate", (0, 0))]),
        ("x**3 - 3*x*y**2", [("degenerate", (0, 0))]),
        ("x*abs(x)", [("degenerate", (0,))]),  # smooth once only
        ("(x**2 + y**2 - 1)**2", [("maximum", (0, 0))]),  # and a circle of minima
    ],
)
def test_points_worked_out_by_hand(text, expected):
    points = sorted(found(text), key=lambda point: point.at)
    assert [point.kind for point in points] == [kind for kind, _ in expected]
    for point, (_, at) in zip(points, expected, strict=True):
        np.testing.assert_allclose(point.at, at, atol=1e-5 if point.kind == "degenerate" else 1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "3*x - y",  # a plane
        "0*x + 0*y",  # level ground
        "x**2 + 0*y",  # a trough
        "(x - y)**4",
        "x**2*y**2",  # two crossing lines
        "max(x, 0)",  # level on one side
        "tanh(50*x)",  # level but for rounding
        "exp(x)",
        "exp(100*x)",
        "1/x",  # cliffs and poles
        "1/(x**2 + y**2)",
        "log(x**2 + y**2)",
        "log(x)",
        "tan(x)",
        "abs(x)",  # kinks, at which a start of the grid lies
        "abs(x) + abs(y)",
        "abs(x) + y**2",
        "max(x, y)",
        "sqrt(x**2 + y**2)",
    ],
)
def test_what_is_no_critical_point(text):
    assert found(text) == ()


def test_only_what_is_in_view():
    assert found("x**2 + y**2", ((0.1, 2.0), (-2.0, 2.0))) == ()
    assert found("x**2 + y**2", ((0.0, 2.0), (-2.0, 0.0))) == (CriticalPoint(kind="minimum", at=(0, 0), value=0),)
    assert found("cos(x)", ((1.0, 3.0),)) == ()
    assert kinds(found("cos(x)", ((1.0, 7.0),))) == {"minimum": 1, "maximum": 1}


def test_of_very_many_the_nearest_to_the_middle():
    points = found("sin(30*x)*sin(30*y)")
    assert len(points) == 100
    unit = math.pi / 30
    lattice = [(a * unit, b * unit) for a in range(-9, 10) for b in range(-9, 10)]  # saddles
    lattice += [((a + 0.5) * unit, (b + 0.5) * unit) for a in range(-9, 9) for b in range(-9, 9)]  # the others
    nearest = sorted(math.hypot(*at) for at in lattice)[:100]  # the view has almost 3000
    np.testing.assert_allclose([math.hypot(*point.at) for point in points], nearest, atol=1e-9)


@pytest.mark.parametrize("text", ["x**2 + y**2", "exp(x*y)", "x**4*y", "1/x + 0*y"])
@pytest.mark.parametrize(
    "bounds",
    [
        ((-1e200, 1e200), (-1e200, 1e200)),
        ((-1e308, 1e308), (0.0, 1.0)),
        ((0.0, 1e-300), (0.0, 5e-324)),
        ((1.0, 1.0 + 1e-15), (0.0, 1.0)),
        ((1e9, 1e9 + 1), (0.0, 1.0)),
    ],
)
def test_no_view_makes_it_raise(text, bounds):
    for point in found(text, bounds):
        assert all(low <= value <= high for value, (low, high) in zip(point.at, bounds, strict=True))
        assert math.isfinite(point.value)


def test_of_more_than_two_parameters_only_what_is_declared():
    scene = surfaces()["sphere"].problem({}).scene
    scene = scene.model_copy(update={"points": (CriticalPoint(kind="minimum", at=(0, 0, 0), value=0),)})
    space: Any = SimpleNamespace(dim=3, scene=scene)
    assert len(landscape(space, ((-1, 1),) * 3)) == 1
    assert landscape(space, ((1, 2),) * 3) == ()


def test_it_needs_no_gradient_mode_of_its_caller():
    with torch.no_grad():
        assert kinds(found("x**2 + y**2")) == {"minimum": 1}
