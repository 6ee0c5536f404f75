"""The schedules: their declarations against torch's classes, and their rates against formulas written here."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from numpy.testing import assert_allclose
from tests.reference.scheduled_loops import SCHEDULES

from steepest.optimizers import Schedule, find_optimizer, find_schedule, schedules
from steepest.optimizers.schedules import BUILT_IN, preview_rates
from steepest.spec import Boolean, Choice, Integer, Invalid, Number

ALL = list(BUILT_IN)
NAMES = [schedule.id for schedule in ALL]
# What torch's classes take beside the params: the optimizer, how to take one up again, and what says the rate or the
# number of steps in another way.
TORCHS_OWN = {"optimizer", "last_epoch", "max_lr", "epochs", "steps_per_epoch"}
OUR_OWN_DEFAULTS = {"step_size", "T_max", "T_0", "total_steps", "cycle_momentum"}


def cosine(a: float, b: float, x: float) -> float:
    return b + (a - b) * (1 + math.cos(math.pi * x)) / 2


def restarts(k: int) -> float:
    length, since = 3, k
    while since >= length:
        since -= length
        length *= 2
    return cosine(0.2, 0.01, since / length)


FORMULAS: list[tuple[str, dict[str, Any], Callable[[int], float]]] = [
    ("step", {"step_size": 3, "gamma": 0.5}, lambda k: 0.2 * 0.5 ** (k // 3)),
    ("exponential", {"gamma": 0.9}, lambda k: 0.2 * 0.9**k),
    ("cosine", {"T_max": 10, "eta_min": 0.02}, lambda k: cosine(0.2, 0.02, k / 10)),
    ("warm_restarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}, restarts),
    (
        "one_cycle",
        {"total_steps": 21, "pct_start": 0.3, "div_factor": 10.0, "final_div_factor": 100.0},
        lambda k: cosine(0.02, 0.2, k / 5.3) if k <= 5.3 else cosine(0.2, 0.0002, min(k - 5.3, 14.7) / 14.7),
    ),
    (
        "one_cycle",
        {
            "total_steps": 21,
            "pct_start": 0.5,
            "div_factor": 10.0,
            "final_div_factor": 100.0,
            "anneal_strategy": "linear",
        },
        lambda k: 0.02 + 0.18 * k / 9.5 if k <= 9.5 else 0.2 - 0.1998 * min(k - 9.5, 10.5) / 10.5,
    ),
    ("linear", {"start_factor": 0.25, "total_iters": 8}, lambda k: 0.2 * min(1.0, 0.25 + 0.75 * k / 8)),
    ("linear", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 8}, lambda k: 0.2 * max(0.0, 1 - k / 8)),
]


@pytest.mark.parametrize(
    ("name", "given", "rate"), FORMULAS, ids=[f"{name}-{len(given)}" for name, given, _ in FORMULAS]
)
def test_the_rates_are_those_of_the_formula(name: str, given: dict[str, Any], rate: Callable[[int], float]) -> None:
    schedule = find_schedule(name)
    found = preview_rates(schedule, schedule.complete(given), 0.2, 30)
    assert_allclose(found, [rate(k) for k in range(30)], rtol=1e-9, atol=1e-12)


def test_on_a_plateau_the_rate_falls_after_patience() -> None:
    schedule = find_schedule("plateau")
    values = schedule.complete({"factor": 0.5, "patience": 2, "cooldown": 1, "min_lr": 0.04})
    losses = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    found = preview_rates(schedule, values, 0.2, 14, losses)
    # The best is seen at step 1; three steps later it falls, and after a step of rest the counting begins anew.
    assert found == [0.2] * 5 + [0.1] * 4 + [0.05] * 4 + [0.04]


@pytest.mark.parametrize("schedule", ALL, ids=NAMES)
def test_params_are_all_that_torchs_class_takes_and_its_defaults(schedule: Schedule) -> None:
    takes = inspect.signature(schedule.torch_class).parameters
    declared = {param.id: param for param in schedule.params}
    assert set(takes) - TORCHS_OWN == set(declared)
    for name, param in declared.items():
        if name not in OUR_OWN_DEFAULTS and takes[name].default is not inspect.Parameter.empty:
            assert param.default == takes[name].default, name
    values = schedule.complete({})
    plain = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    built = schedule.build(plain, values)
    assert type(built) is schedule.torch_class
    assert type(SCHEDULES[schedule.id](0.1, dict(values))(plain)) is schedule.torch_class


@pytest.mark.parametrize("schedule", ALL, ids=NAMES)
def test_it_says_what_it_is_in_both_languages(schedule: Schedule) -> None:
    assert schedules()[schedule.id] is schedule
    assert schedule.formula
    assert schedule.source.startswith("torch.optim.lr_scheduler.")
    words = [schedule.title, schedule.about, *(text for param in schedule.params for text in (param.title, param.help))]
    for text in words:
        assert text.en
        assert text.zh
    assert schedule.about.zh.endswith("。")


def extremes(schedule: Schedule) -> list[dict[str, Any]]:
    """Each param at each of its ends, the others at their defaults."""
    found: list[dict[str, Any]] = [{}]
    for param in schedule.params:
        match param:
            case Number():
                high = param.maximum * (1 - 1e-9) if param.below else param.maximum
                low = 1e-9 if param.above else param.minimum
                found += [{param.id: low}, {param.id: high}]
            case Integer():
                found += [{param.id: param.minimum}, {param.id: param.maximum}]
            case Choice():
                found += [{param.id: option} for option in param.options]
            case Boolean():
                found += [{param.id: True}, {param.id: False}]
    return found


@pytest.mark.parametrize("schedule", ALL, ids=NAMES)
def test_no_value_in_range_makes_it_raise_or_leave_the_numbers(schedule: Schedule) -> None:
    for given in extremes(schedule):
        for name, total in (("total_steps", 5), ("T_max", 3), ("T_0", 3)):
            if name in schedule.complete({}):
                given = {name: total, **given}
        values = schedule.complete(given)
        for lr in (0.0, 0.1, 1e6):
            found = preview_rates(schedule, values, lr, 12, [1.0, 1.0, math.inf, 0.5])
            rounding = 1e-9 * max(
                lr, given.get("eta_min", 0.0)
            )  # torch goes on from the last rate, so where it should be 0 it may be a little beside
            assert all(-rounding <= rate <= 1e6 + rounding for rate in found), (given, lr)


@pytest.mark.parametrize(
    ("name", "given", "field"),
    [
        ("exponential", {"gamma": 1.01}, "gamma"),
        ("exponential", {"rate": 0.9}, "rate"),
        ("step", {"step_size": 0}, "step_size"),
        ("cosine", {"T_max": 1.5}, "T_max"),
        ("linear", {"start_factor": 0.0}, "start_factor"),
        ("plateau", {"factor": 1.0}, "factor"),
        ("plateau", {"mode": "least"}, "mode"),
        ("one_cycle", {"total_steps": 10, "pct_start": 0.1}, "pct_start"),  # torch divides by zero
        ("one_cycle", {"max_momentum": 1.0}, "max_momentum"),
    ],
)
def test_what_is_refused(name: str, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        find_schedule(name).complete(given)
    assert error.value.field == field


def test_an_unknown_schedule_lists_the_known_ones() -> None:
    with pytest.raises(Invalid, match=r"no schedule 'sawtooth'; known here: step, exponential, .*plateau"):
        find_schedule("sawtooth")


@pytest.mark.parametrize("name", ["sgd", "adam", "muon", "adafactor", "lbfgs", "newton"])
def test_only_a_momentum_optimizer_can_cycle_it(name: str) -> None:
    optimizer, schedule = find_optimizer(name), find_schedule("one_cycle")
    values, hyper = schedule.complete({"cycle_momentum": True, "max_momentum": 0.96}), optimizer.complete({"lr": 0.1})
    if name in ("sgd", "adam", "muon"):
        schedule.check_optimizer(optimizer, hyper, values)
        assert_allclose(list(schedule.initial_values(optimizer, hyper, values).values()), [0.1 / 25, 0.96])
        return
    with pytest.raises(Invalid) as error:
        schedule.check_optimizer(optimizer, hyper, values)
    assert error.value.field == "cycle_momentum"


def test_a_line_search_takes_no_schedule() -> None:
    lbfgs = find_optimizer("lbfgs")
    searching = lbfgs.complete({"line_search_fn": "strong_wolfe", "max_iter": 10})
    with pytest.raises(Invalid, match="may bring the rate to 0") as error:
        find_schedule("cosine").check_optimizer(lbfgs, searching, find_schedule("cosine").complete({}))
    assert error.value.field == "id"
    find_schedule("cosine").check_optimizer(lbfgs, lbfgs.complete({}), find_schedule("cosine").complete({}))
