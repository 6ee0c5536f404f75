"""`POST /api/export`: an experiment's recording as a file, computed in slices so that other clients do not wait."""

import re
import time

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from steepest.engine import Checkpoint, Chunk, Prepared, check_dtype, prepare
from steepest.export import MEDIA_TYPES, SUFFIXES
from steepest.protocol.export import ExportRequest, parse_export
from steepest.server.errors import Refused, too_many_parameters, too_many_runs
from steepest.server.http.endpoint import Exchange, Handler, request_too_large
from steepest.server.places import Places
from steepest.server.settings import Settings
from steepest.server.worker import export_tasks
from steepest.server.worker.pace import has_slow_steps
from steepest.spec import Invalid, Text

_BUSY = Text("the server is exporting other files; try again soon", "服务器正忙于其他导出，请稍后再试")


def export_handler(settings: Settings) -> Handler:
    """The handler: the file as a download. A few exports run at once, each for a limited time."""
    exports = Places(settings.max_exports, _BUSY)

    async def handle(exchange: Exchange) -> Response:
        asked = parse_export(await exchange.body(settings.max_message, request_too_large))
        exchange.language = asked.language
        with exchange.account.exports.place(), exports.place():
            content = await _export(asked, exchange)
        name = f"steepest-{_file_name(asked.experiment.problem.name)}.{SUFFIXES[asked.to]}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(content, media_type=MEDIA_TYPES[asked.to], headers=headers)

    return handle


async def _export(asked: ExportRequest, exchange: Exchange) -> bytes:
    service, settings, device = exchange.service, exchange.service.settings, exchange.service.device
    prepared = _checked(asked, settings, device)
    document, slow = prepared.experiment.model_dump_json(), has_slow_steps(prepared)
    deadline = time.monotonic() + settings.export_seconds
    share = exchange.share
    chunks: list[Chunk] = []
    checkpoint: Checkpoint | None = None
    while not chunks or (not chunks[-1].stopped and chunks[-1].last < asked.steps):
        if time.monotonic() > deadline:
            raise _too_slow(settings.export_seconds, chunks[-1].last if chunks else 0)
        if await exchange.request.is_disconnected():
            raise ClientDisconnect
        chunk, checkpoint = await service.scheduler.run_sliced(
            share, export_tasks.record, document, checkpoint, asked.steps, device, slow=slow
        )
        chunks.append(chunk)
    # The file itself is one call that cannot be cut into slices: some seconds for a long table.
    return await service.scheduler.run(
        share,
        export_tasks.render,
        *(document, chunks, checkpoint, asked.to, asked.run, asked.language, device),
        slow=True,
        time_limit=settings.export_seconds,
    )


def _checked(asked: ExportRequest, settings: Settings, device: str) -> Prepared:
    """The experiment with every default. Raises `Refused` beyond a limit, `Invalid` with a path below `experiment`."""
    if asked.steps > settings.max_export_steps:
        raise _too_many_steps(asked.steps, settings.max_export_steps)
    if len(asked.experiment.runs) > settings.max_runs:
        raise too_many_runs(settings.max_runs)
    try:
        check_dtype(device, asked.experiment.dtype)
        prepared = prepare(asked.experiment)
    except Invalid as error:
        raise error.under("experiment") from None
    if prepared.problem.dim > settings.max_parameters:
        raise too_many_parameters(prepared.problem.dim, settings.max_parameters)
    return prepared


def _file_name(name: str) -> str:
    """A part of a file name that is valid on every system."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:40].strip("-") or "experiment"


def _too_many_steps(asked: int, limit: int) -> Refused:
    text = Text(
        f"an export from here has at most {limit:,} steps, and this would have {asked:,}; save the experiment as a "
        f"file and export it on your machine: `steepest export FILE --steps {asked}`",
        f"此处导出最多 {limit:,} 步，而现有 {asked:,} 步；请将实验存为文件，"
        f"再用命令 `steepest export FILE --steps {asked}` 在本机生成",
    )
    return Refused("limit", text, "steps")


def _too_slow(seconds: float, reached: int) -> Refused:
    text = Text(
        f"an export may take {seconds:g} seconds, and only {reached} steps were computed in that time; ask for fewer",
        f"导出限时 {seconds:g} 秒，只算到第 {reached} 步；请减少步数",
    )
    return Refused("limit", text, "steps")
