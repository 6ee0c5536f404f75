"""Which runs of a document are compiled."""

from typing import Any

import pytest

from steepest.engine import engine_of, prepare
from steepest.spec import parse_experiment

SURFACE = {"kind": "surface", "id": "beale"}
SGD = {"optimizer": {"id": "sgd", "lr": 0.01}, "start": [1.0, 1.0]}


def engines(device: str = "cpu", **document: Any) -> list[str]:
    prepared = prepare(parse_experiment({"version": 1, "problem": SURFACE, "runs": [SGD], **document}))
    return [engine_of(prepared, run, device) for run in range(len(prepared.plans))]


def learning(model: dict[str, Any], dataset: str = "circle") -> dict[str, Any]:
    problem = {"kind": "learning", "dataset": {"id": dataset}, "model": model, "loss": {"id": "bce_logits"}}
    return {"problem": problem, "runs": [{"optimizer": {"id": "adam"}, "start": {"init": "default"}}]}


def test_an_experiment_without_the_field_is_eager() -> None:
    assert engines() == ["eager"]
    assert engines(engine="eager") == ["eager"]
    assert engines(engine="compiled") == ["compiled"]


def test_a_graphics_card_is_always_eager() -> None:
    assert engines("cuda", engine="compiled") == ["eager"]


@pytest.mark.parametrize("optimizer", ["lbfgs", "newton"])
def test_a_run_whose_optimizer_has_no_kernel_is_eager_beside_compiled_ones(optimizer: str) -> None:
    other = {**SGD, "optimizer": {"id": optimizer}}
    assert engines(engine="compiled", runs=[SGD, other, SGD]) == ["compiled", "eager", "compiled"]


def test_the_last_edit_decides() -> None:
    edit = {"step": 5, "run": 0, "optimizer": {"id": "lbfgs"}}
    back = {"step": 9, "run": 0, "optimizer": {"id": "adam"}}
    assert engines(engine="compiled", edits=[edit]) == ["eager"]
    assert engines(engine="compiled", edits=[edit, back]) == ["compiled"]


def test_a_model_that_draws_at_random_or_is_large_is_eager() -> None:
    small = {"id": "mlp", "params": {"hidden": [4, 2]}}
    assert engines(engine="compiled", **learning(small)) == ["compiled"]
    assert engines(engine="compiled", **learning({"id": "mlp", "params": {"hidden": [4], "dropout": 0.5}})) == ["eager"]
    assert engines(engine="compiled", **learning({"id": "mlp", "params": {"hidden": [64, 64]}})) == ["eager"]
