"""A gradient checked: autograd beside central differences, and beside the closed form where there is one.

All of it is of the very loss that the run's step saw: its batch, its penalties, its dropout.
Source: Nocedal & Wright, Numerical Optimization, 2nd ed., section 8.1.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.engine.model_analysis.loss_plane import cost
from steepest.engine.preparation.prepare import Prepared
from steepest.problems import LearningProblem
from steepest.problems.learning.splits import batch_indices

Float = NDArray[np.float64]

SHOWN = 64  # parameters in the table, at most
FEWER = 8  # of them: where one loss takes long, and in the curve
SLOW = 2e6  # multiplications and additions of one loss
DELTAS: tuple[float, ...] = tuple(10 ** (-k / 2) for k in range(2, 25))  # 1e-1 to 1e-12, two a decade
DTYPES = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Probe:
    """One loss to be computed: parameter `index` moved by `shift`, in a dtype."""

    index: int
    shift: float
    dtype: torch.dtype


@dataclass(frozen=True)
class Check:
    """k parameters, and d deltas.

    indices: (k,) ascending. names: as `w1` or `0.weight[2,1]`. value: (k,). autograd: (k,), in the experiment's dtype.
    exact: (k,), autograd on a float64 copy. central: (k,), (L(p + delta) - L(p - delta)) / (2 delta) on that copy.
    analytic: (k,), the closed form in float64, None where none is known.
    deltas: (d,), descending. errors: (2, d), of central differences in float32 and float64 for some of the
    parameters: the Euclidean distance from `exact`, divided by its length unless that is 0.
    """

    indices: tuple[int, ...]
    names: tuple[str, ...]
    value: Float
    autograd: Float
    exact: Float
    central: Float
    analytic: Float | None
    deltas: Float
    errors: Float


def probes(prepared: Prepared, delta: float) -> tuple[Probe, ...]:
    """The losses that a check needs, by arithmetic alone."""
    chosen = _chosen(prepared)
    table = [Probe(index, shift, torch.float64) for index in chosen for shift in (delta, -delta)]
    curve = [
        Probe(index, shift, dtype)
        for dtype in DTYPES
        for size in DELTAS
        for index in _curved(chosen)
        for shift in (size, -size)
    ]
    return (*table, *curve)


def _chosen(prepared: Prepared) -> tuple[int, ...]:
    problem = prepared.problem
    slow = isinstance(problem, LearningProblem) and cost(problem) * _samples(problem) > SLOW
    return _evenly(range(problem.dim), FEWER if slow else SHOWN)


def _samples(problem: LearningProblem) -> int:
    return problem.document.batch.size or problem.split_sizes.train


def _curved(chosen: Sequence[int]) -> tuple[int, ...]:
    return _evenly(chosen, FEWER)


def _evenly(there: Sequence[int], most: int) -> tuple[int, ...]:
    """At most so many of them, evenly spread, the first and the last among them."""
    if len(there) <= most:
        return tuple(there)
    return tuple(there[round(n * (len(there) - 1) / (most - 1))] for n in range(most))


def measured(prepared: Prepared, params: NDArray[np.generic], step: int, some: Sequence[Probe], budget: float) -> Float:
    """The losses of the first of some probes, as many as `budget` seconds allow, at least one. params: (n,)."""
    deadline = time.perf_counter() + budget
    modules = {dtype: prepared.problem.module(_tensor(params, dtype)) for dtype in {probe.dtype for probe in some}}
    found = []
    with torch.no_grad():
        for probe in some:
            module = modules[probe.dtype]
            piece, place = _at(module, probe.index)
            flat = piece.view(-1)
            before = flat[place].clone()
            flat[place] += probe.shift
            found.append(float(module(step)))
            flat[place] = before
            if time.perf_counter() >= deadline:
                break
    return np.array(found)


def _at(module: nn.Module, index: int) -> tuple[Tensor, int]:
    """The tensor that a parameter lies in, and where in it."""
    for piece in module.parameters():
        if index < piece.numel():
            return piece, index
        index -= piece.numel()
    raise IndexError(index)


def checked(prepared: Prepared, params: NDArray[np.generic], step: int, delta: float, values: Float) -> Check:
    """What the losses of all `probes` come to."""
    chosen = _chosen(prepared)
    places = list(chosen)
    exact = _gradient(prepared, params, step, torch.float64)
    known = _closed_form(prepared, params, step)
    pairs = values.reshape(-1, 2)
    with np.errstate(all="ignore"):  # where the loss is not finite, neither is a difference
        difference = pairs[:, 0] - pairs[:, 1]
        curve = difference[len(places) :].reshape(len(DTYPES), len(DELTAS), -1) / (2 * np.array(DELTAS)[:, None])
        central = difference[: len(places)] / (2 * delta)
        errors = _distance(curve, exact[list(_curved(chosen))])
    return Check(
        indices=chosen,
        names=_names(prepared, chosen),
        value=params.astype(np.float64)[places],
        autograd=_gradient(prepared, params, step, prepared.dtype)[places],
        exact=exact[places],
        central=central,
        analytic=None if known is None else known[places],
        deltas=np.array(DELTAS),
        errors=errors,
    )


def _distance(found: Float, exact: Float) -> Float:
    """(..., k) and (k,) to (...)."""
    length = float(np.linalg.norm(exact))
    far: Float = np.linalg.norm(found - exact, axis=-1) / (length or 1.0)
    return far


def _tensor(params: NDArray[np.generic], dtype: torch.dtype) -> Tensor:
    return torch.from_numpy(np.array(params)).to(dtype)


def _gradient(prepared: Prepared, params: NDArray[np.generic], step: int, dtype: torch.dtype) -> Float:
    """(n,), by autograd."""
    module = prepared.problem.module(_tensor(params, dtype))
    gradients = torch.autograd.grad(module(step), list(module.parameters()))
    found: Float = torch.cat([gradient.reshape(-1) for gradient in gradients]).double().numpy()
    return found


def _closed_form(prepared: Prepared, params: NDArray[np.generic], step: int) -> Float | None:
    """(n,): of a linear model with squared error, 2/N Xᵀ(XW - Y) and its penalty; None for all else."""
    problem = prepared.problem
    if not isinstance(problem, LearningProblem) or (problem.model.id, problem.loss.id) != ("linear", "mse"):
        return None
    part = problem.splits(torch.float64)[0]
    batch = batch_indices(problem.document.batch, len(part), problem.seed, step)
    inputs, targets = (part.inputs, part.targets) if batch is None else (part.inputs[batch], part.targets[batch])
    x, y = inputs.reshape(len(inputs), -1), targets.reshape(len(targets), -1)
    if problem.model_values["bias"]:
        x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    theta = _tensor(params, torch.float64)
    weights = sum(layer.size for layer in problem.layers if layer.weight)
    w = torch.cat([piece.reshape(problem.outputs, -1) for piece in theta.split([weights, theta.numel() - weights])], 1)
    slope = 2 * (x @ w.T - y).T @ x
    if problem.loss_values["reduction"] == "mean":
        slope = slope / y.numel()
    penalty = problem.document.penalty
    own = x.shape[1] - bool(problem.model_values["bias"])
    slope[:, :own] += penalty.l1 * w[:, :own].sign() + 2 * penalty.l2 * w[:, :own]
    found: Float = torch.cat([slope[:, :own].reshape(-1), slope[:, own:].reshape(-1)]).numpy()
    return found


def _names(prepared: Prepared, chosen: Sequence[int]) -> tuple[str, ...]:
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        assert problem.scene is not None  # every surface has one
        return tuple(problem.scene.names[index] for index in chosen)
    if problem.dim <= SHOWN:
        return tuple(problem.names[index] for index in chosen)
    ends = np.cumsum([layer.size for layer in problem.layers])
    found = []
    for index in chosen:
        layer = problem.layers[int(np.searchsorted(ends, index, side="right"))]
        place = np.unravel_index(index - (int(ends[problem.layers.index(layer)]) - layer.size), layer.shape)
        found.append(f"{layer.name}[{','.join(str(int(n)) for n in place)}]")
    return tuple(found)
