"""The formulas shown are what the classes compute: 20 steps of each agree with a NumPy version to 1e-10."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.optimizers.formulas import FORMULAS
from tests.optimizers.helpers import LINEAR, MATRIX, START, loop

from steepest.optimizers import BUILT_IN

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.3}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.4, "weight_decay": 0.1}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("adam", {"lr": 0.1}),
    ("adam", {"lr": 0.1, "amsgrad": True, "betas": [0.5, 0.6]}),
    ("adam", {"lr": 0.1, "weight_decay": 0.3, "maximize": True, "eps": 0.1}),
    ("adam", {"lr": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("adamw", {"lr": 0.1, "weight_decay": 0.3}),
    ("adamw", {"lr": 0.1, "amsgrad": True, "betas": [0.5, 0.6]}),
    ("adamax", {"lr": 0.1}),
    ("adamax", {"lr": 0.1, "betas": [0.5, 0.6], "eps": 0.1, "weight_decay": 0.3}),
    ("nadam", {"lr": 0.1}),
    ("nadam", {"lr": 0.1, "momentum_decay": 1.0, "weight_decay": 0.3, "eps": 0.1}),
    ("nadam", {"lr": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("radam", {"lr": 0.1}),
    ("radam", {"lr": 0.1, "betas": [0.5, 0.9], "weight_decay": 0.3, "eps": 0.1}),
    ("radam", {"lr": 0.1, "weight_decay": 0.3, "decoupled_weight_decay": True}),
    ("adagrad", {"lr": 0.5}),
    ("adagrad", {"lr": 0.5, "lr_decay": 0.1, "initial_accumulator_value": 2.0, "weight_decay": 0.3, "eps": 0.1}),
    ("adadelta", {}),
    ("adadelta", {"lr": 10.0, "rho": 0.5, "eps": 0.1, "weight_decay": 0.3, "maximize": True}),
    ("rmsprop", {}),
    ("rmsprop", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.3, "eps": 0.1}),
    ("rmsprop", {"lr": 0.1, "centered": True, "alpha": 0.5}),
    ("rmsprop", {"lr": 0.1, "centered": True, "momentum": 0.9, "maximize": True}),
    ("asgd", {"lr": 0.1}),
    ("asgd", {"lr": 0.1, "lambd": 0.5, "alpha": 2.0, "t0": 3.0, "weight_decay": 0.3}),
    ("rprop", {}),
    ("rprop", {"lr": 1.0, "etas": [0.3, 2.0], "step_sizes": [0.05, 0.8]}),
    ("adafactor", {}),
    ("adafactor", {"lr": 0.3, "beta2_decay": -0.3, "eps": [0.5, 2.0], "d": 1.5, "weight_decay": 0.3}),
    ("newton", {}),
    ("newton", {"lr": 0.3, "damping": 2.0}),
]


def test_every_rule_for_vectors_but_lbfgs_is_here():
    declared = {optimizer.id for optimizer in BUILT_IN if not optimizer.matrices_only}
    assert {name for name, _ in VARIANTS} == set(FORMULAS) == declared - {"lbfgs"}


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("name", "hyper"), VARIANTS)
def test_twenty_steps_agree(name, hyper):
    real, values = loop(name, hyper)
    formula = FORMULAS[name](values)
    theta, a, b = np.array(START), np.array(MATRIX), np.array(LINEAR)
    for _ in range(20):
        real.step()
        theta = formula(theta, a @ theta - b, a)
        assert_allclose(real.position(), theta, rtol=1e-10, atol=1e-10)
    assert not np.allclose(theta, START)


@pytest.mark.usefixtures("float64")
def test_the_average_of_asgd():
    real, _ = loop("asgd", {"lr": 0.1, "t0": 3.0})
    positions = []
    for _ in range(10):
        real.step()
        positions.append(real.position())
    # Up to step t0 + 2 each weight is 1, so it is the point itself; from there on the plain mean of the points.
    assert_allclose(real.optimizer.state[real.p]["ax"].tolist(), np.mean(positions[4:], axis=0), rtol=1e-12)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("history", [100, 2])
def test_lbfgs_agrees_with_its_recursion_written_out(history):
    hyper = {"lr": 0.3, "max_iter": 3, "max_eval": 50, "history_size": history}
    real, _ = loop("lbfgs", hyper)
    theta, a, b = np.array(START), np.array(MATRIX), np.array(LINEAR)
    pairs: list[tuple[Any, Any]] = []
    gradient, moved = None, None
    for _ in range(4):
        real.step()
        for _ in range(3):
            g = a @ theta - b
            if gradient is not None:
                pairs = [*pairs, (moved, g - gradient)][-history:]
            length = min(1, 1 / np.abs(g).sum()) * 0.3 if gradient is None else 0.3
            moved = length * -_inverse_hessian(pairs) @ g
            theta, gradient = theta + moved, g
        assert_allclose(real.position(), theta, rtol=1e-9)
    assert np.abs(a @ theta - b).max() > 1e-4  # no rule for stopping was in play


def _inverse_hessian(pairs):
    if not pairs:
        return np.eye(2)
    s, y = pairs[-1]
    h = s @ y / (y @ y) * np.eye(2)
    for s, y in pairs:
        v = np.eye(2) - np.outer(y, s) / (y @ s)
        h = v.T @ h @ v + np.outer(s, s) / (y @ s)
    return h


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("adjust", [None, "original", "match_rms_adamw"])
def test_muon_agrees_up_to_bfloat16(nesterov, adjust):
    hyper = {"lr": 0.1, "momentum": 0.8, "nesterov": nesterov, "adjust_lr_fn": adjust}
    real, values = loop("muon", hyper)
    theta = real.p.detach().numpy().copy()
    weights = np.arange(1.0, 7.0).reshape(3, 2)
    buffer = np.zeros_like(theta)
    for _ in range(10):
        real.step()
        g = weights * theta - 1
        buffer = 0.8 * buffer + 0.2 * g
        x = 0.8 * buffer + 0.2 * g if nesterov else buffer
        x = x / np.linalg.norm(x)
        first, second, third = values["ns_coefficients"]
        for _ in range(5):
            gram = x @ x.T
            x = first * x + (second * gram + third * gram @ gram) @ x
        scale = 0.2 * np.sqrt(3) if adjust == "match_rms_adamw" else np.sqrt(1.5)
        theta = theta * (1 - 0.1 * 0.1) - 0.1 * scale * x
    assert_allclose(real.position(), theta.reshape(-1), atol=0.02)
    assert np.abs(theta - [[1.0, -2.0], [0.5, 1.5], [-1.0, 0.3]]).max() > 0.3


@pytest.mark.usefixtures("float64")
def test_adafactor_of_a_matrix():
    real, _ = loop("muon", {})  # for its matrix
    torch_class = next(o for o in BUILT_IN if o.id == "adafactor").torch_class
    real.optimizer = torch_class([real.p], lr=0.1)
    theta = real.p.detach().numpy().copy()
    weights = np.arange(1.0, 7.0).reshape(3, 2)
    rows, columns = np.zeros((3, 1)), np.zeros((1, 2))
    for t in range(1, 11):
        real.step()
        g = weights * theta - 1
        alpha = max(1e-3, np.sqrt(np.mean(theta**2))) * min(0.1, t**-0.5)
        new = t**-0.8
        rows = (1 - new) * rows + new * (g**2).mean(axis=1, keepdims=True)
        columns = (1 - new) * columns + new * (g**2).mean(axis=0, keepdims=True)
        u = g / np.sqrt(rows * columns / rows.mean())
        theta = theta - alpha * u / max(1, np.sqrt(np.mean(u**2)))
        assert_allclose(real.position(), theta.reshape(-1), rtol=1e-10)
