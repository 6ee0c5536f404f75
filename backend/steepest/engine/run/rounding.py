"""How far apart numbers are that differ by rounding alone."""

import numpy as np

from steepest.engine.recording.records import Array

# Both engines round every operation, in another order and with other functions. Their results may differ by this many
# times what one rounding of the inputs (parameters; gradient and state) and of the result make together. Measured
# over the catalog, the largest difference takes 0.4 of it.
TOLERANCE = 16.0


def rounding_signs(size: int) -> list[Array]:
    """The directions, (n,), in which the parameters are moved by a rounding."""
    alternating = np.where(np.arange(size) % 2, 1, -1)
    return [np.ones(size), -np.ones(size), alternating, -alternating]


def moved_by_rounding(params: Array, signs: Array) -> Array:
    """Parameters moved by a rounding, (n,). One below 1 counts as 1: the problem's constants are about that large."""
    return np.asarray(params + signs * np.finfo(params.dtype).eps * np.maximum(np.abs(params), 1), params.dtype)


def distance(a: Array, b: Array) -> Array:
    """How far each pair is apart, float64: infinite where one is finite, 0 where none is."""
    finite = np.isfinite(a), np.isfinite(b)
    with np.errstate(all="ignore"):
        apart = np.abs(a.astype(np.float64) - b.astype(np.float64))
    return np.where(finite[0] & finite[1], apart, np.where(finite[0] | finite[1], np.inf, 0.0))


def largest_size(*values: Array) -> float:
    """The largest size of a finite element of any; 0 for none."""
    return max(float(np.max(np.abs(each), initial=0.0, where=np.isfinite(each))) for each in values)
