"""An optimizer that cannot step a problem is refused by its field, before anything is made."""

from typing import Any

import pytest
from tests.engine.on_data import NET, learning
from tests.problems.learning_cases import chosen

from steepest.optimizers import find_optimizer
from steepest.spec import Invalid

BIG = chosen("mlp", {"hidden": [64, 64]})
WITHOUT_BIAS = chosen("mlp", {"hidden": [4, 3], "activation": "tanh", "bias": False})


def refusal(run: dict[str, Any], edits: Any = (), **changes: Any) -> Invalid:
    with pytest.raises(Invalid) as refused:
        learning([run], edits, **changes)
    assert refused.value.text.zh
    return refused.value


def test_muon_steps_matrices_alone() -> None:
    refused = refusal({"optimizer": {"id": "muon"}})
    assert refused.field == "runs[0].optimizer.id"
    assert "0.bias is not a matrix (its shape is 4)" in refused.text.en
    refused = refusal({"optimizer": {"id": "muon"}}, on="digits", model=chosen("convnet"))
    assert "0.weight is not a matrix (its shape is 8×1×3×3)" in refused.text.en
    learning([{"optimizer": {"id": "muon"}}], model=WITHOUT_BIAS)


def test_newton_steps_a_few_parameters_alone() -> None:
    learning([{"optimizer": {"id": "newton"}}], model=NET)
    refused = refusal({"optimizer": {"id": "newton"}}, model=BIG)
    assert refused.field == "runs[0].optimizer.id"
    assert "at most 64 parameters at once; there are 4,417" in refused.text.en


def test_an_edit_is_checked_as_a_run_is() -> None:
    edit = {"step": 3, "run": 0, "optimizer": {"id": "newton"}}
    refused = refusal({"optimizer": {"id": "sgd"}}, [edit], model=BIG)
    assert refused.field == "edits[0].optimizer.id"


def test_what_it_would_keep_is_counted() -> None:
    sgd, nadam = find_optimizer("sgd"), find_optimizer("nadam")
    assert sgd.count_state_tensors(sgd.complete({})) == 1
    assert nadam.count_state_tensors(nadam.complete({})) == 2  # mu_product is one number
    lbfgs = find_optimizer("lbfgs")
    assert lbfgs.count_state_tensors(lbfgs.complete({"history_size": 7})) == 18


def test_more_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.engine.preparation.compatibility.MAX_BYTES", 4 * 4417 * 20)
    learning([{"optimizer": {"id": "lbfgs", "history_size": 7}}], model=BIG)
    refused = refusal({"optimizer": {"id": "lbfgs", "history_size": 8}}, model=BIG)
    assert refused.field == "runs[0].optimizer.id"
    edit = {"step": 3, "run": 0, "set": {"history_size": 8}}
    refused = refusal({"optimizer": {"id": "lbfgs", "history_size": 7}}, [edit], model=BIG)
    assert refused.field.startswith("edits[0].set")
