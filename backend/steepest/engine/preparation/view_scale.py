"""Lengths and slopes typical of a problem's view: the scale for what is near, far or steep."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.problems import CriticalPoint, Problem, Scene

Float = NDArray[np.float64]

NEAR = 0.05  # of the diagonal: a point is near a critical point
GRID = 41  # samples a side


@dataclass(frozen=True)
class ViewScale:
    """The view of a problem with n parameters. Lengths are in units of the parameters."""

    problem: Problem
    scene: Scene

    @cached_property
    def bounds(self) -> Float:
        """(n, 2), low and high."""
        return np.array(self.scene.bounds, np.float64)

    @cached_property
    def diagonal(self) -> float:
        """Length of the view's diagonal."""
        return float(np.linalg.norm(self.bounds[:, 1] - self.bounds[:, 0]))

    @property
    def near(self) -> float:
        """A point closer than this to a critical point is near it."""
        return NEAR * self.diagonal

    @cached_property
    def unbounded(self) -> bool:
        """Whether the loss is declared to have no lower bound; False for a typed function, which declares nothing."""
        return not self.scene.bounded

    def outside(self, points: Float) -> Float:
        """How far points (m, n) are from the view's centre, (m,): up to 1 inside the view, 2 at twice its size."""
        middle = self.bounds.mean(axis=1)
        half = (self.bounds[:, 1] - self.bounds[:, 0]) / 2
        with np.errstate(all="ignore"):
            found: Float = np.abs((points - middle) / half).max(axis=1)
        return found

    @cached_property
    def _samples(self) -> tuple[Float, Float]:
        """Points of a grid over the view, (k, n), and the loss there, (k,); only where it is finite."""
        sides = [torch.linspace(low, high, GRID, dtype=torch.float64) for low, high in self.scene.bounds]
        points = torch.cartesian_prod(*sides).reshape(-1, len(sides))
        with torch.no_grad():
            loss = self.problem.loss_at(points).numpy()
        finite = np.isfinite(loss)
        return points.numpy()[finite], loss[finite]

    @cached_property
    def slope(self) -> float:
        """A typical slope: from the median to the lowest loss of the view over one diagonal; NaN if no loss is finite.

        The median, because distant walls can be arbitrarily high.
        """
        _, loss = self._samples
        return float(np.median(loss) - loss.min()) / self.diagonal if loss.size else float("nan")

    @cached_property
    def bottom(self) -> tuple[Float, float]:
        """The lowest known point, (n,), and its loss: declared, or the lowest of the grid; inf where there is none."""
        points, loss = self._samples
        place = int(loss.argmin()) if loss.size else -1
        found = (points[place], float(loss[place])) if loss.size else (self.bounds.mean(axis=1), float("inf"))
        declared = self.lowest()
        if declared is not None and declared.value <= found[1]:
            return np.array(declared.at, np.float64), declared.value
        return found

    def declared(self, kind: str, at: Float) -> CriticalPoint | None:
        """The nearest declared critical point of a kind that is near to `at`, (n,)."""
        best, distance = None, self.near
        for point in self.scene.points:
            away = float(np.linalg.norm(np.array(point.at) - at))
            if point.kind == kind and away <= distance:
                best, distance = point, away
        return best

    def lowest(self) -> CriticalPoint | None:
        """The declared minimum with the lowest loss."""
        minima = [point for point in self.scene.points if point.kind == "minimum"]
        return min(minima, key=lambda point: point.value, default=None)
