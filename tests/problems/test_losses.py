"""What every loss of the catalog keeps: it is its formula, its slopes are right, and it refuses what does not suit."""

import importlib
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from steepest.problems import catalog
from steepest.problems.catalog import losses
from steepest.problems.learning.dataset import DataShape
from steepest.problems.learning.loss import Loss
from steepest.spec import Invalid, Text, entries

Array = NDArray[Any]
NUMBERS = DataShape(count=6, inputs=(3,), targets=2)
TWO = DataShape(count=6, inputs=(3,), targets=0, classes=(Text("no", "否"), Text("yes", "是")))
THREE = DataShape(count=6, inputs=(3,), targets=0, classes=tuple(Text(each, each) for each in "abc"))
ONE = DataShape(count=6, inputs=(3,), targets=0, classes=(Text("all", "全部"),))


def huber(error: Array, delta: float) -> Array:
    return np.where(np.abs(error) <= delta, error**2 / 2, delta * (np.abs(error) - delta / 2))


def softmax(z: Array) -> Array:
    return np.asarray(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))


def entropy(p: Array, y: Array) -> Array:
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


# The loss of each number or sample, from outputs and what the data set calls its targets.
FORMULAS: dict[str, Callable[..., Array]] = {
    "mse": lambda out, y: (out - y) ** 2,
    "l1": lambda out, y: np.abs(out - y),
    "huber": lambda out, y, delta: huber(out - y, delta),
    "bce": lambda out, y: entropy(out[:, 0], y),
    "bce_logits": lambda out, y: entropy(1 / (1 + np.exp(-out[:, 0])), y),
    "cross_entropy": lambda out, y: -np.log(softmax(out)[np.arange(len(y)), y]),
}
CASES: list[tuple[str, DataShape, dict[str, Any]]] = [
    ("mse", NUMBERS, {}),
    ("l1", NUMBERS, {}),
    ("huber", NUMBERS, {}),
    ("huber", NUMBERS, {"delta": 0.1}),
    ("bce", TWO, {}),
    ("bce_logits", TWO, {}),
    ("cross_entropy", TWO, {}),
    ("cross_entropy", THREE, {}),
]
every_case = pytest.mark.parametrize(("name", "shape", "params"), CASES, ids=str)
every_loss = pytest.mark.parametrize("loss", losses().values(), ids=lambda loss: loss.id)


def samples(loss: Loss, shape: DataShape) -> tuple[Tensor, Tensor]:
    """Outputs of a model and targets of a data set, float64."""
    chance = torch.Generator().manual_seed(4)
    outputs = torch.randn(shape.count, loss.outputs(shape), generator=chance, dtype=torch.float64)
    if loss.takes == "probability":
        outputs = outputs.sigmoid()
    if shape.classes:
        return outputs, torch.arange(shape.count) % len(shape.classes)
    return outputs, torch.randn(shape.count, shape.targets, generator=chance, dtype=torch.float64)


def ready(loss: Loss, targets: Tensor, shape: DataShape) -> Tensor:
    """As a problem in float64 hands them over."""
    found = loss.targets(targets, shape)
    return found.double() if found.is_floating_point() else found


def test_every_loss_has_a_case_and_a_formula() -> None:
    assert {name for name, *_ in CASES} == set(losses()) == set(FORMULAS)


@every_case
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_loss_is_its_formula(name: str, shape: DataShape, params: dict[str, Any], reduction: str) -> None:
    loss = losses()[name]
    values = loss.complete({**params, "reduction": reduction})
    outputs, targets = samples(loss, shape)
    found = loss.build(values)(outputs, ready(loss, targets, shape))
    rest = {key: value for key, value in values.items() if key != "reduction"}
    each = FORMULAS[name](outputs.numpy(), targets.numpy(), **rest)
    assert found.shape == ()
    assert found.item() == pytest.approx(each.mean() if reduction == "mean" else each.sum(), rel=1e-12)


@every_case
def test_mean_is_the_default(name: str, shape: DataShape, params: dict[str, Any]) -> None:
    loss = losses()[name]
    outputs, targets = samples(loss, shape)
    asked = {**params, "reduction": "mean"}
    default, mean = (loss.build(loss.complete(each))(outputs, ready(loss, targets, shape)) for each in (params, asked))
    assert torch.equal(default, mean)


@every_case
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_gradient_agrees_with_central_differences(
    name: str, shape: DataShape, params: dict[str, Any], reduction: str
) -> None:
    loss = losses()[name]
    module = loss.build(loss.complete({**params, "reduction": reduction}))
    outputs, targets = samples(loss, shape)
    wanted = ready(loss, targets, shape)
    place = outputs.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(module(place, wanted), place)
    delta = 1e-6
    for n in range(outputs.numel()):
        nudge = torch.zeros(outputs.numel(), dtype=torch.float64)
        nudge[n] = delta
        nudge = nudge.reshape(outputs.shape)
        difference = (module(outputs + nudge, wanted) - module(outputs - nudge, wanted)) / (2 * delta)
        assert difference.item() == pytest.approx(gradient.reshape(-1)[n].item(), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_two_ways_to_the_same_loss_of_two_classes(reduction: str) -> None:
    logits = torch.linspace(-5, 5, 6, dtype=torch.float64)[:, None]
    targets = torch.arange(6) % 2
    pairs = torch.cat([torch.zeros_like(logits), logits], dim=1)  # softmax of (0, z) is sigmoid of z
    found = [
        losses()[name].build({"reduction": reduction})(outputs, ready(losses()[name], targets, TWO)).item()
        for name, outputs in (("bce", logits.sigmoid()), ("bce_logits", logits), ("cross_entropy", pairs))
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-12)
    assert found[2] == pytest.approx(found[1], rel=1e-12)


def test_confident_errors_are_clamped_on_probabilities_and_exact_on_logits() -> None:
    far = torch.tensor([[1000.0]])
    no = torch.tensor([[0.0]])
    assert losses()["bce"].build({"reduction": "mean"})(far.sigmoid(), no).item() == 100.0
    assert losses()["bce_logits"].build({"reduction": "mean"})(far, no).item() == 1000.0


@every_case
def test_a_model_that_has_diverged_has_a_loss_of_nan(name: str, shape: DataShape, params: dict[str, Any]) -> None:
    loss = losses()[name]
    module = loss.build(loss.complete(params))
    outputs, targets = samples(loss, shape)
    wanted = ready(loss, targets, shape)
    lost = outputs.clone()
    lost[1, 0] = torch.nan
    assert module(lost, wanted).isnan()
    # At many points at once, as for a picture, the others keep their loss.
    found = torch.func.vmap(lambda each: module(each, wanted))(torch.stack([outputs, lost, outputs]))
    assert found.isnan().tolist() == [False, True, False]
    assert found[2].item() == pytest.approx(module(outputs, wanted).item(), rel=1e-12)


def test_invalid_probabilities_are_still_refused() -> None:
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        losses()["bce"].build({"reduction": "mean"})(torch.tensor([[1.5]]), torch.tensor([[1.0]]))


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("mse", TWO, "has classes"),
        ("l1", THREE, "has classes"),
        ("huber", THREE, "has classes"),
        ("bce", THREE, "has 3"),
        ("bce", NUMBERS, "numbers to predict"),
        ("bce_logits", ONE, "has 1"),
        ("bce_logits", NUMBERS, "numbers to predict"),
        ("cross_entropy", ONE, "has 1"),
        ("cross_entropy", NUMBERS, "numbers to predict"),
    ],
    ids=str,
)
def test_unsuitable_data_is_refused(name: str, shape: DataShape, words: str) -> None:
    loss = losses()[name]
    with pytest.raises(Invalid, match=words) as refused:
        loss.outputs(shape)
    assert refused.value.field == "id"
    assert refused.value.text.zh


@pytest.mark.parametrize("shape", [NUMBERS, TWO, THREE], ids=lambda shape: f"{len(shape.classes)} classes")
@every_loss
def test_declared_tasks_are_accepted(loss: Loss, shape: DataShape) -> None:
    if shape.task not in loss.tasks:
        with pytest.raises(Invalid):
            loss.outputs(shape)
    elif loss.id not in ("bce", "bce_logits") or len(shape.classes) == 2:
        assert loss.outputs(shape) >= 1


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        ("mse", {"reduction": "none"}, "reduction"),
        ("huber", {"delta": 0.0}, "delta"),
        ("huber", {"delta": -1}, "delta"),
        ("mse", {"delta": 1.0}, "delta"),
    ],
    ids=str,
)
def test_params_out_of_range_are_refused(name: str, params: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        losses()[name].complete(params)
    assert refused.value.field == field


@every_loss
def test_every_loss_is_described(loss: Loss) -> None:
    for words in (loss.title, loss.about, *(text for param in loss.params for text in (param.title, param.help))):
        assert words.en
        assert words.zh
    assert loss.formula
    assert loss.source


def test_another_package_brings_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = losses()["mse"]
    entry = EntryPoint("x", "steepest.problems.losses.bce:BCE", "steepest.losses")
    monkeypatch.setattr(importlib.import_module("steepest.problems.losses"), "BUILT_IN", (found,))
    monkeypatch.setattr(entries, "entry_points", lambda group: [entry] if group == "steepest.losses" else [])
    assert list(catalog.losses.__wrapped__()) == ["mse", "bce"]
