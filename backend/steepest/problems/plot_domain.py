"""What is drawn of a data set: which samples, and the inputs at which a model is asked so that its fit can be seen."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from steepest.problems.dataset import Data, Dataset, DataShape
from steepest.problems.loss import Shown

# One number to anything: a curve over it. Two: a map. An image: the images themselves. More numbers: a table.
SightKind = Literal["curve", "map", "images", "table"]

CURVE_POINTS = 201
MAP_POINTS = 48  # a side
MOST_SAMPLES = {"curve": 2000, "map": 2000, "images": 64, "table": 400}
ROOM = 0.08  # beside the outermost samples, as a share of their range

Bounds = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class PlotDomain:
    """The picture of one data set. s samples are drawn of it; a fit is drawn at g inputs.

    bounds: (low, high) of each input of a curve or map, else (). shape: of the inputs of a fit: (201,) along a curve,
    (48, 48) on a map, x first; (s,) where they are the samples themselves. samples: (s,) int64, numbers of those drawn,
    ascending, evenly spread over the set where it has more.
    """

    kind: SightKind
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
    """What is drawn. dataset.view says how much of the inputs; else there is a little room around the samples."""
    kind = _kind(shape)
    drawn = min(shape.count, MOST_SAMPLES[kind])
    samples = torch.arange(drawn) * shape.count // drawn
    if kind in ("images", "table"):
        return PlotDomain(kind, (), (drawn,), samples)
    bounds = dataset.view or tuple(_around(column) for column in data.inputs.double().unbind(dim=1))
    return PlotDomain(kind, bounds, (CURVE_POINTS,) if kind == "curve" else (MAP_POINTS, MAP_POINTS), samples)


def _kind(shape: DataShape) -> SightKind:
    if len(shape.inputs) > 1:
        return "images"
    return {1: "curve", 2: "map"}.get(shape.inputs[0], "table")  # type: ignore[return-value]  # they are kinds


def _around(values: Tensor) -> tuple[float, float]:
    low, high = values.min().item(), values.max().item()
    room = ROOM * (high - low) or 1.0
    return low - room, high + room


def as_shown(outputs: Tensor, shown: Shown) -> Tensor:
    """A model's outputs, (..., outputs), as they are shown: a value, or a probability."""
    if shown == "sigmoid":
        return outputs.sigmoid()
    return outputs.softmax(dim=-1) if shown == "softmax" else outputs
