"""Models on data in the engine: bit for bit the loop that a learner would write, from whatever checkpoint."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from tests.engine.on_data import NET, POINTS, circle, learning, net, only, same_ends, same_records
from tests.problems.learning_cases import chosen
from tests.reference.learning_loops import Change, History, put, seed_of, shuffled, train, with_replacement
from torch import nn, optim

from steepest.engine import RunRecords, advance, prepare
from steepest.optimizers import Optimizer, optimizers, schedules
from steepest.spec import parse_experiment

STEPS = 35
DTYPES = ["float32", "float64"]
ALL = tuple(optimizers().values())
EDITS = [
    {"step": 11, "run": 0, "set": {"lr": 0.02}},
    {"step": 19, "run": 0, "params": [0.1 * (n % 7) - 0.3 for n in range(31)]},
    {"step": 26, "run": 0, "optimizer": {"id": "adam", "lr": 0.03}},
    {"step": 31, "run": 0, "set": {"betas": [0.8, 0.99]}},
]


def hyper(optimizer: Optimizer) -> dict[str, Any]:
    """A rate that is known to work; L-BFGS looks a few times a step instead of 25."""
    few = {"max_iter": 3} if optimizer.needs == "closure" else {}
    return {"lr": optimizer.known_lr, **few}


def spec(optimizer: Optimizer) -> dict[str, Any]:
    return {"optimizer": {"id": optimizer.id, **hyper(optimizer)}}


def model_for(optimizer: Optimizer) -> dict[str, Any]:
    """Muon steps matrices alone, so its net has no biases."""
    return {**NET, "params": {**NET["params"], "bias": not optimizer.matrices_only}}


def sgd(lr: float = 0.1, momentum: float = 0.0) -> Callable[[Any], optim.Optimizer]:
    return lambda parameters: optim.SGD(parameters, lr=lr, momentum=momentum)


def by_hand(dtype: str, make_optimizer: Callable[[Any], optim.Optimizer], **kwargs: Any) -> History:
    """The same training as a plain loop."""
    inputs, targets = circle(dtype)
    module = kwargs.pop("module", None) or net(dtype)
    return train(module, nn.BCEWithLogitsLoss(), inputs, targets, make_optimizer, STEPS, **kwargs)


def same_bits(records: RunRecords, history: History) -> None:
    assert records.loss.tolist() == history.losses
    assert records.params.tolist() == history.params
    assert records.grad.tolist() == history.grads


def whole(runs: Sequence[dict[str, Any]], dtype: str, **changes: Any) -> tuple[RunRecords, ...]:
    return advance(learning(runs, dtype=dtype, **changes), None, STEPS)[0].runs


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", [each for each in ALL if not each.ours], ids=lambda each: each.id)
def test_every_optimizer_trains_a_net_as_a_plain_loop_does(optimizer: Optimizer, dtype: str) -> None:
    (records,) = whole([spec(optimizer)], dtype, model=model_for(optimizer), batch={"size": 7})
    given = optimizer.arguments(optimizer.complete(hyper(optimizer)))
    history = by_hand(
        dtype,
        lambda parameters: optimizer.torch_class(parameters, **given),
        module=net(dtype, bias=not optimizer.matrices_only),
        batches=shuffled(POINTS, 7, 5),
    )
    same_bits(records, history)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_race_on_one_net_sees_the_same_batches_and_each_is_as_if_alone(dtype: str) -> None:
    race = [spec(optimizers()[name]) for name in ("sgd", "rmsprop", "adam")]
    race.insert(1, {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.8}})
    records = whole(race, dtype, batch={"size": 10})
    made = [sgd(0.01), sgd(0.1, 0.8), lambda p: optim.RMSprop(p, lr=0.02), lambda p: optim.Adam(p, lr=0.05)]
    assert len({each.loss[0] for each in records}) == 1
    for each, make in zip(records, made, strict=True):
        same_bits(each, by_hand(dtype, make, batches=shuffled(POINTS, 10, 5)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [None, 1, 7, 30])
@pytest.mark.parametrize("sampling", ["epoch", "replacement"])
def test_batches(sampling: str, size: int | None, dtype: str) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.1}}
    (records,) = whole([run], dtype, batch={"size": size, "sampling": sampling})
    rule = shuffled if sampling == "epoch" else with_replacement
    same_bits(records, by_hand(dtype, sgd(), batches=None if size is None else rule(POINTS, size, 5)))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [None, 7])
@pytest.mark.parametrize("zero_grad", [True, False])
def test_edits(zero_grad: bool, size: int | None, dtype: str) -> None:
    def slower(module: nn.Module, optimizer: optim.Optimizer) -> optim.Optimizer:
        optimizer.param_groups[0]["lr"] = 0.02
        return optimizer

    def moved(module: nn.Module, optimizer: optim.Optimizer) -> optim.Optimizer:
        put(module, [0.1 * (n % 7) - 0.3 for n in range(31)])
        return optimizer

    def replaced(module: nn.Module, optimizer: optim.Optimizer) -> optim.Optimizer:
        return optim.Adam(module.parameters(), lr=0.03)

    def other_betas(module: nn.Module, optimizer: optim.Optimizer) -> optim.Optimizer:
        optimizer.param_groups[0]["betas"] = (0.8, 0.99)
        return optimizer

    changes: dict[int, list[Change]] = {11: [slower], 19: [moved], 26: [replaced], 31: [other_betas]}
    run = {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.9}, "zero_grad": zero_grad}
    (records,) = whole([run], dtype, edits=EDITS, batch={"size": size})
    batches = None if size is None else shuffled(POINTS, size, 5)
    same_bits(records, by_hand(dtype, sgd(0.1, 0.9), batches=batches, changes=changes, zero_grad=zero_grad))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [None, 7])
def test_without_zero_grad_gradients_add_up(size: int | None, dtype: str) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.01}, "zero_grad": False}
    (records,) = whole([run], dtype, batch={"size": size})
    batches = None if size is None else shuffled(POINTS, size, 5)
    same_bits(records, by_hand(dtype, sgd(0.01), batches=batches, zero_grad=False))
    cleared = whole([{**run, "zero_grad": True}], dtype, batch={"size": size})[0]
    assert records.grad[0].tolist() == cleared.grad[0].tolist()
    assert records.grad[2].tolist() != cleared.grad[2].tolist()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("penalty", [{"l1": 0.01}, {"l2": 0.02}, {"l1": 0.01, "l2": 0.02}], ids=str)
def test_penalties(penalty: dict[str, float], dtype: str) -> None:
    """Within rounding: the penalties of the layers may be added up in another order."""
    (records,) = whole([{"optimizer": {"id": "sgd", "lr": 0.1}}], dtype, penalty=penalty, batch={"size": 7})
    history = by_hand(dtype, sgd(), batches=shuffled(POINTS, 7, 5), **penalty)
    near = 1e-5 if dtype == "float32" else 1e-12
    assert np.allclose(records.loss, history.losses, rtol=near, atol=near)
    assert np.allclose(records.params, history.params, rtol=near, atol=near)
    plain = by_hand(dtype, sgd(), batches=shuffled(POINTS, 7, 5))
    assert not np.allclose(records.params[-1], plain.params[-1], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["sgd", "lbfgs"])
def test_dropout(name: str, dtype: str) -> None:
    optimizer = optimizers()[name]
    model = {**NET, "params": {**NET["params"], "dropout": 0.4}}
    (records,) = whole([spec(optimizer)], dtype, model=model, batch={"size": 7})
    given = optimizer.arguments(optimizer.complete(hyper(optimizer)))
    history = by_hand(
        dtype,
        lambda parameters: optimizer.torch_class(parameters, **given),
        module=net(dtype, dropout=0.4),
        batches=shuffled(POINTS, 7, 5),
        chance=lambda step: seed_of(5, "dropout", step),
    )
    same_bits(records, history)


def test_a_start_that_is_written_out_is_one_that_was_drawn() -> None:
    (drawn,) = whole([{"optimizer": {"id": "sgd", "lr": 0.1}}], "float64")
    (written,) = whole([{"optimizer": {"id": "sgd", "lr": 0.1}, "start": drawn.params[0].tolist()}], "float64")
    same_records(drawn, written)


BIG = chosen("mlp", {"hidden": [16, 16], "activation": "relu"})
KINDS: dict[str, dict[str, Any]] = {
    "full": {},
    "batches": {"batch": {"size": 7}},
    "replacement": {"batch": {"size": 7, "sampling": "replacement"}},
    "penalties": {"penalty": {"l1": 0.01, "l2": 0.01}, "batch": {"size": 7}},
    "dropout": {"model": chosen("mlp", {"hidden": [4, 3], "dropout": 0.3}), "batch": {"size": 7}},
    "held-out": {"split": {"dev": 0.2, "test": 0.1}, "batch": {"size": 5}},
    "large": {"model": BIG, "batch": {"size": 7}},
    "convolution": {
        "on": "digits",
        "model": chosen("convnet", {"channels": 2}),
        "batch": {"size": 16},
    },
}


def resumed(runs: list[dict[str, Any]], steps: int, cuts: Sequence[int], **changes: Any) -> None:
    """From every cut on, all that comes is what came without it."""
    prepared = learning(runs, **changes)
    once, end = advance(prepared, None, steps)
    checkpoint = None
    for cut in cuts:
        _, checkpoint = advance(prepared, checkpoint, cut)
        again, last = advance(prepared, checkpoint, steps)
        for one, other in zip(once.runs, again.runs, strict=True):
            same_records(one, other, since=cut + 1)
        same_ends(end, last)


@pytest.mark.parametrize("optimizer", ALL, ids=lambda each: each.id)
@pytest.mark.parametrize("size", [None, 7])
def test_resumed_is_uninterrupted_for_every_optimizer(optimizer: Optimizer, size: int | None) -> None:
    resumed([spec(optimizer)], 9, (0, 1, 2, 4, 7, 8), model=model_for(optimizer), batch={"size": size})


@pytest.mark.parametrize("kind", KINDS)
def test_resumed_is_uninterrupted_at_every_cut(kind: str) -> None:
    runs = [{"optimizer": {"id": "adam", "lr": 0.05}}, {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.9}}]
    resumed(runs, 10, range(9), **KINDS[kind])


@pytest.mark.parametrize("size", [None, 7])
@pytest.mark.parametrize("zero_grad", [True, False])
def test_resumed_is_uninterrupted_with_edits(zero_grad: bool, size: int | None) -> None:
    runs = [{"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.9}, "zero_grad": zero_grad}]
    resumed(runs, 34, (0, 10, 11, 12, 19, 20, 26, 27, 31), edits=EDITS, batch={"size": size})


SCHEDULES: list[dict[str, Any]] = [
    {"id": "step", "step_size": 3, "gamma": 0.5},
    {"id": "exponential", "gamma": 0.9},
    {"id": "cosine", "T_max": 9},
    {"id": "warm_restarts", "T_0": 4},
    {"id": "one_cycle", "total_steps": 10, "cycle_momentum": True},
    {"id": "linear", "total_iters": 7},
    {"id": "plateau", "factor": 0.5, "patience": 1},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule["id"])
def test_resumed_is_uninterrupted_under_every_schedule(schedule: dict[str, Any]) -> None:
    assert {each["id"] for each in SCHEDULES} == set(schedules())
    adam, sgd = {"id": "adam", "lr": 0.05}, {"id": "sgd", "lr": 0.01, "momentum": 0.8}
    runs = [{"optimizer": each, "schedule": schedule, "zero_grad": each is adam} for each in (adam, sgd)]
    edits = [{"step": 5, "run": 0, "set": {"lr": 0.02}}, {"step": 6, "run": 1, "optimizer": adam}]
    model = {**NET, "params": {**NET["params"], "dropout": 0.2}}
    resumed(runs, 10, range(0, 9, 2), edits=edits, model=model, batch={"size": 7})


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_spent_budget_loses_nothing(count: int) -> None:
    prepared = learning([{"optimizer": {"id": "adam", "lr": 0.05}}] * count, batch={"size": 7})
    whole_run, end = advance(prepared, None, 4)
    checkpoint, parts = None, []
    for _ in range(4):
        chunk, checkpoint = advance(prepared, checkpoint, 4, budget=0.0)
        parts.append(chunk)
    assert [(part.first, part.last) for part in parts] == [(0, 1), (2, 2), (3, 3), (4, 4)]
    assert checkpoint is not None
    same_ends(end, checkpoint)
    assert np.concatenate([part.runs[0].loss for part in parts]).tolist() == whole_run.runs[0].loss.tolist()


def test_torchs_own_generator_is_left_as_it_was() -> None:
    torch.manual_seed(77)
    before = torch.get_rng_state()
    records = only(advance(learning([{"optimizer": {"id": "sgd", "lr": 0.1}}], **KINDS["dropout"]), None, 6)[0])
    assert torch.equal(torch.get_rng_state(), before)
    assert np.isfinite(records.loss).all()


@pytest.mark.parametrize("edits", [[], [{"step": 4, "run": 0, "params": [0.5, 0.25]}]], ids=["plain", "moved"])
def test_gradients_that_add_up_on_a_surface_go_on_from_any_checkpoint(edits: list[dict[str, Any]]) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.0625}, "start": [3, 2], "zero_grad": False}
    problem = {"kind": "surface", "id": "sphere"}  # x² + y²: the gradient is 2x
    document = {"version": 1, "problem": problem, "dtype": "float64", "runs": [run], "edits": edits}
    prepared = prepare(parse_experiment(document))
    once, end = advance(prepared, None, 8)
    if not edits:
        assert once.runs[0].params[:3, 0].tolist() == [3.0, 3 - 6 / 16, 3 - 6 / 16 - (6 + 5.25) / 16]
    checkpoint = None
    for step in range(7):
        _, checkpoint = advance(prepared, checkpoint, step)
        again, last = advance(prepared, checkpoint, 8)
        same_records(only(once), only(again), since=step + 1)
        same_ends(end, last)
