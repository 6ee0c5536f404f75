"""How far torch's own rounding moves a step's loss and gradient."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from steepest.engine.preparation.plan import RunPlan
from steepest.engine.preparation.prepare import Prepared
from steepest.engine.recording.records import Array
from steepest.engine.run.rounding import distance, largest_size, rounding_signs
from steepest.problems import LearningProblem, Problem


def rounding_noise(prepared: Prepared, plan: RunPlan, params: Tensor, step: int) -> list[float]:
    """How far torch's own rounding moves the loss and an element of the gradient: as far as float32 is from float64,
    in units of the run's precision, where that is finite.

    A sum over rows of data is rounded by the size of its parts, however small it is, and a classifier's probabilities
    as parts of 1. So the noise is at least a rounding of the loss at the run's start, where it is not small, and one
    of the loss's slope there at each output, taken back through the model.
    """
    dtype, problem = prepared.dtype, prepared.problem
    singles, doubles = (_evaluated(problem, params, each, step) for each in (torch.float32, torch.float64))
    eps = torch.finfo(dtype).eps
    scale = eps / torch.finfo(torch.float32).eps
    noise = [
        float(np.max(np.nan_to_num(distance(*pair), posinf=0.0))) * scale for pair in zip(singles, doubles, strict=True)
    ]
    if isinstance(problem, LearningProblem):
        start = prepared.start(plan)
        loss, outputs, _ = _outputs(problem, start, 0)
        (slope,) = torch.autograd.grad(loss, outputs)
        _, outputs, parameters = _outputs(problem, params, step)
        for signs in rounding_signs(outputs.numel())[::2]:
            rounding = eps * slope.abs().max() * torch.from_numpy(signs).to(outputs).view_as(outputs)
            back = torch.autograd.grad(outputs, parameters, rounding, retain_graph=True)
            noise[1] = max(noise[1], largest_size(joined(back)))
        noise[0] = max(noise[0], eps * loss.abs().item())
    return noise


def _outputs(problem: LearningProblem, params: Tensor, step: int) -> tuple[Tensor, Tensor, list[Tensor]]:
    """A step's loss, (), the model's outputs, (batch, outputs), and the parameters of both."""
    module = problem.module(params)
    found: list[Tensor] = []
    module.model.register_forward_hook(lambda model, inputs, outputs: found.append(outputs))
    loss = module(step)
    return loss, found[0], list(module.parameters())


def _evaluated(problem: Problem, params: Tensor, dtype: torch.dtype, step: int) -> tuple[Array, Array]:
    """Torch's loss, (1,), and gradient, (n,), in a dtype; the parameters are rounded to float32 for both."""
    module = problem.module(params.to(torch.float32).to(dtype))
    loss = module(step)
    return loss.detach().reshape(1).numpy(), joined(torch.autograd.grad(loss, list(module.parameters())))


def joined(tensors: Sequence[Tensor | None]) -> Array:
    """All elements as one new vector."""
    return np.concatenate([tensor.detach().reshape(-1).numpy() for tensor in tensors if tensor is not None])
