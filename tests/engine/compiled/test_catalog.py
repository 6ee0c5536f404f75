"""The whole catalog: each step of compiled runs against PyTorch's, within the tolerance of `check_engine`.

A few combinations in `make test`, chosen so that each surface, data set, model, loss and optimizer is among them; all,
in both precisions and for 200 steps, in `make test-long`.
"""

import math
from itertools import product
from typing import Any

import pytest
from tests.engine.compiled.catalog_cases import DATA, NAMES, VARIANTS, learning_cases, on_data, on_surface
from tests.engine.compiled.test_runs import edited
from tests.problems.learning_cases import chosen, document

from steepest.engine import EngineCheck, advance, check_engine, end_tolerance, prepare
from steepest.engine.compiled import library
from steepest.engine.compiled.rule import experiment_compiles
from steepest.optimizers import schedules
from steepest.problems.catalog import losses, models, surfaces
from steepest.problems.models.mlp import ACTIVATIONS
from steepest.spec import Param, parse_experiment

Written = dict[str, Any]

SURFACES = list(surfaces())
CASES = list(learning_cases())


def checked(written: Written, until: int = 20, first: int = 0) -> EngineCheck:
    """The check of the document's run, which must be within the tolerance."""
    prepared = prepare(parse_experiment(written))
    checkpoint = advance(prepared, None, first)[1] if first else None
    (found,) = check_engine(prepared, checkpoint, first + until)
    assert found.engines[0] == "compiled"
    assert found.within, (written, found.differences)
    return found


def every(steps: int, written: Written) -> None:
    """So many steps; then their end against PyTorch alone, as an exported script compares it."""
    found = checked(written, steps)
    if not math.isnan(found.drift):
        assert found.drift <= end_tolerance(prepare(parse_experiment(written)), 0, found.last), written


# ---- each once -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(len(SURFACES)), ids=SURFACES)
def test_each_surface(n: int) -> None:
    checked(on_surface(SURFACES[n], NAMES[n % len(NAMES)], dtype=("float32", "float64")[n % 2]))


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_variant_of_an_optimizer(variant: str) -> None:
    checked(on_surface("beale", VARIANTS[variant]), 40)


@pytest.mark.parametrize("n", range(0, len(CASES), 6), ids=lambda n: "-".join(CASES[n]))
def test_data_models_and_losses(n: int) -> None:
    name, model, loss = CASES[n]
    checked(on_data(name, NAMES[n % len(NAMES)], model, loss, batch={"size": 3 if n % 4 else None}), 10)


def test_the_catalog_is_covered() -> None:
    assert {name for name, _, _ in CASES} == set(DATA)
    assert {model for _, model, _ in CASES} == set(models()) - {"convnet"}
    assert {loss for _, _, loss in CASES} == set(losses())


# ---- what a problem and a run can have beside ------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(activation: str) -> None:
    net = chosen("mlp", {"hidden": [4, 3], "activation": activation})
    checked(_net({"model": net, "batch": {"size": 7}}))


@pytest.mark.parametrize(
    "changes",
    [
        {"batch": {"size": None}},
        {"batch": {"size": 1}},
        {"batch": {"size": 7}},
        {"batch": {"size": 7, "sampling": "replacement"}},
        {"penalty": {"l1": 0.01}},
        {"penalty": {"l2": 0.01}},
        {"penalty": {"l1": 0.01, "l2": 0.02}, "batch": {"size": 7}},
        {"split": {"dev": 0.2, "test": 0.2}, "batch": {"size": 7}},
        {"loss": chosen("bce_logits", {"reduction": "sum"})},
        {"model": chosen("mlp", {"hidden": [3], "bias": False})},
        {"model": chosen("mlp", {"hidden": []})},
        {"model": chosen("mlp", {"hidden": [30]})},  # too many parameters for the records
    ],
    ids=str,
)
def test_each_setting_of_a_problem(changes: Written) -> None:
    checked(_net(changes), 30)


def _net(changes: Written, **run: Any) -> Written:
    problem = document("circle", **{"model": chosen("mlp", {"hidden": [4]}), **changes})
    runs = [{"optimizer": {"id": "adam", "lr": 0.02}, "start": {"init": "default"}, **run}]
    return {"version": 1, "engine": "compiled", "problem": problem, "runs": runs}


@pytest.mark.parametrize("schedule", list(schedules()))
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_each_schedule(schedule: str, optimizer: str) -> None:
    written = on_surface("beale", {"id": optimizer, "lr": 0.01})
    written["runs"][0]["schedule"] = {"id": schedule}
    checked(written, 60)
    checked(written, 60, first=37)


@pytest.mark.parametrize("optimizer", NAMES)
def test_gradients_that_accumulate(optimizer: str) -> None:
    written = on_surface("himmelblau", {"id": optimizer, "lr": 0.001})
    written["runs"][0]["zero_grad"] = False
    checked(written, 30)
    checked(written, 30, first=11)
    checked(_net({"batch": {"size": 7}}, optimizer={"id": optimizer, "lr": 0.001}, zero_grad=False))


def changed(param: Param, value: Any) -> Any:
    """Another value of a hyperparameter, neither 0 nor the one before; None where a change needs another kernel."""
    if isinstance(value, float):
        return value * 0.7 if value else None
    if isinstance(value, list):
        return [each * 0.97 for each in value] if all(isinstance(each, float) and each for each in value) else None
    return None


@pytest.mark.parametrize("optimizer", [*NAMES, *VARIANTS])
def test_an_edit_of_any_number_needs_no_other_kernel(optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = on_surface("beale", VARIANTS.get(optimizer, {"id": optimizer}))
    config = prepare(parse_experiment(written)).plans[0].config
    entry, values = config.optimizer, config.values
    edits = [
        {"step": 10 + 3 * n, "set": {param.id: changed(param, values[param.id])}}
        for n, param in enumerate(entry.params)
        if changed(param, values[param.id]) is not None
    ]
    checked(written, 50)  # every kernel that the run needs
    made: list[str] = []
    known = library._found

    def noted(key: str, *rest: Any) -> Any:
        made.append(key)
        return known(key, *rest)

    monkeypatch.setattr(library, "_found", noted)
    found = checked(edited(written, *edits), 50)
    assert edits
    assert found.last == 50
    assert made == []


def test_edits_that_switch_something_on_or_replace_the_optimizer() -> None:
    written = on_surface("beale", {"id": "sgd", "lr": 0.001})
    checked(
        edited(
            written,
            {"step": 5, "set": {"momentum": 0.9}},
            {"step": 8, "set": {"nesterov": True}},
            {"step": 11, "set": {"weight_decay": 0.1}},
            {"step": 14, "params": [2.0, 1.0]},
            {"step": 17, "optimizer": {"id": "adam", "amsgrad": True}},
            {"step": 23, "set": {"lr": 0.0}},
            {"step": 26, "optimizer": {"id": "asgd", "lr": 0.01}},
        ),
        40,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["beale", "rosenbrock", "saddle", "expression", "himmelblau"])
def test_a_run_that_diverges_does_so_at_the_same_step(name: str, dtype: str) -> None:
    for lr, optimizer in product((0.3, 1.0, 30.0), ("sgd", "nadam")):
        written = on_surface(name, {"id": optimizer, "lr": lr}, dtype=dtype)
        checked(written, 60)
        ends = [
            len(advance(parse_experiment({**written, "engine": engine}), None, 60)[0].runs[0])
            for engine in ("eager", "compiled")
        ]
        assert ends[0] == ends[1], (written, ends)


# ---- all of it -------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("surface", SURFACES)
def test_each_surface_with_each_optimizer(surface: str, dtype: str) -> None:
    for optimizer in NAMES:
        every(200, on_surface(surface, optimizer, dtype=dtype))
    for variant in VARIANTS.values():
        every(200, on_surface(surface, variant, dtype=dtype))


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_each_problem_with_each_optimizer(case: tuple[str, str, str]) -> None:
    name, model, loss = case
    for n, optimizer in enumerate(NAMES):
        batch = [{}, {"size": 3}, {"size": 2, "sampling": "replacement"}][n % 3]
        written = on_data(name, optimizer, model, loss, batch=batch)
        if not experiment_compiles(prepare(parse_experiment(written)), "cpu"):  # all digits at once are left to torch
            written = on_data(name, optimizer, model, loss, batch={"size": 200})
        every(200, {**written, "dtype": ("float32", "float64")[n % 4 == 3]})


def test_the_loss_of_a_classifier_that_is_nearly_sure_is_not_rounded_to_zero() -> None:
    written = on_data("two_clusters", {"id": "rprop", "lr": 0.01}, "mlp", "bce_logits", batch={"size": None})
    checked(written, 30)
    losses = advance(parse_experiment(written), None, 30)[0].runs[0].loss
    assert 0 < losses[-1] < 1e-7


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_end_that_the_signs_of_roundings_decide_has_a_wide_tolerance(dtype: str) -> None:
    # Rprop goes on after the classifier is sure, where a slope has the sign of a rounding: 0.5 to 0.9 apart at the end.
    for name, model, loss in (("exclusive_or", "mlp", "cross_entropy"), ("plane", "linear", "l1")):
        every(200, {**on_data(name, "rprop", model, loss, batch={}), "dtype": dtype})


def test_a_sum_of_parts_that_cancel_is_rounded_by_the_size_of_the_parts() -> None:
    checked(on_data("noisy_curve", "adadelta", "linear", "l1", batch={}), 200)
