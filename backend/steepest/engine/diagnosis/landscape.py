"""The critical points of a problem of one or two parameters: those that it declares, and those that Newton finds."""

from collections.abc import Sequence

from steepest.problems import CriticalPoint, Problem


def landscape(problem: Problem, bounds: Sequence[Sequence[float]]) -> tuple[CriticalPoint, ...]:
    """All critical points within bounds, one (low, high) a parameter."""
    return tuple(
        point
        for point in problem.scene.points
        if all(low <= value <= high for value, (low, high) in zip(point.at, bounds, strict=True))
    )
