"""What every surface of the catalog keeps: declared points are what they say, and derivatives are right."""

import itertools
import math
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from steepest.problems import CriticalPoint, Surface, SurfaceProblem, surfaces
from steepest.problems.expression import compile_tree, parse
from steepest.spec import Invalid, Number, Text

ALL = tuple(surfaces().values())

# Every surface with its defaults, and those with params also away from them.
OTHER_PARAMS: dict[str, list[dict[str, object]]] = {
    "ravine": [{"kappa": 1.0}, {"kappa": 100.0}, {"kappa": 1000.0}],
    "rosenbrock": [{"a": -1.5, "b": 1.0}, {"a": 0.0, "b": 30.0}],
    "ackley": [{"a": 1.0, "b": 1.0, "c": 0.0}, {"c": 2.0}],
    "two_well": [{"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 6.0}, {"a": 5.0, "b": 5.0}, {"a": 0.3, "b": 0.2}, {"a": 50.0}],
    "expression": [{"expression": "x**4 - x*y + sin(y)"}, {"expression": "exp(-x**2) + x**2/9", "radius": 5.0}],
}
CASES = [(surface, params) for surface in ALL for params in ({}, *OTHER_PARAMS.get(surface.id, []))]


def name(value: object) -> str:
    if isinstance(value, Surface):
        return value.id
    if isinstance(value, Mapping):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "defaults"
    return str(value)


every_surface = pytest.mark.parametrize("surface", ALL, ids=name)
every_case = pytest.mark.parametrize(("surface", "params"), CASES, ids=name)


def tensor(*values: float) -> Tensor:
    """Float64, (n,)."""
    return torch.tensor(values, dtype=torch.float64)


def gradient(problem: SurfaceProblem, at: Tensor) -> Tensor:
    at = at.clone().requires_grad_()
    grad: Tensor = torch.autograd.grad(problem.loss_at(at).sum(), at)[0]
    return grad


def hessian(problem: SurfaceProblem, at: Tensor) -> Tensor:
    """Hessian by autograd, (n, n)."""
    at = at.clone().requires_grad_()
    (grad,) = torch.autograd.grad(problem.loss_at(at), at, create_graph=True)
    rows: list[Tensor] = [torch.autograd.grad(g, at, retain_graph=True)[0] for g in grad]
    return torch.stack(rows)


def in_view(problem: SurfaceProblem, count: int, seed: int = 0) -> Tensor:
    """Random points of the view, (count, n), float64."""
    low, high = tensor(*itertools.chain(*problem.scene.bounds)).reshape(-1, 2).T
    generator = torch.Generator().manual_seed(seed)
    shares = torch.rand(count, problem.dim, generator=generator, dtype=torch.float64)
    return torch.lerp(low, high, shares)


def points() -> list[tuple[Surface, dict[str, object], CriticalPoint]]:
    found = []
    for surface, params in CASES:
        found += [(surface, params, critical) for critical in surface.problem(params).scene.points]
    return found


# ---- declared points -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("surface", "params", "critical"), points(), ids=lambda v: name(v)[:60])
def test_a_declared_point_is_what_it_says(surface: Surface, params: dict[str, object], critical: CriticalPoint) -> None:
    problem = surface.problem(params)
    at = tensor(*critical.at)
    eigenvalues = torch.linalg.eigvalsh(hessian(problem, at))
    size = float(eigenvalues.abs().max())
    assert float(problem.loss_at(at)) == pytest.approx(critical.value, rel=1e-12, abs=1e-12 * max(1.0, size))
    # One Newton step from there is nothing but rounding: the point is right to all the digits a float64 has.
    assert gradient(problem, at).abs().max() <= 1e-12 * max(1.0, size)
    if not surface.smooth:
        return  # autograd's Hessian says nothing at a cusp; see test_ackley_*
    signs = [0 if abs(value) <= 1e-9 * max(1.0, size) else math.copysign(1, value) for value in eigenvalues.tolist()]
    kinds = {"minimum": {1.0}, "maximum": {-1.0}, "saddle": {-1.0, 1.0}}
    if critical.kind == "degenerate":
        assert 0 in signs
    else:
        assert set(signs) == kinds[critical.kind]


@pytest.mark.parametrize(
    ("surface", "params"), [case for case in CASES if case[0].bounded and case[0].id != "expression"], ids=name
)
def test_no_point_of_the_view_lies_below_the_declared_minima(surface: Surface, params: dict[str, object]) -> None:
    problem = surface.problem(params)
    minima = [point.value for point in problem.scene.points if point.kind == "minimum"]
    assert float(problem.loss_at(in_view(problem, 20_000)).min()) >= min(minima)


@every_case
def test_declared_points_are_different_points(surface: Surface, params: dict[str, object]) -> None:
    for first, second in itertools.combinations(surface.problem(params).scene.points, 2):
        assert math.dist(first.at, second.at) > 1e-3


@pytest.mark.parametrize(
    "surface", [s for s in ALL if s.smooth and s.make is None and s.id not in ("plateau", "rastrigin")], ids=name
)
def test_newton_finds_no_other_point_in_the_view(surface: Surface) -> None:
    # plateau has circles of them, rastrigin hundreds: their files say so.
    problem = surface.problem({})
    declared = torch.stack([tensor(*point.at) for point in problem.scene.points])
    at = in_view(problem, 400, seed=1).requires_grad_()
    for _ in range(60):
        (grad,) = torch.autograd.grad(problem.loss_at(at).sum(), at, create_graph=True)
        rows = [torch.autograd.grad(g.sum(), at, retain_graph=True, materialize_grads=True)[0] for g in grad.T]
        steps = torch.linalg.lstsq(torch.stack(rows, 1), grad[..., None]).solution[..., 0].detach()
        at = (at.detach() - steps).requires_grad_()
    low, high = tensor(*itertools.chain(*problem.scene.bounds)).reshape(-1, 2).T
    stationary = gradient(problem, at.detach()).norm(dim=1) < 1e-9
    inside = ((at >= low) & (at <= high)).all(1)
    found = at.detach()[stationary & inside]
    assert len(found) > 0
    distance = torch.cdist(found, declared).min(1).values
    # Where the Hessian is zero Newton only creeps up, so there the distance is larger.
    assert distance.max() < (1e-3 if any(p.kind == "degenerate" for p in problem.scene.points) else 1e-6)


# ---- derivatives -----------------------------------------------------------------------------------------------------


@every_case
def test_gradient_agrees_with_finite_differences(surface: Surface, params: dict[str, object]) -> None:
    problem = surface.problem(params)
    at = in_view(problem, 50)
    h = 1e-5
    grad = gradient(problem, at)
    for n in range(problem.dim):
        step = torch.zeros(problem.dim, dtype=torch.float64)
        step[n] = h
        values = [problem.loss_at(at + k * step) for k in (-2, -1, 1, 2)]
        slope = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
        # Rounding leaves eps |f| / h of a difference; the rest is the method's own h^4.
        torch.testing.assert_close(grad[:, n], slope, rtol=1e-8, atol=float(values[0].abs().max()) * 1e-10 + 1e-9)


@every_case
def test_hessian_agrees_with_finite_differences(surface: Surface, params: dict[str, object]) -> None:
    problem = surface.problem(params)
    h = 1e-5
    for at in in_view(problem, 10, seed=2):
        by_autograd = hessian(problem, at)
        torch.testing.assert_close(by_autograd, by_autograd.T, rtol=1e-9, atol=1e-9 * float(by_autograd.abs().max()))
        for n in range(problem.dim):
            step = torch.zeros(problem.dim, dtype=torch.float64)
            step[n] = h
            slope = (gradient(problem, at + step) - gradient(problem, at - step)) / (2 * h)
            scale = max(1.0, float(by_autograd.abs().max()))
            torch.testing.assert_close(by_autograd[n], slope, rtol=1e-6, atol=1e-6 * scale)


@every_case
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_a_batch_is_its_points(surface: Surface, params: dict[str, object], dtype: torch.dtype) -> None:
    problem = surface.problem(params)
    at = in_view(problem, 12).to(dtype).reshape(3, 4, problem.dim)
    values = problem.loss_at(at)
    assert values.shape == (3, 4)
    assert values.dtype == dtype
    single = torch.stack([torch.stack([problem.loss_at(point) for point in row]) for row in at])
    # Vector and scalar kernels of sin, exp and the like may differ in the last bit.
    torch.testing.assert_close(values, single, rtol=16 * torch.finfo(dtype).eps, atol=64 * torch.finfo(dtype).eps)


@every_case
def test_float32_agrees_with_float64(surface: Surface, params: dict[str, object]) -> None:
    problem = surface.problem(params)
    at = in_view(problem, 50)
    exact, short = problem.loss_at(at.float().double()), problem.loss_at(at.float())
    torch.testing.assert_close(short.double(), exact, rtol=1e-4, atol=1e-5 * max(1.0, float(exact.abs().max())))


@every_surface
def test_derivatives_are_finite_at_starts_and_declared_points(surface: Surface) -> None:
    problem = surface.problem({})
    for at in (*(start.at for start in surface.starts), *(point.at for point in problem.scene.points)):
        assert gradient(problem, tensor(*at)).isfinite().all()
        assert hessian(problem, tensor(*at)).isfinite().all()


# ---- plain descent ---------------------------------------------------------------------------------------------------


@every_surface
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_declared_rate_lowers_the_loss_from_the_first_start(surface: Surface, dtype: torch.dtype) -> None:
    problem = surface.problem({})
    at = torch.tensor(surface.starts[0].at, dtype=dtype)
    first = lowest = float(problem.loss_at(at))
    for _ in range(500):
        at = at - surface.lr * gradient(problem, at)
        lowest = float(problem.loss_at(at))
        assert math.isfinite(lowest)
        left = any(not low <= value <= high for value, (low, high) in zip(at.tolist(), surface.bounds, strict=True))
        if left:  # only where there is no bottom; what comes after is a fall without end
            assert not surface.bounded or surface.id == "expression"
            break
    assert lowest < first


# ---- the catalog's own words -----------------------------------------------------------------------------------------


def test_ids_are_unique_and_the_order_is_the_declared_one() -> None:
    ids = [surface.id for surface in ALL]
    assert len(set(ids)) == len(ids)
    assert ids[:5] == ["ravine", "bounded_saddle", "beale", "rosenbrock", "himmelblau"]
    assert ids[-1] == "expression"
    assert set(ids) >= {
        "sphere", "booth", "matyas", "three_hump_camel", "six_hump_camel", "goldstein_price", "styblinski_tang",
        "mccormick", "rastrigin", "ackley", "strict_saddle", "monkey_saddle", "saddle", "plateau", "two_well", "square",
        "gradient_of_two",
    }  # fmt: skip


@every_surface
def test_all_words_are_there_in_both_languages(surface: Surface) -> None:
    words = [surface.title, surface.about, *(start.title for start in surface.starts)]
    for param in surface.params:
        words += [param.title, param.help]
    for text in words:
        assert isinstance(text, Text)
        assert text.en.strip()
        assert text.zh.strip()
        assert text.en.isascii() or set(text.en) - set(map(chr, range(128))) <= set("–²πκ−")
    for text in (surface.about, *(start.title for start in surface.starts)):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert surface.formula.strip()
    assert surface.source.strip()
    assert surface.formula.count("{") == surface.formula.count("}")


@every_surface
def test_starts_and_minima_lie_in_the_view(surface: Surface) -> None:
    assert surface.starts
    assert surface.lr > 0
    scene = surface.problem({}).scene
    minima = [point.at for point in scene.points if point.kind == "minimum"]
    for at in (*(start.at for start in surface.starts), *minima):
        assert len(at) == scene.dim == surface.dim
        assert all(low <= value <= high for value, (low, high) in zip(at, surface.bounds, strict=True))


@every_surface
def test_a_param_that_is_wrong_is_named(surface: Surface) -> None:
    with pytest.raises(Invalid) as caught:
        surface.problem({"no_such_param": 1.0})
    assert caught.value.field == "no_such_param"
    for param in surface.params:
        wrongs: tuple[object, ...] = (math.nan, math.inf, -1e308, True, [1.0], {})
        for wrong in wrongs:
            with pytest.raises(Invalid) as caught:
                surface.problem({param.id: wrong})
            assert caught.value.field == param.id
        if isinstance(param, Number):
            assert param.default is not None
            assert param.minimum <= param.low <= param.default <= param.high <= param.maximum
            for end in (param.low, param.high):
                problem = surface.problem({param.id: end})
                assert problem.loss_at(in_view(problem, 100)).isfinite().all()


# ---- single surfaces -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("strict_saddle", "x**2 - y**2"),
        ("bounded_saddle", "x**2/2 - y**2/2 + y**4/4"),
        ("beale", "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2"),
        ("ravine", "(x**2 + 10*y**2)/2"),
        ("ackley", "-20*exp(-0.2*sqrt((x**2+y**2)/2)) - exp((cos(2*pi*x)+cos(2*pi*y))/2) + 20 + e"),
        ("plateau", "-sin(hypot(x, y))/hypot(x, y) + 0.01*hypot(x, y)**2"),
        ("three_hump_camel", "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2"),
        ("mccormick", "sin(x+y) + (x-y)**2 - 1.5*x + 2.5*y + 1"),
        ("two_well", "x**2+y**2 - 2*exp(-((x-1)**2+y**2)/0.2) - 3*exp(-((x+1)**2+y**2)/0.2)"),
    ],
)
def test_a_surface_is_the_same_typed_by_hand(identifier: str, text: str) -> None:
    problem = surfaces()[identifier].problem({})
    at = in_view(problem, 200)
    typed = compile_tree(parse(text))(*at.unbind(-1))
    torch.testing.assert_close(problem.loss_at(at), typed, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_ackley_at_its_cusp_is_zero_with_gradient_zero_and_no_nan(dtype: torch.dtype) -> None:
    problem = surfaces()["ackley"].problem({})
    at = torch.zeros(2, dtype=dtype)
    assert float(problem.loss_at(at)) == 0.0
    assert gradient(problem, at).tolist() == [0.0, 0.0]
    # A cusp indeed: the slope a hair away is a b / sqrt 2 in each coordinate, whatever the direction's sign.
    for sign in (1.0, -1.0):
        beside = torch.full((2,), sign * 1e-6, dtype=dtype)
        expected = torch.full((2,), sign * 20 * 0.2 / 2, dtype=dtype)
        torch.testing.assert_close(gradient(problem, beside), expected, rtol=1e-4, atol=1e-4)


def test_plateau_is_smooth_in_the_middle_and_where_its_two_formulas_meet() -> None:
    problem = surfaces()["plateau"].problem({})
    curvature = hessian(problem, tensor(0.0, 0.0))
    torch.testing.assert_close(curvature, torch.eye(2, dtype=torch.float64) * (1 / 3 + 0.02), rtol=1e-14, atol=1e-14)
    inside, outside = tensor(0.5 - 1e-12, 0.0), tensor(0.5 + 1e-12, 0.0)
    assert abs(float(problem.loss_at(inside) - problem.loss_at(outside))) < 1e-12
    torch.testing.assert_close(gradient(problem, inside), gradient(problem, outside), rtol=1e-11, atol=1e-11)
    torch.testing.assert_close(hessian(problem, inside), hessian(problem, outside), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("radius", "value"), [(5.037502976113623, 0.441876), (6.643492473768926, 0.388292)])
def test_plateau_has_rings_where_the_slope_is_zero(radius: float, value: float) -> None:
    problem = surfaces()["plateau"].problem({})
    for angle in (0.0, 1.0, 4.0):
        at = tensor(radius * math.cos(angle), radius * math.sin(angle))
        assert gradient(problem, at).abs().max() < 1e-12
        assert float(problem.loss_at(at)) == pytest.approx(value, abs=1e-6)
        assert torch.linalg.eigvalsh(hessian(problem, at)).abs().min() < 1e-12


UNBOUNDED = {
    "strict_saddle": (0.0, 1e6),
    "monkey_saddle": (-1e6, 0.0),
    "gradient_of_two": (-1e6, 1e6),
    "mccormick": (-1e8, -1e8 - 1),
}


@pytest.mark.parametrize("surface", [s for s in ALL if s.id != "expression"], ids=name)
def test_bounded_is_declared_correctly(surface: Surface) -> None:
    problem = surface.problem({})
    assert surface.bounded == (surface.id not in UNBOUNDED)
    if surface.bounded:
        lowest = min(point.value for point in problem.scene.points if point.kind == "minimum")
        far = in_view(problem, 5_000) * 1_000
        assert float(problem.loss_at(far).min()) >= lowest
    else:
        assert float(problem.loss_at(tensor(*UNBOUNDED[surface.id]))) < -1e7
