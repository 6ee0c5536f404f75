"""Copies of tensors, taken at every step and turned into arrays once a chunk.

Small tensors on the CPU are copied into Python lists: a tenth of the time of a clone, and nothing for the garbage
collector to walk over. Others are cloned on their device, and wait there.
"""

import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from steepest.engine.record import Array

Kept = float | list[float] | Tensor

SMALL = 64  # numbers


class Tape:
    """How the tensors of one run are kept: all in the same way, and read back in the parameters' dtype."""

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self.like = parameters[0]
        self.size = sum(parameter.numel() for parameter in parameters)
        self.small = self.size <= SMALL and self.like.device.type == "cpu"

    def keep(self, scalar: Tensor) -> Kept:
        """A copy of one number."""
        return scalar.item() if self.small else scalar.detach().clone()

    def keep_all(self, tensors: Sequence[Any]) -> Kept:
        """A copy of one tensor a parameter, as one vector (n,) in the order of `module.parameters()`."""
        if self.small:
            if len(tensors) == 1 and tensors[0].dim() == 1:
                return cast(list[float], tensors[0].tolist())
            return [number for tensor in tensors for number in tensor.reshape(-1).tolist()]
        return torch.cat([tensor.detach().reshape(-1) for tensor in tensors])

    def finite(self, kept: Kept) -> bool:
        """Whether every number of what was kept is finite."""
        if isinstance(kept, Tensor):
            return bool(torch.isfinite(kept).all())
        return math.isfinite(kept) if isinstance(kept, float) else all(map(math.isfinite, kept))

    def array(self, column: Sequence[Kept | None], shape: tuple[int, ...]) -> Array:
        """What was kept at m moments as one array (m, *shape), in the parameters' dtype; NaN where it is None."""
        if not self.small:
            missing = torch.full(shape, math.nan, dtype=self.like.dtype, device=self.like.device)
            rows = [missing if kept is None else cast(Tensor, kept).to(missing) for kept in column]
            return torch.stack(rows).cpu().numpy() if rows else np.empty((0, *shape), self._dtype)
        missing_row = math.nan if shape == () else [math.nan] * self.size
        return np.array([missing_row if kept is None else kept for kept in column], self._dtype).reshape(-1, *shape)

    @property
    def _dtype(self) -> np.dtype[Any]:
        return torch.empty(0, dtype=self.like.dtype).numpy().dtype
