"""The critical point near a record: where Newton's method or the catalog says it is, alone and among others."""

import numpy as np
import pytest

from steepest.engine.diagnosis.geometry.critical_point import critical_points
from steepest.engine.diagnosis.geometry.curvature import derivatives_of, eigen
from steepest.engine.diagnosis.geometry.newton_search import LocatedPoint, locate
from steepest.engine.diagnosis.surface_run import KINDS
from steepest.engine.preparation.prepare import prepare
from steepest.spec import Experiment


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("text", ["(x^2+y-11)^2+(x+y^2-7)^2", "x^4+y^2", "x^3-3*x*y^2", "sin(x)*cos(y)"])
def test_a_point_is_the_same_alone_and_among_others_and_its_slope_is_zero(engine: str, text: str) -> None:
    problem = {"kind": "surface", "id": "expression", "params": {"expression": text}}
    runs = [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": [1.0, 1.0]}]
    experiment = Experiment.model_validate({"version": 1, "problem": problem, "engine": engine, "runs": runs})
    prepared = prepare(experiment)
    view, derive = prepared.view_scale, derivatives_of(prepared)
    assert view is not None
    low, high = view.bounds.T
    points = np.random.default_rng(0).uniform(low, high, (400, 2))
    places, _ = critical_points(derive, points, *derive(points), view.diagonal)
    near = points[places > 0][:32]
    kinds = [kind for kind in map(KINDS.__getitem__, places[places > 0][:32].tolist()) if kind is not None]
    assert len(near) == len(kinds) >= 3

    def located(part: slice) -> list[LocatedPoint]:
        return locate(view, derive, near[part], *derive(near[part]), kinds[part])

    together = located(slice(None))
    for n, point in enumerate(together):
        (alone,) = located(slice(n, n + 1))
        for name in ("at", "eigenvalues", "eigenvectors"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(point, name))
        gradient, hessian = (part[0] for part in derive(point.at[None]))
        np.testing.assert_array_equal(eigen(hessian[None])[0][0], point.eigenvalues)
        if kinds[n] != "degenerate" and np.linalg.norm(point.at - near[n]) <= view.near:
            assert np.linalg.norm(gradient) <= 1e-6 * np.linalg.norm(hessian)
