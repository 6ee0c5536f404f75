"""The query about the engine: how far compiled runs are from PyTorch."""

from steepest.engine import MAX_CHECKED
from steepest.protocol.commands import CheckEngine
from steepest.protocol.engine_check import engine_checked_event
from steepest.protocol.events import EngineChecked
from steepest.server.live.context import Context
from steepest.server.worker import engine_tasks


async def check(context: Context, command: CheckEngine) -> EngineChecked:
    """An `engine_checked` event. One call for each run, so that other clients do not wait long."""
    experiment, device = context.experiment, context.service.device
    experiment.check_reached(command.step)
    first = command.step - MAX_CHECKED
    checkpoint = await context.checkpoint_at(first) if first > 0 else None
    found = [
        await context.work(engine_tasks.check, experiment.document, checkpoint, command.step, device, run)
        for run in range(len(experiment.prepared.plans))
    ]
    return engine_checked_event(command, found)
