"""The zones of the learning rate, against the roots of the recurrence with all else of a step held fixed."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import cut, experiment, joined, whole

from steepest.engine import Prepared, prepare
from steepest.optimizers import BUILT_IN, find_optimizer
from steepest.spec import parse_experiment

KNOWN = [kind.id for kind in BUILT_IN if kind.id not in {"rprop", "adafactor", "lbfgs", "muon", "newton"}]
VARIANTS: list[dict[str, Any]] = [
    *({"id": name} for name in KNOWN),
    {"id": "sgd", "momentum": 0.5},
    {"id": "sgd", "momentum": 0.9, "nesterov": True},
    {"id": "sgd", "momentum": 0.5, "dampening": 0.5},
    {"id": "sgd", "momentum": 0.3, "weight_decay": 1.0},
    {"id": "adam", "betas": [0.5, 0.9], "weight_decay": 0.3},
    {"id": "adamw", "betas": [0.5, 0.9], "weight_decay": 0.3},
    {"id": "nadam", "betas": [0.5, 0.9], "weight_decay": 0.3, "decoupled_weight_decay": True},
    {"id": "rmsprop", "momentum": 0.5, "centered": True},
    {"id": "rmsprop", "weight_decay": 1.0},
]


def rate_roots(variant: dict[str, Any], records: Any, step: int, hessian: np.ndarray, lr: float) -> np.ndarray:
    """The roots of z² - p z + r of the step from a record, at another rate, along every direction: (2, n)."""
    declared = find_optimizer(variant["id"])
    values = declared.complete({name: value for name, value in variant.items() if name != "id"} | {"lr": float(lr)})
    state = {name: array[step][None] for name, array in records.state.items()}
    law = declared.stability(values, state, np.array([step]), np.array([lr]))
    assert law is not None
    divisor = np.ones(len(hessian)) if law.divisor is None else law.divisor[0]
    # Not symmetric, but similar to the preconditioned Hessian.
    curvatures = np.linalg.eigvals((hessian + law.decay * np.eye(len(hessian))) / divisor[:, None]).real
    p, r = law.recurrence(law.rate[0] * curvatures[None])
    return np.array([np.roots([1.0, -a, b]) for a, b in zip(p[0], r[0], strict=True)])


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_just_below_each_zone_and_just_above_it(variant: dict[str, Any]) -> None:
    surface = {"id": "ravine", "params": {"kappa": 7.0}}
    records = whole(experiment(surface, [(variant | {"lr": 0.01}, (1.0, 2.0))], dtype="float64"), 12)[0]
    hessian = np.diag([1.0, 7.0])
    assert np.isnan(records.rate_zones[0]).all()
    adaptive = np.isnan(records.rate_zones[1]).all()  # before the first update it divides by nothing known
    assert adaptive == (variant["id"] not in {"sgd", "asgd", "radam"})
    for record in (2, 8, 12):
        swing, limit = records.rate_zones[record]
        assert 0 < swing < limit

        def roots(lr: float, step: int = record - 1) -> np.ndarray:
            return rate_roots(variant, records, step, hessian, lr)

        assert np.abs(roots(0.999 * limit)).max() < 1
        assert np.abs(roots(1.001 * limit)).max() > 1
        steady = roots(0.999 * swing)
        assert np.abs(steady.imag).max() == 0
        assert steady.real.min() >= 0
        swings = roots(1.001 * swing)
        assert np.abs(swings.imag).max() > 0 or swings.real.min() < 0


def test_plain_descent_swings_from_1_over_the_curvature_and_diverges_from_2() -> None:
    for lr in (0.05, 5.0, 0.0):  # whatever the rate is now
        records = whole(experiment("ravine", [({"id": "sgd", "lr": lr}, (1.0, 2.0))], dtype="float64"), 4)[0]
        np.testing.assert_allclose(records.rate_zones[1:], [[0.1, 0.2]] * 4, rtol=1e-12)


@pytest.mark.parametrize(
    ("optimizer", "surface"),
    [
        ({"id": "newton", "lr": 1.0}, "ravine"),
        ({"id": "lbfgs", "lr": 1.0}, "ravine"),
        ({"id": "sgd", "lr": 0.1, "maximize": True}, "ravine"),
        ({"id": "sgd", "lr": 0.1, "momentum": 1.0}, "ravine"),
        ({"id": "sgd", "lr": 0.1, "momentum": 1.5, "nesterov": True}, "ravine"),
        ({"id": "sgd", "lr": 0.1, "momentum": 0.5, "dampening": 1.0}, "ravine"),
        ({"id": "sgd", "lr": 0.0001}, {"id": "expression", "params": {"expression": "-x**2 - y**2"}}),
    ],
)
def test_no_zones_where_no_rule_is_known_or_nothing_curves_upwards(optimizer: dict[str, Any], surface: Any) -> None:
    records = whole(experiment(surface, [(optimizer, (1.0, 2.0))], dtype="float64"), 3)[0]
    assert np.isnan(records.rate_zones).all()


def with_schedule(optimizer: dict[str, Any], engine: str, schedule: dict[str, Any] | None) -> Prepared:
    run = {"optimizer": optimizer, "start": [1.0, 2.0], "schedule": schedule}
    problem = {"kind": "surface", "id": "ravine"}
    edits = [{"step": 7, "run": 0, "set": {"weight_decay": 0.5}}]
    document = {"version": 1, "engine": engine, "dtype": "float64", "problem": problem, "runs": [run], "edits": edits}
    return prepare(parse_experiment(document))


HALVED = {"id": "step", "step_size": 4, "gamma": 0.5}


def test_under_a_schedule_the_zones_are_of_the_rate_before_it() -> None:
    records = whole(with_schedule({"id": "sgd", "lr": 0.05}, "eager", HALVED), 14)[0]
    share = 0.5 ** (np.arange(14) // 4)  # of the update that led to each record from 1 on
    np.testing.assert_allclose(records.lr[1:], 0.05 * share)
    steepest = np.where(np.arange(14) < 7, 10.0, 10.5)
    np.testing.assert_allclose(records.rate_zones[1:, 0], 1 / steepest / share, rtol=1e-12)
    np.testing.assert_allclose(records.rate_zones[1:, 1], 2 / steepest / share, rtol=1e-12)


@pytest.mark.parametrize("schedule", [None, HALVED])
@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop"])
def test_both_engines_find_the_same_however_the_steps_are_cut(name: str, schedule: dict[str, Any] | None) -> None:
    eager, compiled = (with_schedule({"id": name, "lr": 0.03}, engine, schedule) for engine in ("eager", "compiled"))
    one = whole(eager, 30)[0].rate_zones
    np.testing.assert_allclose(whole(compiled, 30)[0].rate_zones, one, rtol=1e-6)
    chunks, _ = cut(eager, [1, 2, 7, 8, 9, 20, 30])
    assert joined(chunks, 0)["rate_zones"].tobytes() == one.tobytes()


def net(optimizer: dict[str, Any]) -> Prepared:
    """Its sharpness is measured now and then."""
    document = {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "moons"},
            "model": {"id": "mlp", "params": {"hidden": [4], "activation": "tanh"}},
            "loss": {"id": "cross_entropy"},
        },
        "runs": [{"optimizer": optimizer, "start": {"init": "default"}}],
        "edits": [{"step": 33, "run": 0, "set": {"lr": 0.2, "weight_decay": 0.5}}],
    }
    return prepare(parse_experiment(document))


def test_of_a_model_by_the_sharpness_measured_last() -> None:
    prepared = net({"id": "sgd", "lr": 0.1, "momentum": 0.5})
    records = whole(prepared, 60)[0]
    metrics = records.metrics
    assert metrics is not None
    known = np.isfinite(metrics.sharpness)
    assert metrics.steps[known].tolist() == [0, 50]
    for step in range(1, 61):
        sharpness = metrics.sharpness[known & (metrics.steps < step)][-1] + (0.5 if step > 33 else 0.0)
        expected = [(1 - np.sqrt(0.5)) ** 2 / sharpness, 3 / sharpness]
        np.testing.assert_allclose(records.rate_zones[step], expected, rtol=1e-12)
    chunks, _ = cut(prepared, [1, 5, 15, 34, 35, 60])
    assert joined(chunks, 0)["rate_zones"].tobytes() == records.rate_zones.tobytes()


def test_of_a_model_none_for_an_optimizer_that_divides_the_gradient() -> None:
    assert np.isnan(whole(net({"id": "adam", "lr": 0.1}), 20)[0].rate_zones).all()
