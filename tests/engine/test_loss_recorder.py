"""The tape of a model with many parameters, which keeps none of them: it sees all the same where one is not finite."""

import math

import pytest
import torch
from torch import Tensor, nn

from steepest.engine.run.recorder import LossRecorder, make_recorder


def told(weight: float) -> tuple[LossRecorder, Tensor]:
    """The tape of a net whose first weight is this, before a saturated sigmoid, after one record; and the loss."""
    torch.manual_seed(0)
    first = nn.Linear(2, 24)
    net = nn.Sequential(first, nn.Sigmoid(), nn.Linear(24, 1))
    with torch.no_grad():
        first.weight[0, 0] = weight
    loss = net(torch.ones(5, 2)).square().mean()
    loss.backward()
    tape = make_recorder(list(net.parameters()), ())
    assert isinstance(tape, LossRecorder)
    tape.record(loss, {})
    return tape, nn.utils.get_total_norm([parameter.grad for parameter in net.parameters()])  # type: ignore[misc]


@pytest.mark.parametrize("weight", [math.inf, -math.inf])
def test_an_infinite_weight_that_neither_loss_nor_gradient_shows_ends_the_run(weight: float) -> None:
    tape, norm = told(weight)
    assert torch.isfinite(tape.loss[0])
    assert torch.isfinite(norm)
    assert not tape.finite()
    assert torch.isnan(tape.norms[0])


@pytest.mark.parametrize("weight", [0.5, 1e30])
def test_a_weight_whose_square_overflows_does_not(weight: float) -> None:
    tape, norm = told(weight)
    assert tape.finite()
    assert tape.norms[0] == norm


def test_a_loss_that_is_not_finite_does() -> None:
    tape, norm = told(0.5)
    tape.record(torch.tensor(math.nan), {})
    assert not tape.finite()
    assert tape.norms[1] == norm
