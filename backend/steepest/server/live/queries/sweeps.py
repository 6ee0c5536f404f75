"""Maps: the pixels of a sweep, streamed tile by tile while the session goes on."""

from steepest.protocol.commands import CancelSweep, SweepCommand
from steepest.server.errors import no_experiment, sweep_too_large, sweep_too_long
from steepest.server.live.context import Context
from steepest.server.worker import sweep_tasks
from steepest.server.worker.pace import SLOW_STEP
from steepest.spec import Invalid, Text

_LONGEST_RUN = 0.1  # seconds that one pixel may take: an edit of the same client waits for it


async def sweep(context: Context, command: SweepCommand) -> bytes:
    """Sends the tiles as `tile` events, and returns the last one.

    Each call is short, and ends early for an edit. Raises `Invalid` for a sweep that cannot be made, and `Refused` for
    one that would take too long, before any run.
    """
    client, settings = context.client, context.service.settings
    if client.session is None:
        raise no_experiment()
    if command.sweep.runs > settings.max_sweep_runs:
        raise sweep_too_large(settings.max_sweep_runs)
    document = command.sweep.model_dump_json()
    run, whole = await context.work(sweep_tasks.cost, document, slow=True)
    for seconds, limit in ((run, _LONGEST_RUN), (whole, settings.max_sweep_seconds)):
        if seconds > limit:
            raise sweep_too_long(seconds, limit)
    number = command.after
    while True:
        count, found = await context.service.scheduler.run_sliced(
            client.share, sweep_tasks.tiles, document, number, command.id, slow=run > SLOW_STEP
        )
        if not found:
            raise Invalid("after", Text(f"this sweep has {count} tiles", f"此扫描共 {count} 个图块"))
        number += len(found)
        *earlier, last = found
        for tile in earlier:
            await client.send(tile)
        if number == count:
            return last
        await client.send(last)


async def cancel(context: Context, command: CancelSweep) -> None:
    """Cancels the sweep that runs, which is answered with an error."""
    await context.client.cancel_background("sweep")
