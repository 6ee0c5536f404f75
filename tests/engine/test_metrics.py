"""What is measured of a model now and then: compared with torch, scikit-learn's counts done by hand, and NumPy."""

from typing import Any

import numpy as np
import pytest
import torch
from tests.engine.helpers import cut, whole
from tests.engine.on_data import learning, only
from tests.problems.learning_cases import chosen
from torch import nn

from steepest.engine import Prepared, advance
from steepest.engine.recording.records import METRICS_PERIOD, ModelMetrics, RunRecords
from steepest.engine.run.metrics import BINS, histograms, norms
from steepest.problems.learning.problem import LearningProblem

SPLIT = {"dev": 0.2, "test": 0.2}
ADAM = {"optimizer": {"id": "adam", "lr": 0.03}}
SGD = {"optimizer": {"id": "sgd", "lr": 0.1}}


def measured(prepared: Prepared, steps: int = 40) -> tuple[RunRecords, ModelMetrics]:
    records = only(advance(prepared, None, steps)[0])
    assert records.metrics is not None
    return records, records.metrics


def problem_of(prepared: Prepared) -> LearningProblem:
    assert isinstance(prepared.problem, LearningProblem)
    return prepared.problem


def module_at(prepared: Prepared, params: Any) -> nn.Module:
    """The model alone, its parameters put where a record has them."""
    problem = problem_of(prepared)
    module = problem.network().to(prepared.dtype).eval()
    nn.utils.vector_to_parameters(torch.tensor(params, dtype=prepared.dtype), module.parameters())
    return module


def test_they_are_made_at_multiples_of_the_period_and_at_the_start() -> None:
    _, measures = measured(learning([ADAM]), 47)
    assert measures.steps.tolist() == [0, 10, 20, 30, 40]
    assert METRICS_PERIOD == 10


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_losses_and_accuracy_are_those_of_whole_parts_without_penalty_and_dropout(dtype: str) -> None:
    model = chosen("mlp", {"hidden": [5], "activation": "tanh", "dropout": 0.5})
    prepared = learning(
        [ADAM], dtype=dtype, model=model, split=SPLIT, batch={"size": 4}, penalty={"l1": 0.01, "l2": 0.1}
    )
    records, measures = measured(prepared)
    problem = problem_of(prepared)
    for row, step in enumerate(measures.steps.tolist()):
        module = module_at(prepared, records.params[step])
        for part, samples in enumerate(problem.splits(prepared.dtype)):
            with torch.no_grad():
                outputs = module(samples.inputs)
            loss = nn.functional.binary_cross_entropy_with_logits(outputs, samples.targets)
            assert measures.losses[row, part] == pytest.approx(float(loss), rel=1e-6)
            right = ((torch.sigmoid(outputs) > 0.5) == (samples.targets > 0.5)).double().mean()
            assert measures.accuracy[row, part] == float(right)
    assert len({len(samples) for samples in problem.splits(prepared.dtype)}) > 1  # the parts are not alike


def test_full_batch_losses_are_those_of_the_records() -> None:
    records, measures = measured(learning([SGD], dtype="float64"))
    np.testing.assert_allclose(measures.losses[:, 0], records.loss[measures.steps], rtol=1e-12)
    assert np.isnan(measures.losses[:, 1:]).all()
    assert np.isnan(measures.accuracy[:, 1:]).all()


@pytest.mark.parametrize("dataset", ["pass_or_fail", "moons", "two_clusters"])
def test_confusion_counts_true_classes_in_rows(dataset: str) -> None:
    prepared = learning([SGD], on=dataset)
    records, measures = measured(prepared)
    problem = problem_of(prepared)
    labels, classes = problem.data.targets.tolist(), len(problem.shape.classes)
    for row, step in enumerate(measures.steps.tolist()):
        outputs = module_at(prepared, records.params[step])(problem.splits(prepared.dtype)[0].inputs)
        even = 0.5 if problem.model.gives(problem.model_values) == "probability" else 0.0
        given = outputs.argmax(1).tolist() if outputs.shape[1] > 1 else [int(one > even) for one in outputs[:, 0]]
        counts = np.zeros((classes, classes))
        for true, said in zip(labels, given, strict=True):
            counts[true, said] += 1
        assert measures.confusion[row].tolist() == counts.tolist()


def test_confusion_is_of_the_development_part_where_there_is_one() -> None:
    prepared = learning([SGD], split={"dev": 0.3})
    _, measures = measured(prepared)
    assert measures.confusion.sum(axis=(1, 2)).tolist() == [9] * 5  # of 30
    _, measures = measured(learning([SGD], split={"dev": 0.3, "test": 0.1}))
    assert measures.confusion.sum(axis=(1, 2)).tolist() == [9] * 5


def test_confusion_is_of_the_test_part_where_that_alone_is_held_out() -> None:
    _, measures = measured(learning([SGD], split={"test": 0.2}))
    assert measures.confusion.sum(axis=(1, 2)).tolist() == [6] * 5  # of 30


def test_a_regression_has_no_classes() -> None:
    _, measures = measured(learning([{"optimizer": {"id": "sgd", "lr": 0.01}}], on="plane"))
    assert np.isnan(measures.accuracy).all()
    assert measures.confusion.shape == (5, 0, 0)


@pytest.mark.parametrize("optimizer", [ADAM, {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.9}}])
def test_norms_are_those_of_the_records_layer_by_layer(optimizer: dict[str, Any]) -> None:
    moved = {"step": 9, "run": 0, "params": [0.05 * (n % 5) for n in range(31)]}  # the jump is no update
    prepared = learning([optimizer], [moved], batch={"size": 7})
    records, measures = measured(prepared)
    ends = np.cumsum([layer.size for layer in problem_of(prepared).layers])[:-1]
    for row, step in enumerate(measures.steps.tolist()):
        for place, numbers in enumerate((records.params[step], records.grad[step], records.update[step])):
            by_hand = [np.linalg.norm(part.astype(np.float64)) for part in np.split(numbers, ends)]
            np.testing.assert_allclose(measures.layers[row, :, place], by_hand, rtol=1e-6)
    assert (measures.layers[0, :, 2] == 0).all()


def test_histograms_are_numpys() -> None:
    prepared = learning([ADAM], dtype="float64")
    records, measures = measured(prepared)
    ends = np.cumsum([layer.size for layer in problem_of(prepared).layers])[:-1]
    for row, step in enumerate(measures.steps.tolist()):
        for place, values in enumerate(np.split(records.params[step], ends)):
            low, high, *counts = measures.histograms[row, place].tolist()
            assert (low, high) == (np.float32(values.min()), np.float32(values.max()))
            assert sum(counts) == len(values)
            if len(values) > 1:
                assert counts == np.histogram(values, BINS)[0].tolist()


def test_histograms_of_equal_values_and_of_none() -> None:
    rows = np.array([[2.0, 2.0, 2.0, 1.0], [np.nan, 0.0, 1.0, np.inf]])
    found = histograms(rows, [0, 3])
    assert found[0, 0].tolist() == [2, 2, 3] + [0] * (BINS - 1)
    assert found[0, 1].tolist() == [1, 1, 1] + [0] * (BINS - 1)
    assert (found[1, :, 2:] == 0).all()
    assert histograms(np.empty((0, 4)), [0, 3]).shape == (0, 2, 2 + BINS)
    assert norms(np.empty((0, 4)), [0, 3]).shape == (0, 2)


def test_at_most_the_first_thousand_samples_of_a_part() -> None:
    prepared = learning([{"optimizer": {"id": "sgd", "lr": 0.01}}], dataset=chosen("circle", {"count": 1500}))
    records, measures = measured(prepared, 10)
    first = problem_of(prepared).splits(prepared.dtype)[0]
    outputs = module_at(prepared, records.params[10])(first.inputs[:1000]).detach()
    loss = nn.functional.binary_cross_entropy_with_logits(outputs, first.targets[:1000])
    assert measures.losses[1, 0] == pytest.approx(float(loss), rel=1e-6)
    assert measures.losses[1, 0] != pytest.approx(float(records.loss[10]), rel=1e-4)
    assert measures.confusion[1].sum() == 1000


def test_of_one_and_two_parameters_too() -> None:
    _, measures = measured(learning([{"optimizer": {"id": "sgd", "lr": 1e-4}, "start": [1.0, 0.0]}], on="thermometer"))
    assert measures.losses[:, 0].tolist() == sorted(measures.losses[:, 0].tolist(), reverse=True)
    assert measures.layers.shape == (5, 2, 3)


def test_a_surface_has_none() -> None:
    from tests.engine.helpers import experiment

    (records,) = whole(experiment("sphere", [(SGD["optimizer"], (1.0, 1.0))]), 20)
    assert records.metrics is None


FIELDS = tuple(ModelMetrics.__dataclass_fields__)


@pytest.mark.parametrize("ends", [range(61), [9, 10, 11, 60], [0, 33, 60]], ids=["singly", "around", "rarely"])
def test_they_are_the_same_bits_however_a_trajectory_is_cut(ends: Any) -> None:
    edits = [{"step": 20, "run": 0, "set": {"lr": 0.2}}, {"step": 39, "run": 0, "params": [0.1] * 31}]
    prepared = learning([SGD, ADAM], edits, split=SPLIT)
    chunks, _ = cut(prepared, ends)
    one, _ = advance(prepared, None, 60)
    for run in (0, 1):
        for field in FIELDS:
            parts = [getattr(chunk.runs[run].metrics, field) for chunk in chunks]
            expected = getattr(one.runs[run].metrics, field)
            assert np.concatenate(parts).tobytes() == expected.tobytes(), field


def test_measuring_changes_nothing_of_the_records() -> None:
    """Dropout draws from the global generator: what is measured must leave it as it was."""
    model = chosen("mlp", {"hidden": [5], "activation": "relu", "dropout": 0.3})
    prepared = learning([ADAM], model=model, batch={"size": 5})
    torch.manual_seed(3)
    before = torch.get_rng_state()
    singly = [loss for chunk in cut(prepared, range(31))[0] for loss in only(chunk).loss.tolist()]
    assert torch.equal(before, torch.get_rng_state())
    assert singly == only(advance(prepared, None, 30)[0]).loss.tolist()
