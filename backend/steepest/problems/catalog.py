"""All entries: the built-in ones and those that other packages bring as entry points, such as `steepest.surfaces`."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

from steepest.problems import datasets as built_in_datasets
from steepest.problems import losses as built_in_losses
from steepest.problems import models as built_in_models
from steepest.problems.dataset import Dataset
from steepest.problems.loss import Loss
from steepest.problems.model import Model
from steepest.problems.surface import Surface
from steepest.problems.surfaces import BUILT_IN


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Entry)


@cache
def surfaces() -> dict[str, Surface]:
    """Every surface by id, in menu order; a built-in id cannot be taken over."""
    return _with_others(BUILT_IN, "steepest.surfaces")


@cache
def datasets() -> dict[str, Dataset]:
    """Every data set by id, in menu order; a built-in id cannot be taken over."""
    return _with_others(built_in_datasets.BUILT_IN, "steepest.datasets")


@cache
def models() -> dict[str, Model]:
    """Every model by id, in menu order; a built-in id cannot be taken over."""
    return _with_others(built_in_models.BUILT_IN, "steepest.models")


@cache
def losses() -> dict[str, Loss]:
    """Every loss by id, in menu order; a built-in id cannot be taken over."""
    return _with_others(built_in_losses.BUILT_IN, "steepest.losses")


def _with_others(built_in: Iterable[E], group: str) -> dict[str, E]:
    found = {entry.id: entry for entry in built_in}
    for point in entry_points(group=group):
        other: E = point.load()
        found.setdefault(other.id, other)
    return found
