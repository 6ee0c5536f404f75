"""The loss on a grid of points: what the page draws as a map or a surface."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.problems import Problem


def loss_grid(problem: Problem, bounds: Sequence[Sequence[float]], shape: Sequence[int]) -> NDArray[np.float32]:
    """Loss at evenly spaced points, both ends included.

    bounds: (low, high) a parameter.
    shape: number of points a parameter, x first.
    Returns z of shape (ny, nx), or (nx,) for one parameter; computed in float64; not finite where the loss is not.
    """
    axes = [
        torch.linspace(low, high, points, dtype=torch.float64)
        for (low, high), points in zip(bounds, shape, strict=True)
    ]
    points = torch.stack(torch.meshgrid(*axes, indexing="xy"), dim=-1)
    with torch.no_grad():
        z = problem.loss_at(points).expand(points.shape[:-1]).numpy()
    with np.errstate(over="ignore"):
        return z.astype(np.float32)
