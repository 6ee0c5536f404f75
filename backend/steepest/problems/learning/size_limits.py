"""Limits on the size of a model, its data and its batch, checked before anything is allocated."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Protocol

from steepest.problems.learning.dataset import DataShape
from steepest.problems.learning.model import Layer, Model
from steepest.problems.learning.splits import SplitSizes
from steepest.spec import LearningProblem, Value, invalid
from steepest.spec.limits import MAX_BYTES, MAX_PARAMETERS

_ITEM = 4  # bytes of a float32


class SizedProblem(Protocol):
    """The part of a learning problem that is known without making its data or its module."""

    shape: DataShape
    split_sizes: SplitSizes
    outputs: int
    layers: tuple[Layer, ...]
    model: Model
    model_values: Mapping[str, Value]
    document: LearningProblem


def check_size(
    problem: SizedProblem, slots: int = 0, max_parameters: int = MAX_PARAMETERS, max_bytes: int = MAX_BYTES
) -> None:
    """Raises `Invalid` with a path inside the problem for too many parameters, too large a batch or too many bytes.

    slots: tensors as large as the parameters that an optimizer keeps in its state; 2 for Adam.
    """
    _check_parameters(problem, max_parameters)
    _check_batch(problem)
    batch = problem.document.batch.size or problem.split_sizes.train
    activations = problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    needed = estimate_bytes(problem.layers, slots, activations, batch)
    if needed > max_bytes:
        raise invalid(
            "batch.size",
            f"a step of this model on {batch:,} samples needs about {_readable(needed)}; the limit is "
            f"{_readable(max_bytes)}: use smaller batches",
            f"该模型一步处理 {batch:,} 个样本约需 {_readable(needed)}；上限 {_readable(max_bytes)}：请用更小的批量",
        )


def estimate_bytes(layers: Sequence[Layer], slots: int, activations: int, batch: int) -> int:
    """Memory of one run in float32: parameters, gradient, optimizer state, and the activations of a batch."""
    return _ITEM * (sum(layer.size for layer in layers) * (2 + slots) + activations * batch)


def _check_parameters(problem: SizedProblem, most: int) -> None:
    count = sum(layer.size for layer in problem.layers)
    if count > most:
        inputs = _dimensions(problem.shape.inputs)
        raise invalid(
            _width_field(problem.model),
            f"this model has {count:,} parameters on inputs of {inputs}; the limit is {most:,}",
            f"输入为 {inputs} 时该模型有 {count:,} 个参数；上限 {most:,}",
        )


def _check_batch(problem: SizedProblem) -> None:
    size, train = problem.document.batch.size, problem.split_sizes.train
    if size is not None and size > train:
        raise invalid(
            "batch.size",
            f"is {size:,}, but there are {train:,} training samples; null takes all of them",
            f"为 {size:,}，而训练集只有 {train:,} 个样本；null 表示全部",
        )


def _width_field(model: Model) -> str:
    """The field that sets the model's width: its first param of whole numbers, or else the model's id."""
    for param in model.params:
        if param.kind in ("integers", "integer"):
            return f"model.params.{param.id}"
    return "model.id"


def _dimensions(shape: tuple[int, ...]) -> str:
    return f"{prod(shape):,}" if len(shape) == 1 else "×".join(str(each) for each in shape)


def _readable(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
