"""Damped Newton: uses the whole Hessian. Not from torch: written here for teaching."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, optim

from steepest.optimizers.hyperparameters import learning_rate
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.symbolic import inverse, leaf
from steepest.optimizers.worked_step import Line, StepData, StepLines
from steepest.spec import Text, number

MAX_PARAMETERS = 64


class Newton(optim.Optimizer):
    """p -= lr (H + damping I)^-1 g, with H the Hessian of the loss at p.

    Before `step`, every p.grad must have a graph of its own, as from
    `torch.autograd.grad(loss, parameters, create_graph=True)`: its derivative is the Hessian. A gradient without a
    graph is constant, and its Hessian is zero. `step` leaves the gradients detached.
    lr, damping: >= 0. Raises `ValueError` for more than 64 parameters in all.
    Without damping, directions of zero curvature do not move (pseudoinverse). A Hessian that is not finite gives a NaN
    update.
    Source: Nocedal & Wright, Numerical Optimization, 2nd ed., §3.3; Levenberg 1944 for the damping.
    """

    def __init__(self, params: Any, lr: float = 1.0, damping: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "damping": damping})
        size = sum(p.numel() for group in self.param_groups for p in group["params"])
        if size > MAX_PARAMETERS:
            raise ValueError(f"Newton solves for at most {MAX_PARAMETERS} parameters at once; there are {size}")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update. closure: if given, leaves the gradients as above and returns the loss."""
        loss = None if closure is None else closure()
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if not parameters:
                continue
            gradient = torch.cat([p.grad.reshape(-1) for p in parameters])  # (n,)
            curvature = hessian(gradient, parameters)  # (n, n)
            for p in parameters:
                p.grad = p.grad.detach()  # drops the graph; the parameter would keep it alive
            update = newton_direction(gradient.detach(), curvature, group["damping"])
            with torch.no_grad():
                place = 0
                for p in parameters:
                    p.add_(update[place : place + p.numel()].view_as(p), alpha=-group["lr"])
                    place += p.numel()
        return loss


def hessian(gradient: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    """Derivative of a gradient, shape (n,), by the parameters, n elements in all. Returns (n, n), detached."""
    if not gradient.requires_grad:
        return gradient.new_zeros(len(gradient), len(gradient))
    rows = [
        torch.autograd.grad(entry, parameters, retain_graph=True, allow_unused=True, materialize_grads=True)
        for entry in gradient
    ]
    return torch.stack([torch.cat([part.reshape(-1) for part in row]) for row in rows]).detach()


def newton_direction(gradient: Tensor, curvature: Tensor, damping: float) -> Tensor:
    """Solution u, shape (n,), of (H + damping I) u = g; NaN where H is not finite, least-squares where singular."""
    matrix = curvature + damping * torch.eye(len(gradient), dtype=gradient.dtype, device=gradient.device)
    if not (matrix.isfinite().all() and gradient.isfinite().all()):
        return torch.full_like(gradient, torch.nan)
    solution: Tensor
    solution, singular = torch.linalg.solve_ex(matrix, gradient)
    if singular:
        solution = torch.linalg.pinv(matrix, hermitian=True) @ gradient
    return solution


def _worked_step(step: StepData) -> tuple[Line, ...]:
    assert step.hessian is not None  # `needs` asks for it
    lines = StepLines(step)
    g = lines.gradient()
    curvature = lines.line("H_t", leaf(r"\nabla^2 f(\theta_{t-1})", step.hessian))
    if step.enabled("damping"):
        curvature = lines.line(r"\tilde H_t", curvature + step["damping"] * leaf("I", np.eye(len(step.theta))))
    u = lines.line("u_t", inverse(curvature) @ g)
    return lines.update(-step["lr"] * u)


NEWTON = Optimizer(
    id="newton",
    title=Text("Newton (ours, not torch's)", "牛顿法（自带，非 torch）"),
    about=Text(
        "Our own, not torch's: jumps to the stationary point of the local parabola: minimum, saddle or maximum.",
        "自带实现，非 torch：直接跳到局部抛物面的驻点，不论它是极小、鞍点还是极大。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}),\quad H_t = \nabla^2 f(\theta_{t-1})",
        r"(H_t + \lambda I)\, u_t = g_t",
        r"\theta_t = \theta_{t-1} - \eta\, u_t",
    ),
    source="Nocedal & Wright, Numerical Optimization, 2nd ed., §3.3; Levenberg 1944; not a class of torch.optim",
    torch_class=Newton,
    worked_step=_worked_step,
    params=(
        learning_rate(
            1.0,
            Text(
                "The share of the way to the parabola's stationary point; 1 goes all the way.",
                "走向抛物面驻点的比例；1 表示一步到达。",
            ),
        ),
        number(
            "damping",
            Text("damping", "阻尼"),
            Text(
                "Added to every curvature. Above the most negative one, steps go downhill; if large: gradient descent.",
                "加到每个曲率上。超过最负曲率的绝对值后必定下坡；很大时就是梯度下降。",
            ),
            default=0.0,
            accepts=(0.0, 1e6),
            slider=(1e-3, 1e3),
            symbol=r"\lambda",
            log=True,
        ),
    ),
    known_lr=1.0,
    needs="hessian",
    max_parameters=MAX_PARAMETERS,
    ours=True,
)
