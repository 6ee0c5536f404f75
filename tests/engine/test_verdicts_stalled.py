"""A loss that no longer falls: why, told by what the parameters do, and never called a descent."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.engine.helpers import cut, whole
from tests.engine.on_data import learning
from tests.engine.verdict_cases import holding
from tests.problems.learning_cases import chosen

from steepest.engine import Prepared, advance, prepare
from steepest.engine.diagnosis.detectors.oscillation import Oscillating
from steepest.engine.diagnosis.detectors.stalled import Stalled
from steepest.engine.recording.verdict import Verdict
from steepest.spec import parse_experiment


def run(on: str, model: dict[str, Any], loss: str, optimizer: str, lr: float, size: int | None = None) -> Prepared:
    batch: dict[str, Any] = {} if size is None else {"batch": {"size": size}}
    runs = [{"optimizer": {"id": optimizer, "lr": lr}, "start": {"init": "default"}}]
    return learning(runs, on=on, seed=0, model=model, loss=chosen(loss), **batch)


def at_end(prepared: Prepared, steps: int = 600) -> Verdict:
    (records,) = whole(prepared, steps)
    return holding(records.verdicts, steps)


NET = chosen("mlp", {"hidden": [8, 8], "activation": "relu"})
LINEAR = chosen("linear")


@pytest.mark.parametrize(
    ("on", "model", "optimizer", "lr"),
    [("moons", LINEAR, "adagrad", 0.3), ("moons", LINEAR, "radam", 0.02), ("gaussian_pair", LINEAR, "adam", 0.02)],
)
def test_batches_whose_gradients_cancel_are_no_slope_with_a_way_left(
    on: str, model: dict[str, Any], optimizer: str, lr: float
) -> None:
    prepared = run(on, model, "bce_logits", optimizer, lr, 20)
    found = at_end(prepared, 1500)
    assert isinstance(found, Stalled)
    assert found.cause in ("batches", "noise")
    # The slope of all samples there is a small part of the batch's.
    point = torch.tensor(advance(prepared, None, 1500)[1].runs[0].params, requires_grad=True)
    (slope,) = torch.autograd.grad(prepared.problem.loss_at(point), point)
    assert float(slope.norm()) < 0.3 * found.grad_norm


def test_short_steps_that_fall_steadily_are_short_in_batches_too() -> None:
    found = at_end(run("moons", NET, "bce_logits", "sgd", 1e-4, 20))
    assert isinstance(found, Stalled)
    assert found.cause == "short"
    assert found.fall > 0


@pytest.mark.parametrize(
    ("optimizer", "lr"), [("rmsprop", 0.03), ("adam", 0.05), ("nadam", 0.1), ("sgd", 0.2), ("rprop", 0.01)]
)
def test_two_parameters_that_swing_across_a_kink_do_not_descend(optimizer: str, lr: float) -> None:
    found = at_end(run("noisy_curve", LINEAR, "l1", optimizer, lr))
    assert isinstance(found, Stalled | Oscillating)
    if isinstance(found, Stalled):
        assert found.cause == "swings"
        assert found.remedy is not None
        assert found.remedy.set is not None
        assert found.remedy.set["lr"] == pytest.approx(lr / 10, rel=0.15)


def test_a_loss_that_rises_and_falls_is_no_descent_where_it_rises_on_the_whole() -> None:
    prepared = run("regression_plane", chosen("logistic"), "mse", "adadelta", 35.0)
    (records,) = whole(prepared, 400)
    during = records.loss[200:400].astype(np.float64)
    assert np.mean(np.diff(during) > 0) > 0.3
    assert isinstance(holding(records.verdicts, 400), Stalled)


def test_what_weight_decay_moves_where_there_is_no_slope_is_no_swing() -> None:
    optimizer = {"id": "adamw", "lr": 0.9}
    runs = [{"optimizer": optimizer, "start": {"init": "default"}}]
    prepared = learning(runs, on="spiral", seed=0, model=chosen("mlp", {"hidden": [3, 3, 3], "activation": "relu"}))
    (records,) = whole(prepared, 1500)
    assert records.grad_norm[-1] < 5e-6, "all units are dead"
    found = holding(records.verdicts, 1500)
    assert not (isinstance(found, Stalled) and found.cause == "swings")


def test_a_swing_across_a_kink_is_an_oscillation_with_a_tenth_of_the_rate() -> None:
    problem = {"kind": "surface", "id": "expression", "params": {"expression": "abs(x)+2*abs(y)"}}
    runs = [{"optimizer": {"id": "sgd", "lr": 0.3}, "start": [1.5, 1.3]}]
    found = at_end(prepare(parse_experiment({"version": 1, "problem": problem, "runs": runs})), 100)
    assert isinstance(found, Oscillating)
    assert found.factor == pytest.approx(1)
    assert found.remedy is not None
    assert found.remedy.set == {"lr": 0.03}


@pytest.mark.parametrize("size", [None, 20])
def test_however_a_run_is_cut_the_same_is_told(size: int | None) -> None:
    prepared = run("noisy_curve", LINEAR, "l1", "rmsprop", 0.03, size)
    (at_once,) = whole(prepared, 400)
    chunks, _ = cut(prepared, [7, 50, 51, 200, 333, 400])
    assert [verdict for chunk in chunks for verdict in chunk.runs[0].verdicts] == list(at_once.verdicts)
