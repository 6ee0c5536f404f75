"""The plane through parameter space: its directions beside NumPy's, its losses beside a closed form."""

import numpy as np
import pytest
import torch
from tests.engine.learning import CIRCLE_NET, learning

from steepest.engine import Prepared, advance
from steepest.engine.model_analysis import loss_plane, plane_directions
from steepest.engine.model_analysis.loss_plane import Kind, Path, Plane
from steepest.problems import LearningProblem

RNG = np.random.default_rng(4)
KINDS: tuple[Kind, ...] = ("principal", "random")


def quadratic() -> tuple[Prepared, LearningProblem]:
    """A linear model with squared error: two inputs and a bias, so that the loss is a quadratic of three parameters."""
    prepared = learning("regression_plane", "linear", "mse")
    assert isinstance(prepared.problem, LearningProblem)
    return prepared, prepared.problem


def closed_form(problem: LearningProblem, points: np.ndarray) -> np.ndarray:
    data = problem.data
    x = np.column_stack([data.inputs.double().numpy(), np.ones(len(data.inputs))])
    return np.square(points @ x.T - data.targets.double().numpy()[:, 0]).mean(axis=-1)


def path(n: int, m: int = 12, run: int = 0) -> Path:
    return Path(run, np.arange(m, dtype=np.int32), np.cumsum(RNG.normal(size=(m, n)), axis=0))


def all_losses(problem: LearningProblem, plane: Plane, budget: float = 60.0) -> np.ndarray:
    parts: list[np.ndarray] = []
    while sum(map(len, parts)) < plane.size:
        parts.append(loss_plane.plane_losses(problem, plane, sum(map(len, parts)), budget))
    return np.concatenate(parts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_of_a_quadratic_is_its_closed_form_wherever_it_is_looked_at(kind: Kind) -> None:
    _, problem = quadratic()
    paths = [path(3), path(3, 7, run=2)]
    plane = loss_plane.make_plane(problem, paths, paths[0].points[-1], kind)
    found = loss_plane.arrange_losses(plane, all_losses(problem, plane))
    for one, own, nearest, at in zip(paths, found.loss, found.on_plane, plane.coordinates, strict=True):
        np.testing.assert_allclose(own, closed_form(problem, one.points), rtol=1e-10)
        projected = plane.centre + at @ plane.directions
        np.testing.assert_allclose(nearest, closed_form(problem, projected), rtol=1e-10)
        offsets = one.points - projected  # what is left stands square on the plane: no place on it is nearer
        np.testing.assert_allclose(offsets @ plane.directions.T, 0, atol=1e-9)
    u, v = (np.linspace(*bounds, count) for bounds, count in zip(plane.bounds, plane.shape, strict=True))
    for row, column in [(0, 0), (3, 17), (-1, -1)]:
        place = plane.centre + u[column] * plane.directions[0] + v[row] * plane.directions[1]
        assert found.z[row, column] == pytest.approx(closed_form(problem, place), rel=1e-10)
    assert found.z.shape == (plane.shape[1], plane.shape[0]) == (41, 41)
    assert plane.samples == problem.split_sizes.train


def test_principal_directions_are_those_of_numpy() -> None:
    points = path(9, 30).points @ np.diag([9, 5, 1, 1, 1, 0.5, 0.5, 0.1, 0.1])
    spread = points - points.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    found = plane_directions.principal_directions(spread)
    np.testing.assert_allclose(np.abs(found @ vectors[:, [-1, -2]]), np.eye(2), atol=1e-10)
    assert ((points[-1] - points[0]) @ found.T > 0).all()
    np.testing.assert_allclose(
        plane_directions.explained_variance(spread, found), values[[-1, -2]] / values.sum(), rtol=1e-10
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e90])
def test_shares_are_parts_of_the_variance(kind: Kind, scale: float) -> None:
    _, problem = quadratic()
    whole = path(3)
    plane = loss_plane.make_plane(problem, [Path(0, whole.steps, whole.points * scale)], whole.points[-1] * scale, kind)
    assert (plane.shares >= 0).all()
    assert 0 < plane.shares.sum() <= 1 + 1e-12
    flat = whole.points.copy()
    flat[:, 2] = 0.25
    if kind == "principal":  # a path that lies in a plane is held by it wholly
        plane = loss_plane.make_plane(problem, [Path(0, whole.steps, flat)], flat[-1], kind)
        assert plane.shares.sum() == pytest.approx(1, abs=1e-12)
        np.testing.assert_allclose(plane.centre + plane.coordinates[0] @ plane.directions, flat, atol=1e-10)


def test_each_filter_of_a_random_direction_is_as_long_as_the_net_s_own_and_biases_stay() -> None:
    problem = learning("digits", "convnet", "cross_entropy").problem
    assert isinstance(problem, LearningProblem)
    centre = RNG.normal(size=problem.dim)
    directions = plane_directions.random_directions(problem.layers, centre, seed=3)
    place = 0
    for layer in problem.layers:
        own, drawn = centre[place : place + layer.size], directions[:, place : place + layer.size]
        if layer.weight:
            filters = own.reshape(layer.shape[0], -1)
            for one in drawn.reshape(2, layer.shape[0], -1):
                np.testing.assert_allclose(np.linalg.norm(one, axis=1), np.linalg.norm(filters, axis=1), rtol=1e-12)
        else:
            assert not drawn.any()
        place += layer.size
    again = plane_directions.random_directions(problem.layers, centre, seed=3)
    assert again.tobytes() == directions.tobytes()
    assert not np.allclose(plane_directions.random_directions(problem.layers, centre, seed=3, draw=1), directions)
    assert abs(directions[0] @ directions[1]) < 0.1 * np.prod(np.linalg.norm(directions, axis=1))


def test_a_path_that_has_not_moved_and_one_along_a_line_still_have_a_plane() -> None:
    _, problem = quadratic()
    zero = Path(0, np.zeros(1, np.int32), np.zeros((1, 3)))
    plane = loss_plane.make_plane(problem, [zero], zero.points[0], "principal")
    assert np.linalg.matrix_rank(plane.directions) == 2
    assert plane.shares.tolist() == [0, 0]
    np.testing.assert_array_equal(plane.bounds, [(-1, 1), (-1, 1)])
    line = Path(0, np.arange(4, dtype=np.int32), np.outer(np.arange(4.0), [1.0, 2.0, 2.0]))
    plane = loss_plane.make_plane(problem, [line], line.points[-1], "principal")
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(plane.shares, [1, 0], atol=1e-12)
    (left, right), (low, high) = plane.bounds
    assert left < -9 < 0 < right  # the path is 9 long and ends in the centre
    assert 0 < high - low < right - left


def test_every_path_point_lies_within_the_bounds() -> None:
    _, problem = quadratic()
    for kind in KINDS:
        paths = [path(3), path(3, 5, run=1)]
        plane = loss_plane.make_plane(problem, paths, paths[1].points[-1], kind)
        for at in plane.coordinates:
            for axis, (low, high) in enumerate(plane.bounds):
                assert low < at[:, axis].min()
                assert at[:, axis].max() < high


def test_losses_in_slices_are_those_in_one_go() -> None:
    problem = learning("circle", CIRCLE_NET, "bce_logits").problem
    assert isinstance(problem, LearningProblem)
    run_path = path(problem.dim)
    plane = loss_plane.make_plane(problem, [run_path], run_path.points[-1], "principal", side=21)
    one = all_losses(problem, plane)
    assert plane.shape == (21, 21)
    assert all_losses(problem, plane, budget=0.0).tobytes() == one.tobytes()
    np.testing.assert_array_equal(loss_plane.plane_losses(problem, plane, 40, 60.0), one[40:])
    place = torch.from_numpy(run_path.points[3])
    network = problem.network().double()
    torch.nn.utils.vector_to_parameters(place, network.parameters())
    part = problem.splits(torch.float64)[0]
    with torch.no_grad():
        assert one[3] == pytest.approx(float(problem.criterion()(network(part.inputs), part.targets)), rel=1e-12)


def test_paths_end_before_they_leave_all_bounds() -> None:
    points = [np.zeros(3), np.full(3, 1e99), np.full(3, 1e101), np.full(3, np.nan)]
    kept = loss_plane.make_path(1, [0, 2, 4, 6], points)
    assert kept is not None
    assert kept.steps.tolist() == [0, 2]
    assert loss_plane.make_path(1, [0], [np.full(3, np.inf)]) is None


def test_a_costly_net_gets_a_coarser_grid_on_fewer_samples_by_arithmetic() -> None:
    small = learning("circle", CIRCLE_NET, "bce_logits").problem
    digits = learning("digits", {"id": "mlp", "params": {"hidden": [10]}}, "cross_entropy").problem
    images = learning("digits", {"id": "convnet", "params": {"channels": 32}}, "cross_entropy").problem
    assert all(isinstance(problem, LearningProblem) for problem in (small, digits, images))
    sides = [loss_plane.affordable(problem, 120, 41) for problem in (small, digits, images)]  # type: ignore[arg-type]
    assert sides[0] == (41, 200)
    assert sides[1] == (31, 1000)
    assert sides[2] == (11, 100)


def test_the_path_of_a_real_run_goes_down_on_its_plane() -> None:
    prepared = learning("circle", CIRCLE_NET, "bce_logits", dtype="float32")
    records = advance(prepared, None, 60)[0].runs[0]
    assert isinstance(prepared.problem, LearningProblem)
    steps = np.arange(0, 61, 5, dtype=np.int32)
    run_path = Path(0, steps, records.params[steps].astype(np.float64))
    plane = loss_plane.make_plane(prepared.problem, [run_path], run_path.points[-1], "principal", side=11)
    found = loss_plane.arrange_losses(plane, all_losses(prepared.problem, plane))
    np.testing.assert_allclose(found.loss[0], records.loss[steps], rtol=1e-4)  # full batch: the loss that was recorded
    assert plane.shares.sum() > 0.9
    assert found.on_plane[0][-1] == pytest.approx(found.loss[0][-1], rel=1e-12)  # the centre is on the plane
