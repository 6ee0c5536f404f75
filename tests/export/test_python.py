"""Exported scripts are really run: their own assertions compare the last parameters bit for bit."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.export.scripts import ROOT, perform, perform_alone, recording, script, unformatted
from tests.optimizers.helpers import ALL_ON, ON_SURFACES

from steepest.optimizers import BUILT_IN, find_optimizer
from steepest.problems import Surface, surfaces

START = (-2.5, 2.5)
DTYPES = ("float32", "float64")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("surface", surfaces().values(), ids=lambda surface: surface.id)
def test_every_surface(surface: Surface, dtype: str) -> None:
    dim = surface.problem({}).dim
    runs = [({"id": "sgd", "lr": surface.lr}, start.at[:dim]) for start in surface.starts]
    made = recording(surface.id, runs, dtype=dtype, steps=30)
    printed = perform(script(made))
    assert printed.count("as recorded") == len(runs)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", ON_SURFACES, ids=lambda optimizer: optimizer.id)
def test_every_optimizer(optimizer: Any, dtype: str) -> None:
    runs = [
        ({"id": optimizer.id, "lr": optimizer.known_lr}, START),
        ({"id": optimizer.id, "lr": optimizer.known_lr, **ALL_ON.get(optimizer.id, {})}, START),
    ]
    assert perform(script(recording("beale", runs, dtype=dtype, steps=25))).count("as recorded") == 2


def test_eight_runs_with_edits_of_every_kind() -> None:
    names = ("sgd", "adam", "rmsprop", "lbfgs", "newton", "rprop", "asgd", "adafactor")
    runs = [({"id": name, "lr": find_optimizer(name).known_lr}, START) for name in names]
    edits: list[dict[str, Any]] = []
    for run, name in enumerate(names):
        other = names[(run + 1) % len(names)]
        edits += [
            {"step": 0, "run": run, "params": [2.0, 1.0]},
            {"step": 5, "run": run, "set": {"lr": 0.5 * find_optimizer(name).known_lr}},
            {"step": 9, "run": run, "params": [1.5, -1.0]},
            {"step": 12, "run": run, "optimizer": {"id": other, "lr": find_optimizer(other).known_lr}},
            {"step": 12, "run": run, "params": [1.25, 1.75]},
            {"step": 19, "run": run, "set": {"lr": 0.25 * find_optimizer(other).known_lr}},
            {"step": 20, "run": run, "set": {"lr": 7.0}},  # beyond the end: not carried out
        ]
    source = script(recording("himmelblau", runs, edits, steps=20))
    assert perform(source).count("as recorded") == 8
    assert "Step 19" in source
    assert "Step 20" not in source


def test_a_run_that_diverges_ends_at_its_last_record() -> None:
    runs = [({"id": "sgd", "lr": 0.5}, START), ({"id": "sgd", "lr": 0.005}, START)]
    made = recording("himmelblau", runs, steps=40)
    source = script(made)
    assert made.diverged(0)
    assert not made.diverged(1)
    assert "# Here it diverges." in source
    assert perform(source).count("as recorded") == 2


def test_nan_among_the_last_parameters_is_compared_too() -> None:
    made = recording("ravine", [({"id": "adam", "lr": 0.1, "eps": 0.0}, (0.0, 1.0))], steps=10)  # 0 / 0 along x
    source = script(made)
    assert "torch.nan" in source
    perform(source)
    with pytest.raises(AssertionError):
        perform(re.sub(r"\[torch\.nan, .*\]\)", "[torch.nan, 0.25])", source))


@pytest.mark.parametrize("dtype", DTYPES)
def test_one_other_digit_fails(dtype: str) -> None:
    source = script(recording("rosenbrock", [({"id": "adam", "lr": 0.05}, (-1.2, 1.0))], dtype=dtype, steps=30))
    end = re.search(r"check\(\"Adam\", position, \[(-?\d+\.\d+), ", source)
    assert end is not None
    digits = end[1]
    place = len(digits) - 2  # another last digit may still be read as the same number
    other = digits[:place] + str((int(digits[place]) + 1) % 10) + digits[place + 1 :]
    perform(source)
    with pytest.raises(AssertionError, match="Adam ends at"):
        perform(source.replace(digits, other))


@pytest.mark.parametrize("change", [("lr=0.05", "lr=0.05001"), ("range(0, 30)", "range(0, 29)"), ("-1.2", "-1.20001")])
def test_another_script_fails(change: tuple[str, str]) -> None:
    source = script(recording("rosenbrock", [({"id": "adam", "lr": 0.05}, (-1.2, 1.0))], steps=30))
    assert source.count(change[0]) == 1
    with pytest.raises(AssertionError, match="Adam ends at"):
        perform(source.replace(*change))


def test_no_step_at_all() -> None:
    source = script(recording("square", [({"id": "sgd"}, (5.0,))], steps=0))
    assert "descend" not in source
    assert perform(source) == "SGD ends at [5.0], as recorded: loss 9.0\n"


def test_only_the_rate_and_what_is_not_the_default_is_written() -> None:
    runs = [({"id": "adam", "lr": 0.1, "eps": 1e-8, "amsgrad": True}, START), ({"id": "sgd", "momentum": 0.9}, START)]
    source = script(recording("ravine", runs))
    assert "torch.optim.Adam([position], lr=0.1, amsgrad=True)\n" in source
    assert "torch.optim.SGD([position], lr=0.001, momentum=0.9)\n" in source


def test_parameters_of_the_surface_and_the_seed_are_written() -> None:
    source = script(recording({"id": "ravine", "params": {"kappa": 33}}, [({"id": "sgd"}, START)], seed=77))
    assert "return ravine(x, y, kappa=33.0)\n" in source
    assert "torch.manual_seed(77)" in source


def test_newton_brings_its_own_class_along() -> None:
    source = script(recording("beale", [({"id": "newton"}, START)]))
    assert "class Newton(optim.Optimizer):" in source
    assert "steepest" not in source  # in lower case: the package


ALONE = {
    "newton and lbfgs": recording("plateau", [({"id": "newton"}, (3.0, -3.5)), ({"id": "lbfgs"}, (3.0, -3.5))]),
    "an expression": recording(
        {"id": "expression", "params": {"expression": "softplus(x) + min(x**2, 3, hypot(x, y)) + 2*pi*y**2"}},
        [({"id": "adam", "lr": 0.1}, (1.0, 0.5))],
    ),
    "float64, one variable": recording("square", [({"id": "asgd", "lr": 0.1}, (5.0,))], dtype="float64"),
}


@pytest.mark.parametrize("name", ALONE)
def test_alone_with_torch(name: str, tmp_path: Path) -> None:
    done = perform_alone(script(ALONE[name]), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("as recorded") == len(ALONE[name].runs)


def test_alone_it_fails_with_a_code_where_it_ends_elsewhere(tmp_path: Path) -> None:
    source = script(ALONE["float64, one variable"]).replace("lr=0.1", "lr=0.2")
    done = perform_alone(source, tmp_path)
    assert done.returncode == 1
    assert "AssertionError: ASGD ends at" in done.stderr


def test_laid_out_as_ruff_would(tmp_path: Path) -> None:
    sources = [script(made) for made in ALONE.values()]
    for surface in surfaces().values():
        dim = surface.problem({}).dim
        sources.append(script(recording(surface.id, [({"id": "sgd"}, surface.starts[0].at[:dim])], steps=2)))
    for optimizer in ON_SURFACES:
        given = {param.id: param.default for param in optimizer.params} | ALL_ON.get(optimizer.id, {})
        given |= {"weight_decay": 0.123456789} if "weight_decay" in given else {}
        sources.append(script(recording("ravine", [({"id": optimizer.id, **given}, START)], steps=2)))
    assert unformatted(sources, tmp_path) == ""


def test_the_layout_is_really_looked_at(tmp_path: Path) -> None:
    assert unformatted(["x = 1\ny=2\n"], tmp_path) != ""


def test_no_exported_optimizer_is_missing_here() -> None:
    assert {optimizer.id for optimizer in BUILT_IN} - {optimizer.id for optimizer in ON_SURFACES} == {"muon"}
    assert (ROOT / "backend/steepest/export/script/python.py").is_file()
