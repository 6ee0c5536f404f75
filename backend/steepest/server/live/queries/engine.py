"""Queries for which the engine tries something out: compiled runs against PyTorch, and remedies."""

from steepest.engine import (
    MAX_CHECKED,
    CheckInProgress,
    EngineCheck,
    Rehearsal,
    RehearsalInProgress,
    begin_check,
    begin_rehearsal,
)
from steepest.protocol.commands import CheckEngine, Rehearse, TryScaling
from steepest.protocol.engine_check import engine_checked_event
from steepest.protocol.events import EngineChecked, Rehearsed, ScalingTried
from steepest.protocol.rehearsal import rehearsed_event, scaling_event
from steepest.server.live.context import Context, diverged_before
from steepest.server.live.session import in_edit
from steepest.server.worker import engine_tasks
from steepest.spec import Invalid


async def check(context: Context, command: CheckEngine) -> EngineChecked:
    """An `engine_checked` event. Short calls, one after the other, so that other clients do not wait long."""
    experiment, device = context.experiment, context.service.device
    experiment.check_reached(command.step)
    first = command.step - MAX_CHECKED
    checkpoint = await context.checkpoint_at(first) if first > 0 else None
    found = []
    for run in range(len(experiment.prepared.plans)):
        check: CheckInProgress | EngineCheck = begin_check(checkpoint, command.step, run)
        while isinstance(check, CheckInProgress):
            check = await context.work_sliced(engine_tasks.check, experiment.document, check, device)
        found.append(check)
    return engine_checked_event(command, found)


async def rehearse(context: Context, command: Rehearse) -> Rehearsed:
    """A `rehearsed` event. Raises `Invalid` for a remedy that `edit` would refuse."""
    experiment, remedy, device = context.experiment, command.remedy, context.service.device
    experiment.check_run(remedy.run, "remedy.run")
    experiment.check_reached(remedy.step, "remedy.step")
    experiment.check_reached(command.step)
    checkpoint = await context.checkpoint_at(remedy.step) if remedy.step else None
    tried: RehearsalInProgress | Rehearsal | None = None
    if checkpoint is None or checkpoint.step == remedy.step:
        tried = begin_rehearsal(experiment.prepared, checkpoint, remedy, command.step, device)
    if tried is None:
        raise diverged_before(remedy.run, remedy.step)
    try:
        while isinstance(tried, RehearsalInProgress):
            tried = await context.work_sliced(engine_tasks.rehearse, experiment.document, tried, device)
    except Invalid as error:
        raise in_edit(error, remedy, "remedy") from None
    return rehearsed_event(command, tried)


async def try_scaling(context: Context, command: TryScaling) -> ScalingTried:
    """A `scaling_tried` event."""
    experiment, device = context.experiment, context.service.device
    experiment.check_run(command.run)
    begun = await context.work(engine_tasks.scaling, experiment.document, command.run, device)
    if begun is None:
        return scaling_event(command, None)
    tries, before, after = begun
    found = []
    for document, first in ((before, tries.raw), (after, tries.rescaled)):
        tried: RehearsalInProgress | Rehearsal = first
        while isinstance(tried, RehearsalInProgress):
            tried = await context.work_sliced(engine_tasks.rehearse, document, tried, device)
        found.append(tried)
    raw, rescaled = found
    return scaling_event(command, tries.compared(raw, rescaled))
