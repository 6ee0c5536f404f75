"""What every model of the catalog keeps: its module is what arithmetic and formula say, its slopes are right."""

import importlib
import math
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.problems import catalog
from steepest.problems.catalog import models
from steepest.problems.learning.model import Model
from steepest.spec import Invalid, entries

Array = NDArray[np.float64]
IMAGE = (2, 9, 8)  # an odd side, so that pooling drops a row

# Every model on rows of numbers and on images where it can be, with its defaults and away from them.
CASES: list[tuple[str, tuple[int, ...], int, dict[str, Any]]] = [
    ("linear", (1,), 1, {}),
    ("linear", (3,), 2, {"bias": False}),
    ("linear", IMAGE, 3, {}),
    ("logistic", (1,), 1, {}),
    ("logistic", (2,), 1, {"output": "logit", "bias": False}),
    ("logistic", IMAGE, 1, {}),
    ("softmax", (2,), 3, {}),
    ("softmax", IMAGE, 10, {}),
    ("mlp", (2,), 1, {}),
    ("mlp", (3,), 1, {"hidden": [4], "activation": "tanh", "output": "sigmoid"}),  # small_module of the notes
    ("mlp", (2,), 3, {"hidden": []}),
    ("mlp", (2,), 2, {"hidden": [4, 2], "bias": False}),
    ("mlp", (2,), 1, {"hidden": [3] * 6, "activation": "softplus"}),
    ("mlp", IMAGE, 4, {"hidden": [5], "dropout": 0.5}),
    *[("mlp", (2,), 1, {"hidden": [5, 4], "activation": each}) for each in ("identity", "relu", "leaky_relu")],
    *[("mlp", (2,), 2, {"hidden": [5, 4], "activation": each}) for each in ("sigmoid", "tanh", "softplus", "gelu")],
    ("convnet", (1, 8, 8), 3, {"channels": 2}),
    ("convnet", IMAGE, 2, {"channels": 1}),
]
every_case = pytest.mark.parametrize(("name", "inputs", "outputs", "params"), CASES, ids=str)
every_model = pytest.mark.parametrize("model", models().values(), ids=lambda model: model.id)


def built(name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]) -> nn.Module:
    """The module in float64, without dropout's chance, drawn alike each time."""
    model = models()[name]
    torch.manual_seed(1)
    return model.build(inputs, outputs, model.complete(params)).double().eval()


def samples(inputs: tuple[int, ...], count: int = 5) -> Tensor:
    return torch.randn((count, *inputs), generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def test_every_model_has_a_case() -> None:
    assert {name for name, *_ in CASES} == set(models())


@every_case
def test_layers_are_those_of_the_module(
    name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]
) -> None:
    model = models()[name]
    layers = model.layers(inputs, outputs, model.complete(params))
    module = built(name, inputs, outputs, params)
    assert [(each.name, each.shape) for each in layers] == [
        (each, tuple(parameter.shape)) for each, parameter in module.named_parameters()
    ]
    assert [each.size for each in layers] == [parameter.numel() for parameter in module.parameters()]
    assert [each.weight for each in layers] == [each.name.endswith("weight") for each in layers]


@every_case
def test_outputs_have_the_declared_number_and_kind(
    name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]
) -> None:
    model = models()[name]
    module = built(name, inputs, outputs, params)
    found = module(1000 * samples(inputs))
    assert found.shape == (5, outputs)
    is_probability = model.gives(model.complete(params)) == "probability"
    assert isinstance(list(module.modules())[-1], nn.Sigmoid) == is_probability
    assert not is_probability or bool((found >= 0).all() and (found <= 1).all())


@every_case
def test_activations_are_counted(name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]) -> None:
    model = models()[name]
    module = built(name, inputs, outputs, params)
    counted = [math.prod(inputs)]

    def count(part: nn.Module, given: tuple[Tensor, ...], found: Tensor) -> None:
        counted.append(found.numel())

    leaves = [part for part in module.modules() if not list(part.children()) and not isinstance(part, nn.Flatten)]
    for part in leaves:
        part.register_forward_hook(count)
    module(samples(inputs, 1))
    assert model.activations(inputs, outputs, model.complete(params)) == sum(counted)


@every_case
def test_gradients_agree_with_central_differences(
    name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]
) -> None:
    module, given = built(name, inputs, outputs, params), samples(inputs)
    mixed = torch.randn(5, outputs, generator=torch.Generator().manual_seed(3), dtype=torch.float64)

    def value(point: Tensor) -> Tensor:
        nn.utils.vector_to_parameters(point, module.parameters())
        total: Tensor = (module(given) * mixed).sum()
        return total

    start = nn.utils.parameters_to_vector(module.parameters()).detach()
    gradient = torch.cat([each.reshape(-1) for each in torch.autograd.grad(value(start), list(module.parameters()))])
    delta = 1e-6
    with torch.no_grad():
        for n in range(4):
            direction = torch.randn(len(start), generator=torch.Generator().manual_seed(n), dtype=torch.float64)
            difference = (value(start + delta * direction) - value(start - delta * direction)) / (2 * delta)
            assert difference.item() == pytest.approx((gradient @ direction).item(), rel=1e-6, abs=1e-7)


BENDS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "softplus": lambda z: np.log1p(np.exp(z)),
    "gelu": lambda z: z * np.vectorize(lambda each: (1 + math.erf(each / math.sqrt(2))) / 2)(z),
}


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "params"), [case for case in CASES if case[0] != "convnet"], ids=str
)
def test_outputs_follow_the_formula(name: str, inputs: tuple[int, ...], outputs: int, params: dict[str, Any]) -> None:
    module, given = built(name, inputs, outputs, params), samples(inputs)
    values = models()[name].complete(params)
    tensors = [(key.endswith("weight"), each.detach().numpy()) for key, each in module.named_parameters()]
    found: Array = given.numpy().reshape(5, -1)
    last = max(n for n, (is_weight, _) in enumerate(tensors) if is_weight)
    for n, (is_weight, tensor) in enumerate(tensors):
        has_bias = is_weight and n + 1 < len(tensors) and not tensors[n + 1][0]
        if is_weight:
            found = found @ tensor.T + (tensors[n + 1][1] if has_bias else 0)
            if n != last:
                found = BENDS[str(values["activation"])](found)
    if values.get("output") in ("probability", "sigmoid"):
        found = BENDS["sigmoid"](found)
    assert np.allclose(module(given).detach().numpy(), found, rtol=1e-12, atol=1e-12)


def convolved(picture: Array, weight: Array, bias: Array) -> Array:
    """By the definition, pixel by pixel, with a border of zeros: (channels, h, w) to (filters, h, w)."""
    _, height, width = picture.shape
    padded = np.pad(picture, ((0, 0), (1, 1), (1, 1)))
    return np.array(
        [
            [[(padded[:, i : i + 3, j : j + 3] * each).sum() + b for j in range(width)] for i in range(height)]
            for each, b in zip(weight, bias, strict=True)
        ]
    )


def pooled(picture: Array) -> Array:
    """The largest of each 2×2 pixels; an odd row or column is dropped."""
    channels, height, width = picture.shape
    cut = picture[:, : height // 2 * 2, : width // 2 * 2]
    return np.asarray(cut.reshape(channels, height // 2, 2, width // 2, 2).max(axis=(2, 4)))


def test_convolutional_net_follows_the_definition() -> None:
    module, given = built("convnet", IMAGE, 2, {"channels": 2}), samples(IMAGE, 1)
    k1, b1, k2, b2, weight, bias = (each.detach().numpy() for each in module.parameters())
    first = pooled(np.maximum(convolved(given[0].numpy(), k1, b1), 0))
    second = pooled(np.maximum(convolved(first, k2, b2), 0))
    assert np.allclose(module(given)[0].detach().numpy(), weight @ second.reshape(-1) + bias, rtol=1e-12)


def test_dropout_draws_only_in_training() -> None:
    model = models()["mlp"]
    values = model.complete({"hidden": [8], "dropout": 0.5})
    module, given = model.build((2,), 1, values), samples((2,)).float()
    assert model.random(values)
    assert not torch.equal(module(given), module(given))
    module.eval()
    assert torch.equal(module(given), module(given))


@pytest.mark.parametrize("params", [{"hidden": [8]}, {"hidden": [], "dropout": 0.5}], ids=str)
def test_a_forward_pass_without_dropout_draws_nothing(params: dict[str, Any]) -> None:
    model = models()["mlp"]
    values = model.complete(params)
    module, given = model.build((2,), 1, values), samples((2,)).float()
    before = torch.get_rng_state()
    module(given)
    assert not model.random(values)
    assert torch.equal(torch.get_rng_state(), before)


@every_model
def test_a_huge_model_is_counted_without_being_made(model: Model) -> None:
    inputs = (1, 100_000, 100_000) if model.id == "convnet" else (1_000_000_000,)
    outputs = 1 if model.id == "logistic" else 1000
    layers = model.layers(inputs, outputs, model.complete({}))
    assert sum(layer.size for layer in layers) > 10**9 - 1
    assert model.activations(inputs, outputs, model.complete({})) > 10**9 - 1


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        ("mlp", {"hidden": [0]}, "hidden[0]"),
        ("mlp", {"hidden": [4, -1]}, "hidden[1]"),
        ("mlp", {"hidden": [1.5]}, "hidden[0]"),
        ("mlp", {"hidden": [True]}, "hidden[0]"),
        ("mlp", {"hidden": [65]}, "hidden[0]"),
        ("mlp", {"hidden": [1] * 1_000_000}, "hidden"),
        ("mlp", {"hidden": 4}, "hidden"),
        ("mlp", {"activation": "step"}, "activation"),
        ("mlp", {"dropout": 0.95}, "dropout"),
        ("mlp", {"dropout": -0.1}, "dropout"),
        ("mlp", {"output": "softmax"}, "output"),
        ("convnet", {"channels": 0}, "channels"),
        ("convnet", {"channels": 10**9}, "channels"),
        ("convnet", {"bias": True}, "bias"),
        ("linear", {"bias": 1}, "bias"),
        ("logistic", {"output": None}, "output"),
    ],
    ids=str,
)
def test_params_out_of_range_are_refused(name: str, params: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        models()[name].complete(params)
    assert refused.value.field == field
    assert len(refused.value.text.en) < 200


@pytest.mark.parametrize(
    ("name", "inputs", "outputs", "words"),
    [
        ("logistic", (2,), 3, "1 output"),
        ("softmax", (2,), 1, "at least 2"),
        ("convnet", (64,), 10, "for images"),
        ("convnet", (1, 3, 8), 10, "4×4"),
        ("convnet", (1, 8, 3), 10, "8×3"),
    ],
)
def test_unsuitable_data_is_refused(name: str, inputs: tuple[int, ...], outputs: int, words: str) -> None:
    model = models()[name]
    with pytest.raises(Invalid, match=words) as refused:
        model.layers(inputs, outputs, model.complete({}))
    assert refused.value.field == "id"
    assert refused.value.text.zh


@every_model
def test_every_model_is_described(model: Model) -> None:
    for words in (model.title, model.about, *(text for param in model.params for text in (param.title, param.help))):
        assert words.en
        assert words.zh
    assert model.formula
    assert model.source


def test_another_package_brings_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = models()["linear"]
    entry = EntryPoint("x", "steepest.problems.models.mlp:MLP", "steepest.models")
    monkeypatch.setattr(importlib.import_module("steepest.problems.models"), "BUILT_IN", (found,))
    monkeypatch.setattr(entries, "entry_points", lambda group: [entry] if group == "steepest.models" else [])
    assert list(catalog.models.__wrapped__()) == ["linear", "mlp"]
