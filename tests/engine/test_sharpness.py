"""Sharpness against closed forms, exact Hessians and NumPy's eigenvalues."""

import math

import numpy as np
import pytest
import torch
from tests.engine.on_data import learning, only
from tests.problems.learning_cases import chosen

from steepest.engine import advance
from steepest.engine.model_analysis.sharpness import (
    MAX_EXACT,
    MAX_PARAMS,
    MAX_PRODUCTS,
    MAX_WORK,
    largest_eigenvalue,
    sharpness,
)
from steepest.problems.learning.problem import LearningProblem

SGD = {"optimizer": {"id": "sgd", "lr": 0.01}}


def linear(features: int, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs (40, features) and the Hessian's largest eigenvalue of the mean squared error of a linear model."""
    inputs = torch.randn(40, features, generator=torch.Generator().manual_seed(1), dtype=dtype)
    inputs *= torch.linspace(1, 3, features, dtype=dtype)
    return inputs, torch.linalg.eigvalsh(2 * inputs.T @ inputs / 40)[-1]


@pytest.mark.parametrize("features", [3, MAX_EXACT, MAX_EXACT + 1, 200])
def test_of_a_linear_model_it_is_that_of_two_x_x_over_n(features: int) -> None:
    inputs, expected = linear(features)
    weights = torch.zeros(features, dtype=torch.float64, requires_grad=True)
    loss = (inputs @ weights - 1).square().mean()
    assert sharpness(loss, [weights]) == pytest.approx(float(expected), rel=1e-12 if features <= MAX_EXACT else 1e-3)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "gelu"])
@pytest.mark.parametrize("hidden", [[4], [12, 8]], ids=["exact", "lanczos"])
def test_of_a_net_it_is_that_of_the_exact_hessian(activation: str, hidden: list[int]) -> None:
    model = chosen("mlp", {"hidden": hidden, "activation": activation})
    prepared = learning([SGD], dtype="float64", model=model, penalty={"l2": 0.01})
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    chunk, checkpoint = advance(prepared, None, 50)
    measures = only(chunk).metrics
    assert measures is not None
    there = ~np.isnan(measures.sharpness)
    assert measures.steps[there].tolist() == [0, 50]
    at = torch.tensor(checkpoint.runs[0].params)
    hessian = torch.autograd.functional.hessian(problem.loss_at, at)
    assert measures.sharpness[-1] == pytest.approx(float(torch.linalg.eigvalsh(hessian)[-1]), rel=1e-3)


def test_it_is_the_largest_not_the_one_of_the_greatest_size() -> None:
    at = torch.zeros(100, dtype=torch.float64, requires_grad=True)
    scale = torch.cat([torch.tensor([-50.0]), torch.linspace(0, 3, 99)]).double()
    assert sharpness((scale * at.square()).sum() / 2, [at]) == pytest.approx(3, rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_products_alone_find_numpys_largest_eigenvalue(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(300, 300, generator=generator, dtype=torch.float64)
    matrix = matrix @ matrix.T / 300
    asked = []

    def product(vector: torch.Tensor) -> torch.Tensor:
        asked.append(vector)
        return matrix @ vector

    first = torch.randn(300, generator=generator, dtype=torch.float64)
    assert largest_eigenvalue(product, first) == pytest.approx(np.linalg.eigvalsh(matrix.numpy())[-1], rel=1e-2)
    assert len(asked) <= MAX_PRODUCTS


def test_where_the_slope_is_the_same_everywhere_it_is_zero() -> None:
    at = torch.ones(70, requires_grad=True)
    assert sharpness(at.sum(), [at]) == 0
    assert sharpness(at.square().sum() * 0, [at]) == 0


@pytest.mark.parametrize("n", [3, 100])
def test_what_is_not_finite_is_nan(n: int) -> None:
    at = torch.full((n,), 1e30, requires_grad=True)
    assert math.isnan(sharpness(at.square().square().sum(), [at]))


@pytest.mark.parametrize(
    "changes",
    [
        {"batch": {"size": 10}},
        {"model": chosen("mlp", {"hidden": [4], "dropout": 0.5})},
        {"on": "thermometer"},
        {"on": "digits", "model": chosen("mlp", {"hidden": [64, 64, 64, 64, 64, 64]}), "dataset": chosen("digits")},
    ],
    ids=["batches", "dropout", "two parameters", "too many parameters"],
)
def test_it_is_not_measured_of(changes: dict[str, object]) -> None:
    prepared = learning([SGD], **changes)  # type: ignore[arg-type]  # one of them names the data
    measures = only(advance(prepared, None, 1)[0]).metrics
    assert measures is not None
    assert np.isnan(measures.sharpness).all()
    if changes.get("on") == "digits":
        assert prepared.problem.dim > MAX_PARAMS


@pytest.mark.parametrize(("hidden", "measured"), [([32], True), ([64, 64, 64], False)])
def test_it_is_measured_as_long_as_one_measurement_is_short(hidden: list[int], measured: bool) -> None:
    prepared = learning([SGD], on="digits", dataset=chosen("digits"), model=chosen("mlp", {"hidden": hidden}))
    problem = prepared.problem
    assert isinstance(problem, LearningProblem)
    assert problem.dim < MAX_PARAMS
    assert (problem.forward_operations * problem.batch_samples <= MAX_WORK) == measured
    measures = only(advance(prepared, None, 0)[0]).metrics
    assert measures is not None
    assert np.isfinite(measures.sharpness).all() == measured


def test_the_global_generator_is_left_alone() -> None:
    prepared = learning([SGD], model=chosen("mlp", {"hidden": [20, 10]}))
    advance(prepared, None, 0)
    before = torch.get_rng_state()
    advance(prepared, None, 1)
    assert torch.equal(before, torch.get_rng_state())
