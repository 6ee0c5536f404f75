"""Whether an optimizer can step a problem: known by arithmetic, before anything is made."""

from collections.abc import Mapping

from steepest.optimizers import Optimizer
from steepest.problems import Problem
from steepest.problems.learning.size_limits import estimate_bytes
from steepest.spec import Invalid, Text, Value
from steepest.spec.limits import MAX_BYTES


def check_suitable(optimizer: Optimizer, values: Mapping[str, Value], problem: Problem) -> None:
    """Raises `Invalid` with field `id`: parameters of another shape than it steps, too many of them, or too much kept.

    values: all hyperparameters.
    """
    for layer in problem.layers:
        if optimizer.matrices_only and len(layer.shape) != 2:
            shape = "×".join(str(size) for size in layer.shape)
            raise Invalid(
                "id",
                Text(
                    f"{optimizer.id} works on matrices only, and {layer.name} is none (its shape is {shape}): "
                    "take a model of linear layers without bias",
                    f"{optimizer.id} 只更新矩阵参数，而 {layer.name} 不是（形状 {shape}）：请选无偏置的线性层模型",
                ),
            )
    most = optimizer.max_parameters
    if most is not None and problem.dim > most:
        raise Invalid(
            "id",
            Text(
                f"{optimizer.id} steps at most {most} parameters at once; there are {problem.dim:,}",
                f"{optimizer.id} 最多同时更新 {most} 个参数，此处有 {problem.dim:,} 个",
            ),
        )
    asked = estimate_bytes(problem.layers, optimizer.kept(values), 0, 0)
    if asked > MAX_BYTES:
        raise Invalid(
            "id",
            Text(
                f"{optimizer.id} keeps about {asked / 2**20:,.0f} MiB for {problem.dim:,} parameters; at most "
                f"{MAX_BYTES / 2**20:,.0f} MiB",
                f"{optimizer.id} 为 {problem.dim:,} 个参数约需保存 {asked / 2**20:,.0f} MiB；"
                f"上限 {MAX_BYTES / 2**20:,.0f} MiB",
            ),
        )
