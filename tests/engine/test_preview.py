"""A preview: what the recording has once the edit is made, bit for bit, for one run alone."""

from typing import Any

import numpy as np
import pytest
from tests.engine.compiled.test_runs import edited, on_beale

from steepest.engine import Checkpoint, Prepared, RunRecords, advance, prepare, preview
from steepest.engine.run.extremes import extremes
from steepest.spec import Edit, Invalid, parse_experiment

HEAD, UNTIL = 40, 120


def net(hidden: int = 4, **run: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "circle"},
            "model": {"id": "mlp", "params": {"hidden": [hidden], "activation": "tanh"}},
            "loss": {"id": "bce_logits"},
            "batch": {"size": 10},
        },
        "runs": [{"optimizer": {"id": "adam", "lr": 0.03}, "start": {"init": "default"}, **run}],
    }


DOCUMENTS = {
    "sgd": on_beale({"id": "sgd", "lr": 0.001, "momentum": 0.9}),
    "radam": on_beale({"id": "radam", "lr": 0.01}),
    "accumulated": on_beale({"id": "sgd", "lr": 0.0001}, zero_grad=False),
    "cosine": on_beale({"id": "sgd", "lr": 0.001}, schedule={"id": "cosine"}),
    "plateau": on_beale({"id": "sgd", "lr": 0.001}, schedule={"id": "plateau", "patience": 3}),
    "edited before": edited(on_beale({"id": "sgd", "lr": 0.001}), {"step": 9, "optimizer": {"id": "adam"}}),
    "edited there": edited(on_beale({"id": "sgd", "lr": 0.001}), {"step": HEAD, "set": {"momentum": 0.5}}),
    "edited later": edited(on_beale({"id": "sgd", "lr": 0.001}), {"step": HEAD + 5, "set": {"lr": 0.5}}),
    "net": net(),
    "net of many parameters": net(hidden=40),
}


def prepared(document: dict[str, Any], engine: str = "compiled") -> Prepared:
    return prepare(parse_experiment({**document, "engine": engine}))


def at(experiment: Prepared, step: int | None) -> Checkpoint | None:
    return None if step is None else advance(experiment, None, step)[1]


def recorded(experiment: Prepared, edit: Edit, until: int = UNTIL) -> RunRecords:
    """The records of the run with the edit made."""
    return advance(experiment.experiment.edited(edit), None, until)[0].runs[edit.run]


@pytest.mark.parametrize("start", [None, 0, 17, HEAD], ids=["from nothing", "from 0", "from 17", "from there"])
@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_it_is_what_the_recording_has_once_the_edit_is_made(document: dict[str, Any], start: int | None) -> None:
    experiment = prepared(document)
    edit = Edit(step=HEAD, run=0, set={"lr": 0.0002})
    found = preview(experiment, at(experiment, start), edit, UNTIL)
    assert found is not None
    wanted = recorded(experiment, edit)
    assert found.steps.tolist() == list(range(HEAD, UNTIL + 1))
    assert not found.diverged
    for name in ("loss", "grad_norm", "params"):
        assert getattr(found, name).tobytes() == getattr(wanted, name)[HEAD:].tobytes(), name


@pytest.mark.parametrize("step", [0, HEAD])
def test_a_moved_point_begins_where_it_was_moved(step: int) -> None:
    experiment = prepared(DOCUMENTS["sgd"])
    edit = Edit(step=step, run=0, params=[-1.5, 2.0])
    found = preview(experiment, at(experiment, step or None), edit, UNTIL)
    wanted = recorded(experiment, edit)
    assert found is not None
    assert found.params[0].tolist() == [-1.5, 2.0]
    moved = on_beale({"id": "sgd", "lr": 0.001}, start=[-1.5, 2.0])
    assert found.loss[0] == advance(prepared(moved), None, 0)[0].runs[0].loss[0]
    for name in ("loss", "grad_norm", "params"):
        assert getattr(found, name)[1:].tobytes() == getattr(wanted, name)[step + 1 :].tobytes(), name


def test_a_start_beyond_the_domain_can_be_moved_back_into_it() -> None:
    document = on_beale({"id": "sgd", "lr": 0.001}, start=[-1.0, 1.0])
    document["problem"] = {"kind": "surface", "id": "expression", "params": {"expression": "log(x) + y**2"}}
    found = preview(prepared(document), None, Edit(step=0, run=0, params=[1.0, 1.0]), 5)
    assert found is not None
    assert np.isfinite(found.loss).all()


def test_one_that_diverges_ends_where_the_run_does() -> None:
    experiment = prepared(DOCUMENTS["sgd"])
    edit = Edit(step=HEAD, run=0, set={"lr": 1.0, "momentum": 0.0})
    found = preview(experiment, at(experiment, HEAD), edit, UNTIL)
    wanted = recorded(experiment, edit)
    assert found is not None
    assert found.diverged
    assert len(wanted) < UNTIL
    assert found.steps[-1] == len(wanted) - 1
    assert found.loss.tobytes() == wanted.loss[HEAD:].tobytes()


def test_an_eager_run_has_none() -> None:
    edit = Edit(step=5, run=0, set={"lr": 0.002})
    assert preview(prepared(DOCUMENTS["sgd"], "eager"), None, edit, UNTIL) is None
    lbfgs = edited(on_beale({"id": "sgd", "lr": 0.001}), {"step": 2, "optimizer": {"id": "lbfgs"}})
    assert preview(prepared(lbfgs), None, edit, UNTIL) is None
    # Before torch takes over, and once it has been replaced again.
    assert preview(prepared(lbfgs), None, Edit(step=1, run=0, set={"lr": 0.002}), UNTIL) is not None
    again = prepared(edited(lbfgs, *lbfgs["edits"], {"step": 4, "optimizer": {"id": "adam"}}))
    assert preview(again, None, edit, UNTIL) is None
    assert preview(again, at(again, 5), edit, UNTIL) is not None


def test_a_run_that_has_ended_has_none() -> None:
    experiment = prepared(on_beale({"id": "sgd", "lr": 1.0}))
    edit = Edit(step=HEAD, run=0, set={"lr": 0.002})
    assert preview(experiment, None, edit, UNTIL) is None
    assert preview(experiment, at(experiment, HEAD), edit, UNTIL) is None


def test_a_spent_budget_ends_it_after_a_block() -> None:
    experiment = prepared(DOCUMENTS["sgd"])
    found = preview(experiment, None, Edit(step=0, run=0, set={"lr": 0.002}), 100_000, budget=0.0)
    assert found is not None
    assert 200 <= found.steps[-1] < 100_000


def test_a_wrong_value_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        preview(prepared(DOCUMENTS["sgd"]), None, Edit(step=0, run=0, set={"lr": -1.0}), 10)
    assert refused.value.field == "edits[0].set.lr"


def test_of_many_values_the_extremes_stay() -> None:
    values = np.where(np.arange(20_000) % 2, 1.0, -1.0) * np.linspace(2, 1, 20_000)
    values[777], values[-1] = 50.0, np.nan
    kept = extremes(values)
    assert len(kept) <= 1000
    assert (np.diff(kept) > 0).all()
    assert {0, 777, 19_999} <= set(kept.tolist())
    assert (np.sign(values[kept[:-1]]) > 0).sum() > 450
    assert (np.sign(values[kept[:-1]]) < 0).sum() > 450
    assert extremes(values[:1000]).tolist() == list(range(1000))
