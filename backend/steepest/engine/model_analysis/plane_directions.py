"""The two directions that span a loss plane: principal ones of the runs' paths, or random ones."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from steepest.problems import Layer
from steepest.problems.rng import generator

Float = NDArray[np.float64]


def principal_directions(spread: Float) -> Float:
    """(r, n) with r <= 2: the orthonormal directions along which points vary most; fewer where the points do not vary.

    spread: (m, n), the points minus their mean.
    Each direction points from the first point towards the last. Source: Pearson 1901; Li et al. 2018, section 7.
    """
    if not spread.any():
        return spread[:0]
    scale = np.abs(spread).max()  # squares of a diverging path would overflow
    _, strengths, rows = np.linalg.svd(spread / scale, full_matrices=False)
    found = rows[:2][strengths[:2] > strengths[0] * 1e-12]
    away = spread[-1] - spread[0]
    return np.array([row if row @ away >= 0 else -row for row in found])


def random_directions(layers: Sequence[Layer], centre: Float, seed: int, draw: int = 0) -> Float:
    """(2, n), normally distributed, with each filter scaled to the length of that filter of `centre`; biases are 0.

    A filter makes one output: a row of a linear layer's weight, a kernel of a convolution. Li et al. leave out biases
    too (`ignore=biasbn`). Where all filters of `centre` are zero, as after an init of zeros, each one has length 1.
    """
    directions = []
    for number in range(2):
        drawn = torch.randn(centre.size, generator=generator(seed, "plane", 2 * draw + number), dtype=torch.float64)
        lengths = [_filter_lengths(layer, part) for layer, part in _by_layer(layers, centre)]
        all_zero = not any(length.any() for length in lengths)
        direction = np.zeros_like(centre)
        for (layer, part), length, (_, target) in zip(
            _by_layer(layers, drawn.numpy()), lengths, _by_layer(layers, direction), strict=True
        ):
            if layer.weight:
                filters = part.reshape(layer.shape[0], -1)
                factor = (np.ones_like(length) if all_zero else length) / np.linalg.norm(filters, axis=1)
                target[:] = (filters * factor[:, None]).ravel()
        directions.append(direction)
    return np.array(directions)


def complete_basis(found: Float, other: Float) -> Float:
    """Two orthonormal rows: `found`, and if that is only one, the part of a vector `other` orthogonal to it."""
    if len(found) == 2:
        return found
    rest = other - (other @ found[0]) * found[0]
    return np.stack([found[0], rest / np.linalg.norm(rest)])


def explained_variance(spread: Float, directions: Float) -> Float:
    """(2,): shares of the sum of squares of `spread`, (m, n), along the orthonormalised directions."""
    scale = np.abs(spread).max()
    if scale == 0:
        return np.zeros(2)
    basis = np.linalg.qr(directions.T)[0]  # (n, 2)
    spread = spread / scale
    shares: Float = np.square(spread @ basis).sum(axis=0) / np.square(spread).sum()
    return shares


def _by_layer(layers: Sequence[Layer], vector: Float) -> list[tuple[Layer, Float]]:
    """A view of each parameter tensor's part of a vector."""
    ends = np.cumsum([layer.size for layer in layers])
    return list(zip(layers, np.split(vector, ends[:-1]), strict=True))


def _filter_lengths(layer: Layer, part: Float) -> Float:
    """(filters,), Euclidean; one 0 for a bias."""
    if not layer.weight:
        return np.zeros(1)
    lengths: Float = np.linalg.norm(part.reshape(layer.shape[0], -1), axis=1)
    return lengths
