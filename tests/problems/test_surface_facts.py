"""Figures from the literature, as data: values, eigenvalues and the largest stable learning rate 2 / lambda_max."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import rosen, rosen_der, rosen_hess

from steepest.problems import SurfaceProblem, surfaces


def hessian(problem: SurfaceProblem, at: tuple[float, ...]) -> torch.Tensor:
    point = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(problem.loss_at(point), point, create_graph=True)
    return torch.stack([torch.autograd.grad(g, point, retain_graph=True)[0] for g in grad])


# surface, params, where, eigenvalues (ascending) to the digits given
EIGENVALUES = [
    ("sphere", {}, (0.0, 0.0), ("2.00", "2.00")),
    ("ravine", {"kappa": 10.0}, (0.0, 0.0), ("1.00", "10.00")),
    ("ravine", {"kappa": 100.0}, (0.0, 0.0), ("1.00", "100.00")),
    ("booth", {}, (1.0, 3.0), ("2.00", "18.00")),
    ("matyas", {}, (0.0, 0.0), ("0.04", "1.00")),
    ("beale", {}, (0.0, 1.0), ("-27.75", "27.75")),
    ("six_hump_camel", {}, (0.0, 0.0), ("-8.06", "8.06")),
    ("strict_saddle", {}, (0.0, 0.0), ("-2.00", "2.00")),
    ("bounded_saddle", {}, (0.0, 0.0), ("-1.00", "1.00")),
    ("monkey_saddle", {}, (0.0, 0.0), ("0.00", "0.00")),
    ("saddle", {}, (math.pi / 2, 0.0), ("-1.00", "2.00")),
]


@pytest.mark.parametrize(("surface", "params", "at", "expected"), EIGENVALUES)
def test_eigenvalues(surface: str, params: dict[str, object], at: tuple[float, ...], expected: tuple[str, str]) -> None:
    values = torch.linalg.eigvalsh(hessian(surfaces()[surface].problem(params), at)).tolist()
    assert tuple(f"{value + 0.0:.2f}" for value in values) == expected  # + 0.0: no -0.00


# surface, params, where, 2 / lambda_max to three significant digits
LIMITS = [
    ("sphere", {}, (0.0, 0.0), "1"),
    ("ravine", {"kappa": 10.0}, (0.0, 0.0), "0.2"),
    ("ravine", {"kappa": 100.0}, (0.0, 0.0), "0.02"),
    ("booth", {}, (1.0, 3.0), "0.111"),
    ("matyas", {}, (0.0, 0.0), "2"),
    ("rosenbrock", {}, (1.0, 1.0), "0.002"),
    ("rosenbrock", {}, (-1.2, 1.0), "0.00133"),
    ("beale", {}, (3.0, 0.5), "0.0408"),
    ("himmelblau", {}, (3.0, 2.0), "0.0243"),
    ("himmelblau", {}, (-2.805118086952745, 3.131312518250573), "0.0248"),
    ("himmelblau", {}, (-3.779310253377747, -3.283185991286169), "0.0149"),
    ("himmelblau", {}, (3.584428340330492, -1.8481265269644036), "0.019"),
    ("three_hump_camel", {}, (0.0, 0.0), "0.453"),
    ("three_hump_camel", {}, (1.747552345830289, -0.8737761729151445), "0.163"),
    ("six_hump_camel", {}, (0.08984201310031806, -0.7126564030207396), "0.121"),
    ("goldstein_price", {}, (0.0, -1.0), "0.00207"),
    ("styblinski_tang", {}, (-2.903534027771177, -2.903534027771177), "0.0578"),
    ("mccormick", {}, (0.5 - math.pi / 3, -0.5 - math.pi / 3), "0.5"),
    ("rastrigin", {}, (0.0, 0.0), "0.00504"),
    ("bounded_saddle", {}, (0.0, 1.0), "1"),
    ("saddle", {}, (-math.pi / 2, 0.0), "1"),
    ("square", {}, (2.0,), "1"),
]


@pytest.mark.parametrize(("surface", "params", "at", "expected"), LIMITS)
def test_the_largest_stable_rate(surface: str, params: dict[str, object], at: tuple[float, ...], expected: str) -> None:
    largest = float(torch.linalg.eigvalsh(hessian(surfaces()[surface].problem(params), at))[-1])
    assert f"{2 / largest:.3g}" == expected


@pytest.mark.parametrize(("surface", "lr"), [("booth", 1 / 9), ("ravine", 0.2), ("matyas", 2.0), ("sphere", 1.0)])
def test_descent_on_a_quadratic_is_stable_below_the_limit_and_not_above(surface: str, lr: float) -> None:
    problem = surfaces()[surface].problem({})
    for factor, stable in ((0.99, True), (1.01, False)):
        at = torch.tensor(surfaces()[surface].starts[0].at, dtype=torch.float64)
        first = float(problem.loss_at(at))
        for _ in range(3000):
            at.requires_grad_()
            (grad,) = torch.autograd.grad(problem.loss_at(at), at)
            at = at.detach() - factor * lr * grad
        assert (float(problem.loss_at(at)) < 1e-20) == stable
        assert (float(problem.loss_at(at)) > 1e10 * first) == (not stable)


# surface, where, value to the digits printed in the literature
VALUES = [
    ("beale", (0.0, 1.0), "14.20"),
    ("beale", (0.1005, -2.6445), "9.86"),
    ("himmelblau", (-0.2708, -0.9230), "181.6"),
    ("three_hump_camel", (1.7476, -0.8738), "0.2986"),
    ("three_hump_camel", (1.0705, -0.5353), "0.8774"),
    ("six_hump_camel", (0.0898, -0.7127), "-1.0316"),
    ("goldstein_price", (0.0, -1.0), "3.0000"),
    ("goldstein_price", (-0.6, -0.4), "30.0000"),
    ("goldstein_price", (1.8, 0.2), "84.0000"),
    ("goldstein_price", (1.2, 0.8), "840.0000"),
    ("goldstein_price", (0.8, 0.2), "1155.0000"),
    ("styblinski_tang", (-2.903534, -2.903534), "-78.3323"),
    ("mccormick", (-0.5472, -1.5472), "-1.9132"),
    ("bounded_saddle", (0.0, -1.0), "-0.25"),
]


@pytest.mark.parametrize(("surface", "at", "expected"), VALUES)
def test_values(surface: str, at: tuple[float, ...], expected: str) -> None:
    digits = len(expected.partition(".")[2])
    value = float(surfaces()[surface].problem({}).loss_at(torch.tensor(at, dtype=torch.float64)))
    assert f"{value:.{digits}f}" == expected


def test_how_many_points_of_each_kind() -> None:
    expected = {
        "beale": (1, 2, 0),
        "himmelblau": (4, 4, 1),
        "three_hump_camel": (3, 2, 0),
        "six_hump_camel": (6, 7, 2),
        "goldstein_price": (4, 4, 1),
        "styblinski_tang": (4, 4, 1),
        "two_well": (2, 1, 0),
        "bounded_saddle": (2, 1, 0),
        "rosenbrock": (1, 0, 0),
    }
    for surface, counts in expected.items():
        kinds = [point.kind for point in surfaces()[surface].problem({}).scene.points]
        assert tuple(kinds.count(kind) for kind in ("minimum", "saddle", "maximum")) == counts, surface


def test_a_strict_saddle_is_left_after_the_predicted_number_of_steps() -> None:
    problem = surfaces()["strict_saddle"].problem({})
    lr, at, steps = 0.1, torch.tensor([1.8, 1e-3], dtype=torch.float64), 0
    while abs(float(at[1])) < 1:
        at.requires_grad_()
        (grad,) = torch.autograd.grad(problem.loss_at(at), at)
        at = at.detach() - lr * grad
        steps += 1
    assert steps == math.ceil(math.log(1000) / math.log(1 + 2 * lr))


def test_rosenbrock_agrees_with_scipy() -> None:
    problem = surfaces()["rosenbrock"].problem({})
    for at in np.random.default_rng(0).uniform(-2, 3, (200, 2)):
        point = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        value = problem.loss_at(point)
        (grad,) = torch.autograd.grad(value, point)
        np.testing.assert_allclose(value.item(), rosen(at), rtol=1e-12)
        np.testing.assert_allclose(grad.numpy(), rosen_der(at), rtol=1e-10, atol=1e-9)
        np.testing.assert_allclose(hessian(problem, tuple(at)).numpy(), rosen_hess(at), rtol=1e-10, atol=1e-9)


# ---- the worked examples of the lecture notes, to every digit printed there ------------------------------------------

SQUARE_BY_HAND = """
 0  5.000  9.000  6.000
 1  3.500  2.250  3.000
 2  2.750  0.562  1.500
 3  2.375  0.141  0.750
 4  2.188  0.035  0.375
 5  2.094  0.009  0.188
 6  2.047  0.002  0.094
 7  2.023  0.001  0.047
 8  2.012  0.000  0.023
 9  2.006  0.000  0.012
10  2.003  0.000  0.006
11  2.001  0.000  0.003
12  2.001  0.000  0.001
13  2.000  0.000  0.001
14  2.000  0.000  0.000
"""


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_notes_table_of_the_square(dtype: torch.dtype) -> None:
    surface = surfaces()["square"]
    problem = surface.problem({})
    assert surface.starts[0].at == (5.0,)
    assert surface.lr == 0.25
    at = torch.tensor(surface.starts[0].at, dtype=dtype)
    rows = []
    for step in range(15):
        at.requires_grad_()
        value = problem.loss_at(at)
        (grad,) = torch.autograd.grad(value, at)
        rows.append(f"{step:2d}  {at.item():.3f}  {value.item():.3f}  {grad.item():.3f}")
        at = at.detach() - surface.lr * grad
    assert rows == SQUARE_BY_HAND.strip("\n").splitlines()


def test_the_notes_gradient_of_two() -> None:
    surface = surfaces()["gradient_of_two"]
    at = torch.tensor(surface.starts[0].at, dtype=torch.float64, requires_grad=True)
    assert at.tolist() == [math.pi, 1.0]
    (grad,) = torch.autograd.grad(surface.problem({}).loss_at(at), at)
    assert [f"{value:.4f}" for value in grad] == ["2.0000", "5.2832"]
