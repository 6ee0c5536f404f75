"""Queries about records of one run: in numbers, its model's outputs on the plot, and those that an edit would give."""

from collections.abc import Callable
from typing import TypeVar

from steepest.protocol.commands import FitCommand, Inspect, PreviewCommand
from steepest.server.live.context import Context, diverged_before
from steepest.server.live.session import in_edit
from steepest.server.worker import record_tasks
from steepest.spec import Invalid

Result = TypeVar("Result")


async def inspect(context: Context, command: Inspect) -> str:
    """An `inspected` event."""
    return await _recomputed(context, command, record_tasks.inspect)


async def fit(context: Context, command: FitCommand) -> bytes:
    """A packed `fit` event. Raises `Invalid` where a surface is open."""
    context.experiment.check_learning()
    return await _recomputed(context, command, record_tasks.fit)


async def preview(context: Context, command: PreviewCommand) -> bytes:
    """A `preview` event. Raises `Invalid` for an edit that `edit` would refuse."""
    experiment, edit = context.experiment, command.edit
    experiment.check_run(edit.run, "edit.run")
    if edit.step > 0:  # the start is known before it is recorded
        experiment.check_reached(edit.step, "edit.step")
    until = min(command.until, context.service.settings.max_steps)
    checkpoint = experiment.checkpoints.nearest(edit.step)
    try:
        return await context.work(
            record_tasks.preview, experiment.document, checkpoint, edit, until, command.id, context.service.device
        )
    except Invalid as error:
        raise in_edit(error, edit) from None


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
