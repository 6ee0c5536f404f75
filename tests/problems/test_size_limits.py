"""Too large is refused by arithmetic, before anything is allocated, and by the field that makes it so (case 29)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from tests.problems.learning_cases import chosen, document

from steepest import spec
from steepest.problems.catalog import models
from steepest.problems.learning.dataset import DataShape
from steepest.problems.learning.model import Layer, Model
from steepest.problems.learning.size_limits import check_size, estimate_bytes
from steepest.problems.learning.splits import SplitSizes
from steepest.spec import Invalid, LearningProblem, Value
from steepest.spec.limits import MAX_BYTES, MAX_PARAMETERS


@dataclass
class Asked:
    """A problem of which nothing is there but its numbers."""

    shape: DataShape
    split_sizes: SplitSizes
    outputs: int
    model: Model
    model_values: Mapping[str, Value]
    document: LearningProblem
    layers: tuple[Layer, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.layers = self.model.layers(self.shape.inputs, self.outputs, self.model_values)


def asked(
    inputs: tuple[int, ...], outputs: int, model: str, params: dict[str, Any], count: int = 100, **changes: Any
) -> Asked:
    written: LearningProblem = TypeAdapter(spec.LearningProblem).validate_python(document("circle", **changes))
    shape = DataShape(count=count, inputs=inputs, targets=outputs)
    declared = models()[model]
    return Asked(shape, SplitSizes(count, 0, 0), outputs, declared, declared.complete(params), written)


@pytest.fixture
def _nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a tensor was allocated")

    for maker in ("empty", "zeros", "randn", "rand", "ones", "randperm", "arange"):
        monkeypatch.setattr(torch, maker, fail)
    monkeypatch.setattr(torch.nn.Module, "__init__", fail)


@pytest.mark.parametrize(
    ("inputs", "outputs", "model", "params", "where", "words"),
    [
        ((10**9,), 1, "linear", {}, "model.id", "1,000,000,001 parameters"),
        ((10**9,), 1, "logistic", {}, "model.id", "1,000,000,001 parameters"),
        ((3, 2000, 2000), 10, "softmax", {}, "model.id", "3×2000×2000"),
        ((20_000,), 1, "mlp", {"hidden": [64]}, "model.params.hidden", "1,280,129 parameters"),
        ((1, 4000, 4000), 10, "convnet", {}, "model.params.channels", "parameters"),
    ],
)
@pytest.mark.usefixtures("_nothing_is_made")
def test_a_model_of_too_many_parameters(
    inputs: tuple[int, ...], outputs: int, model: str, params: dict[str, Any], where: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        check_size(asked(inputs, outputs, model, params))
    assert refused.value.field == where
    assert f"{MAX_PARAMETERS:,}" in refused.value.text.en
    assert f"{MAX_PARAMETERS:,}" in refused.value.text.zh


def test_the_limit_itself_is_accepted() -> None:
    check_size(asked((MAX_PARAMETERS - 1,), 1, "linear", {}, count=10))
    with pytest.raises(Invalid):
        check_size(asked((MAX_PARAMETERS,), 1, "linear", {}, count=10))


def test_a_server_may_allow_less() -> None:
    small = asked((2,), 1, "mlp", {"hidden": [8]})  # 2*8+8 + 8+1 = 33
    check_size(small, max_parameters=33)
    with pytest.raises(Invalid, match="33 parameters on inputs of 2; the limit is 32") as refused:
        check_size(small, max_parameters=32)
    assert refused.value.field == "model.params.hidden"


@pytest.mark.parametrize(("size", "fits"), [(None, True), (1, True), (100, True), (101, False), (10**12, False)])
@pytest.mark.usefixtures("_nothing_is_made")
def test_a_batch_larger_than_the_training_split(size: int | None, fits: bool) -> None:
    problem = asked((2,), 1, "linear", {}, batch={"size": size})
    if fits:
        check_size(problem)
        return
    with pytest.raises(Invalid, match=f"is {size:,}, but there are 100 training samples") as refused:
        check_size(problem)
    assert refused.value.field == "batch.size"


def test_the_estimate_is_the_sum_of_all_tensors() -> None:
    layers = models()["mlp"].layers((2,), 1, models()["mlp"].complete({"hidden": [8]}))
    # 33 parameters and their gradient, two slots of Adam, 19 activations for each of 10 samples, 4 bytes each.
    assert estimate_bytes(layers, 2, 19, 10) == 4 * (33 * 4 + 19 * 10)


@pytest.mark.usefixtures("_nothing_is_made")
def test_a_step_above_the_memory_limit() -> None:
    images = asked((3, 32, 32), 10, "convnet", {"channels": 64}, count=50_000)
    with pytest.raises(Invalid, match=r"50,000 samples needs about \d+\.\d GiB; the limit is 1\.0 GiB") as refused:
        check_size(images)
    assert refused.value.field == "batch.size"
    check_size(asked((3, 32, 32), 10, "convnet", {"channels": 64}, count=50_000, batch={"size": 64}))


@pytest.mark.usefixtures("_nothing_is_made")
def test_optimizer_state_counts() -> None:
    large = asked((999_999,), 1, "linear", {}, count=10)
    check_size(large, slots=2)
    slots = MAX_BYTES // (4 * 10**6)
    with pytest.raises(Invalid):
        check_size(large, slots=slots)


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "7"])
def test_an_invalid_batch_size(size: object) -> None:
    with pytest.raises(ValueError, match="size"):
        TypeAdapter(spec.LearningProblem).validate_python(document("circle", batch={"size": size}))


@pytest.mark.parametrize(
    "hidden", [[0], [-1], [1.5], [2**70], [1] * 10**6, ["8"], None, [[4]]], ids=lambda h: str(h)[:9]
)
def test_invalid_layers(hidden: object) -> None:
    with pytest.raises(Invalid) as refused:
        models()["mlp"].complete(chosen("mlp", {"hidden": hidden})["params"])
    assert refused.value.field.startswith("hidden")
