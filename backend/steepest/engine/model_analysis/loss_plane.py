"""A plane through a model's parameter space: the runs' paths projected onto it, and the loss there.

No plot shows the loss over more than two parameters. A plane shows a flat cut through it about one point, along the
directions in which the paths moved most (principal) or along random, filter-normalised ones.
Source: Li, Xu, Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets, sections 4 and 7.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.engine.model_analysis.plane_directions import (
    complete_basis,
    explained_variance,
    principal_directions,
    random_directions,
)
from steepest.problems import LearningProblem

Float = NDArray[np.float64]
Kind = Literal["principal", "random"]
Bounds = tuple[tuple[float, float], tuple[float, float]]

MAX_PATH_POINTS = 60  # of one run
MAX_PATH_NUMBERS = 4_000_000  # points times parameters of all paths together
FAR = 1e100  # a diverging path ends here: squares of larger numbers overflow
MARGIN = 0.2  # of the paths' extent, left free on each side of a principal plane
MIN_ASPECT = 0.1  # shorter side of a principal plane relative to its longer one

# Grid points a side and training samples: the first pair that is affordable is used.
SIDES = (41, 31, 21, 15, 11)
SAMPLES = (1000, 300, 100)
MAX_OPERATIONS = 3e9  # multiplications and additions: about two seconds of one core
_BATCH_OPERATIONS = 2e8  # between two checks of the time budget


@dataclass(frozen=True)
class Path:
    """Where one run was.

    steps: int32[m], ascending.
    points: (m, n), the parameters; all finite and within `FAR`.
    """

    run: int
    steps: NDArray[np.int32]
    points: Float


@dataclass(frozen=True)
class Plane:
    """The plane centre + u * directions[0] + v * directions[1], and the points at which its loss is computed.

    centre: (n,).
    directions: (2, n).
    coordinates: for each path (m, 2), the (u, v) of its points' projections onto the plane.
    shares: (2,), the part of the paths' variance along each direction, that of the second beyond the first; 0 where
        nothing has moved.
    bounds: (low, high) of u and of v.
    shape: (nu, nv), points of the grid.
    samples: how many training samples the loss is computed on: the first ones.
    """

    kind: Kind
    centre: Float
    directions: Float
    paths: tuple[Path, ...]
    coordinates: tuple[Float, ...]
    shares: Float
    bounds: Bounds
    shape: tuple[int, int]
    samples: int

    @property
    def size(self) -> int:
        """How many losses are needed: of each path point, of its projection, and of each grid point."""
        return 2 * sum(len(path.steps) for path in self.paths) + self.shape[0] * self.shape[1]

    def parameters(self, first: int, last: int) -> Float:
        """Parameters (last - first, n) of points number `first` to `last`: path points, projections, grid by rows."""
        (low, high), (bottom, top) = self.bounds
        u, v = np.meshgrid(np.linspace(low, high, self.shape[0]), np.linspace(bottom, top, self.shape[1]))
        on_plane = np.concatenate([*self.coordinates, np.stack([u.ravel(), v.ravel()], axis=1)])
        points = np.concatenate([path.points for path in self.paths])
        chosen = on_plane[max(0, first - len(points)) : max(0, last - len(points))]
        return np.concatenate([points[first:last], self.centre + chosen @ self.directions])


@dataclass(frozen=True)
class PlaneLosses:
    """The losses of a plane.

    loss: for each path (m,), at its points.
    on_plane: for each path (m,), at their projections.
    z: (nv, nu), on the grid.
    """

    loss: tuple[Float, ...]
    on_plane: tuple[Float, ...]
    z: Float


def make_path(run: int, steps: Sequence[int], points: Sequence[NDArray[Any]]) -> Path | None:
    """The path through the points that are within `FAR`; None where there are none."""
    params = np.array(points, np.float64)
    kept = (np.abs(params) < FAR).all(axis=1)  # False for NaN
    return Path(run, np.array(steps, np.int32)[kept], params[kept]) if kept.any() else None


def make_plane(
    problem: LearningProblem, paths: Sequence[Path], centre: Float, kind: Kind, side: int = SIDES[0], draw: int = 0
) -> Plane:
    """The plane of a kind through `centre`, (n,), with n >= 2.

    Directions of a principal plane have length 1; those that the paths do not determine, as at the start, are random.
    side: the most grid points a side.
    draw: selects the random directions.
    """
    points = np.concatenate([path.points for path in paths])
    spread = points - points.mean(axis=0)
    random = random_directions(problem.layers, centre, problem.seed, draw)
    principal = principal_directions(spread) if kind == "principal" else spread[:0]
    directions = complete_basis(principal, random[0]) if len(principal) else random
    coordinates = tuple(_project(path.points - centre, directions) for path in paths)
    bounds = (_bounds_of_paths if len(principal) else _bounds_of_unit_length)(np.concatenate(coordinates))
    side, samples = affordable(problem, 2 * len(points), side)
    shares = explained_variance(spread, directions)
    return Plane(kind, centre, directions, tuple(paths), coordinates, shares, bounds, (side, side), samples)


def _project(offsets: Float, directions: Float) -> Float:
    """Coordinates (m, 2) of the projections of `offsets`, (m, n)."""
    return np.linalg.lstsq(directions.T, offsets.T, rcond=None)[0].T.astype(np.float64)


def _bounds_of_paths(coordinates: Float) -> Bounds:
    """All coordinates, (m, 2), with a margin, and neither side much shorter than the other."""
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    half = (high - low) / 2 * (1 + 2 * MARGIN)
    half = np.maximum(half, MIN_ASPECT * half.max())
    middle = (low + high) / 2
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return (left, right), (bottom, top)


def _bounds_of_unit_length(coordinates: Float) -> Bounds:
    """One length of the directions each way, as in Li et al.; more where a path leaves that."""
    reach = max(1.0, (1 + MARGIN) * float(np.abs(coordinates).max()))
    return (-reach, reach), (-reach, reach)


def affordable(problem: LearningProblem, others: int, side: int) -> tuple[int, int]:
    """Grid points a side, at most `side`, and training samples, within `MAX_OPERATIONS`.

    others: points beside the grid.
    """
    train = problem.split_sizes.train
    cost = problem.forward_operations
    for most in SAMPLES:
        samples = min(train, most)
        for points in SIDES:
            if (min(points, side) ** 2 + others) * samples * cost <= MAX_OPERATIONS:
                return min(points, side), samples
    return min(SIDES[-1], side), min(train, SAMPLES[-1])


def plane_losses(problem: LearningProblem, plane: Plane, first: int, budget: float) -> Float:
    """The losses at the plane's points from number `first` on, as many as `budget` seconds allow, at least a batch."""
    deadline = time.perf_counter() + budget
    batch = int(min(256, max(1, _BATCH_OPERATIONS // (plane.samples * problem.forward_operations))))
    losses: list[Float] = []
    while first < plane.size:
        points = torch.from_numpy(plane.parameters(first, first + batch))
        with torch.no_grad():
            losses.append(problem.loss_at(points, plane.samples).numpy())
        first += len(points)
        if time.perf_counter() >= deadline:
            break
    return np.concatenate(losses) if losses else np.empty(0)


def arrange_losses(plane: Plane, values: Float) -> PlaneLosses:
    """The losses of all points, (plane.size,), by path and grid."""
    ends = np.cumsum([len(path.steps) for path in plane.paths])
    count = int(ends[-1])
    loss, on_plane = np.split(values[:count], ends[:-1]), np.split(values[count : 2 * count], ends[:-1])
    return PlaneLosses(tuple(loss), tuple(on_plane), values[2 * count :].reshape(plane.shape[1], plane.shape[0]))
