"""A learning problem put together: its loss is model, loss and penalties on the batch of a step, and nothing else."""

import itertools
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from tests.problems.learning_cases import chosen, document, problem
from torch import Tensor

from steepest import spec
from steepest.problems import prepare_problem
from steepest.problems.catalog import datasets, losses, models
from steepest.problems.learning.problem import LearningProblem
from steepest.spec import Init, Invalid

NET = chosen("mlp", {"hidden": [4, 3], "activation": "tanh"})
PRESENT = [dataset.id for dataset in datasets().values() if not dataset.stored]


def start(ready: LearningProblem, draw: int = 0) -> Tensor:
    return ready.start(Init(init="default", draw=draw), torch.float64)


def by_hand(ready: LearningProblem, point: Tensor, rows: Tensor | None = None) -> Tensor:
    """The loss of the model on these samples of the training part, without penalties."""
    net = ready.network().to(point.dtype)
    torch.nn.utils.vector_to_parameters(point, net.parameters())
    part = ready.splits(point.dtype)[0]
    rows = torch.arange(len(part)) if rows is None else rows
    found: Tensor = ready.criterion()(net(part.inputs[rows]), part.targets[rows])
    return found


@pytest.mark.parametrize("name", PRESENT)
def test_forward_is_the_loss_on_all_samples_and_on_a_batch(name: str) -> None:
    full, some = problem(name), problem(name, batch={"size": 2})
    point = start(full)
    assert torch.equal(full.module(point)(0), by_hand(full, point))
    losses_seen = {some.module(point)(step).item() for step in range(6)}
    pairs = itertools.permutations(range(min(some.split_sizes.train, 12)), 2)
    assert len(losses_seen) > 1
    if some.split_sizes.train <= 12:
        possible = [by_hand(some, point, torch.tensor(pair)).item() for pair in pairs]
        possible += [by_hand(some, point, torch.tensor([each])).item() for each in range(some.split_sizes.train)]
        assert losses_seen <= set(possible)


@pytest.mark.parametrize("name", PRESENT)
def test_gradient_of_every_data_set_agrees_with_central_differences(name: str) -> None:
    ready = problem(name, batch={"size": 3}, penalty={"l1": 0.01, "l2": 0.02})
    point = start(ready)
    module = ready.module(point)
    module(1).backward()
    gradient = torch.cat([each.grad.reshape(-1) for each in module.parameters() if each.grad is not None])
    delta = 1e-6
    with torch.no_grad():
        for n in range(3):
            direction = torch.randn(ready.dim, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
            ahead, behind = (ready.module(point + sign * delta * direction)(1) for sign in (1, -1))
            slope = (gradient @ direction).item()
            assert ((ahead - behind) / (2 * delta)).item() == pytest.approx(slope, rel=1e-5, abs=1e-7)


def test_a_batch_of_a_step_is_the_same_for_every_module_and_in_any_order() -> None:
    ready = problem("circle", batch={"size": 7})
    one, other = ready.module(start(ready)), ready.module(start(ready))
    there = [one(step).item() for step in range(60)]
    back = [other(step).item() for step in reversed(range(60))][::-1]
    assert there == back
    assert there != [problem("circle", 1, batch={"size": 7}).module(start(ready))(step).item() for step in range(60)]


@pytest.mark.parametrize("penalty", [{"l1": 0.3}, {"l2": 0.2}, {"l1": 0.3, "l2": 0.2}], ids=str)
def test_penalties_are_on_weights_and_not_on_biases(penalty: dict[str, float]) -> None:
    plain, ready = problem("circle", model=NET), problem("circle", model=NET, penalty=penalty)
    point = start(ready)
    weights = [tensor for (name, tensor) in ready.module(point).model.named_parameters() if name.endswith("weight")]
    l1, l2 = penalty.get("l1", 0.0), penalty.get("l2", 0.0)
    added = sum(l1 * w.abs().sum().item() + l2 * (w**2).sum().item() for w in weights)
    assert ready.module(point)(0).item() == pytest.approx(plain.module(point)(0).item() + added, rel=1e-12)
    assert ready.loss_at(point).item() == pytest.approx(ready.module(point)(0).item(), rel=1e-12)


def test_dropout_depends_on_seed_and_step_only() -> None:
    model = chosen("mlp", {"hidden": [16], "dropout": 0.5})
    ready = problem("circle", model=model)
    module = ready.module(start(ready))
    torch.manual_seed(3)
    before = torch.get_rng_state()
    there = [module(step).item() for step in range(8)]
    back = [module(step).item() for step in reversed(range(8))][::-1]
    assert torch.equal(torch.get_rng_state(), before)
    assert there == back
    assert len(set(there)) == 8
    other = problem("circle", 1, model=model)
    assert there != [other.module(start(ready))(step).item() for step in range(8)]
    assert not ready.full_batch
    assert ready.loss_at(start(ready)).item() not in there


@pytest.mark.parametrize("name", ["thermometer", "circle", "fruit"])
def test_the_loss_at_many_points_is_that_at_each(name: str) -> None:
    ready = problem(name)
    points = torch.stack([start(ready, draw) for draw in range(6)])
    found = ready.loss_at(points.reshape(2, 3, -1))
    each = torch.tensor([ready.module(point)(0).item() for point in points], dtype=torch.float64)
    assert found.shape == (2, 3)
    assert torch.allclose(found.reshape(-1), each, rtol=1e-12)


def test_splits_have_the_data_in_the_requested_dtype() -> None:
    ready = problem("circle", split={"dev": 0.25, "test": 0.1})
    for dtype in (torch.float32, torch.float64):
        train, dev, test = ready.splits(dtype)
        assert [len(train), len(dev), len(test)] == [130, 50, 20]
        assert train.inputs.dtype == train.targets.dtype == dtype
        rows = {tuple(row) for part in (train, dev, test) for row in part.inputs.tolist()}
        assert rows == {tuple(row) for row in ready.data.inputs.to(dtype).tolist()}
    classes = problem("digits").splits(torch.float64)[0].targets
    assert classes.dtype == torch.int64


def test_only_the_training_split_is_trained_on() -> None:
    whole, split = problem("circle"), problem("circle", split={"dev": 0.5})
    point = start(whole)
    assert split.module(point)(0).item() == by_hand(split, point).item()
    assert split.module(point)(0).item() != whole.module(point)(0).item()


def test_the_document_is_completed_with_every_default() -> None:
    ready = problem("thermometer")
    assert ready.document.dataset.params == {"scale": 1.0}
    assert ready.document.model.params == {"bias": True}
    assert ready.document.loss.params == {"reduction": "mean"}


def test_short_names_of_parameters() -> None:
    assert problem("thermometer").names == ("w", "b")
    assert problem("plane").names == ("w1", "w2")
    assert problem("plane", model=chosen("linear")).names == ("w1", "w2", "b")
    assert problem("fruit").names == ("w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2")


@pytest.mark.parametrize(
    ("dataset", "changes", "field"),
    [
        ("circle", {"model": chosen("mlp", {"hidden": [65]})}, "model.params.hidden[0]"),
        ("circle", {"model": chosen("nothing")}, "model.id"),
        ("circle", {"loss": chosen("nothing")}, "loss.id"),
        ("circle", {"model": chosen("mlp", {"hidden": [4, 0]})}, "model.params.hidden[1]"),
        ("circle", {"loss": chosen("bce_logits", {"delta": 1})}, "loss.params.delta"),
        ("circle", {"loss": chosen("mse")}, "loss.id"),
        ("circle", {"loss": chosen("bce")}, "loss.id"),
        ("circle", {"model": chosen("logistic")}, "loss.id"),
        ("thermometer", {"loss": chosen("cross_entropy")}, "loss.id"),
        ("digits", {"loss": chosen("bce_logits")}, "loss.id"),
        ("digits", {"model": chosen("logistic", {"output": "logit"})}, "model.id"),
        ("thermometer", {"model": chosen("softmax")}, "model.id"),
        ("thermometer", {"model": chosen("convnet")}, "model.id"),
        ("thermometer", {"batch": {"size": 12}}, "batch.size"),
        ("thermometer", {"split": {"dev": 0.5, "test": 0.5}}, "split"),
        ("thermometer", {"batch": {"size": 8}, "split": {"dev": 0.5}}, "batch.size"),
    ],
    ids=str,
)
def test_incompatible_choices_are_refused_with_their_field(dataset: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        problem(dataset, **changes)
    assert refused.value.field == field
    assert refused.value.text.en
    assert refused.value.text.zh


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (chosen("nothing"), "dataset.id"),
        (chosen("circle", {"count": -1}), "dataset.params.count"),
        (chosen("circle", {"radius": 1}), "dataset.params.radius"),
    ],
    ids=str,
)
def test_an_invalid_data_set_is_refused_with_its_field(asked: dict[str, Any], field: str) -> None:
    written = {**document("circle"), "dataset": asked}
    with pytest.raises(Invalid) as refused:
        prepare_problem(TypeAdapter(spec.LearningProblem).validate_python(written))
    assert refused.value.field == field


@pytest.mark.parametrize("model", models())
@pytest.mark.parametrize("loss", losses())
@pytest.mark.parametrize("dataset", ["thermometer", "fruit", "circle", "digits"])
def test_any_choice_is_refused_or_has_a_finite_loss(dataset: str, model: str, loss: str) -> None:
    outputs = {"thermometer": 1, "fruit": 2, "circle": 2 if loss == "cross_entropy" else 1, "digits": 10}[dataset]
    if dataset in ("thermometer", "fruit"):
        suits = loss in ("mse", "l1", "huber")
    elif dataset == "circle":
        suits = loss == "cross_entropy" or (loss in ("bce", "bce_logits") and (loss == "bce") == (model == "logistic"))
    else:
        suits = loss == "cross_entropy"
    suits = suits and (outputs == 1 or model != "logistic") and (outputs > 1 or model != "softmax")
    suits = suits and (dataset == "digits" or model != "convnet")
    changes: dict[str, Any] = {"model": chosen(model), "loss": chosen(loss), "batch": {"size": 4}}
    if not suits:
        with pytest.raises(Invalid) as refused:
            problem(dataset, **changes)
        assert refused.value.field in ("model.id", "loss.id")
        assert refused.value.text.zh
        return
    ready = problem(dataset, **changes)
    found = ready.module(start(ready))(0)
    assert found.shape == ()
    assert torch.isfinite(found)


def test_experiments_that_differ_in_their_runs_alone_share_one_problem() -> None:
    """Else each turn of a slider would read and keep the data anew."""
    assert problem("circle") is problem("circle")
    assert problem("circle") is not problem("circle", 1)
    assert problem("circle") is not problem("circle", penalty={"l1": 0.5})


def test_a_data_folder_of_another_place_is_another_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    here = problem("circle")
    monkeypatch.setenv("STEEPEST_DATA", "elsewhere")
    assert problem("circle") is not here
