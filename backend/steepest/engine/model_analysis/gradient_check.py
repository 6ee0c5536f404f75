"""Checks a gradient: autograd against central differences, and against the closed form where it is known.

The loss is exactly the one that the run's step uses: its batch, its penalties, its dropout.
Source: Nocedal & Wright, Numerical Optimization, 2nd ed., section 8.1.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.engine.preparation.prepare import Prepared
from steepest.problems import LearningProblem
from steepest.problems.learning.splits import batch_indices

Float = NDArray[np.float64]

MAX_IN_TABLE = 64  # parameters
MAX_IN_CURVE = 8  # parameters; in the table too, where one loss takes long
SLOW = 2e6  # multiplications and additions of one loss
DELTAS: tuple[float, ...] = tuple(10 ** (-k / 2) for k in range(2, 25))  # 1e-1 to 1e-12, two a decade
DTYPES = (torch.float32, torch.float64)


@dataclass(frozen=True)
class Probe:
    """One loss to compute: parameter `index` moved by `shift`, in a dtype."""

    index: int
    shift: float
    dtype: torch.dtype


@dataclass(frozen=True)
class GradientCheck:
    """The gradient of k parameters, and the error of central differences for d deltas.

    indices: (k,), ascending.
    names: such as `w1` or `0.weight[2,1]`.
    value: (k,).
    autograd: (k,), in the experiment's dtype.
    exact: (k,), autograd on a float64 copy.
    central: (k,), (L(p + delta) - L(p - delta)) / (2 delta) on that copy.
    analytic: (k,), the closed form in float64; None where none is known.
    deltas: (d,), descending.
    errors: (2, d), of central differences in float32 and float64 for some of the parameters: the Euclidean distance
        from `exact`, divided by the length of `exact` unless that is 0.
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
    table_indices = _table_indices(prepared)
    table = [Probe(index, shift, torch.float64) for index in table_indices for shift in (delta, -delta)]
    curve = [
        Probe(index, shift, dtype)
        for dtype in DTYPES
        for size in DELTAS
        for index in _evenly(table_indices, MAX_IN_CURVE)
        for shift in (size, -size)
    ]
    return (*table, *curve)


def _table_indices(prepared: Prepared) -> tuple[int, ...]:
    problem = prepared.problem
    slow = False
    if isinstance(problem, LearningProblem):
        slow = problem.forward_operations * problem.batch_samples > SLOW
    return _evenly(range(problem.dim), MAX_IN_CURVE if slow else MAX_IN_TABLE)


def _evenly(indices: Sequence[int], most: int) -> tuple[int, ...]:
    """At most `most` of them, evenly spaced, the first and the last included."""
    if len(indices) <= most:
        return tuple(indices)
    return tuple(indices[round(n * (len(indices) - 1) / (most - 1))] for n in range(most))


def probe_losses(
    prepared: Prepared, params: NDArray[np.generic], step: int, some: Sequence[Probe], budget: float
) -> Float:
    """The losses of the first of some probes, as many as `budget` seconds allow, at least one. params: (n,)."""
    deadline = time.perf_counter() + budget
    modules = {dtype: prepared.problem.module(_tensor(params, dtype)) for dtype in {probe.dtype for probe in some}}
    losses = []
    with torch.no_grad():
        for probe in some:
            module = modules[probe.dtype]
            tensor, place = _locate(module, probe.index)
            flat = tensor.view(-1)
            before = flat[place].clone()
            flat[place] += probe.shift
            losses.append(float(module(step)))
            flat[place] = before
            if time.perf_counter() >= deadline:
                break
    return np.array(losses)


def _locate(module: nn.Module, index: int) -> tuple[Tensor, int]:
    """The tensor that holds a parameter, and its place in the flattened tensor."""
    for tensor in module.parameters():
        if index < tensor.numel():
            return tensor, index
        index -= tensor.numel()
    raise IndexError(index)


def check_gradient(
    prepared: Prepared, params: NDArray[np.generic], step: int, delta: float, losses: Float
) -> GradientCheck:
    """The result of a check. losses: those of all `probes`."""
    indices = _table_indices(prepared)
    table = list(indices)
    exact = _gradient(prepared, params, step, torch.float64)
    analytic = _closed_form(prepared, params, step)
    pairs = losses.reshape(-1, 2)
    with np.errstate(all="ignore"):  # where the loss is not finite, neither is a difference
        difference = pairs[:, 0] - pairs[:, 1]
        curve = difference[len(table) :].reshape(len(DTYPES), len(DELTAS), -1) / (2 * np.array(DELTAS)[:, None])
        central = difference[: len(table)] / (2 * delta)
        errors = _relative_distance(curve, exact[list(_evenly(indices, MAX_IN_CURVE))])
    return GradientCheck(
        indices=indices,
        names=_names(prepared, indices),
        value=params.astype(np.float64)[table],
        autograd=_gradient(prepared, params, step, prepared.dtype)[table],
        exact=exact[table],
        central=central,
        analytic=None if analytic is None else analytic[table],
        deltas=np.array(DELTAS),
        errors=errors,
    )


def _relative_distance(found: Float, exact: Float) -> Float:
    """(..., k) and (k,) to (...)."""
    distance: Float = np.linalg.norm(found - exact, axis=-1) / (float(np.linalg.norm(exact)) or 1.0)
    return distance


def _tensor(params: NDArray[np.generic], dtype: torch.dtype) -> Tensor:
    return torch.from_numpy(np.array(params)).to(dtype)


def _gradient(prepared: Prepared, params: NDArray[np.generic], step: int, dtype: torch.dtype) -> Float:
    """(n,), by autograd."""
    module = prepared.problem.module(_tensor(params, dtype))
    gradients = torch.autograd.grad(module(step), list(module.parameters()))
    found: Float = torch.cat([gradient.reshape(-1) for gradient in gradients]).double().numpy()
    return found


def _closed_form(prepared: Prepared, params: NDArray[np.generic], step: int) -> Float | None:
    """(n,): for a linear model with squared error, 2/N Xᵀ(XW - Y) plus its penalty; else None."""
    problem = prepared.problem
    if not isinstance(problem, LearningProblem) or (problem.model.id, problem.loss.id) != ("linear", "mse"):
        return None
    train = problem.splits(torch.float64)[0]
    batch = batch_indices(problem.document.batch, len(train), problem.seed, step)
    inputs, targets = (train.inputs, train.targets) if batch is None else (train.inputs[batch], train.targets[batch])
    x, y = inputs.reshape(len(inputs), -1), targets.reshape(len(targets), -1)
    if problem.model_values["bias"]:
        x = torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1)
    theta = _tensor(params, torch.float64)
    weights = sum(layer.size for layer in problem.layers if layer.weight)
    w = torch.cat([part.reshape(problem.outputs, -1) for part in theta.split([weights, theta.numel() - weights])], 1)
    gradient = 2 * (x @ w.T - y).T @ x
    if problem.loss_values["reduction"] == "mean":
        gradient = gradient / y.numel()
    penalty = problem.document.penalty
    columns = x.shape[1] - bool(problem.model_values["bias"])  # of the weights; the bias is the last one
    gradient[:, :columns] += penalty.l1 * w[:, :columns].sign() + 2 * penalty.l2 * w[:, :columns]
    found: Float = torch.cat([gradient[:, :columns].reshape(-1), gradient[:, columns:].reshape(-1)]).numpy()
    return found


def _names(prepared: Prepared, indices: Sequence[int]) -> tuple[str, ...]:
    problem = prepared.problem
    if not isinstance(problem, LearningProblem):
        assert problem.scene is not None  # every surface has one
        return tuple(problem.scene.names[index] for index in indices)
    if problem.dim <= MAX_IN_TABLE:
        return tuple(problem.names[index] for index in indices)
    ends = np.cumsum([layer.size for layer in problem.layers])
    names = []
    for index in indices:
        number = int(np.searchsorted(ends, index, side="right"))
        layer = problem.layers[number]
        place = np.unravel_index(index - (int(ends[number]) - layer.size), layer.shape)
        names.append(f"{layer.name}[{','.join(str(int(n)) for n in place)}]")
    return tuple(names)
