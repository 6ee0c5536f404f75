"""Parts of a sweep's picture, in the order in which a picture becomes clear."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Tile:
    """The pixels at `starts + k * strides`, k below `counts`, along each axis."""

    starts: tuple[int, ...]
    strides: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def places(self) -> tuple[slice, ...]:
        """Where its pixels are in the whole picture's array."""
        ranges = zip(self.starts, self.strides, self.counts, strict=True)
        return tuple(slice(start, start + (count - 1) * stride + 1, stride) for start, stride, count in ranges)

    def along(self, axis: int) -> range:
        """Its places on one axis."""
        return range(self.starts[axis], self.starts[axis] + self.counts[axis] * self.strides[axis], self.strides[axis])


def whole(shape: Sequence[int]) -> Tile:
    """All pixels."""
    return Tile((0,) * len(shape), (1,) * len(shape), tuple(shape))


def coarse_to_fine(shape: Sequence[int], coarsest: int = 16, side: int | Sequence[int] = 64) -> Iterator[Tile]:
    """Tiles that together have each pixel once.

    First every `coarsest`-th pixel along each axis, then those half-way between, and so on. coarsest: a power of 2.
    side: a tile has at most so many pixels along each axis; one number for all, or one for each.
    """
    sides = [side] * len(shape) if isinstance(side, int) else side
    yield from _split(shape, (0,) * len(shape), coarsest, sides)
    stride = coarsest
    while stride > 1:
        half = stride // 2
        for offset in product((0, half), repeat=len(shape)):
            if any(offset):
                yield from _split(shape, offset, stride, sides)
        stride = half


def slabs(shape: Sequence[int], axis: int, most: int) -> Iterator[Tile]:
    """At most so many tiles that together have each pixel once; each has all places but those of one axis."""
    thickness = -(-shape[axis] // most)
    for first in range(0, shape[axis], thickness):
        starts, counts = [0] * len(shape), list(shape)
        starts[axis], counts[axis] = first, min(thickness, shape[axis] - first)
        yield Tile(tuple(starts), (1,) * len(shape), tuple(counts))


def _split(shape: Sequence[int], offset: Sequence[int], stride: int, sides: Sequence[int]) -> Iterator[Tile]:
    """The tiles of the pixels at `offset + k * stride`."""
    counts = [max(0, -(-(size - first) // stride)) for size, first in zip(shape, offset, strict=True)]
    for corner in product(*(range(0, count, side) for count, side in zip(counts, sides, strict=True))):
        yield Tile(
            starts=tuple(first + place * stride for first, place in zip(offset, corner, strict=True)),
            strides=(stride,) * len(counts),
            counts=tuple(min(side, count - place) for side, count, place in zip(sides, counts, corner, strict=True)),
        )
