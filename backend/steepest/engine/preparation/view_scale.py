"""The view that a problem is seen in, as a measure: what is near, what is outside, what is steep, all against it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.problems import CriticalPoint, Problem, Scene

Float = NDArray[np.float64]

NEAR = 0.05  # of the diagonal: near a critical point
GRID = 41  # samples a side to learn how steep the picture is


@dataclass(frozen=True)
class ViewScale:
    """A problem's view. Lengths in units of the parameters."""

    problem: Problem
    scene: Scene

    @cached_property
    def bounds(self) -> Float:
        """(n, 2), low and high."""
        return np.array(self.scene.bounds, np.float64)

    @cached_property
    def diagonal(self) -> float:
        """Of the view."""
        return float(np.linalg.norm(self.bounds[:, 1] - self.bounds[:, 0]))

    @property
    def near(self) -> float:
        """Closer than this to a critical point is near."""
        return NEAR * self.diagonal

    @cached_property
    def unbounded(self) -> bool:
        """It is declared to fall for ever. Of a typed function nothing is known, and this is False."""
        return not self.scene.bounded

    def outside(self, points: Float) -> Float:
        """(m, n) to (m,): up to 1 inside the view, 2 where the view would have to be twice as large."""
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
        """From the middling to the lowest loss in the view, an even slope over a diagonal: what is steep here; or NaN.

        By the median, since far walls may be as high as they like.
        """
        _, loss = self._samples
        return float(np.median(loss) - loss.min()) / self.diagonal if loss.size else float("nan")

    @cached_property
    def bottom(self) -> tuple[Float, float]:
        """The lowest place known, (n,), and the loss there: declared, or the lowest of the grid; inf where none is."""
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
        """The deepest declared minimum."""
        minima = [point for point in self.scene.points if point.kind == "minimum"]
        return min(minima, key=lambda point: point.value, default=None)
