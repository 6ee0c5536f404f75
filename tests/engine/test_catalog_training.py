"""Every data set, model and loss trained for a while: the declared rate goes down, and no rate breaks the engine."""

from typing import Any

import numpy as np
import pytest
from tests.engine.on_data import learning
from tests.problems.learning_cases import chosen

from steepest.engine import STATUSES, RunRecords, advance
from steepest.optimizers import Optimizer, optimizers
from steepest.problems.catalog import datasets, losses, models

STEPS = 50
DATA = [dataset.id for dataset in datasets().values() if not dataset.stored]


def runs(steps: int, starts: int, optimizer: dict[str, Any], on: str, **changes: Any) -> tuple[RunRecords, ...]:
    """One run from each of so many drawn starts."""
    drawn = [{"optimizer": optimizer, "start": {"init": "default", "draw": draw}} for draw in range(starts)]
    return advance(learning(drawn, on=on, **changes), None, steps)[0].runs


def known(name: str) -> dict[str, Any]:
    """The data set with what suits it, as the page begins."""
    model = datasets()[name].known_model
    return {"dataset": chosen(name), "model": chosen(model.id, dict(model.params))}


def test_data_sets_are_found() -> None:
    assert {"thermometer", "plane", "circle", "digits"} <= set(DATA)


@pytest.mark.parametrize("name", DATA)
def test_the_declared_rate_goes_down_on_every_data_set(name: str) -> None:
    lr = datasets()[name].known_lr
    for records in runs(STEPS, 2, {"id": "sgd", "lr": lr}, name, **known(name)):
        assert len(records) == STEPS + 1
        # Of the spiral, the slowest, a fifteenth is gone after 50 steps; of most, nine tenths.
        assert records.loss[-1] < 0.95 * records.loss[0]


# Each model and each loss on data that suits both. Adam's steps do not grow with the slope, so sums need no other rate.
ADAM = {"id": "adam", "lr": 0.02}
TRAINED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("regression_plane", chosen("linear"), chosen("mse")),
    ("regression_plane", chosen("linear"), chosen("l1")),
    ("regression_plane", chosen("linear"), chosen("huber")),
    ("regression_plane", chosen("mlp"), chosen("huber", {"delta": 0.1})),
    ("gaussian_pair", chosen("logistic"), chosen("bce")),
    ("gaussian_pair", chosen("logistic", {"output": "logit"}), chosen("bce_logits")),
    ("gaussian_pair", chosen("softmax"), chosen("cross_entropy")),
    ("circle", chosen("mlp", {"output": "sigmoid"}), chosen("bce")),
    ("digits", chosen("convnet", {"channels": 2}), chosen("cross_entropy")),
]


def test_every_model_and_every_loss_is_trained() -> None:
    assert {model["id"] for _, model, _ in TRAINED} == set(models())
    assert {loss["id"] for _, _, loss in TRAINED} == set(losses())


@pytest.mark.parametrize(("name", "model", "loss"), TRAINED, ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_model_and_every_loss_goes_down(
    name: str, model: dict[str, Any], loss: dict[str, Any], reduction: str
) -> None:
    loss = {**loss, "params": {**loss["params"], "reduction": reduction}}
    changes = {"model": model, "loss": loss, "batch": {"size": 20}, "dataset": chosen(name)}
    (records,) = runs(STEPS, 1, ADAM, name, **changes)
    assert records.loss[-10:].mean() < 0.9 * records.loss[:5].mean()


@pytest.mark.parametrize("optimizer", optimizers().values(), ids=lambda optimizer: optimizer.id)
@pytest.mark.parametrize("name", ["thermometer", "pass_or_fail", "circle"])
def test_no_rate_breaks_the_engine(name: str, optimizer: Optimizer) -> None:
    changes = known(name)
    changes["model"]["params"]["bias"] = not optimizer.matrices_only
    for loss in ("bce", "bce_logits") if name in ("pass_or_fail", "circle") else (datasets()[name].known_loss.id,):
        changes["loss"] = chosen(loss)
        if loss.startswith("bce"):
            model = {"pass_or_fail": "logistic", "circle": "mlp"}[name]
            sigmoid = {"logistic": ("probability", "logit"), "mlp": ("sigmoid", "raw")}[model][loss != "bce"]
            changes["model"]["params"]["output"] = sigmoid
        for lr in (1.0, 1e6):
            for records in runs(6, 1, {"id": optimizer.id, "lr": lr}, name, **changes):
                ended = STATUSES[records.status[-1]] == "diverged"
                assert ended == (len(records) < 7 or not np.isfinite(records.loss[-1] + records.grad_norm[-1]))


@pytest.mark.parametrize("output", ["sigmoid", "raw"])
def test_a_run_whose_model_overflows_ends_and_the_others_go_on(output: str) -> None:
    model = chosen("mlp", {"hidden": [2], "activation": "relu", "output": output})
    loss = chosen("bce" if output == "sigmoid" else "bce_logits")
    sgd = {"id": "sgd", "lr": 0.01}
    far = [
        3e38,
        3e38,
        3e38,
        -3e38,
        0,
        0,
        3e38,
        -3e38,
        0,
    ]  # both units overflow; infinity minus itself is NaN
    given: list[dict[str, Any]] = [{"optimizer": sgd, "start": far}, {"optimizer": sgd}]
    chunk, checkpoint = advance(learning(given, model=model, loss=loss), None, 5)
    lost, kept = chunk.runs
    assert [STATUSES[status] for status in lost.status] == ["diverged"]
    assert np.isnan(lost.loss[0])
    assert len(kept) == 6
    assert np.isfinite(kept.loss).all()
    chunk, _ = advance(learning(given, model=model, loss=loss), checkpoint, 8)
    assert [(run.run, len(run)) for run in chunk.runs if len(run)] == [(1, 3)]
