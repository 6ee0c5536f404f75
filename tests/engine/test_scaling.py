"""A scaled table: offered where the run on it, from its start, clearly does better, and then it does."""

from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from steepest.engine import Prepared, advance, prepare, try_scaling
from steepest.engine.run.scaling import CLEARLY
from steepest.problems.learning.problem import LearningProblem
from steepest.problems.table import read_csv, save_table
from steepest.spec import parse_experiment

SGD, ADAM = {"id": "sgd", "lr": 0.05}, {"id": "adam", "lr": 0.05}
NET = {"id": "mlp", "params": {"hidden": [16]}}
LINEAR: dict[str, Any] = {"id": "linear"}


@pytest.fixture
def prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """120 houses: area, rooms and age, to prices of some 400,000."""
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    return table(1.0)


def table(unit: float) -> str:
    """unit: of the price."""
    random = np.random.default_rng(0)
    area, age = random.uniform(40, 220, 120), random.uniform(0, 80, 120)
    rooms = np.round(area / 30 + random.normal(0, 0.7, 120))
    price = unit * (3000 * area - 900 * age + 8000 * rooms + random.normal(0, 25_000, 120))
    lines = [f"{a:.1f},{b:.0f},{c:.0f},{d:.9g}" for a, b, c, d in zip(area, rooms, age, price, strict=True)]
    content = "\n".join(["area,rooms,age,price", *lines]).encode()
    return save_table(content, read_csv(content))[0]


def houses(
    file: str,
    model: dict[str, Any],
    *optimizers: dict[str, Any],
    loss: str = "mse",
    reduction: str = "mean",
    penalty: Any = None,
    edits: Any = (),
    **params: Any,
) -> Prepared:
    problem = {
        "kind": "learning",
        "dataset": {"id": "csv", "params": {"file": file, **params}},
        "model": model,
        "loss": {"id": loss, "params": {"reduction": reduction}},
        **({"penalty": penalty} if penalty else {}),
    }
    runs = [{"optimizer": optimizer, "start": {"init": "default"}} for optimizer in optimizers]
    document = {"version": 1, "problem": problem, "engine": "compiled", "runs": runs, "edits": list(edits)}
    return prepare(parse_experiment(document))


def spread(prepared: Prepared) -> float:
    assert isinstance(prepared.problem, LearningProblem)
    return float(prepared.problem.data.targets.std(correction=0))


@pytest.mark.parametrize(
    ("model", "optimizer", "loss"),
    [(LINEAR, ADAM, "mse"), (NET, ADAM, "mse"), (NET, SGD, "mse"), (LINEAR, ADAM, "l1")],
    ids=["adam", "net", "explodes", "l1"],
)
def test_it_is_offered_and_does_what_was_tried(
    prices: str, model: dict[str, Any], optimizer: dict[str, Any], loss: str
) -> None:
    prepared = houses(prices, model, optimizer, loss=loss)
    found = try_scaling(prepared, 0)
    assert found is not None
    assert found.scaled is not None
    assert found.experiment is not None
    scaled = prepare(found.experiment)
    assert isinstance(scaled.problem, LearningProblem)
    assert scaled.problem.data.targets.mean() == pytest.approx(0, abs=1e-9)
    assert spread(scaled) == pytest.approx(1)
    last = int(0.2 * found.steps)
    (raw,), (better,) = (advance(one, None, found.steps)[0].runs for one in (prepared, scaled))
    assert found.scaled.loss == pytest.approx(float(np.mean(better.loss[-last:].astype(np.float64))))
    unit = spread(prepared) ** (2 if loss == "mse" else 1)
    if found.without.diverged:
        assert len(raw) < found.steps
    else:
        assert found.without.loss == pytest.approx(float(np.mean(raw.loss[-last:].astype(np.float64))) / unit)
        assert found.scaled.loss < 0.5 * found.without.loss
    assert found.scaled.loss < 0.5


def test_of_hubers_loss_it_is_offered_by_a_bound_that_holds(prices: str) -> None:
    prepared = houses(prices, LINEAR, ADAM, loss="huber")
    found = try_scaling(prepared, 0)
    assert found is not None
    assert (found.what, found.at_least) == ("target", True)
    assert found.scaled is not None
    assert found.experiment is not None
    assert found.scaled.loss < 0.5 * found.without.loss
    # The run as it is: its errors in the scaled unit, through the scaled problem's own loss.
    problem, scaled = prepared.problem, prepare(found.experiment).problem
    assert isinstance(problem, LearningProblem)
    assert isinstance(scaled, LearningProblem)
    (raw,) = advance(prepared, None, found.steps)[0].runs
    weights = raw.params[int(0.8 * found.steps) + 1 :].astype(np.float64)
    inputs, targets = problem.data.inputs.double().numpy(), problem.data.targets.double().numpy()
    errors = (inputs @ weights[:, :-1].T + weights[:, -1] - targets) / spread(prepared)
    huber = np.where(np.abs(errors) <= 1, errors**2 / 2, np.abs(errors) - 0.5)
    assert found.without.loss <= huber.mean() < 1.3 * found.without.loss


@pytest.mark.parametrize("unit", [1.0, 1e-10], ids=["large", "small"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_it_is_offered_for_summed_losses_and_small_targets(prices: str, reduction: str, unit: float) -> None:
    found = try_scaling(houses(table(unit), NET, ADAM, reduction=reduction), 0)
    assert found is not None
    assert found.scaled is not None
    assert found.scaled.loss < 0.8 * found.without.loss


def people(unit: float, *, grade: bool = False) -> str:
    """Height and income, the latter in some unit, to a class, or to a number near 1."""
    random = np.random.default_rng(1)
    height, income = random.normal(0, 1, 150), random.normal(0, 1, 150)
    score = height + income
    told = (f"{value:.4f}" if grade else ["low", "high"][int(value > 0)] for value in score)
    lines = [f"{h:.4f},{unit * (3 + i):.6g},{kind}" for h, i, kind in zip(height, income, told, strict=True)]
    content = "\n".join(["height,income,kind", *lines]).encode()
    return save_table(content, read_csv(content))[0]


@pytest.mark.parametrize(("grade", "loss"), [(False, "bce_logits"), (True, "mse"), (True, "huber"), (True, "l1")])
def test_inputs_far_from_1_are_offered_to_be_scaled(prices: str, grade: bool, loss: str) -> None:
    prepared = houses(people(1000, grade=grade), LINEAR, SGD, loss=loss, standardize=False)
    found = try_scaling(prepared, 0)
    assert found is not None
    assert (found.what, found.at_least) == ("inputs", False)
    assert found.scaled is not None
    assert found.experiment is not None
    (better,) = advance(prepare(found.experiment), None, found.steps)[0].runs
    last = better.loss[-int(0.2 * found.steps) :].astype(np.float64)
    assert found.scaled.loss == pytest.approx(float(last.mean()))
    (raw,) = advance(prepared, None, found.steps)[0].runs
    assert found.without.diverged == (len(raw) < found.steps)
    if not found.without.diverged:
        assert found.scaled.loss < 0.8 * float(raw.loss[-int(0.2 * found.steps) :].astype(np.float64).mean())


def test_inputs_and_target_are_scaled_together(prices: str) -> None:
    found = try_scaling(houses(prices, LINEAR, SGD, standardize=False), 0)
    assert found is not None
    assert found.what == "both"
    assert found.experiment is not None
    assert found.scaled is not None
    scaled = prepare(found.experiment).problem
    assert isinstance(scaled, LearningProblem)
    assert scaled.data.inputs.double().std(dim=0, correction=0).tolist() == pytest.approx([1, 1, 1])
    assert scaled.data.targets.double().std(correction=0).item() == pytest.approx(1)


def test_inputs_near_1_are_not_tried(prices: str) -> None:
    assert try_scaling(houses(people(1.0), LINEAR, SGD, loss="bce_logits", standardize=False), 0) is None
    assert try_scaling(houses(people(1000), LINEAR, SGD, loss="bce_logits"), 0) is None


@pytest.mark.parametrize(
    ("loss", "penalty", "comparable"),
    [
        ("mse", {"l2": 0.01}, True),
        ("l1", {"l2": 0.01}, False),
        ("l1", {"l1": 0.01}, True),
        ("huber", {"l1": 0.01}, False),
    ],
)
def test_losses_with_a_penalty_are_compared_only_where_that_is_fair(
    prices: str, loss: str, penalty: dict[str, float], comparable: bool
) -> None:
    assert (try_scaling(houses(prices, LINEAR, ADAM, loss=loss, penalty=penalty), 0) is not None) == comparable


def test_it_is_not_offered_where_the_run_does_well_without(prices: str) -> None:
    found = try_scaling(houses(prices, LINEAR, SGD), 0)  # a bowl, whatever the unit
    assert found is not None
    assert found.scaled is None
    assert found.experiment is None


def test_another_rate_comes_with_it_where_the_own_one_was_for_large_targets(prices: str) -> None:
    slow = {"id": "sgd", "lr": 1e-10}
    found = try_scaling(houses(prices, NET, slow, slow), 1)
    assert found is not None
    assert found.experiment is not None
    assert found.lr == 0.05
    assert [run.optimizer.hyper["lr"] for run in found.experiment.runs] == [1e-10, 0.05]


def test_both_tries_have_the_optimizer_that_the_edits_have_left(prices: str) -> None:
    edits = [
        {"step": 400, "run": 0, "optimizer": ADAM},
        {"step": 450, "run": 0, "set": {"lr": 0.04}},
        {"step": 460, "run": 0, "params": [0.0] * 4},
    ]
    found = try_scaling(houses(prices, LINEAR, SGD, edits=edits), 0)
    assert found == try_scaling(houses(prices, LINEAR, {"id": "adam", "lr": 0.04}), 0)
    assert found is not None
    assert found.experiment is not None
    assert found.experiment.edits == []


def test_there_is_nothing_to_try_without_a_large_target_that_can_be_scaled(prices: str) -> None:
    assert try_scaling(houses(prices, LINEAR, ADAM, standardize_target=True), 0) is None
    assert try_scaling(houses(table(1e-5), LINEAR, ADAM), 0) is None
    summed = {"loss": "huber", "reduction": "sum"}
    assert try_scaling(houses(prices, LINEAR, ADAM, **summed), 0) is None
    surface = {
        "version": 1,
        "problem": {"kind": "surface", "id": "ravine"},
        "runs": [{"optimizer": SGD, "start": [1, 1]}],
    }
    assert try_scaling(prepare(parse_experiment(surface)), 0) is None


def check_random(seed: int) -> bool:
    """Applies what is offered for a random table, model, loss and optimizer; whether anything was."""
    random = Random(seed)
    rng = np.random.default_rng(seed)
    units = [10.0 ** random.uniform(-4, 6) for _ in range(3)]
    columns = rng.normal(random.uniform(-2, 2), 1, (80, 3)) * units
    told = rng.normal(0, 0.3, 80) + (columns / units) @ rng.normal(0, 1, 3)
    cells = [*columns.T, 10.0 ** random.uniform(-4, 6) * told]
    content = "\n".join(["a,b,c,y", *(",".join(f"{cell:.7g}" for cell in row) for row in zip(*cells, strict=True))])
    file = save_table(content.encode(), read_csv(content.encode()))[0]
    optimizer = {"id": random.choice(["sgd", "adam", "rmsprop"]), "lr": 10.0 ** random.uniform(-3, 0)}
    loss, reduction = random.choice(["mse", "l1", "huber"]), random.choice(["mean", "sum"])
    standardize = random.random() < 0.5
    model = random.choice([LINEAR, NET])
    prepared = houses(file, model, optimizer, loss=loss, reduction=reduction, standardize=standardize)
    found = try_scaling(prepared, 0)
    if found is None or found.scaled is None or found.experiment is None:
        return False
    last = int(0.2 * found.steps)
    (raw,) = advance(prepared, None, found.steps)[0].runs
    (better,) = advance(prepare(found.experiment), None, found.steps)[0].runs
    applied = better.loss[-last:].astype(np.float64)
    assert len(better) == found.steps + 1
    assert found.scaled.loss == pytest.approx(float(applied.mean()))
    if found.without.diverged:
        assert len(raw) <= found.steps
        assert found.scaled.loss < better.loss[0]
    else:
        assert found.scaled.loss < CLEARLY * found.without.loss
    return True


def test_what_is_offered_for_random_tables_is_better(prices: str) -> None:
    assert sum(map(check_random, range(8))) >= 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200))
def test_what_is_offered_for_many_random_tables_is_better(prices: str, seed: int) -> None:
    check_random(seed)
