"""A plane through a model's parameters: where the runs' paths lie on it, and the loss there.

With more than two parameters no picture holds the whole loss. This one holds a flat cut through it, in directions
that the paths themselves took (principal) or in random ones, filter-normalised, about one point.
Source: Li, Xu, Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets, sections 4 and 7.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steepest.problems import Layer, LearningProblem
from steepest.problems.rng import generator

Float = NDArray[np.float64]
Kind = Literal["principal", "random"]

POINTS = 60  # of one run's path, at most
NUMBERS = 4_000_000  # of all paths together, at most: points times parameters
FAR = 1e100  # a run that diverges is not followed beyond: squares of what is farther overflow
MARGIN = 0.2  # of the paths' extent, left free on each side of a principal plane
NARROW = 0.1  # a principal plane is nowhere narrower than this part of its longer side

# The loss is computed at so many points on so many samples; the first pair that is affordable is taken.
SIDES = (41, 31, 21, 15, 11)
SAMPLES = (1000, 300, 100)
AFFORDABLE = 3e9  # multiplications and additions: some two seconds of one core
_BATCH = 2e8  # the same of what is computed between two looks at the clock


@dataclass(frozen=True)
class Path:
    """Where one run was. steps: (m,) ascending. points: (m, n), all finite, and within `FAR`."""

    run: int
    steps: NDArray[np.int32]
    points: Float


@dataclass(frozen=True)
class Plane:
    """centre + u * directions[0] + v * directions[1], and what is to be drawn on it.

    centre: (n,). directions: (2, n). at: of each path (m, 2), the coordinates (u, v) of its points' nearest places on
    the plane. shares: (2,), the part of the paths' variance that each direction holds, the second one's beyond the
    first; their sum is at most 1, and both are 0 where nothing has moved. bounds: (low, high) of u and v. shape: (nu,
    nv), points of the grid. samples: so many of the training part the loss is computed on, its first.
    """

    kind: Kind
    centre: Float
    directions: Float
    paths: tuple[Path, ...]
    at: tuple[Float, ...]
    shares: Float
    bounds: tuple[tuple[float, float], tuple[float, float]]
    shape: tuple[int, int]
    samples: int

    @property
    def size(self) -> int:
        """The number of places whose loss is asked for: each path point, its nearest place on the plane, the grid."""
        return 2 * sum(len(path.steps) for path in self.paths) + self.shape[0] * self.shape[1]

    def places(self) -> Float:
        """(path points + grid points, 2): coordinates of all that lies on the plane, the grid row by row."""
        (low, high), (bottom, top) = self.bounds
        u, v = np.meshgrid(np.linspace(low, high, self.shape[0]), np.linspace(bottom, top, self.shape[1]))
        return np.concatenate([*self.at, np.stack([u.ravel(), v.ravel()], axis=1)])

    def between(self, first: int, last: int) -> Float:
        """Parameters (last - first, n) of some of the places: first the paths' own points, then `places`."""
        own = np.concatenate([path.points for path in self.paths])
        there = self.places()[max(0, first - len(own)) : max(0, last - len(own))]
        return np.concatenate([own[first:last], self.centre + there @ self.directions])


@dataclass(frozen=True)
class PlaneLosses:
    """The losses of a plane. loss, on_plane: a path's, (m,), at its points and at their nearest places on the plane.

    z: (nv, nu), of the grid.
    """

    loss: tuple[Float, ...]
    on_plane: tuple[Float, ...]
    z: Float


def spread_evenly(steps: Sequence[int], most: int) -> list[int]:
    """Places in ascending `steps`: at most so many, about evenly spaced in steps, the first and the last among them."""
    if len(steps) <= most:
        return list(range(len(steps)))
    wanted = np.linspace(steps[0], steps[-1], most)
    return sorted({int(np.abs(np.subtract(steps, step)).argmin()) for step in wanted})


def make_path(run: int, steps: Sequence[int], points: Sequence[NDArray[Any]]) -> Path | None:
    """The path through some points, without those that have left all bounds; None where none is left."""
    there = np.array(points, np.float64)
    kept = (np.abs(there) < FAR).all(axis=1)  # not so where it is not a number
    return Path(run, np.array(steps, np.int32)[kept], there[kept]) if kept.any() else None


def make_plane(
    problem: LearningProblem, paths: Sequence[Path], centre: Float, kind: Kind, side: int = SIDES[0], draw: int = 0
) -> Plane:
    """The plane of a kind through `centre`, (n,), with n of at least 2.

    Directions of a principal plane have length 1; those that the paths do not give, as at the very start, are random.
    side: at most so many points a side. draw: other random directions.
    """
    points = np.concatenate([path.points for path in paths])
    spread = points - points.mean(axis=0)
    aside = random_directions(problem.layers, centre, problem.seed, draw)
    found = principal_directions(spread) if kind == "principal" else np.empty((0, centre.size))
    directions = aside if len(found) == 0 else _completed(found, aside)
    at = tuple(_coordinates(path.points - centre, directions) for path in paths)
    bounds = _window(np.concatenate(at)) if len(found) else _about(np.concatenate(at))
    side, samples = affordable(problem, 2 * len(points), side)
    return Plane(kind, centre, directions, tuple(paths), at, _shares(spread, directions), bounds, (side, side), samples)


def principal_directions(spread: Float) -> Float:
    """(r, n), r at most 2: orthonormal, along which points, (m, n) about their mean, vary the most. Fewer where they
    do not.

    Each points the way the last point lies from the first. Source: Pearson 1901; Li et al. 2018, section 7.
    """
    if not spread.any():
        return spread[:0]
    scale = np.abs(spread).max()  # squares of a path that diverges would overflow
    _, strengths, rows = np.linalg.svd(spread / scale, full_matrices=False)
    found = rows[:2][strengths[:2] > strengths[0] * 1e-12]
    away = spread[-1] - spread[0]
    return np.array([row if row @ away >= 0 else -row for row in found])


def random_directions(layers: Sequence[Layer], centre: Float, seed: int, draw: int = 0) -> Float:
    """(2, n), normally distributed; each filter's part as long as that filter of `centre`, biases left out.

    A filter is what makes one output: a row of a linear layer's weight, a kernel of a convolution. Leaving out biases
    is how Li et al. made their pictures (`ignore=biasbn`). Where all filters are zero, as at a start of zeros, each
    part has length 1.
    """
    rows = []
    for number in range(2):
        drawn = torch.randn(centre.size, generator=generator(seed, "plane", 2 * draw + number), dtype=torch.float64)
        lengths = [_filter_lengths(layer, part) for layer, part in _by_layer(layers, centre)]
        bare = not any(length.any() for length in lengths)
        row = np.zeros_like(centre)
        for (layer, part), length, place in zip(
            _by_layer(layers, drawn.numpy()), lengths, _by_layer(layers, row), strict=True
        ):
            if layer.weight:
                filters = part.reshape(layer.shape[0], -1)
                longer = (np.ones_like(length) if bare else length) / np.linalg.norm(filters, axis=1)
                place[1][:] = (filters * longer[:, None]).ravel()
        rows.append(row)
    return np.array(rows)


def _by_layer(layers: Sequence[Layer], vector: Float) -> list[tuple[Layer, Float]]:
    """Views of one parameter tensor after the other."""
    ends = np.cumsum([layer.size for layer in layers])
    return list(zip(layers, np.split(vector, ends[:-1]), strict=True))


def _filter_lengths(layer: Layer, part: Float) -> Float:
    """(filters,), Euclidean; of a bias nothing."""
    if not layer.weight:
        return np.zeros(1)
    found: Float = np.linalg.norm(part.reshape(layer.shape[0], -1), axis=1)
    return found


def _completed(found: Float, aside: Float) -> Float:
    """Two orthonormal rows: those found, and where there is only one, what a random direction has across it."""
    if len(found) == 2:
        return found
    across = aside[0] - (aside[0] @ found[0]) * found[0]
    return np.stack([found[0], across / np.linalg.norm(across)])


def _coordinates(offsets: Float, directions: Float) -> Float:
    """(m, 2): of the places on the plane that are nearest to centre + offsets, (m, n)."""
    solved = np.linalg.lstsq(directions.T, offsets.T, rcond=None)[0].T
    return solved.astype(np.float64)


def _shares(spread: Float, directions: Float) -> Float:
    """(2,): parts of the sum of squares of `spread`, (m, n), along the directions made square to each other."""
    scale = np.abs(spread).max()
    if scale == 0:
        return np.zeros(2)
    across = np.linalg.qr(directions.T)[0]  # (n, 2), orthonormal
    spread = spread / scale
    held: Float = np.square(spread @ across).sum(axis=0) / np.square(spread).sum()
    return held


def _window(at: Float) -> tuple[tuple[float, float], tuple[float, float]]:
    """All coordinates, (m, 2), with a margin, and neither side much narrower than the other."""
    low, high = at.min(axis=0), at.max(axis=0)
    half = (high - low) / 2 * (1 + 2 * MARGIN)
    half = np.maximum(half, NARROW * half.max())
    middle = (low + high) / 2
    (left, bottom), (right, top) = (middle - half).tolist(), (middle + half).tolist()
    return (left, right), (bottom, top)


def _about(at: Float) -> tuple[tuple[float, float], tuple[float, float]]:
    """One length of the directions each way, as Li et al. draw it; more where a path leaves that."""
    reach = max(1.0, (1 + MARGIN) * float(np.abs(at).max()))
    return (-reach, reach), (-reach, reach)


def affordable(problem: LearningProblem, others: int, side: int) -> tuple[int, int]:
    """Points a side of the grid, at most `side`, and training samples, by arithmetic alone; others: further points."""
    train = problem.split_sizes.train
    each = cost(problem)
    for most in SAMPLES:
        samples = min(train, most)
        for points in SIDES:
            if (min(points, side) ** 2 + others) * samples * each <= AFFORDABLE:
                return min(points, side), samples
    return min(SIDES[-1], side), min(train, SAMPLES[-1])


def cost(problem: LearningProblem) -> float:
    """Multiplications and additions of one sample's forward pass, about."""
    counted = 10.0 * problem.model.activations(problem.shape.inputs, problem.outputs, problem.model_values)
    network = problem.network().eval()

    def count(module: nn.Module, _: Any, output: Tensor) -> None:
        nonlocal counted
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor):  # each weight is used once for every place that its filter looks at
            counted += 2.0 * weight.numel() * output.numel() / weight.shape[0]

    for module in network.modules():
        module.register_forward_hook(count)
    with torch.no_grad():
        network(torch.zeros(1, *problem.shape.inputs))
    return counted


def losses(problem: LearningProblem, plane: Plane, first: int, budget: float) -> Float:
    """The loss at the plane's places from number `first` on, as many as `budget` seconds allow, at least a few."""
    deadline = time.perf_counter() + budget
    batch = int(min(256, max(1, _BATCH // (plane.samples * cost(problem)))))
    found: list[Float] = []
    while first < plane.size:
        some = torch.from_numpy(plane.between(first, first + batch))
        with torch.no_grad():
            found.append(problem.loss_at(some, plane.samples).numpy())
        first += len(some)
        if time.perf_counter() >= deadline:
            break
    return np.concatenate(found) if found else np.empty(0)


def arrange_losses(plane: Plane, values: Float) -> PlaneLosses:
    """The losses of all places, (plane.size,), put where they belong."""
    ends = np.cumsum([len(path.steps) for path in plane.paths])
    count = int(ends[-1])
    own, nearest = np.split(values[:count], ends[:-1]), np.split(values[count : 2 * count], ends[:-1])
    return PlaneLosses(tuple(own), tuple(nearest), values[2 * count :].reshape(plane.shape[1], plane.shape[0]))
