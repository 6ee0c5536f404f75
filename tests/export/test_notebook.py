"""Notebooks: valid by nbformat's own schema, and executed cell by cell in one namespace."""

import contextlib
import io
import json
import re
import sys
from typing import Any

import nbformat
import pytest
from tests.export.learners import learned
from tests.export.scripts import recording

from steepest.export import Recording, export_text

RUNS: list[dict[str, Any]] = [{}, {"optimizer": {"id": "lbfgs", "lr": 0.1}}, {"schedule": {"id": "plateau"}}]
MADE = {
    "a net": learned("circle", model=("mlp", {"hidden": [3], "dropout": 0.1}), batch={"size": 16}, runs=RUNS),
    "a line": learned("thermometer", runs=[{}, {"optimizer": {"id": "newton"}, "start": [1.0, 2.0]}]),
    "a surface": recording("rosenbrock", [({"id": "adam", "lr": 0.05}, (-1.2, 1.0)), ({"id": "lbfgs"}, (0.0, 0.0))]),
}


def executed(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What its code cells print, run in order, and what they leave behind."""
    printed = io.StringIO()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(printed):
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), cell["id"], "exec"), namespace)
    return printed.getvalue(), namespace


@pytest.mark.parametrize("name", MADE)
def test_valid_and_executed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)  # as where it is not installed
    made = MADE[name]
    document = json.loads(export_text(made, "notebook"))
    nbformat.validate(document)
    printed, namespace = executed(document)
    assert printed.count("as recorded") == len(made.runs)
    for run, title in zip(made.runs, made.names(), strict=True):
        assert namespace["losses"][title] == [float(loss) for loss in run.loss[:-1]]
        assert f"{title}: loss [" in printed


def test_words_stand_above_the_code() -> None:
    kinds = [cell["cell_type"] for cell in json.loads(export_text(MADE["a net"], "notebook"))["cells"]]
    assert kinds[:3] == ["markdown", "markdown", "code"]
    assert kinds.count("markdown") >= kinds.count("code")
    chinese = json.loads(export_text(MADE["a net"], "notebook", "zh"))
    assert "从上到下" in "".join(chinese["cells"][0]["source"])
    headings = ["".join(cell["source"]) for cell in chinese["cells"] if cell["cell_type"] == "markdown"]
    assert all(re.search(r"[\u4e00-\u9fff]", heading) for heading in headings)
    assert "## 训练，以及如何核对终点" in headings


def test_another_notebook_fails() -> None:
    source = export_text(MADE["a net"], "notebook").replace("lr=0.3", "lr=0.31")
    with pytest.raises(AssertionError, match="SGD 1 ends at"):
        executed(json.loads(source))


def test_the_schema_is_really_looked_at() -> None:
    document = json.loads(export_text(MADE["a line"], "notebook"))
    del document["cells"][1]["source"]
    with pytest.raises(nbformat.ValidationError):
        nbformat.validate(document)


def test_a_plot_is_drawn_where_matplotlib_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    class Drawing:
        def __getattr__(self, name: str) -> Any:
            return lambda *given, **named: drawn.append(name)

    package: Any = type(sys)("matplotlib")
    package.pyplot = Drawing()
    monkeypatch.setitem(sys.modules, "matplotlib", package)
    executed(json.loads(export_text(MADE["a line"], "notebook")))
    assert drawn.count("plot") == 2
    assert drawn[-1] == "show"


def test_a_recording_of_no_step() -> None:
    made: Recording = recording("square", [({"id": "sgd"}, (5.0,))], steps=0)
    printed, _ = executed(json.loads(export_text(made, "notebook")))
    assert printed.count("as recorded") == 1
