"""The recorder for many parameters keeps none of them, but notices where one is not finite."""

import math

import pytest
import torch
from torch import Tensor, nn

from steepest.engine.run.recorder import LossRecorder, make_recorder


def recorded(weight: float) -> tuple[LossRecorder, Tensor]:
    """The recorder of a net after one record, and its gradient's norm. weight: the first, before a sigmoid."""
    torch.manual_seed(0)
    first = nn.Linear(2, 24)
    net = nn.Sequential(first, nn.Sigmoid(), nn.Linear(24, 1))
    with torch.no_grad():
        first.weight[0, 0] = weight
    loss = net(torch.ones(5, 2)).square().mean()
    loss.backward()
    recorder = make_recorder(list(net.parameters()), ())
    assert isinstance(recorder, LossRecorder)
    recorder.record(loss, {})
    return recorder, nn.utils.get_total_norm([parameter.grad for parameter in net.parameters()])  # type: ignore[misc]


@pytest.mark.parametrize("weight", [math.inf, -math.inf])
def test_an_infinite_weight_that_neither_loss_nor_gradient_shows_ends_the_run(weight: float) -> None:
    recorder, norm = recorded(weight)
    assert torch.isfinite(recorder.loss[0])
    assert torch.isfinite(norm)
    assert not recorder.finite()
    assert torch.isnan(recorder.norms[0])


@pytest.mark.parametrize("weight", [0.5, 1e30])
def test_a_weight_whose_square_overflows_does_not(weight: float) -> None:
    recorder, norm = recorded(weight)
    assert recorder.finite()
    assert recorder.norms[0] == norm


def test_a_loss_that_is_not_finite_does() -> None:
    recorder, norm = recorded(0.5)
    recorder.record(torch.tensor(math.nan), {})
    assert not recorder.finite()
    assert recorder.norms[1] == norm
