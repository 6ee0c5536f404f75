"""What a forward pass costs, by arithmetic: against the uses of every weight in torch's own modules."""

from typing import Any

import pytest
import torch
from tests.problems.learning_cases import chosen, document
from torch import Tensor, nn

from steepest.engine import prepare
from steepest.problems import LearningProblem
from steepest.spec import parse_experiment


def counted(network: nn.Module, inputs: tuple[int, ...]) -> int:
    """Multiplications of one sample, counted in the modules: each weight once at every position of its filter."""
    total = 0

    def count(module: nn.Module, _: Any, output: Tensor) -> None:
        nonlocal total
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor):
            total += weight.numel() * output.numel() // weight.shape[0]

    for module in network.modules():
        module.register_forward_hook(count)
    with torch.no_grad():
        network(torch.zeros(1, *inputs))
    return total


@pytest.mark.parametrize(
    ("model", "activations"),
    [
        (chosen("softmax"), 64 + 10),
        (chosen("mlp", {"hidden": [10]}), 64 + 2 * 10 + 10),
        (chosen("convnet", {"channels": 3}), 64 + 3 * (2 * 64 + 16) + 6 * (2 * 16 + 4) + 10),
    ],
)
def test_a_forward_pass_is_counted(model: dict[str, Any], activations: int) -> None:
    problem = prepare(
        parse_experiment(
            {
                "version": 1,
                "problem": document("digits", model=model, loss=chosen("cross_entropy")),
                "runs": [{"optimizer": {"id": "sgd", "lr": 0.1}, "start": {"init": "default"}}],
            }
        )
    ).problem
    assert isinstance(problem, LearningProblem)
    assert problem.forward_operations == 2 * counted(problem.network(), problem.shape.inputs) + 10 * activations
