"""What every data set of the catalog keeps: arithmetic tells its shape, and the same values make the same bits."""

import importlib
import math
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, cast

import pytest
import torch

from steepest.problems import catalog
from steepest.problems.datasets.params import MAX_COUNT
from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.spec import Integer, Invalid, Number, Text, entries

ALL = tuple(catalog.datasets().values())
# Those that need no file of the user's; the others have tests of their own.
MADE = tuple(dataset for dataset in ALL if not dataset.stored)
DRAWN = tuple(dataset for dataset in MADE if any(param.id == "seed" for param in dataset.params))

OTHER_PARAMS: dict[str, list[dict[str, object]]] = {
    "thermometer": [{"scale": 0.1}],
    "spiral": [{"turns": 0.0}, {"turns": 3.0, "noise": 0.0}],
    "gaussian_pair": [{"distance": 0.0}],
    "digits": [{"count": 10}, {"count": 1000}],
    "points": [{"points": [[0, 0, 1]]}],
    "curve_points": [{"points": [[0, 0]]}],
}
CASES = [(dataset, params) for dataset in MADE for params in ({}, *OTHER_PARAMS.get(dataset.id, []))]
CASES += [(dataset, {"count": count, "seed": 7}) for dataset in DRAWN for count in (2, 3, MAX_COUNT)]


def name(value: object) -> str:
    if isinstance(value, Dataset):
        return value.id
    return ",".join(f"{k}={v}" for k, v in cast(Mapping[str, object], value).items()) or "defaults"


every_case = pytest.mark.parametrize(("dataset", "params"), CASES, ids=name)
every_drawn = pytest.mark.parametrize("dataset", DRAWN, ids=name)


def made(dataset: Dataset, **params: object) -> tuple[DataShape, Data]:
    values = dataset.complete(params)
    return dataset.shape(**values), dataset.make(**values)


def of(id_: str, **params: object) -> Data:
    return made(catalog.datasets()[id_], **params)[1]


def bits(data: Data) -> tuple[bytes, bytes]:
    return data.inputs.numpy().tobytes(), data.targets.numpy().tobytes()


@every_case
def test_the_declared_shape_is_the_shape_of_the_data(dataset: Dataset, params: dict[str, object]) -> None:
    shape, data = made(dataset, **params)
    assert data.inputs.shape == (shape.count, *shape.inputs)
    assert data.inputs.dtype in (torch.float32, torch.float64)
    assert data.inputs.isfinite().all()
    assert len(shape.inputs) in (1, 3)
    assert len(shape.input_names) == (shape.inputs[0] if len(shape.inputs) == 1 else 0)
    assert 0 <= shape.own_test < shape.count
    if shape.task == "regression":
        assert data.targets.shape == (shape.count, shape.targets)
        assert data.targets.dtype == data.inputs.dtype
        assert data.targets.isfinite().all()
        assert len(shape.target_names) == shape.targets > 0
    else:
        assert data.targets.shape == (shape.count,)
        assert data.targets.dtype == torch.int64
        assert 0 <= data.targets.min() <= data.targets.max() < len(shape.classes)
        assert (shape.targets, shape.target_names) == (0, ())


@every_case
def test_the_same_values_make_the_same_bits_and_leave_the_generator_alone(
    dataset: Dataset, params: dict[str, object]
) -> None:
    before = torch.get_rng_state()
    first = bits(made(dataset, **params)[1])
    assert torch.equal(torch.get_rng_state(), before)
    torch.rand(3)
    assert bits(made(dataset, **params)[1]) == first


@pytest.mark.parametrize("dataset", MADE, ids=name)
def test_data_is_not_shared(dataset: Dataset) -> None:
    """Whoever writes into the samples does not change the next ones."""
    data = made(dataset)[1]
    before = bits(data)
    data.inputs.mul_(0)
    data.targets.mul_(0)
    assert bits(made(dataset)[1]) == before


@every_drawn
def test_another_seed_draws_other_points(dataset: Dataset) -> None:
    first, second = made(dataset)[1], made(dataset, seed=1)[1]
    assert bits(first) != bits(second)
    assert first.inputs.shape == second.inputs.shape


@every_drawn
def test_two_seeds_agree_but_for_their_noise(dataset: Dataset) -> None:
    """Twice the noise is twice as far from the points without any."""
    none, some, more = (made(dataset, noise=noise)[1] for noise in (0.0, 0.1, 0.2))
    apart = torch.cat([(some.inputs - none.inputs).flatten(), (some.targets - none.targets).double().flatten()])
    further = torch.cat([(more.inputs - none.inputs).flatten(), (more.targets - none.targets).double().flatten()])
    assert apart.abs().max() > 0.05
    torch.testing.assert_close(further, 2 * apart)
    assert 0.05 < apart[apart != 0].std() < 0.15


@every_drawn
def test_classes_are_balanced(dataset: Dataset) -> None:
    shape, data = made(dataset, count=1001)
    if shape.classes:
        counts = data.targets.bincount(minlength=len(shape.classes))
        assert counts.min() > 0.45 * 1001 or dataset.id == "exclusive_or"
        assert counts.min() > 0.4 * 1001


@pytest.mark.parametrize("dataset", ALL, ids=name)
def test_the_declaration_is_complete(dataset: Dataset) -> None:
    for text in (
        dataset.title,
        dataset.about,
        *(words for param in dataset.params for words in (param.title, param.help)),
    ):
        assert text.en
        assert text.zh
    assert not dataset.about.zh.isascii()
    assert dataset.source
    assert dataset.known_lr > 0
    model, loss = catalog.models()[dataset.known_model.id], catalog.losses()[dataset.known_loss.id]
    model.complete(dataset.known_model.params)
    loss.complete(dataset.known_loss.params)
    if not dataset.stored:
        shape = dataset.shape(**dataset.complete({}))
        assert shape.task in loss.tasks
        loss.outputs(shape)
        assert dataset.view is None or len(dataset.view) == shape.inputs[0]


@pytest.mark.parametrize("dataset", ALL, ids=name)
def test_params_out_of_range_are_refused(dataset: Dataset) -> None:
    for param in dataset.params:
        if isinstance(param, Number | Integer):
            wrong: tuple[Any, ...] = (param.maximum * 2 + 1, param.minimum - 1, math.nan, "1", True)
            for value in wrong:
                with pytest.raises(Invalid) as refused:
                    dataset.complete({param.id: value})
                assert refused.value.field == param.id
    with pytest.raises(Invalid):
        dataset.complete({"no_such": 1})


def test_ids_are_different() -> None:
    assert len(catalog.datasets()) == len(ALL) >= 15


def test_another_package_brings_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = catalog.datasets()["plane"]
    datasets = importlib.import_module("steepest.problems.datasets")
    entry = EntryPoint("x", "steepest.problems.datasets.circle:CIRCLE", "steepest.datasets")
    monkeypatch.setattr(datasets, "BUILT_IN", (found,))
    monkeypatch.setattr(entries, "entry_points", lambda group: [entry] if group == "steepest.datasets" else [])
    assert list(catalog.datasets.__wrapped__()) == ["plane", "circle"]
    assert isinstance(found.title, Text)
