"""The kernels: made once from a key that the document gives, then kept in memory and on disk."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from llvmlite import ir
from torch import Tensor

import steepest
from steepest.engine.compiled import store
from steepest.engine.compiled.kernels import (
    CURVATURE,
    LOSS,
    MEASUREMENT,
    UPDATE,
    curvature_code,
    loss_code,
    measurement_code,
    update_code,
)
from steepest.engine.compiled.loop import FUNCTION, loop_module
from steepest.engine.compiled.machine_code import Loaded, assemble, load, processor
from steepest.engine.compiled.mersenne_twister import DRAW, SHUFFLE, draw_module, shuffle_module
from steepest.engine.compiled.trace import trace_curvature, trace_loss, trace_measurement, trace_update
from steepest.optimizers import Optimizer
from steepest.problems import CACHE, LearningProblem, Problem, SurfaceProblem
from steepest.problems.learning.measured_samples import MeasuredSamples
from steepest.spec import Value

_KERNEL_BYTES = 100_000  # of memory that one takes, as measured

# What decides how a step is computed: a change in these sources makes other kernels.
_SOURCES = ("engine/compiled", "optimizers", "problems")


@dataclass(frozen=True)
class LossKernel:
    """scratch: bytes of memory that it needs."""

    code: Loaded
    scratch: int


@dataclass(frozen=True)
class UpdateKernel:
    """vectors: names of the state's tensors of the parameters' shape. numbers: of the others, with their dtype.

    names: all, in torch's order. hyperparameters: names of its float hyperparameters.
    """

    code: Loaded
    names: tuple[str, ...]
    vectors: tuple[str, ...]
    numbers: Mapping[str, str]
    hyperparameters: tuple[str, ...]


def loop_kernel(dtype: torch.dtype) -> Loaded:
    """The loop over steps."""
    return _kernel({"loop": str(dtype)}, FUNCTION, lambda: ({}, loop_module(dtype)))[1]


def draw_kernel() -> Loaded:
    """Random whole numbers for many seeds."""
    return _kernel({"draw": "mt19937"}, DRAW, lambda: ({}, draw_module()))[1]


def shuffle_kernel() -> Loaded:
    """Random orders for many seeds."""
    return _kernel({"shuffle": "mt19937"}, SHUFFLE, lambda: ({}, shuffle_module()))[1]


def loss_kernel(problem: Problem, dtype: torch.dtype, batch: int | None) -> LossKernel:
    """batch: rows that are chosen by indices; None for all training samples, or a surface."""
    document = problem.document.model_dump(mode="json")
    rows = None
    if isinstance(problem, LearningProblem):
        rows = batch or len(problem.splits(dtype)[0])
        document = _shape(problem)
    key = {"loss": document, "dtype": str(dtype), "rows": rows, "gathered": batch is not None}

    def make() -> tuple[Mapping[str, Any], ir.Module]:
        made = loss_code(trace_loss(problem, dtype, rows), rows is not None, batch is not None)
        return {"scratch": made.scratch}, made.module

    about, code = _kernel(key, LOSS, make)
    return LossKernel(code, about["scratch"])


def measurement_kernel(problem: LearningProblem, dtype: torch.dtype, measured: MeasuredSamples) -> LossKernel:
    """A model's outputs and losses on the measured samples, at many points."""
    key = {"measurement": _shape(problem), "dtype": str(dtype), "bounds": measured.bounds}

    def make() -> tuple[Mapping[str, Any], ir.Module]:
        made = measurement_code(trace_measurement(problem, dtype, measured), dtype)
        return {"scratch": made.scratch}, made.module

    about, code = _kernel(key, MEASUREMENT, make)
    return LossKernel(code, about["scratch"])


def _shape(problem: LearningProblem) -> dict[str, Any]:
    """What a kernel depends on: the samples themselves are inputs, so kernels of the same shapes are the same."""
    document = problem.document.model_dump(mode="json")
    return {name: document[name] for name in ("model", "loss", "penalty")} | {
        "inputs": problem.shape.inputs,
        "outputs": problem.outputs,
        "classes": len(problem.shape.classes),
    }


def curvature_kernel(problem: SurfaceProblem, dtype: torch.dtype) -> LossKernel:
    """A surface's gradient and Hessian at many points."""
    key = {"curvature": problem.document.model_dump(mode="json"), "dtype": str(dtype)}

    def make() -> tuple[Mapping[str, Any], ir.Module]:
        made = curvature_code(trace_curvature(problem, dtype), dtype)
        return {"scratch": made.scratch}, made.module

    about, code = _kernel(key, CURVATURE, make)
    return LossKernel(code, about["scratch"])


def update_kernel(
    optimizer: Optimizer,
    values: Mapping[str, Value],
    state: Mapping[str, Tensor],
    branch: object,
    dtype: torch.dtype,
) -> UpdateKernel:
    """The update for hyperparameters like these: with the same switches, and the same ones 0.

    state: of one element; empty for the first update. branch: of `branches.py`.
    """
    likeness = {
        name: [each == 0 for each in value]
        if isinstance(value, list)
        else value == 0
        if isinstance(value, float)
        else value
        for name, value in values.items()
    }
    layout = {name: [list(each.shape), str(each.dtype)] for name, each in state.items()}
    key = {"update": optimizer.id, "values": likeness, "state": layout, "branch": branch, "dtype": str(dtype)}

    def make() -> tuple[Mapping[str, Any], ir.Module]:
        traced = trace_update(optimizer, values, state, dtype)
        about = {
            "names": traced.after,
            "vectors": traced.vectors,
            "numbers": dict(traced.numbers),
            "hyperparameters": traced.hyperparameters,
        }
        return about, update_code(traced, dtype)

    about, code = _kernel(key, UPDATE, make)
    return UpdateKernel(
        code,
        tuple(about["names"]),
        tuple(about["vectors"]),
        about["numbers"],
        tuple(about["hyperparameters"]),
    )


# ---- the cache -------------------------------------------------------------------------------------------------------

_report: Callable[[bool], None] | None = None


def report_making(report: Callable[[bool], None]) -> None:
    """Has `report` called with True before this process makes a kernel, and with False after."""
    global _report
    _report = report


@contextmanager
def making() -> Iterator[None]:
    """Reports that a kernel is being made."""
    if _report is not None:
        _report(True)
    try:
        yield
    finally:
        if _report is not None:
            _report(False)


def _kernel(
    about: Mapping[str, object], function: str, make: Callable[[], tuple[Mapping[str, Any], ir.Module]]
) -> tuple[Mapping[str, Any], Loaded]:
    """What is said about a kernel, and its code, from memory, from disk, or made now."""
    key = json.dumps(about, sort_keys=True)
    return CACHE.keep("kernel", key, "", lambda: _found(key, function, make), _KERNEL_BYTES)


def _found(
    key: str, function: str, make: Callable[[], tuple[Mapping[str, Any], ir.Module]]
) -> tuple[Mapping[str, Any], Loaded]:
    """A kernel from disk or made now."""
    name = hashlib.sha256(f"{_origin()}\n{key}".encode()).hexdigest()
    stored = store.read(name)
    if stored is not None:
        return stored[0], load(stored[1], function)
    with making():
        about, module = make()
        code = assemble(module)
    store.write(name, about, code)
    return about, load(code, function)


@cache
def _origin() -> str:
    """What a kernel depends on besides its key: the sources, the versions and the processor."""
    root = Path(steepest.__file__).parent
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{digest.hexdigest()} torch {torch.__version__} {processor()}"
