"""Queries about the open problem and its schedules: loss grid, critical points, data, future learning rates."""

import math
from collections.abc import Sequence

from steepest.protocol.binary import pack_rates
from steepest.protocol.commands import DataCommand, PointsCommand, RatesCommand, SurfaceCommand
from steepest.server.errors import too_many_points
from steepest.server.live.context import Context
from steepest.server.worker import problem_tasks
from steepest.spec import Invalid, Text


async def surface(context: Context, command: SurfaceCommand) -> bytes:
    """A packed `surface` event. Raises `Invalid` for bounds or a shape that do not fit the problem."""
    limit = context.service.settings.max_grid_points
    _check_bounds(context, command.bounds)
    _check_length(context, command.shape, "shape")
    if math.prod(command.shape) > limit:
        raise too_many_points(limit)
    document = context.experiment.document
    return await context.work(problem_tasks.surface, document, command.bounds, command.shape, command.id)


async def points(context: Context, command: PointsCommand) -> str:
    """A `points` event. Raises `Invalid` for bounds that do not fit the problem."""
    _check_bounds(context, command.bounds)
    return await context.work(problem_tasks.points, context.experiment.document, command.bounds, command.id, slow=True)


async def data(context: Context, command: DataCommand) -> bytes:
    """A packed `data` event. Raises `Invalid` where a surface is open."""
    context.experiment.check_learning()
    return await context.work(problem_tasks.data, context.experiment.document, command.id)


async def rates(context: Context, command: RatesCommand) -> bytes:
    """A packed `rates` event. One call for each run: a long schedule takes a worker a third of a second."""
    experiment, limit = context.experiment, context.service.settings.max_steps
    found = {}
    for run, plan in enumerate(experiment.prepared.plans):
        if plan.schedule_config is not None:
            rates = await context.work(problem_tasks.rates, experiment.document, run, command.until, limit)
            if rates is not None:
                found[run] = rates
    return pack_rates(command.id, found)


def _check_bounds(context: Context, bounds: Sequence[Sequence[float]]) -> None:
    _check_length(context, bounds, "bounds")
    for n, (low, high) in enumerate(bounds):
        if not low < high:
            raise Invalid(f"bounds[{n}]", Text("low must be less than high", "下界应小于上界"))


def _check_length(context: Context, values: Sequence[object], field: str) -> None:
    dim = context.experiment.prepared.problem.dim
    if len(values) != dim:
        raise Invalid(field, Text(f"needs one entry per parameter, that is {dim}", f"每个参数一项，共 {dim} 项"))
