"""Operations that torch's tracer would replace by less accurate ones, traced as torch's own kernels compute them."""

from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from typing_extensions import override


class NativeFormulas(TorchFunctionMode):
    """Traces these operations by the formulas of torch's kernels."""

    @override
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is functional.binary_cross_entropy_with_logits:
            return _binary_cross_entropy_with_logits(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


def _binary_cross_entropy_with_logits(
    outputs: Tensor, targets: Tensor, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None, **_: Any
) -> Tensor:
    """The tracer's own version computes log(1 + e^-z) where torch has log1p(e^-z): 0 for a good classifier."""
    if weight is not None or pos_weight is not None:
        raise NotImplementedError("a weighted loss")
    losses = (1 - targets) * outputs - functional.logsigmoid(outputs)
    slopes = outputs.sigmoid() - targets  # as torch has them, not as the derivative of this formula
    losses = losses.detach() + (outputs - outputs.detach()) * slopes.detach()
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()
