"""Exports of compiled runs: a script in plain PyTorch that ends within its tolerance, and the engine's name."""

import csv
import io
import re
from typing import Any

import pytest
import torch
from tests.export.scripts import perform
from tests.problems.learning_cases import chosen, document

from steepest.engine import end_tolerance, prepare
from steepest.export import Recording, export_text, record
from steepest.spec import parse_experiment

BEALE = {"kind": "surface", "id": "beale"}
ADAM = {"optimizer": {"id": "adam", "lr": 0.05}, "start": [1.0, 1.5]}
LBFGS = {"optimizer": {"id": "lbfgs"}, "start": [1.0, 1.5]}
NET = {"optimizer": {"id": "rmsprop", "lr": 0.01}, "start": {"init": "default"}}


def made(problem: dict[str, Any], *runs: dict[str, Any], steps: int = 60, **changes: Any) -> Recording:
    torch.set_num_threads(1)
    written = {"version": 1, "problem": problem, "engine": "compiled", "runs": list(runs), **changes}
    return record(parse_experiment(written), steps)


def net(hidden: int) -> dict[str, Any]:
    return document("moons", model=chosen("mlp", {"hidden": [hidden]}), batch={"size": 7})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "recording",
    [
        pytest.param((BEALE, ADAM, LBFGS), id="surface"),
        pytest.param((BEALE, {**ADAM, "optimizer": {"id": "sgd", "lr": 1.0}}), id="diverging"),
        pytest.param((net(3), NET), id="small net"),
        pytest.param((net(30), NET), id="larger net"),
    ],
)
def test_a_script_ends_within_its_tolerance(recording: Any, dtype: str) -> None:
    problem, *runs = recording
    script = export_text(made(problem, *runs, dtype=dtype), "python")
    assert "compiled engine" in script
    assert perform(script).count(" ends") == len(runs)


def test_the_tolerance_is_small_and_an_end_beyond_it_fails() -> None:
    recording = made(BEALE, ADAM, LBFGS)
    assert 0 < recording.tolerance(0) < 1e-3
    assert recording.tolerance(1) == 0
    script = export_text(recording, "python")
    wrong = script.replace("lr=0.05", "lr=0.0501")
    assert wrong != script
    with pytest.raises(AssertionError, match="Tensor-likes are not close"):
        perform(wrong)


def test_it_is_infinite_where_a_rounding_decides_how_far_a_run_gets() -> None:
    # On a saddle's ridge: a start one rounding away leaves it some steps earlier, and diverges earlier.
    problem = {"kind": "surface", "id": "expression", "params": {"expression": "y**2 - x**2"}}
    run = {"optimizer": {"id": "sgd", "lr": 0.5}, "start": [1e-9, 0.0]}
    prepared = prepare(parse_experiment({"version": 1, "problem": problem, "engine": "compiled", "runs": [run]}))
    assert end_tolerance(prepared, 0, 1000) == float("inf")


def test_an_eager_recording_is_still_compared_bit_for_bit() -> None:
    script = export_text(made(BEALE, ADAM, engine="eager"), "python")
    assert "torch.equal" in script
    assert "tolerance" not in script


def test_table_and_report_name_the_engine() -> None:
    edits = [{"step": 5, "run": 0, "optimizer": {"id": "lbfgs"}}]
    recording = made(BEALE, ADAM, LBFGS, steps=8, edits=edits)
    rows = list(csv.DictReader(io.StringIO(export_text(recording, "csv"))))
    assert [row["engine"] for row in rows if row["run"] == "0"] == ["compiled"] * 6 + ["eager"] * 3
    assert {row["engine"] for row in rows if row["run"] == "1"} == {"eager"}
    report = export_text(recording, "html")
    assert re.search(r"compiled, PyTorch \(eager\)</td>", report)
