"""All entries: the built-in ones and those that other packages bring as entry points, such as `steepest.surfaces`."""

from functools import cache
from importlib.metadata import entry_points

from steepest.problems import datasets as built_in_datasets
from steepest.problems import losses as built_in_losses
from steepest.problems import models as built_in_models
from steepest.problems.dataset import Dataset
from steepest.problems.loss import Loss
from steepest.problems.model import Model
from steepest.problems.surface import Surface
from steepest.problems.surfaces import BUILT_IN


@cache
def surfaces() -> dict[str, Surface]:
    """Every surface by id, in menu order; a built-in id cannot be taken over."""
    found = {surface.id: surface for surface in BUILT_IN}
    for entry in entry_points(group="steepest.surfaces"):
        surface: Surface = entry.load()
        found.setdefault(surface.id, surface)
    return found


@cache
def datasets() -> dict[str, Dataset]:
    """Every data set by id, in menu order; a built-in id cannot be taken over."""
    found = {dataset.id: dataset for dataset in built_in_datasets.BUILT_IN}
    for entry in entry_points(group="steepest.datasets"):
        dataset: Dataset = entry.load()
        found.setdefault(dataset.id, dataset)
    return found


@cache
def models() -> dict[str, Model]:
    """Every model by id, in menu order; a built-in id cannot be taken over."""
    found = {model.id: model for model in built_in_models.BUILT_IN}
    for entry in entry_points(group="steepest.models"):
        model: Model = entry.load()
        found.setdefault(model.id, model)
    return found


@cache
def losses() -> dict[str, Loss]:
    """Every loss by id, in menu order; a built-in id cannot be taken over."""
    found = {loss.id: loss for loss in built_in_losses.BUILT_IN}
    for entry in entry_points(group="steepest.losses"):
        loss: Loss = entry.load()
        found.setdefault(loss.id, loss)
    return found
