"""Queries about one record of one run: in numbers, or its model's outputs on the plot."""

from collections.abc import Callable
from typing import TypeVar

from steepest.protocol.commands import FitCommand, Inspect
from steepest.server.live.context import Context, diverged_before
from steepest.server.worker import record_tasks

Result = TypeVar("Result")


async def inspect(context: Context, command: Inspect) -> str:
    """An `inspected` event."""
    return await _recomputed(context, command, record_tasks.inspect)


async def fit(context: Context, command: FitCommand) -> bytes:
    """A packed `fit` event. Raises `Invalid` where a surface is open."""
    context.experiment.check_learning()
    return await _recomputed(context, command, record_tasks.fit)


async def _recomputed(context: Context, command: Inspect | FitCommand, task: Callable[..., Result | None]) -> Result:
    """The task's result for the record, from a checkpoint before it.

    Raises `Invalid` for a run that does not exist, and for a step not reached yet or after the run's end.
    """
    experiment, step, run = context.experiment, command.step, command.run
    experiment.check_run(run)
    experiment.check_reached(step)
    checkpoint = await context.checkpoint_at(step - 1)
    if step > 0 and (checkpoint is None or checkpoint.step < step - 1):
        raise diverged_before(run, step)
    found = await context.work(task, experiment.document, checkpoint, step, run, command.id, context.service.device)
    if found is None:
        raise diverged_before(run, step)
    return found
