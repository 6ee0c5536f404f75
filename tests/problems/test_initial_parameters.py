"""A model's start: what a script draws that says `torch.manual_seed(seed)`, and then torch's own `nn.init`."""

import math

import pytest
import torch
from torch import Tensor, nn

from steepest.problems.catalog import models
from steepest.problems.learning.initial_parameters import initial_parameters
from steepest.spec import Init

INPUTS = {"convnet": (1, 8, 8)}
NET = models()["mlp"]
VALUES = NET.complete({"hidden": [60, 50], "activation": "tanh"})
WIDTHS = [(40, 60), (60, 50), (50, 30)]  # fan in and out of each layer


def start(init: Init, seed: int = 7) -> Tensor:
    return initial_parameters(NET, (40,), 30, VALUES, init, seed)


def pieces(vector: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias of each layer."""
    found = []
    for fan_in, fan_out in WIDTHS:
        weight, bias, vector = vector.split([fan_in * fan_out, fan_out, len(vector) - fan_in * fan_out - fan_out])
        found.append((weight.reshape(fan_out, fan_in), bias))
    assert len(vector) == 0
    return found


@pytest.mark.parametrize("name", models())
@pytest.mark.parametrize("seed", [0, 446, 2**63 - 1])
def test_default_is_what_torch_draws_from_the_seed(name: str, seed: int) -> None:
    model = models()[name]
    inputs, outputs = INPUTS.get(name, (3,)), 1 if name == "logistic" else 2
    values = model.complete({})
    torch.manual_seed(seed)
    module = model.build(inputs, outputs, values)
    found = initial_parameters(model, inputs, outputs, values, Init(init="default"), seed)
    assert found.dtype == torch.float32
    assert torch.equal(found, torch.cat([each.detach().reshape(-1) for each in module.parameters()]))


def test_default_of_a_net_written_by_hand() -> None:
    torch.manual_seed(3)
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
    found = initial_parameters(
        NET, (2,), 1, NET.complete({"hidden": [4], "activation": "tanh"}), Init(init="default"), 3
    )
    assert torch.equal(found, nn.utils.parameters_to_vector(net.parameters()).detach())


@pytest.mark.parametrize("init", ["default", "xavier", "kaiming", "normal", "zeros"])
def test_the_same_seed_gives_the_same_start_and_keeps_the_global_generator(init: str) -> None:
    torch.manual_seed(99)
    before = torch.get_rng_state()
    asked = Init.model_validate({"init": init})
    assert torch.equal(start(asked), start(asked))
    assert torch.equal(torch.get_rng_state(), before)
    assert not start(asked).requires_grad


@pytest.mark.parametrize("init", ["default", "xavier", "kaiming", "normal"])
def test_another_seed_or_another_draw_is_another_start(init: str) -> None:
    starts = [start(Init.model_validate({"init": init, "draw": draw}), seed) for seed in (7, 8) for draw in (0, 1, 2)]
    assert all(not torch.equal(a, b) for n, a in enumerate(starts) for b in starts[:n])


def test_other_inits_equal_torch_nn_init() -> None:
    torch.manual_seed(7)
    module = NET.build((40,), 30, VALUES)
    for parameter in module.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)
        else:
            nn.init.zeros_(parameter)
    assert torch.equal(start(Init(init="xavier")), nn.utils.parameters_to_vector(module.parameters()).detach())


def test_xavier_is_uniform_up_to_its_bound() -> None:
    for (weight, bias), (fan_in, fan_out) in zip(pieces(start(Init(init="xavier"))), WIDTHS, strict=True):
        bound = math.sqrt(6 / (fan_in + fan_out))  # Glorot & Bengio 2010, equation 16
        assert 0.98 * bound < weight.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
        assert not bias.any()


def test_kaiming_is_uniform_up_to_its_bound() -> None:
    for (weight, bias), (fan_in, _) in zip(pieces(start(Init(init="kaiming"))), WIDTHS, strict=True):
        bound = math.sqrt(6 / fan_in)  # He et al. 2015, equation 10, of a uniform distribution
        assert 0.98 * bound < weight.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
        assert not bias.any()


@pytest.mark.parametrize("std", [0.01, 2.0])
def test_normal_has_the_requested_deviation(std: float) -> None:
    for weight, bias in pieces(start(Init(init="normal", std=std))):
        assert weight.std().item() == pytest.approx(std, rel=0.05)
        assert weight.mean().item() == pytest.approx(0, abs=0.1 * std)
        assert not bias.any()


def test_zeros_are_zeros() -> None:
    assert not start(Init(init="zeros")).any()
