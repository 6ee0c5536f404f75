"""Scripts of models that learn are really run: each compares its own last parameters bit for bit."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.export.learners import learned
from tests.export.scripts import perform, perform_alone, recording, script, unformatted
from tests.optimizers.helpers import ALL_ON
from tests.problems.stored_files import put_cifar, put_mnist

from steepest.export import Recording, export_text, record
from steepest.optimizers import BUILT_IN, find_optimizer, schedules
from steepest.problems import datasets, losses, models
from steepest.problems.table import read_csv, save_table
from steepest.spec import Invalid

MADE = [dataset.id for dataset in datasets().values() if not dataset.stored]
SMALL = ("mlp", {"hidden": [3], "activation": "tanh"})
PROBABLE = {"hidden": [2], "output": "sigmoid"}
ADAM = {"id": "adam", "lr": 0.01}
LBFGS = {"id": "lbfgs", "lr": 0.1}
NEWTON = {"id": "newton", "lr": 0.5, "damping": 0.1}

# By id: a data set, params and a loss that it is for.
MODELS: dict[str, tuple[str, dict[str, Any], str]] = {
    "linear": ("plane", {"bias": False}, "mse"),
    "logistic": ("pass_or_fail", {"output": "logit"}, "bce_logits"),
    "softmax": ("two_clusters", {}, "cross_entropy"),
    "mlp": ("fruit", {"hidden": [4, 3], "activation": "gelu", "bias": False}, "l1"),
    "convnet": ("digits", {"channels": 1}, "cross_entropy"),
}
LOSSES: dict[str, tuple[str, dict[str, Any]]] = {
    "mse": ("noisy_curve", {}),
    "l1": ("noisy_curve", {}),
    "huber": ("noisy_curve", {"delta": 0.25}),
    "bce": ("circle", {}),
    "bce_logits": ("circle", {}),
    "cross_entropy": ("circle", {}),
}


def ended(made: Recording) -> str:
    """Performs its script; what was printed."""
    printed = perform(script(made))
    assert printed.count("as recorded") == len(made.runs)
    return printed


@pytest.mark.parametrize("dataset", MADE)
def test_every_data_set(dataset: str) -> None:
    for dtype in ("float32", "float64"):
        ended(learned(dataset, dtype=dtype, steps=3))


@pytest.mark.parametrize("name", models())
def test_every_model(name: str) -> None:
    dataset, params, loss = MODELS[name]
    data = {"count": 40} if dataset == "digits" else {}
    ended(learned(dataset, data=data, model=(name, params), loss=(loss, {}), runs=[{}, {"optimizer": ADAM}]))


@pytest.mark.parametrize("activation", ["identity", "relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu"])
def test_every_activation(activation: str) -> None:
    params = {"hidden": [3, 2], "activation": activation, "output": "sigmoid"}
    ended(learned("circle", model=("mlp", params), loss=("bce", {}), runs=[{"optimizer": ADAM}]))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", losses())
def test_every_loss(name: str, reduction: str) -> None:
    dataset, params = LOSSES[name]
    output = "sigmoid" if name == "bce" else "raw"
    model = ("mlp", {"hidden": [3], "activation": "tanh", "output": output})
    loss = (name, {"reduction": reduction, **params})
    ended(learned(dataset, model=model, loss=loss, runs=[{"optimizer": ADAM}], batch={"size": 7}))


@pytest.mark.parametrize("rest", [
    {"batch": {"size": 7}},
    {"batch": {"size": 7, "sampling": "replacement"}},
    {"split": {"dev": 0.2}},
    {"split": {"test": 0.3}, "batch": {"size": 200 - 60}},
    {"split": {"dev": 0.2, "test": 0.1}, "batch": {"size": 16}},
    {"penalty": {"l1": 0.01}},
    {"penalty": {"l2": 0.01}, "batch": {"size": 9}},
    {"penalty": {"l1": 0.001, "l2": 0.01}},
    {"model": ("mlp", {"hidden": [5, 4], "dropout": 0.3})},
    {"model": ("mlp", {"hidden": [5, 4], "dropout": 0.3}), "batch": {"size": 11}, "split": {"dev": 0.1}},
], ids=str)  # fmt: skip
def test_every_way_to_train(rest: dict[str, Any]) -> None:
    """30 steps of 7 of 200 begin the second epoch."""
    runs: list[dict[str, Any]] = [{"optimizer": ADAM}, {"optimizer": LBFGS}, {"zero_grad": False}]
    printed = ended(learned("circle", **{"model": SMALL, **rest}, runs=runs, steps=30, seed=5))
    split = rest.get("split", {})
    assert printed.count("on the development part") == (3 if "dev" in split else 0)
    assert printed.count("on the test part") == (3 if "test" in split else 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_start(dtype: str) -> None:
    starts: list[Any] = [{"init": how} for how in ("default", "xavier", "kaiming", "normal", "zeros")]
    starts += [{"init": "normal", "std": 0.5}, {"init": "xavier", "draw": 3}, [0.1 * n for n in range(13)]]
    ended(learned("circle", model=SMALL, runs=[{"start": start} for start in starts], dtype=dtype, seed=9, steps=2))


@pytest.mark.parametrize("optimizer", BUILT_IN, ids=lambda optimizer: optimizer.id)
def test_every_optimizer(optimizer: Any) -> None:
    model = ("mlp", {"hidden": [3], "bias": False})  # matrices alone
    given = {"id": optimizer.id, "lr": optimizer.known_lr, **ALL_ON.get(optimizer.id, {})}
    edits = [{"step": 3, "run": 0, "set": {"lr": 0.5 * optimizer.known_lr}}]
    ended(learned("noisy_curve", model=model, runs=[{"optimizer": given}], edits=edits, batch={"size": 20}))


def test_edits_of_every_kind() -> None:
    names = ("sgd", "adam", "rmsprop", "lbfgs", "newton", "rprop", "asgd", "adagrad")
    runs = [{"optimizer": {"id": name, "lr": find_optimizer(name).known_lr}} for name in names]
    edits: list[dict[str, Any]] = []
    for run, name in enumerate(names):
        other = names[(run + 1) % len(names)]
        edits += [
            {"step": 0, "run": run, "params": [0.1 * n for n in range(13)]},
            {"step": 2, "run": run, "set": {"lr": 0.5 * find_optimizer(name).known_lr, **EDITED.get(name, {})}},
            {"step": 4, "run": run, "params": [0.2 * n - 1 for n in range(13)]},
            {"step": 5, "run": run, "optimizer": {"id": other, "lr": find_optimizer(other).known_lr}},
            {"step": 8, "run": run, "set": {"lr": 7.0}},  # beyond the end: not carried out
        ]
    ended(learned("circle", model=SMALL, runs=runs, edits=edits, steps=8, batch={"size": 30}))


# What an edit changes beside the rate, where torch reads it only once.
EDITED: dict[str, dict[str, Any]] = {
    "adam": {"amsgrad": True},
    "rmsprop": {"momentum": 0.9, "centered": True},
    "lbfgs": {"history_size": 3},
    "adagrad": {"initial_accumulator_value": 0.5},
    "asgd": {"alpha": 0.5},
}


@pytest.mark.parametrize("schedule", schedules())
def test_every_schedule(schedule: str) -> None:
    given: dict[str, Any] = {"id": schedule, **TIMED.get(schedule, {})}
    names = ("sgd", "adam", "rprop", "asgd", "lbfgs")
    runs = [{"optimizer": {"id": name, "lr": 0.02}, "schedule": given} for name in names]
    edits: list[dict[str, Any]] = [{"step": 3, "run": n, "set": {"lr": 0.03}} for n in range(len(names))]
    edits += [
        {"step": 5, "run": 0, "set": {"momentum": 0.5}},
        {"step": 5, "run": 1, "set": {"betas": [0.8, 0.99]}},
        {"step": 6, "run": 1, "optimizer": {"id": "adamw", "lr": 0.01}},
        {"step": 7, "run": 0, "set": {"lr": 0.0}},
        {"step": 9, "run": 0, "set": {"lr": 0.01}},
    ]
    ended(learned("circle", model=SMALL, runs=runs, edits=edits, steps=14, batch={"size": 30}))


TIMED: dict[str, dict[str, Any]] = {
    "step": {"step_size": 4},
    "cosine": {"T_max": 9},
    "warm_restarts": {"T_0": 4},
    "one_cycle": {"total_steps": 11},
    "plateau": {"patience": 1},
}


def test_one_cycle_that_turns_the_momentum() -> None:
    given = {"id": "one_cycle", "total_steps": 12, "cycle_momentum": True}
    runs = [
        {"optimizer": {"id": "sgd", "lr": 0.02, "momentum": 0.5}, "schedule": given},
        {"optimizer": {"id": "adam", "lr": 0.02}, "schedule": given},
    ]
    edits = [
        {"step": 4, "run": 0, "set": {"momentum": 0.1, "lr": 0.03}},
        {"step": 4, "run": 1, "set": {"betas": [0.5, 0.9]}},
    ]
    ended(learned("circle", model=SMALL, runs=runs, edits=edits, steps=10))


def test_a_schedule_and_gradients_that_add_up_on_a_surface() -> None:
    made = recording("rosenbrock", [({"id": "sgd", "lr": 0.0005}, (-1.2, 1.0))], steps=0)
    first = made.experiment.runs[0]
    changed = [
        first.model_copy(update={"zero_grad": False}),
        type(first).model_validate({**first.model_dump(), "schedule": {"id": "cosine", "T_max": 9}}),
    ]
    again = record(made.experiment.model_copy(update={"runs": changed}), 12)
    source = script(again)
    assert "def descend_adding_up(" in source
    assert perform(source).count("as recorded") == 2


def test_more_parameters_than_are_listed() -> None:
    made = learned("digits", data={"count": 60}, batch={"size": 16}, runs=[{}, {"optimizer": ADAM}])
    source = script(made)
    ended(made)
    with pytest.raises(AssertionError, match="SGD ends elsewhere"):
        perform(source.replace("lr=0.5)", "lr=0.500001)"))


def test_a_run_that_diverges_ends_at_its_last_record() -> None:
    made = learned("thermometer", runs=[{"optimizer": {"id": "sgd", "lr": 0.01}}], steps=100)
    assert made.diverged(0)
    ended(made)
    straight = ("mlp", {"hidden": [20], "activation": "identity"})
    large = learned("fruit", model=straight, steps=40, runs=[{"optimizer": {"id": "sgd", "lr": 1.0}}])
    assert large.prepared.problem.dim > 64
    assert large.diverged(0)
    ended(large)


@pytest.mark.parametrize("dimensions", [{"hidden": [2]}, {"hidden": [20]}])
def test_a_run_whose_probabilities_become_nan_ends_as_recorded(dimensions: dict[str, Any], tmp_path: Path) -> None:
    growing = {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 10.0}}
    bce = ("bce", {"reduction": "sum"})
    lost = learned(
        "circle",
        model=("mlp", {**dimensions, "output": "sigmoid"}),
        loss=bce,
        runs=[growing],
        split={"dev": 0.2},
        steps=80,
    )
    assert lost.diverged(0)
    assert np.isnan(lost.runs[0].loss[-1])
    source = script(lost)
    ended(lost)
    assert perform_alone(source, tmp_path).returncode == 0
    with pytest.raises(RuntimeError, match="between 0 and 1"):  # torch's own would not get there
        perform(source.replace("criterion = BCELoss(", "criterion = nn.BCELoss("))


def test_torchs_own_loss_is_written_where_it_is_enough() -> None:
    made = learned("circle", model=("mlp", PROBABLE), loss=("bce", {}))
    assert "criterion = nn.BCELoss()" in script(made)
    trying = learned("circle", model=("mlp", PROBABLE), loss=("bce", {}), runs=[{"optimizer": {"id": "lbfgs"}}])
    assert "criterion = BCELoss()" in script(trying)
    ended(trying)


SOME = learned(
    "circle",
    model=("mlp", {"hidden": [3], "dropout": 0.25}),
    batch={"size": 7},
    split={"dev": 0.2},
    penalty={"l2": 0.01},
    seed=3,
    steps=40,
    runs=[{"start": {"init": "xavier"}}],
)


@pytest.mark.parametrize(
    "change",
    [
        ("seed = 3", "seed = 4"),
        ("noise=0.3", "noise=0.31"),
        ("nn.Linear(2, 3)", "nn.Linear(2, 3, bias=False)"),
        ("nn.Dropout(0.25)", "nn.Dropout(0.26)"),
        ("nn.BCEWithLogitsLoss()", 'nn.BCEWithLogitsLoss(reduction="sum")'),
        ("0.01 * l2", "0.011 * l2"),
        ("place * 7 :", "place * 7 + 1 :"),
        ('"dropout", step', '"dropout", 0'),
        ('"epoch", epoch', '"epoch", 0'),
        ('"split", 0', '"split", 1'),
        ("xavier_uniform_", "kaiming_uniform_"),
        ("        optimizer.zero_grad()\n", ""),
        ("lr=0.3", "lr=0.3001"),
        ("range(0, 40)", "range(0, 39)"),
    ],
    ids=lambda change: change[0].strip(),
)
def test_another_script_fails(change: tuple[str, str]) -> None:
    source = script(SOME)
    assert source.count(change[0]) == 1
    with pytest.raises((AssertionError, RuntimeError)):
        perform(source.replace(*change))


def test_alone_with_torch(tmp_path: Path) -> None:
    done = perform_alone(script(SOME), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("as recorded") == 1


def test_laid_out_as_ruff_would(tmp_path: Path) -> None:
    timed = {"id": "one_cycle", "total_steps": 12}
    runs: list[dict[str, Any]] = [
        {"optimizer": LBFGS, "start": {"init": "zeros"}},
        {"optimizer": NEWTON},
        {"schedule": timed, "start": [0.123456789 * n for n in range(13)]},
        {"zero_grad": False, "schedule": {"id": "plateau"}},
    ]
    edits = [{"step": 1, "run": 2, "set": {"lr": 0.2}}, {"step": 1, "run": 0, "params": [0.5 * n for n in range(13)]}]
    made = [
        SOME,
        learned("circle", model=SMALL, runs=runs, edits=edits, split={"dev": 0.2, "test": 0.2}),
        learned("circle", model=SMALL, runs=runs, edits=edits, batch={"size": 9, "sampling": "replacement"}),
        learned("digits", data={"count": 20}),
        learned("plane"),
        learned("points"),
    ]
    assert unformatted([script(each) for each in made], tmp_path) == ""


def test_a_part_that_has_no_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = learned("thermometer", steps=1)
    problem: Any = made.prepared.problem  # shared by later tests, which need the data set as it was
    monkeypatch.setattr(problem, "dataset", replace(problem.dataset, make=lambda scale: problem.data))
    with pytest.raises(Invalid, match=r"to: .* has no name to import it by"):
        export_text(made, "python")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder."""
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    return tmp_path


def test_images_that_lie_in_the_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_mnist(folder)
    put_cifar(folder)
    data = {"count": 30, "test": 10}
    runs = [{"optimizer": {"id": "sgd", "lr": 0.1}}]
    made = [
        learned("mnist", data=data, batch={"size": 8}, runs=runs),
        learned("cifar10", data=data, model=("convnet", {"channels": 1}), split={"dev": 0.2}, runs=runs),
    ]
    sources = [script(each) for each in made]
    monkeypatch.delenv("STEEPEST_DATA")  # a script needs nothing beside it
    for source in sources:
        printed = perform(source)
        assert printed.count("as recorded") == 1
        assert "on the test part" in printed


@pytest.mark.parametrize(("target", "scaled"), [("y", False), ("y", True), ("kind", False)])
def test_a_table_of_ones_own(folder: Path, target: str, scaled: bool) -> None:
    hostile = b"x,__import__('os'),kind,y\n1,0,b,0.5\n2,0,a,1.5\n3,1,c,2.5\n6,1,a,1\n"
    file, _ = save_table(hostile, read_csv(hostile))
    loss: tuple[str, dict[str, Any]] = ("cross_entropy" if target == "kind" else "mse", {})
    made = learned(
        "csv", data={"file": file, "target": target, "standardize_target": scaled}, loss=loss, dtype="float64"
    )
    assert "__import__" not in script(made)
    ended(made)


def test_nothing_of_ours_is_imported() -> None:
    source = script(SOME)
    assert not re.search(r"^(import|from) (?!torch|hashlib|math|dataclasses)", source, re.MULTILINE)
    assert "steepest" not in source  # in lower case: the package
