"""Numbers as JSON can say them: NaN and infinities as words."""

from collections.abc import Iterable

from steepest.protocol.events import Real


def real(value: float) -> Real:
    """A number, or the word for what JSON has no number for."""
    if value != value:
        return "NaN"
    if value == float("inf"):
        return "Infinity"
    if value == float("-inf"):
        return "-Infinity"
    return value


def reals(values: Iterable[float]) -> list[Real]:
    """The same of several."""
    return [real(value) for value in values]
