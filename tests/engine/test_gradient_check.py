"""The gradient check: three ways to one gradient, and an error that falls with the square of delta until rounding."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import experiment
from tests.engine.learning import CIRCLE_NET, learning

from steepest.engine import Prepared, advance
from steepest.engine.model_analysis.gradient_check import DELTAS, GradientCheck, check_gradient, probe_losses, probes
from steepest.engine.model_analysis.loss_plane import Float

NOTES = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())
SOFT = {"id": "mlp", "params": {"hidden": [3], "activation": "tanh", "dropout": 0.5}}


def check(
    prepared: Prepared, params: Any = None, step: int = 0, delta: float = 0.1, budget: float = 60.0
) -> GradientCheck:
    at = prepared.start(prepared.plans[0]).numpy() if params is None else np.asarray(params)
    asked = probes(prepared, delta)
    values: Float = np.empty(0)
    while len(values) < len(asked):
        values = np.append(values, probe_losses(prepared, at, step, asked[len(values) :], budget))
    return check_gradient(prepared, at, step, delta, values)


SMOOTH = {
    "net": learning("circle", CIRCLE_NET, "bce_logits", dtype="float32", batch={"size": 10}),
    "dropout": learning("moons", SOFT, "bce_logits", penalty={"l2": 0.1}),
    "surface": experiment("beale", [({"id": "sgd"}, [1.0, 1.0])]),
    "surface of one": experiment({"id": "expression", "params": {"expression": "sin(x)"}}, [({"id": "sgd"}, [1.0])]),
}


@pytest.mark.parametrize("prepared", SMOOTH.values(), ids=SMOOTH)
def test_the_error_falls_with_the_square_of_delta_until_rounding(prepared: Prepared) -> None:
    errors = check(prepared).errors
    assert errors.shape == (2, len(DELTAS))
    double = errors[1]
    for coarse, fine in zip(range(4), range(2, 6), strict=True):  # two places on are a tenth of delta
        assert double[coarse] / double[fine] == pytest.approx(100, rel=0.1)
    best = int(double.argmin())
    assert 1e-7 < DELTAS[best] < 1e-4  # about the cube root of the rounding, 6e-6
    assert double[best] < 1e-8
    assert double[-1] > 1000 * double[best]  # rounding divided by delta
    single = errors[0]
    assert DELTAS[int(single.argmin())] > 1e-4
    assert single.min() > 1e-7
    assert single[0] == pytest.approx(double[0], rel=0.01)


@pytest.mark.parametrize("prepared", SMOOTH.values(), ids=SMOOTH)
def test_central_differences_agree_with_autograd(prepared: Prepared) -> None:
    found = check(prepared, delta=1e-5)
    np.testing.assert_allclose(found.central, found.exact, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found.autograd, found.exact, rtol=2e-5, atol=1e-6)
    assert found.analytic is None


def test_the_thermometer_of_the_notes() -> None:
    prepared = learning("thermometer", "linear", "mse", start=[1.0, 0.0], dtype="float32")
    found = check(prepared)
    printed = NOTES["thermometer"]["rows"][0]["gradient"]
    assert found.analytic is not None
    assert [float(f"{slope:.4f}") for slope in found.autograd] == printed  # as the notes print it, in float32
    for ours in (found.exact, found.central, found.analytic):
        np.testing.assert_allclose(ours, printed, rtol=2e-7)
    assert found.names == ("w", "b")
    np.testing.assert_allclose(found.central, found.analytic, rtol=1e-9)  # of a quadratic no delta is too large


@pytest.mark.parametrize(
    "prepared",
    [
        learning("thermometer", "linear", {"id": "mse", "params": {"reduction": "sum"}}),
        learning("regression_plane", "linear", "mse", penalty={"l1": 0.3, "l2": 0.2}),
        learning("regression_plane", {"id": "linear", "params": {"bias": False}}, "mse"),
        learning("regression_plane", "linear", "mse", batch={"size": 7}),
    ],
)
def test_the_closed_form_is_the_gradient_wherever_it_is_known(prepared: Prepared) -> None:
    found = check(prepared, step=5)
    assert found.analytic is not None
    np.testing.assert_allclose(found.analytic, found.exact, rtol=1e-11, atol=1e-12)


def test_it_is_the_gradient_that_the_run_recorded() -> None:
    for prepared in SMOOTH.values():
        records = advance(prepared, None, 4)[0].runs[0]
        found = check(prepared, records.params[3], step=3)
        np.testing.assert_array_equal(found.autograd, records.grad[3])
        np.testing.assert_array_equal(found.value, records.params[3])


def test_of_a_large_model_some_parameters_are_chosen_and_named() -> None:
    found = check(learning("digits", {"id": "mlp", "params": {"hidden": [4]}}, "cross_entropy", dtype="float32"))
    assert 8 <= len(found.indices) <= 64
    assert found.names[0] == "1.weight[0,0]"
    assert found.names[-1] == "3.bias[9]"
    assert len(set(found.names)) == len(found.names)
    middle = learning("circle", {"id": "mlp", "params": {"hidden": [32]}}, "bce_logits")
    assert len(check(middle).indices) == 64


def test_slices_change_nothing() -> None:
    one, other = check(SMOOTH["net"]), check(SMOOTH["net"], budget=0.0)
    assert one.central.tobytes() == other.central.tobytes()
    assert one.errors.tobytes() == other.errors.tobytes()
