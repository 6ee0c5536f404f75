"""CSV read back by the csv module equals the records."""

import csv as standard
import io
from dataclasses import replace

import numpy as np
import pytest
from tests.export.scripts import recording

from steepest.engine import CRITICALS, STATUSES
from steepest.export import Recording, export_text
from steepest.optimizers import StateSlot, find_optimizer
from steepest.spec import Text

RUNS = [
    ({"id": "sgd", "lr": 0.5}, (-2.5, 2.5)),
    ({"id": "adam", "lr": 0.05}, (-2.5, 2.5)),
    ({"id": "nadam", "lr": 0.05}, (1e-30, 2.5)),
]


def rows(made: Recording) -> list[dict[str, str]]:
    text = export_text(made, "csv")
    assert text.count("\r\n") == text.count("\n")
    return list(standard.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_read_back_it_equals_the_records(dtype: str) -> None:
    made = recording("himmelblau", RUNS, [{"step": 4, "run": 1, "params": [0.5, 0.25]}], dtype=dtype, steps=30)
    assert made.diverged(0)
    found = rows(made)
    assert [(int(row["step"]), int(row["run"])) for row in found] == sorted(
        (step, run.run) for run in made.runs for step in range(len(run))
    )
    for run in made.runs:
        mine = [row for row in found if row["run"] == str(run.run)]

        def column(name: str, mine: list[dict[str, str]] = mine) -> np.ndarray:
            return np.array([np.dtype(dtype).type(row[name]) for row in mine])

        def same(name: str, values: np.ndarray) -> None:
            assert column(name).tobytes() == values.astype(dtype).tobytes(), name

        same("loss", run.loss)
        same("grad_norm", run.grad_norm)
        assert np.array_equal([float(row["lr"]) for row in mine], run.lr, equal_nan=True)
        for place, variable in enumerate("xy"):
            same(f"params_{variable}", run.params[:, place])
            same(f"grad_{variable}", run.grad[:, place])
            same(f"update_{variable}", run.update[:, place])
            for slot, values in run.state.items():
                if values.ndim == 2:
                    same(f"{slot}_{variable}", values[:, place])
        for slot, values in run.state.items():
            if values.ndim == 1:
                same(slot, values)
        eigenvalues = [[float(row["eigenvalue_1"]), float(row["eigenvalue_2"])] for row in mine]
        assert np.array_equal(eigenvalues, run.eigenvalues, equal_nan=True)
        assert [row["status"] for row in mine] == [STATUSES[place] for place in run.status]
        assert [row["critical"] for row in mine] == [CRITICALS[place] for place in run.critical]


def test_what_is_not_finite_is_a_word_and_what_is_not_there_is_empty() -> None:
    found = rows(recording("himmelblau", RUNS, steps=30))
    assert found[0]["momentum_buffer_x"] == "NaN"
    assert found[0]["exp_avg_x"] == ""
    assert found[0]["mu_product"] == ""
    cells = {cell for row in found for cell in row.values()}
    assert cells & {"inf", "-inf"}
    assert not cells & {"nan", "Infinity"}


def test_one_variable() -> None:
    found = rows(recording("square", [({"id": "sgd", "lr": 0.25}, (5.0,))], steps=1))
    assert list(found[0].values()) == [
        "0",
        "SGD",
        "0",
        "9.0",
        "5.0",
        "6.0",
        "6.0",
        "0.0",
        "NaN",
        "NaN",
        "2.0",
        "running",
        "none",
        "eager",
    ]


HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "\r=1", 'a"b,c\nd', "<img onerror=x>"]


@pytest.mark.parametrize("title", HOSTILE)
def test_no_cell_is_a_formula(title: str) -> None:
    made = recording("square", [({"id": "sgd", "lr": 0.25}, (5.0,))], steps=2)
    (plan,) = made.prepared.plans
    slot = StateSlot(name="=slot", symbol="s", title=Text("s", "s"))
    optimizer = replace(find_optimizer("sgd"), title=Text(title, title), state=(slot,))
    rule = replace(plan.config, optimizer=optimizer)
    prepared = replace(made.prepared, plans=(replace(plan, config=rule),))
    run = replace(made.runs[0], state={"=slot": made.runs[0].state["momentum_buffer"]})
    text = export_text(replace(made, prepared=prepared, runs=(run,)), "csv")
    table = list(standard.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in table} == {len(table[0])}
    for cell in (cell for row in table for cell in row):
        if cell.startswith(("=", "+", "-", "@", "\t", "\r")):
            float(cell)
    assert table[1][1] == (f"'{title}" if title[0] in "=+-@\t\r" else title)
