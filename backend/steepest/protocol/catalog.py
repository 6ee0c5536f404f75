"""The catalog as one document: every menu, control, default and range of the page comes from it."""

import torch

from steepest.engine.diagnosis.words import VerdictWords, verdict_words
from steepest.optimizers import StateSlot, optimizers, schedules
from steepest.problems import CriticalPoint, Start, Surface, datasets, losses, models, surfaces
from steepest.protocol.entry import DescribedEntry, Entry
from steepest.protocol.learning_catalog import INITS, DatasetEntry, InitEntry, LossEntry, ModelEntry, dataset_entry
from steepest.spec.limits import MAX_EDITS, MAX_RUNS


class SurfaceEntry(DescribedEntry):
    """A surface. bounds and points are those of the default params; an open experiment's are in its scene.

    starts: the first is the default.
    lr: a learning rate at which gradient descent from there works.
    """

    formula: str
    bounds: list[tuple[float, float]]
    starts: list[Start]
    points: list[CriticalPoint]
    lr: float
    bounded: bool
    log_height: bool


class OptimizerEntry(DescribedEntry):
    """An optimizer.

    formula: LaTeX, one line per step.
    known_lr: a learning rate that works.
    matrices_only: available only where the parameters are matrices, so not on a surface.
    ours: not one of torch's own classes.
    """

    formula: list[str]
    known_lr: float
    state: list[StateSlot]
    matrices_only: bool
    ours: bool


class ScheduleEntry(DescribedEntry):
    """A learning-rate schedule.

    formula: LaTeX, of the rate at step k; η is the optimizer's own rate.
    ahead: its rates depend on the step number alone, so that future ones are known.
    """

    formula: list[str]
    ahead: bool


class Catalog(Entry):
    """Everything that can be picked, in menu order. version: of the experiment document. verdicts: their words."""

    version: int
    torch: str
    max_runs: int
    max_edits: int
    surfaces: list[SurfaceEntry]
    datasets: list[DatasetEntry]
    models: list[ModelEntry]
    losses: list[LossEntry]
    inits: list[InitEntry]
    optimizers: list[OptimizerEntry]
    schedules: list[ScheduleEntry]
    verdicts: dict[str, VerdictWords]


def catalog() -> Catalog:
    """The catalog of this installation, including the entries of other packages."""
    return Catalog(
        version=1,
        torch=str(torch.__version__),
        max_runs=MAX_RUNS,
        max_edits=MAX_EDITS,
        surfaces=[_surface(surface) for surface in surfaces().values()],
        datasets=[dataset_entry(dataset) for dataset in datasets().values()],
        models=[ModelEntry.of(model, gives=model.gives(model.complete({}))) for model in models().values()],
        losses=[LossEntry.of(loss) for loss in losses().values()],
        inits=list(INITS),
        optimizers=[OptimizerEntry.of(optimizer) for optimizer in optimizers().values()],
        schedules=[ScheduleEntry.of(schedule, ahead=schedule.horizon is not None) for schedule in schedules().values()],
        verdicts=verdict_words(),
    )


def _surface(surface: Surface) -> SurfaceEntry:
    scene = surface.problem({}).scene
    return SurfaceEntry.of(surface, bounds=scene.bounds, points=scene.points)
