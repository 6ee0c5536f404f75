"""A small problem, and a loop over it that any of the optimizers can take."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

from steepest.optimizers import BUILT_IN, Optimizer, find_optimizer

Objective = Callable[[Tensor], Tensor]

ON_SURFACES = tuple(optimizer for optimizer in BUILT_IN if not optimizer.matrices_only)

# Hyperparameters with everything turned on that makes state of its own.
ALL_ON: dict[str, dict[str, Any]] = {
    "sgd": {"momentum": 0.9, "nesterov": True},
    "adam": {"amsgrad": True, "weight_decay": 0.1},
    "adamw": {"amsgrad": True, "weight_decay": 0.1},
    "nadam": {"weight_decay": 0.1},
    "radam": {"weight_decay": 0.1},
    "rmsprop": {"momentum": 0.9, "centered": True},
    "asgd": {"t0": 2.0},
    "lbfgs": {"line_search_fn": "strong_wolfe"},
}

MATRIX = ((3.0, 1.0), (1.0, 2.0))
LINEAR = (1.0, -2.0)
START = (1.5, 1.0)


def bowl(p: Tensor) -> Tensor:
    """A tilted quadratic bowl, half p'Ap - b'p."""
    a, b = torch.tensor(MATRIX, dtype=p.dtype), torch.tensor(LINEAR, dtype=p.dtype)
    return 0.5 * p @ a @ p - b @ p


def bowl_of_matrices(p: Tensor) -> Tensor:
    """A bowl for Muon: sum of squares with a different weight each, shape (3, 2)."""
    weights = torch.arange(1.0, 1.0 + p.numel(), dtype=p.dtype).reshape(p.shape)
    return 0.5 * (weights * p**2).sum() - p.sum()


def objective_of(optimizer: Optimizer) -> Objective:
    return bowl_of_matrices if optimizer.matrices_only else bowl


def start_of(optimizer: Optimizer, dtype: torch.dtype = torch.float64) -> Parameter:
    if optimizer.matrices_only:
        return Parameter(torch.tensor([[1.0, -2.0], [0.5, 1.5], [-1.0, 0.3]], dtype=dtype))
    return Parameter(torch.tensor(START, dtype=dtype))


class Loop:
    """The loop that a learner would write, around an optimizer that is already built."""

    def __init__(self, declared: Optimizer, optimizer: torch.optim.Optimizer, p: Parameter, f: Objective) -> None:
        self.declared = declared
        self.optimizer = optimizer
        self.p = p
        self.f = f
        self.evaluations = 0

    def evaluate(self) -> Tensor:
        self.evaluations += 1
        self.optimizer.zero_grad()
        loss = self.f(self.p)
        if self.declared.needs == "hessian":
            (self.p.grad,) = torch.autograd.grad(loss, self.p, create_graph=True)
        else:
            loss.backward()
        return loss

    def step(self, times: int = 1) -> None:
        for _ in range(times):
            if self.declared.needs == "closure":
                self.optimizer.step(self.evaluate)  # type: ignore[arg-type]  # the stub wants float, the docs a Tensor
            else:
                self.evaluate()
                self.optimizer.step()

    def position(self) -> list[float]:
        return self.p.detach().reshape(-1).tolist()


def loop(
    name: str, hyper: Mapping[str, Any], f: Objective | None = None, dtype: torch.dtype = torch.float64
) -> tuple[Loop, dict[str, Any]]:
    """A loop at its start with the declared optimizer, and all its hyperparameters."""
    declared = find_optimizer(name)
    values = declared.complete(hyper)
    p = start_of(declared, dtype)
    return Loop(declared, declared.build([p], values), p, f or objective_of(declared)), dict(values)
