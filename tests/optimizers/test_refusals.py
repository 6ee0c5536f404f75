"""Case 20 of the faults: every hyperparameter of every optimizer, at the start and at an edit."""

import math
from typing import Any

import pytest
import torch
from tests.optimizers.helpers import ALL_ON, loop

from steepest.optimizers import BUILT_IN, Optimizer, find_optimizer
from steepest.spec import Boolean, Choice, Integer, Invalid, Number, Pair, Triple
from steepest.spec.param import AnyParam

NO_NUMBERS: list[Any] = [math.nan, math.inf, -math.inf, 1e308, -1e308, 10**400, "0.1", True, False, [0.1], {}]


def wrong_values(param: AnyParam) -> list[Any]:
    nothing = [] if param.optional else [None]
    if isinstance(param, Number):
        ends = [math.nextafter(param.minimum, -math.inf), math.nextafter(param.maximum, math.inf)]
        ends += [param.minimum] * param.above + [param.maximum] * param.below
        return NO_NUMBERS + nothing + ends + ([-1] if param.minimum > -1 else [])
    if isinstance(param, Integer):
        return NO_NUMBERS + nothing + [0.5, 2.0, -1, param.minimum - 1, param.maximum + 1]
    if isinstance(param, Boolean):
        return [None, 0, 1, "true", 1.0, []]
    if isinstance(param, Choice):
        return [*nothing, 1, True, "another", "", []]
    assert isinstance(param, Pair | Triple)  # no optimizer has text, a list or a table
    parts = [param.first, param.second, *([param.third] if isinstance(param, Triple) else [])]
    right = param.default
    wrong = [[*right[:n], value, *right[n + 1 :]] for n, part in enumerate(parts) for value in wrong_values(part)]
    backwards = [right[::-1]] if isinstance(param, Pair) and param.ordered else []
    return [None, 0.1, "0.9", "ab", True, {}, [], right[:-1], [*right, 0.1], *wrong, *backwards]


HYPERPARAMETERS = [(optimizer, param) for optimizer in BUILT_IN for param in optimizer.params]


@pytest.mark.parametrize(
    ("optimizer", "param"), HYPERPARAMETERS, ids=[f"{optimizer.id}-{param.id}" for optimizer, param in HYPERPARAMETERS]
)
def test_case_20_wrong_values_are_refused_at_the_start_and_at_an_edit(optimizer: Optimizer, param: AnyParam):
    current = optimizer.complete({})
    for value in wrong_values(param):
        for attempt in (
            lambda value=value: optimizer.complete({param.id: value}),
            lambda value=value: optimizer.checked_change(current, {param.id: value}),
        ):
            with pytest.raises(Invalid) as refusal:
                attempt()
            assert refusal.value.field.split("[")[0] == param.id
            assert refusal.value.text.en
            assert refusal.value.text.zh


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)
def test_case_20_a_rate_of_zero_is_allowed_and_moves_nothing(optimizer: Optimizer):
    real, values = loop(optimizer.id, {"lr": 0})
    start = real.position()
    real.step(3)
    if optimizer.id == "rprop":  # its rate is the first step size, and torch lifts that to the shortest one
        steps = [abs(after - before) for after, before in zip(real.position(), start, strict=True)]
        assert 0 < max(steps) <= 3.001 * values["step_sizes"][0] * values["etas"][1] ** 2
    else:
        assert real.position() == start
    assert optimizer.checked_change(values, {"lr": 0})["lr"] == 0


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)
def test_case_20_unknown_names_are_refused(optimizer: Optimizer):
    for name in ("learning_rate", "LR", "foreach", "fused", "capturable", "differentiable", "params", ""):
        with pytest.raises(Invalid, match="known here: lr"):
            optimizer.complete({name: 1.0})
        with pytest.raises(Invalid, match="known here: lr"):
            optimizer.checked_change(optimizer.complete({}), {name: 1.0})


@pytest.mark.parametrize(
    ("current", "change"),
    [
        ({}, {"nesterov": True}),
        ({"momentum": 0.9, "dampening": 0.1}, {"nesterov": True}),
        ({"momentum": 0.9, "nesterov": True}, {"momentum": 0.0}),
        ({"momentum": 0.9, "nesterov": True}, {"dampening": 0.1}),
    ],
)
def test_case_20_nesterov_needs_momentum_and_no_dampening_at_edits_too(current, change):
    sgd = find_optimizer("sgd")
    with pytest.raises(Invalid, match="Nesterov needs") as refusal:
        sgd.checked_change(sgd.complete(current), change)
    assert refusal.value.field == "nesterov"
    with pytest.raises(Invalid, match="Nesterov needs"):
        sgd.complete({**current, **change})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lr": 0.0}, "lr"),
        ({"lr": 1e-13}, "lr"),
        ({"max_eval": 33}, "max_eval"),
        ({"max_iter": 27}, "max_eval"),
    ],
)
def test_case_20_a_line_search_that_torch_could_not_end_is_refused(given, field):
    lbfgs = find_optimizer("lbfgs")
    assert lbfgs.complete(given)
    with pytest.raises(Invalid) as refusal:
        lbfgs.checked_change(lbfgs.complete(given), {"line_search_fn": "strong_wolfe"})
    assert refusal.value.field == field
    assert lbfgs.complete({"line_search_fn": "strong_wolfe", "max_iter": 40, "max_eval": 32})


@pytest.mark.parametrize(
    ("given", "most"), [({"history_size": 101}, "100"), ({"max_eval": 51}, "50"), ({"max_iter": 41}, "40")]
)
def test_case_27_a_step_of_lbfgs_that_would_take_long_is_refused(given, most):
    lbfgs = find_optimizer("lbfgs")
    assert lbfgs.complete({"history_size": 100, "max_eval": 50, "max_iter": 40})
    with pytest.raises(Invalid, match=most) as refusal:
        lbfgs.complete(given)
    assert refusal.value.field == next(iter(given))


@pytest.mark.parametrize(("search", "most"), [(None, 50), ("strong_wolfe", 2 * 32)])
def test_case_27_a_step_of_lbfgs_at_its_caps_looks_at_the_loss_only_so_often(search, most):
    hyper = {"max_iter": 40, "max_eval": 32 if search else 50, "lr": 1e-3, "tolerance_grad": 0.0}
    real, _ = loop("lbfgs", {**hyper, "tolerance_change": 1e-300, "line_search_fn": search})
    looked = 0

    def closure():
        nonlocal looked
        looked += 1
        real.optimizer.zero_grad()
        x, y = real.p
        loss = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        loss.backward()
        return loss

    for _ in range(3):
        before = looked
        real.optimizer.step(closure)
        assert 10 < looked - before <= most


def test_case_20_a_momentum_of_nadam_so_near_1_that_torch_divides_by_zero_is_refused():
    nadam = find_optimizer("nadam")
    with pytest.raises(Invalid, match=r"outside \[0, 0.9999\]"):
        nadam.complete({"betas": [0.99999999, 0.999]})
    real, _ = loop("nadam", {"betas": [0.9999, 0.999], "momentum_decay": 1000.0}, dtype=torch.float32)
    real.step(4)


def ends(param: AnyParam) -> list[Any]:
    """The smallest and the largest values that are accepted."""
    if isinstance(param, Number):
        low = math.nextafter(param.minimum, math.inf) if param.above else param.minimum
        high = math.nextafter(param.maximum, -math.inf) if param.below else param.maximum
        return [low, high]
    if isinstance(param, Integer):
        return [param.minimum, param.maximum]
    if isinstance(param, Pair):
        pairs = [[a, b] for a in ends(param.first) for b in ends(param.second)]
        return [pair for pair in pairs if not param.ordered or pair[0] < pair[1]]
    if isinstance(param, Triple):
        return [[a, a, a] for a in ends(param.first)]
    return []


def plane(p: torch.Tensor) -> torch.Tensor:
    return p.sum()


def quartic_hill(p: torch.Tensor) -> torch.Tensor:
    return -(p**4).sum()


def edge(p: torch.Tensor) -> torch.Tensor:
    """Not a number from the first step on."""
    return torch.sqrt(p - p.detach().max()).sum()


@pytest.mark.parametrize("f", [None, plane, quartic_hill, edge], ids=["bowl", "plane", "hill", "nan"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)
def test_case_20_what_is_accepted_never_raises_wherever_it_leads(optimizer: Optimizer, f, dtype):
    for base in ({}, ALL_ON.get(optimizer.id, {})):
        for param in optimizer.params:
            for value in ends(param):
                try:
                    real, _ = loop(optimizer.id, {**base, param.id: value}, f, dtype)
                except Invalid:
                    assert optimizer.id in ("sgd", "lbfgs")  # refused jointly, and tested above
                    continue
                real.step(4)
                assert real.evaluations <= 4 * 1000
