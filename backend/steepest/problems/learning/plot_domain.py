"""What is drawn of a data set: which samples, and the inputs at which a model's fit is drawn."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from steepest.problems.learning.dataset import Data, Dataset, DataShape
from steepest.problems.learning.loss import Shown

# By inputs: curve of 1 number, map of 2, images of an image, table of more numbers.
PlotKind = Literal["curve", "map", "images", "table"]

CURVE_POINTS = 201
MAP_POINTS = 48  # a side
MAX_SAMPLES = {"curve": 2000, "map": 2000, "images": 64, "table": 400}
MARGIN = 0.08  # beside the outermost samples, as a share of their range

Bounds = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class PlotDomain:
    """The plot of one data set: s samples of it, and a fit at g inputs.

    bounds: (low, high) of each input of a curve or map, else ().
    shape: of the fit's inputs: (201,) along a curve, (48, 48) on a map, x first; (s,) where they are the samples.
    samples: int64[s], indices of the drawn samples, ascending and evenly spread.
    """

    kind: PlotKind
    bounds: Bounds
    shape: tuple[int, ...]
    samples: Tensor

    def inputs(self, data: Data) -> Tensor:
        """The g inputs of a fit, (g, *shape of a sample), in the data's dtype; on a map x changes fastest."""
        if not self.bounds:
            return data.inputs[self.samples]
        axes = [
            torch.linspace(low, high, count, dtype=torch.float64)
            for (low, high), count in zip(self.bounds, self.shape, strict=True)
        ]
        grid = torch.meshgrid(*reversed(axes), indexing="ij")
        return torch.stack([axis.reshape(-1) for axis in reversed(grid)], dim=1).to(data.inputs.dtype)


def plot_domain(dataset: Dataset, shape: DataShape, data: Data) -> PlotDomain:
    """The plot's domain: `dataset.view`, or a margin around the samples."""
    kind = _kind(shape)
    count = min(shape.count, MAX_SAMPLES[kind])
    samples = torch.arange(count) * shape.count // count
    if kind in ("images", "table"):
        return PlotDomain(kind, (), (count,), samples)
    bounds = dataset.view or tuple(_range_with_margin(column) for column in data.inputs.double().unbind(dim=1))
    return PlotDomain(kind, bounds, (CURVE_POINTS,) if kind == "curve" else (MAP_POINTS, MAP_POINTS), samples)


def _kind(shape: DataShape) -> PlotKind:
    if len(shape.inputs) > 1:
        return "images"
    return {1: "curve", 2: "map"}.get(shape.inputs[0], "table")  # type: ignore[return-value]  # they are kinds


def _range_with_margin(values: Tensor) -> tuple[float, float]:
    low, high = values.min().item(), values.max().item()
    margin = MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def predictions(outputs: Tensor, shown: Shown) -> Tensor:
    """A model's outputs, (..., outputs), as values or probabilities."""
    if shown == "sigmoid":
        return outputs.sigmoid()
    return outputs.softmax(dim=-1) if shown == "softmax" else outputs
