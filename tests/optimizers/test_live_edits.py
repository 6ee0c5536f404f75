"""Every hyperparameter turned while running: it acts on the very next step, and as the formula says."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from tests.optimizers.formulas import FORMULAS
from tests.optimizers.helpers import ALL_ON, LINEAR, MATRIX, ON_SURFACES, START, Loop, loop

from steepest.optimizers import BUILT_IN, Optimizer, find_optimizer
from steepest.spec import Boolean, Choice, Integer, Invalid
from steepest.spec.param import AnyParam

OTHER_VALUES: dict[str, list[Any]] = {
    "betas": [[0.5, 0.9]],
    "etas": [[0.3, 2.0]],
    "step_sizes": [[0.005, 0.03]],
    "ns_coefficients": [[3.0, -4.0, 2.0]],
    "beta2_decay": [-0.3],
    "d": [3.0],
    "alpha": [0.5],  # at 0 a centred variance is nothing but rounding
    "t0": [6.0, 0.0],
    "history_size": [1, 2, 3, 50],
    "max_iter": [1, 3],
    "max_eval": [1, 3, 12],
}


def other_values(name: str, param: AnyParam, value: Any) -> list[Any]:
    """Values to turn a hyperparameter to, from the one it has."""
    if isinstance(param, Boolean):
        return [not value]
    if isinstance(param, Choice):
        return [choice for choice in (None, *param.options) if choice != value]
    if param.id == "eps" and name == "adafactor":
        return [[0.1, 3.0], [None, 3.0]]
    if param.id in OTHER_VALUES:
        return OTHER_VALUES[param.id]
    assert not isinstance(param, Integer) or param.id == "ns_steps"
    return [7] if isinstance(param, Integer) else [value / 2, 0.0] if value else [0.3]


def edits(names: Iterable[str]) -> list[Any]:
    """(optimizer, hyperparameters, an edit): for each hyperparameter, from the defaults and from all turned on."""
    found = []
    for name in names:
        optimizer = find_optimizer(name)
        for base in ({}, ALL_ON[name]) if name in ALL_ON else ({},):
            values = optimizer.complete({"lr": optimizer.known_lr, **base})
            for param in optimizer.params:
                for value in other_values(name, param, values[param.id]):
                    if name in ("sgd", "lbfgs") and refused(optimizer, values, {param.id: value}):
                        continue  # jointly: see test_refusals
                    found.append(pytest.param(name, values, {param.id: value}, id=f"{name}-{base}-{param.id}-{value}"))
    return found


def refused(optimizer: Optimizer, values: dict[str, Any], change: dict[str, Any]) -> bool:
    try:
        optimizer.checked_change(values, change)
    except Invalid:
        return True
    return False


def turn(real: Loop, values: dict[str, Any], change: dict[str, Any]) -> None:
    values.update(real.declared.checked_change(values, change))
    real.declared.change(real.optimizer, values)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("name", "hyper", "change"), edits(FORMULAS))
def test_turned_and_turned_back_it_follows_the_formula(name, hyper, change):
    """Five steps, the edit, five more, the edit undone, five more."""
    real, values = loop(name, hyper)
    formula = FORMULAS[name](values)
    theta, a, b = np.array(START), np.array(MATRIX), np.array(LINEAR)
    for edit in ({}, change, {key: hyper[key] for key in change}):
        turn(real, values, edit)
        for _ in range(5):
            real.step()
            theta = formula(theta, a @ theta - b, a)
            assert_allclose(real.position(), theta, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(("name", "hyper", "change"), edits([optimizer.id for optimizer in BUILT_IN]))
def test_turned_before_the_first_step_it_is_as_if_built_so(name, hyper, change):
    real, values = loop(name, hyper, dtype=torch.float32)
    turn(real, values, change)
    built_so, _ = loop(name, {**hyper, **change}, dtype=torch.float32)
    for _ in range(5):
        real.step()
        built_so.step()
        assert real.position() == built_so.position()


@pytest.mark.parametrize(("name", "hyper", "change"), edits(["lbfgs", "muon"]))
def test_other_edits_equal_a_torch_loop_that_adjusts_the_state(name, hyper, change):
    real, values = loop(name, hyper, f=_quartic if name == "lbfgs" else None)
    by_hand, _ = loop(name, hyper, f=_quartic if name == "lbfgs" else None)
    group = by_hand.optimizer.param_groups[0]
    for edit in ({}, change, {key: hyper[key] for key in change}):
        turn(real, values, edit)
        group.update(real.declared.arguments({**hyper, **edit}))
        if name == "lbfgs":
            _mend_lbfgs(group, by_hand.optimizer.state[by_hand.p])
        for _ in range(5):
            real.step()
            by_hand.step()
            assert real.position() == by_hand.position()
        assert np.isfinite(real.position()).all()


def _quartic(p: torch.Tensor) -> torch.Tensor:
    """Not solved within a few steps, as a quadratic would be."""
    return (p**4).sum() + p[0] * p[1]


def _mend_lbfgs(group: dict[str, Any], state: dict[str, Any]) -> None:
    size = group["history_size"]
    if group["max_eval"] is None:
        group["max_eval"] = group["max_iter"] * 5 // 4
    if state and "ro" in state:
        state["al"] = [None] * size
        for kept in ("old_dirs", "old_stps", "ro"):
            del state[kept][: max(0, len(state[kept]) - size)]


@pytest.mark.parametrize("optimizer", ON_SURFACES, ids=lambda optimizer: optimizer.id)
def test_the_rate_acts_on_the_next_step(optimizer):
    real, values = loop(optimizer.id, {"lr": optimizer.known_lr / 10})
    same, _ = loop(optimizer.id, {"lr": optimizer.known_lr / 10})
    real.step(3)
    same.step(3)
    assert real.position() == same.position()
    turn(real, values, {"lr": optimizer.known_lr / 5})
    real.step()
    same.step()
    assert real.position() != same.position()


def test_centring_turned_on_again_starts_from_zero():
    """Averages left behind at a steep place would make the variance negative at a flat one, and its root NaN."""
    real, values = loop("rmsprop", {"lr": 0.0, "alpha": 0.5, "centered": True}, f=lambda p: 100 * p.sum())
    real.step(20)
    turn(real, values, {"centered": False})
    real.f = lambda p: 0.01 * p.sum()
    real.step(40)
    turn(real, values, {"centered": True, "lr": 0.01})
    real.step()
    assert np.isfinite(real.position()).all()


def test_without_the_adjustment_torch_fails():
    """Why `adjust` is there: each of these raises in torch, or does not do what the hyperparameter says."""
    raising: list[tuple[str, dict[str, Any]]] = [
        ("adam", {"amsgrad": True}),
        ("adamw", {"amsgrad": True}),
        ("rmsprop", {"momentum": 0.9}),
        ("rmsprop", {"centered": True}),
        ("lbfgs", {"max_eval": None}),
    ]
    for name, change in raising:
        bare, _ = loop(name, {"lr": 0.1}, f=_quartic)
        bare.step(2)
        bare.optimizer.param_groups[0].update(change)
        with pytest.raises((KeyError, TypeError)):
            bare.step()
    for name, change in [
        ("rprop", {"lr": 0.5}),
        ("adagrad", {"initial_accumulator_value": 1.0}),
        ("asgd", {"lr": 0.1}),
    ]:
        bare, _ = loop(name, {})
        unchanged, _ = loop(name, {})
        bare.step(2)
        bare.optimizer.param_groups[0].update(change)
        bare.step()
        unchanged.step(3)
        assert bare.position() == unchanged.position()


def test_a_history_made_shorter_and_longer():
    real, values = loop("lbfgs", {"lr": 0.2, "max_iter": 2}, f=_quartic)
    real.step(6)
    state = real.optimizer.state[real.p]
    assert len(state["ro"]) > 4
    newest = [pair.clone() for pair in state["old_dirs"][-2:]]
    turn(real, values, {"history_size": 2})
    assert all(map(torch.equal, state["old_dirs"], newest))
    assert len(state["old_stps"]) == len(state["ro"]) == 2
    real.step(3)
    assert len(state["ro"]) == len(state["al"]) == 2
    turn(real, values, {"history_size": 5})
    real.step(6)
    assert len(state["ro"]) == len(state["al"]) == 5
