"""The query about the engine: how far compiled runs are from PyTorch."""

from steepest.engine import MAX_CHECKED, CheckInProgress, EngineCheck, begin_check
from steepest.protocol.commands import CheckEngine
from steepest.protocol.engine_check import engine_checked_event
from steepest.protocol.events import EngineChecked
from steepest.server.live.context import Context
from steepest.server.worker import engine_tasks


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
