"""What a model's forward pass costs, by arithmetic alone."""

from typing import Any

import torch
from torch import Tensor, nn

from steepest.problems import LearningProblem


def forward_cost(problem: LearningProblem) -> float:
    """Approximate multiplications and additions of one sample's forward pass."""
    total = 10.0 * problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    network = problem.network().eval()

    def count(module: nn.Module, _: Any, output: Tensor) -> None:
        nonlocal total
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor):  # each weight is used once at every position of its filter
            total += 2.0 * weight.numel() * output.numel() / weight.shape[0]

    for module in network.modules():
        module.register_forward_hook(count)
    with torch.no_grad():
        network(torch.zeros(1, *problem.shape.inputs))
    return total
