"""Whether an optimizer can train a problem, known before any tensor is created."""

from collections.abc import Mapping

from steepest.optimizers import Optimizer
from steepest.problems import Problem
from steepest.problems.learning.size_limits import estimate_bytes
from steepest.spec import Invalid, Text, Value
from steepest.spec.limits import MAX_BYTES


def check_compatible(optimizer: Optimizer, values: Mapping[str, Value], problem: Problem) -> None:
    """Raises `Invalid` with field `id` where the optimizer cannot update the parameters' shapes or their number, or
    would need too much memory.

    values: all hyperparameters.
    """
    for layer in problem.layers:
        if optimizer.matrices_only and len(layer.shape) != 2:
            shape = "×".join(str(size) for size in layer.shape)
            raise _incompatible(
                f"{optimizer.id} works on matrices only, and {layer.name} is not a matrix (its shape is {shape}): "
                "use a model of linear layers without bias",
                f"{optimizer.id} 只更新矩阵参数，而 {layer.name} 不是（形状 {shape}）：请选无偏置的线性层模型",
            )
    limit = optimizer.max_parameters
    if limit is not None and problem.dim > limit:
        raise _incompatible(
            f"{optimizer.id} updates at most {limit} parameters at once; there are {problem.dim:,}",
            f"{optimizer.id} 最多同时更新 {limit} 个参数，此处有 {problem.dim:,} 个",
        )
    size = estimate_bytes(problem.layers, optimizer.count_state_tensors(values), 0, 0)
    if size > MAX_BYTES:
        needed, allowed = f"{size / 2**20:,.0f} MiB", f"{MAX_BYTES / 2**20:,.0f} MiB"
        raise _incompatible(
            f"{optimizer.id} keeps about {needed} for {problem.dim:,} parameters; at most {allowed}",
            f"{optimizer.id} 为 {problem.dim:,} 个参数约需保存 {needed}；上限 {allowed}",
        )


def _incompatible(english: str, chinese: str) -> Invalid:
    return Invalid("id", Text(english, chinese))
