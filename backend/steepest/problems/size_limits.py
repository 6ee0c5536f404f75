"""How large a model, its data and its batch may be: refused by arithmetic, before anything is allocated."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Protocol

from steepest.problems.dataset import DataShape
from steepest.problems.model import Layer, Model
from steepest.problems.splits import Sizes
from steepest.spec import Invalid, LearningProblem, Text, Value
from steepest.spec.limits import MAX_BYTES, MAX_PARAMETERS

_ITEM = 4  # bytes of a float32


class Sized(Protocol):
    """What is asked of a learning problem here; all of it is known by arithmetic."""

    shape: DataShape
    sizes: Sizes
    outputs: int
    layers: tuple[Layer, ...]
    model: Model
    model_values: Mapping[str, Value]
    document: LearningProblem


def check_size(
    problem: Sized, slots: int = 0, max_parameters: int = MAX_PARAMETERS, max_bytes: int = MAX_BYTES
) -> None:
    """Raises `Invalid` with a path inside the problem: too many parameters, a batch that is none, too many bytes.

    slots: tensors as large as the parameters that an optimizer keeps (`optimizer.state`); 2 for Adam.
    """
    _check_parameters(problem, max_parameters)
    _check_batch(problem)
    batch = problem.document.batch.size or problem.sizes.train
    kept = problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    asked = estimated_bytes(problem.layers, slots, kept, batch)
    if asked > max_bytes:
        raise Invalid(
            "batch.size",
            Text(
                f"a step of this model on {batch:,} samples needs about {_readable(asked)}; at most "
                f"{_readable(max_bytes)}: take smaller batches",
                f"该模型一步处理 {batch:,} 个样本约需 {_readable(asked)}；上限 {_readable(max_bytes)}：请用更小的批量",
            ),
        )


def estimated_bytes(layers: Sequence[Layer], slots: int, activations: int, batch: int) -> int:
    """Of one run in float32: the parameters, their gradient and their optimizer's slots, and a batch's activations."""
    return _ITEM * (sum(layer.size for layer in layers) * (2 + slots) + activations * batch)


def _check_parameters(problem: Sized, most: int) -> None:
    there = sum(layer.size for layer in problem.layers)
    if there > most:
        raise Invalid(
            _widening(problem.model),
            Text(
                f"this model has {there:,} parameters on inputs of {_times(problem.shape.inputs)}; at most {most:,}",
                f"输入为 {_times(problem.shape.inputs)} 时该模型有 {there:,} 个参数；上限 {most:,}",
            ),
        )


def _check_batch(problem: Sized) -> None:
    size, train = problem.document.batch.size, problem.sizes.train
    if size is not None and size > train:
        raise Invalid(
            "batch.size",
            Text(
                f"is {size:,}, and the training part has {train:,} samples; null takes all of them",
                f"为 {size:,}，而训练集只有 {train:,} 个样本；null 表示全部",
            ),
        )


def _widening(model: Model) -> str:
    """The field that makes the model wide: its first param of whole numbers, or else which model it is."""
    for param in model.params:
        if param.kind in ("integers", "integer"):
            return f"model.params.{param.id}"
    return "model.id"


def _times(shape: tuple[int, ...]) -> str:
    return f"{prod(shape):,}" if len(shape) == 1 else "×".join(str(each) for each in shape)


def _readable(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
