"""The laws of stability against torch itself: on a quadratic whose divisor is held fixed each law is exact."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch.nn import Parameter

from steepest.optimizers import BUILT_IN, find_optimizer
from steepest.optimizers.stability import Stability

CURVATURES = (3.0, 0.5)
FOREVER = 1 - 1e-12  # a beta 2 that forgets nothing in a test's time
LATE = 1e15  # updates after which even that has lost its start at zero
START = 1e-9  # so small that its squares change no divisor

SECOND = {"exp_avg_sq": (4.0, 9.0), "step": LATE}
MOMENTS = {**SECOND, "exp_avg": (0.0, 0.0)}
BETAS = [0.9, FOREVER]

# Optimizer, hyperparameters, the state it is put in, and the limit of lr × the steepest preconditioned curvature as the
# papers have it; None where there is no such form and only the numbers count.
LAWS: list[tuple[str, dict[str, Any], dict[str, Any], float | None]] = [
    ("sgd", {}, {}, 2),
    ("sgd", {"dampening": 0.7}, {}, 2),
    ("sgd", {"weight_decay": 0.4}, {}, None),
    ("sgd", {"momentum": 0.9}, {}, 3.8),
    ("sgd", {"momentum": 0.9, "dampening": 0.5}, {}, 7.6),
    ("sgd", {"momentum": 0.9, "nesterov": True}, {}, 3.8 / 2.8),
    ("sgd", {"momentum": 0.5, "nesterov": True, "weight_decay": 0.4}, {}, None),
    ("sgd", {"momentum": 1.5, "nesterov": True}, {}, 5 / 4),
    ("asgd", {"lambd": 0.0}, {}, 2),
    ("asgd", {"lambd": 0.5, "alpha": 0.0, "weight_decay": 0.4}, {}, None),
    ("adam", {"betas": BETAS}, MOMENTS, 38),
    ("adam", {"betas": [0.0, FOREVER], "eps": 0.5}, MOMENTS, None),
    ("adam", {"betas": BETAS, "weight_decay": 0.4}, MOMENTS, None),
    ("adam", {"betas": BETAS, "weight_decay": 0.02, "decoupled_weight_decay": True}, MOMENTS, None),
    ("adam", {"betas": BETAS, "amsgrad": True}, {**MOMENTS, "max_exp_avg_sq": (16.0, 25.0)}, None),
    ("adamw", {"betas": BETAS, "weight_decay": 0.0}, MOMENTS, 38),
    ("adamw", {"betas": BETAS, "weight_decay": 0.02}, MOMENTS, None),
    ("nadam", {"betas": BETAS}, {**MOMENTS, "mu_product": 0.0}, 3.8 / (0.1 * 2.8)),
    ("nadam", {"betas": BETAS, "momentum_decay": 0.0}, {**MOMENTS, "mu_product": 0.0}, None),
    ("nadam", {"betas": BETAS, "weight_decay": 0.1}, {**MOMENTS, "mu_product": 0.0}, None),
    (
        "nadam",
        {"betas": BETAS, "weight_decay": 0.02, "decoupled_weight_decay": True},
        {**MOMENTS, "mu_product": 0.0},
        None,
    ),
    ("radam", {"betas": BETAS}, MOMENTS, 38),
    ("radam", {"betas": [0.9, 0.6]}, MOMENTS, None),  # never rectified
    ("radam", {"betas": BETAS, "weight_decay": 0.02, "decoupled_weight_decay": True}, MOMENTS, None),
    ("adamax", {"betas": BETAS}, {"exp_avg": (0.0, 0.0), "exp_inf": (2.0, 3.0), "step": LATE}, 38),
    ("rmsprop", {"alpha": 1.0}, {"square_avg": (4.0, 9.0)}, 2),
    ("rmsprop", {"alpha": 1.0, "momentum": 0.9}, {"square_avg": (4.0, 9.0), "momentum_buffer": (0.0, 0.0)}, 3.8),
    (
        "rmsprop",
        {"alpha": 1.0, "centered": True, "weight_decay": 0.4},
        {"square_avg": (4.0, 9.0), "grad_avg": (1.0, 2.0)},
        None,
    ),
    ("adagrad", {}, {"sum": (4.0, 9.0)}, 2),
    ("adagrad", {"lr_decay": 1e-15, "eps": 0.5, "weight_decay": 0.4}, {"sum": (4.0, 9.0), "step": LATE}, None),
    ("adadelta", {"rho": 1.0, "eps": 1e-12}, {"square_avg": (4.0, 9.0), "acc_delta": (1.0, 1.0)}, 2),
    (
        "adadelta",
        {"rho": 1.0, "weight_decay": 0.4, "eps": 0.1},
        {"square_avg": (4.0, 9.0), "acc_delta": (1.0, 2.0)},
        None,
    ),
]
IDS = [f"{name}-{'-'.join(hyper)}" for name, hyper, _, _ in LAWS]

pytestmark = pytest.mark.usefixtures("float64")


class Bowl:
    """A real optimizer over ½ Σ h x², put in the state that is asked for."""

    def __init__(self, name: str, hyper: dict[str, Any], state: dict[str, Any], start: float = START) -> None:
        self.declared = find_optimizer(name)
        self.values = self.declared.complete(hyper)
        self.p = Parameter(torch.full((2,), start))
        still = self.declared.complete({**hyper, "lr": 0.0})
        self.optimizer = self.declared.build([self.p], still)
        self.step()  # at a rate of 0, so that torch makes its state and nothing moves
        self.declared.change(self.optimizer, self.values)
        for slot, value in state.items():
            self.optimizer.state[self.p][slot] = torch.tensor(value)
        self.steps = np.array([int(state.get("step", 1))])

    def step(self) -> None:
        self.p.grad = torch.tensor(CURVATURES) * self.p.detach()
        self.optimizer.step()

    def recorded(self) -> dict[str, np.ndarray]:
        slots = self.optimizer.state[self.p]
        return {
            slot.name: slots[slot.name].detach().numpy()[None].copy()
            if slots.get(slot.name) is not None
            else np.full((1,) if slot.scalar else (1, 2), np.nan)
            for slot in self.declared.state
        }

    def law(self) -> Stability:
        law = self.declared.stability(self.values, self.recorded(), self.steps, rates(self.values, self.steps))
        assert law is not None
        return law

    def path(self, steps: int) -> np.ndarray:
        """(steps + 1, 2)"""
        positions = [self.p.detach().numpy().copy()]
        for _ in range(steps):
            self.step()
            positions.append(self.p.detach().numpy().copy())
        return np.array(positions)


def rates(values: dict[str, Any], steps: np.ndarray) -> np.ndarray:
    """The optimizer's own rate at every step, as without a schedule."""
    return np.full(len(steps), values["lr"])


def products(law: Stability) -> np.ndarray:
    """rate × preconditioned curvature, (2,)"""
    divisor = np.ones(2) if law.divisor is None else law.divisor[0]
    return law.rate[0] * (np.array(CURVATURES) + law.decay) / divisor


def critical_rate(name: str, hyper: dict[str, Any], state: dict[str, Any]) -> float:
    """The lr at which the law says the steepest direction is at its limit."""
    low, high = 0.0, 1e6
    for _ in range(200):  # by halving, since a decoupled decay has the rate on both sides
        middle = (low + high) / 2
        law = Bowl(name, {**hyper, "lr": middle}, state).law()
        low, high = (middle, high) if products(law).max() < law.limit else (low, middle)
    return low


@pytest.mark.parametrize(("name", "hyper", "state", "known"), LAWS, ids=IDS)
def test_torch_settles_just_below_the_limit_and_not_just_above(name, hyper, state, known):
    rate = critical_rate(name, hyper, state)
    law = Bowl(name, {**hyper, "lr": rate}, state).law()
    if known is not None:
        divisor = 1.0 if law.divisor is None else law.divisor[0, 0]
        assert_allclose(rate * CURVATURES[0] / divisor, known, rtol=1e-6)

    below = np.abs(Bowl(name, {**hyper, "lr": 0.99 * rate}, state).path(60)[:, 0])
    above = np.abs(Bowl(name, {**hyper, "lr": 1.01 * rate}, state).path(60)[:, 0])
    assert below[60] < 0.8 * below[30]
    assert above[60] > 1.2 * above[30]


@pytest.mark.parametrize("share", [0.1, 0.6, 0.99, 1.01])
@pytest.mark.parametrize(("name", "hyper", "state", "known"), LAWS, ids=IDS)
def test_the_recurrence_is_what_torch_does(name, hyper, state, known, share):
    bowl = Bowl(name, {**hyper, "lr": share * critical_rate(name, hyper, state)}, state)
    law = bowl.law()
    p, r = (part[0] for part in law.recurrence(products(law)[None]))
    path = bowl.path(30)
    real = path[2:]
    predicted = p * path[1:-1] - r * path[:-2]
    scale = np.abs(path[1:-1]) + np.abs(path[:-2])
    assert np.all(np.abs(real - predicted)[1:] <= 1e-6 * scale[1:])
    assert np.abs(path[30] - path[0]).min() > 0


@pytest.mark.parametrize(("name", "hyper", "state", "known"), LAWS, ids=IDS)
def test_rule_names(name, hyper, state, known):
    law = Bowl(name, {**hyper, "lr": 0.1}, state).law()
    momentum = bool(hyper.get("momentum"))
    plain = "nesterov" if hyper.get("nesterov") else "heavy_ball" if momentum else "plain"
    assert law.law == (plain if name in ("sgd", "asgd") else "adaptive")


@pytest.mark.parametrize(
    "law",
    [
        Stability(np.ones(1)),
        Stability(np.ones(1), momentum=0.9),
        Stability(np.ones(1), momentum=0.3, gain=0.7),
        Stability(np.ones(1), momentum=0.9, gain=2.8, ahead=0.9),
        Stability(np.ones(1), momentum=1.0, gain=3.0, ahead=1.0),
        Stability(np.ones(1), momentum=4.0, gain=9.0, ahead=4.0),
        Stability(np.ones(1), momentum=0.9, gain=0.1, shrink=0.3),
        Stability(np.ones(1), momentum=0.9, gain=0.1, shrink=1.9),
        Stability(np.ones(1), momentum=0.9, gain=1.0, ahead=0.4, shrink=0.3),
    ],
)
def test_the_roots_leave_the_unit_circle_at_the_limit(law):
    assert _radius(law, law.limit * (1 - 1e-3)) < 1
    assert _radius(law, law.limit * (1 + 1e-3)) > 1
    for share in (0.01, 0.1, 0.5, 0.9):  # and nowhere below
        assert _radius(law, law.least + share * (law.limit - law.least)) < 1
    if law.least:
        assert _radius(law, law.least * (1 - 1e-3)) > 1


def _radius(law: Stability, q: float) -> float:
    p, r = law.recurrence(np.array([q]))
    return float(np.abs(np.roots([1.0, -p[0], r[0]])).max())


def test_a_heavy_ball_with_momentum_1_is_never_stable():
    law = Stability(np.ones(1), momentum=1.0)
    assert law.limit == 0
    for q in (0.01, 1.0, 3.9):
        assert _radius(law, q) >= 1 - 1e-12


def test_full_dampening_is_always_stable():
    law = Stability(np.ones(1), momentum=0.9, gain=0.0)
    assert law.limit == np.inf
    assert _radius(law, 1e6) <= 1


def test_look_ahead_broadcasts_over_steps_and_directions():
    law = Stability(np.ones(3), momentum=0.9, ahead=np.array([0.1, 0.2, 0.3]))
    p, r = law.recurrence(np.full((3, 2), 0.5))
    assert p.shape == r.shape == (3, 2)
    assert_allclose(r[:, 1], 0.9 - 0.5 * np.array([0.1, 0.2, 0.3]))


# Without momentum a step is -rate g/D, D as of that step: so D and the rate are torch's at every single update.
STEPPING: list[tuple[str, dict[str, Any]]] = [
    ("adam", {"betas": [0.0, 0.9], "eps": 0.1, "lr": 0.1}),
    ("adam", {"betas": [0.0, 0.5], "amsgrad": True, "lr": 0.1}),
    ("adamw", {"betas": [0.0, 0.9], "weight_decay": 0.0, "lr": 0.1}),
    ("nadam", {"betas": [0.0, 0.9], "lr": 0.1}),
    ("radam", {"betas": [0.0, 0.9], "lr": 0.1}),
    ("adamax", {"betas": [0.0, 0.5], "eps": 0.1, "lr": 0.1}),
    ("rmsprop", {"alpha": 0.5, "eps": 0.1, "lr": 0.1}),
    ("rmsprop", {"alpha": 0.5, "centered": True, "lr": 0.1}),
    ("adagrad", {"lr": 0.5, "lr_decay": 0.3, "initial_accumulator_value": 1.0}),
    ("asgd", {"lr": 0.1, "lambd": 0.5, "alpha": 2.0}),
]


@pytest.mark.parametrize(("name", "hyper"), STEPPING)
def test_divisor_and_rate_are_those_of_every_update(name, hyper):
    bowl = Bowl(name, {**hyper}, {}, start=2.0)
    bowl.optimizer = bowl.declared.build([bowl.p], bowl.values)  # from the very beginning
    bowl.steps = np.array([0])
    adaptive = 0
    for _ in range(12):
        before, place = bowl.law(), bowl.p.detach().numpy().copy()
        bowl.step()
        bowl.steps = bowl.steps + 1
        after = bowl.law()
        divisor = np.ones(2)
        if before.divisor is not None and not (before.divisor == 1).all():  # ones: RAdam before it is rectified
            assert after.divisor is not None
            divisor = after.divisor[0]
            adaptive += 1
        gradient = (np.array(CURVATURES) + before.decay) * place
        assert_allclose(bowl.p.detach().numpy() - place, -before.rate[0] * gradient / divisor, rtol=1e-9)
    assert adaptive == {"asgd": 0, "radam": 7}.get(name, 12)


def test_adadelta_divides_by_the_size_of_past_steps():
    bowl = Bowl("adadelta", {"lr": 3.0, "rho": 0.5, "eps": 0.1}, {}, start=2.0)
    for _ in range(5):
        before = bowl.recorded()["acc_delta"]
        place = bowl.p.detach().numpy().copy()
        bowl.step()
        state = {**bowl.recorded(), "acc_delta": before}  # the step was taken with the size before it
        law = bowl.declared.stability(bowl.values, state, bowl.steps, rates(bowl.values, bowl.steps))
        assert law is not None
        assert law.divisor is not None
        moved = bowl.p.detach().numpy() - place
        assert_allclose(moved, -3.0 * np.array(CURVATURES) * place / law.divisor[0], rtol=1e-9)


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)
def test_which_optimizers_have_a_rule_and_maximize_has_none(optimizer):
    values = optimizer.complete({})
    state = {slot.name: np.ones((3,) if slot.scalar else (3, 2), np.float32) for slot in optimizer.state}
    law = optimizer.stability(values, state, np.array([5, 6, 7]), np.full(3, 0.1))
    assert (law is None) == (optimizer.id in {"rprop", "adafactor", "lbfgs", "muon", "newton"})
    if law is None:
        return
    assert law.rate.shape == (3,)
    assert law.rate.dtype == np.float64
    assert law.divisor is None or (law.divisor.shape == (3, 2) and law.divisor.dtype == np.float64)
    climbing = optimizer.complete({"maximize": True})
    assert optimizer.stability(climbing, state, np.array([5, 6, 7]), np.full(3, 0.1)) is None


@pytest.mark.parametrize("name", ["adam", "adamw", "nadam", "radam", "adamax", "rmsprop", "adagrad", "adadelta"])
@pytest.mark.parametrize("left", [np.nan, 2.0])  # nothing yet, or what an optimizer before this one left there
def test_no_divisor_before_the_first_update(name, left):
    optimizer = find_optimizer(name)
    hyper = {"betas": [0.9, 0.0]} if name == "radam" else {}
    state = {slot.name: np.full((2,) if slot.scalar else (2, 2), left) for slot in optimizer.state}
    law = optimizer.stability(optimizer.complete(hyper), state, np.array([0, 1]), np.full(2, 0.1))
    assert law is not None
    assert law.divisor is not None
    if name == "radam":  # which takes plain steps first, so its divisor is known
        assert_allclose(law.divisor, 1.0)
    else:
        assert np.isnan(law.divisor[0]).all()
        assert np.isfinite(law.divisor[1]).all() == np.isfinite(left)
    assert np.isfinite(law.rate[0])


def test_amsgrad_and_centring_turned_on_while_running():
    state = {"exp_avg": np.ones((1, 2)), "exp_avg_sq": np.full((1, 2), 4.0), "max_exp_avg_sq": np.full((1, 2), np.nan)}
    adam = find_optimizer("adam")
    law = adam.stability(adam.complete({"amsgrad": True, "eps": 0.0}), state, np.array([100_000]), np.full(1, 0.1))
    assert law is not None
    assert law.divisor is not None
    assert_allclose(law.divisor, 2.0)

    state = {"square_avg": np.full((1, 2), 4.0), "grad_avg": np.full((1, 2), np.nan)}
    rmsprop = find_optimizer("rmsprop")
    law = rmsprop.stability(rmsprop.complete({"centered": True, "eps": 0.0}), state, np.array([9]), np.full(1, 0.1))
    assert law is not None
    assert law.divisor is not None
    assert_allclose(law.divisor, 2.0)


def test_an_edit_of_asgd_acts_at_once():
    asgd = find_optimizer("asgd")
    state = {"ax": np.ones((1, 2)), "eta": np.array([0.1]), "mu": np.ones(1)}
    law = asgd.stability(asgd.complete({"lr": 0.4, "lambd": 0.0}), state, np.array([10]), np.full(1, 0.4))
    assert law is not None
    assert_allclose(law.rate, 0.4)
