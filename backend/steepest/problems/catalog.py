"""All entries: the built-in ones, and those of other packages as entry points, such as `steepest.surfaces`."""

from functools import cache

from steepest.problems import datasets as built_in_datasets
from steepest.problems import losses as built_in_losses
from steepest.problems import models as built_in_models
from steepest.problems import surfaces as built_in_surfaces
from steepest.problems.learning.dataset import Dataset
from steepest.problems.learning.loss import Loss
from steepest.problems.learning.model import Model
from steepest.problems.surface import Surface
from steepest.spec import with_plugins


@cache
def surfaces() -> dict[str, Surface]:
    """Every surface by id, in menu order."""
    return with_plugins(built_in_surfaces.BUILT_IN, "steepest.surfaces")


@cache
def datasets() -> dict[str, Dataset]:
    """Every data set by id, in menu order."""
    return with_plugins(built_in_datasets.BUILT_IN, "steepest.datasets")


@cache
def models() -> dict[str, Model]:
    """Every model by id, in menu order."""
    return with_plugins(built_in_models.BUILT_IN, "steepest.models")


@cache
def losses() -> dict[str, Loss]:
    """Every loss by id, in menu order."""
    return with_plugins(built_in_losses.BUILT_IN, "steepest.losses")
