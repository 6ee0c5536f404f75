"""`POST /api/export`: an experiment's recording as a file, computed in slices so that other clients do not wait."""

import logging
import re
import time
from functools import partial

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from steepest.engine import Chunk, Prepared, check_dtype, prepare
from steepest.export import MEDIA_TYPES, SUFFIXES, check_format, most_steps, size_at_most
from steepest.protocol.export import ExportRequest, parse_export
from steepest.server.accounts import Account
from steepest.server.errors import Refused, too_many_parameters, too_many_runs
from steepest.server.http.download import Download, DownloadFile, DownloadRoom
from steepest.server.http.endpoint import Exchange, Handler, request_too_large
from steepest.server.logs import log_event
from steepest.server.places import Places
from steepest.server.settings import Settings
from steepest.server.worker import export_tasks
from steepest.server.worker.pace import has_slow_steps
from steepest.server.worker.table_tasks import StorageFailed
from steepest.spec import Invalid, Text

_BUSY = Text("the server is exporting other files; try again soon", "服务器正忙于其他导出，请稍后再试")


def export_handler(settings: Settings) -> Handler:
    """The handler: the file as a download. A few exports run at once, each for a limited time and size."""
    exports = Places(settings.max_exports, _BUSY)
    downloads = DownloadRoom(settings.max_export_files, _BUSY)

    async def handle(exchange: Exchange) -> Response:
        body = await exchange.body(settings.max_message, request_too_large)
        asked = await exchange.service.beside_the_loop(partial(parse_export, body))
        exchange.language = asked.language
        tables = exchange.service.tables
        with exchange.account.exports.place(), exports.place(), tables.used(asked.experiment):
            check = partial(_checked, asked, settings, exchange.service.device)
            prepared = await exchange.service.beside_the_loop(check)
            size = min(size_at_most(prepared, asked.to, asked.steps), settings.max_export)
            file = _file(downloads, size, exchange.account)
            try:
                await _Export(asked, exchange, prepared, file).write()
            except BaseException:
                file.delete()
                raise
        name = f"steepest-{_file_name(asked.experiment.problem.name)}.{SUFFIXES[asked.to]}"
        return Download(file, name, MEDIA_TYPES[asked.to])

    return handle


def _file(downloads: DownloadRoom, size: int, account: Account) -> DownloadFile:
    try:
        return downloads.file(size, account)
    except OSError as error:
        raise _not_stored(error.strerror or "") from None


class _Export:
    """One export: worker calls that write its file, one after the other."""

    def __init__(self, asked: ExportRequest, exchange: Exchange, prepared: Prepared, file: DownloadFile) -> None:
        self._asked = asked
        self._exchange = exchange
        self._file = file
        self._document = prepared.experiment.model_dump_json()
        self._slow = has_slow_steps(prepared)

    async def write(self) -> None:
        """Writes the file. Raises `ClientDisconnect`, and `Refused` beyond a limit."""
        asked, exchange, device = self._asked, self._exchange, self._exchange.service.device
        scheduler, settings = exchange.service.scheduler, exchange.service.settings
        deadline = time.monotonic() + settings.export_seconds
        needed: list[Chunk] = []
        last, size, stopped, checkpoint = -1, 0, False, None
        while last < asked.steps and not stopped:
            if time.monotonic() > deadline:
                raise _too_slow(settings.export_seconds, max(last, 0))
            if await exchange.request.is_disconnected():
                raise ClientDisconnect
            part = await scheduler.run_sliced(
                exchange.share,
                export_tasks.write_part,
                *(self._file.path, size, self._document, checkpoint, asked.steps, asked.to, asked.language, device),
                slow=self._slow,
            )
            if isinstance(part, StorageFailed):
                raise _not_stored(str(part))
            last, size, stopped, checkpoint = part.last, part.size, part.stopped, part.checkpoint
            if size > settings.max_export:
                raise _too_large(size, settings.max_export, asked, max(last - 1, 0))
            if part.needed is not None:
                needed.append(part.needed)
        if needed:
            # The file itself is one call that cannot be cut into slices: a second or two for a report.
            whole = await scheduler.run(
                exchange.share,
                export_tasks.write_whole,
                *(self._file.path, self._document, needed, checkpoint, asked.to, asked.run, asked.language, device),
                slow=True,
                time_limit=settings.export_seconds,
            )
            if isinstance(whole, StorageFailed):
                raise _not_stored(str(whole))
            size = whole
        self._file.resize(size)


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
    check_format(prepared, asked.to, asked.run)
    size = size_at_most(prepared, asked.to, asked.steps)
    if size > settings.max_export:
        right = most_steps(prepared, asked.to, asked.steps, settings.max_export)
        raise _too_large(size, settings.max_export, asked, right)
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


def _too_large(size: int, limit: int, asked: ExportRequest, right: int | None) -> Refused:
    """right: the most steps with which the file is small enough; None where no number is."""
    command = f"`steepest export FILE --to {asked.to} --steps {asked.steps}`"
    large, most = _megabytes(size), _megabytes(limit)
    advice = "" if right is None else f"ask for at most {right:,} steps, or "
    advice_zh = "" if right is None else f"请最多取 {right:,} 步，或"
    text = Text(
        f"this file would have about {large}, and an export from here has at most {most}: {advice}save the experiment "
        f"as a file and export it on your machine: {command}",
        f"该文件约 {large}，而此处导出最多 {most}：{advice_zh}将实验存为文件，再用命令 {command} 在本机生成",
    )
    return Refused("limit", text, "to" if right is None else "steps")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e7 else f"{size / 1e6:,.1f} MB"


def _not_stored(cause: str) -> Refused:
    log_event("export.not_kept", logging.ERROR, cause=cause)
    return Refused("busy", Text(f"the server cannot store the file: {cause}", "服务器无法保存该文件"))


def _too_slow(seconds: float, reached: int) -> Refused:
    text = Text(
        f"an export may take {seconds:g} seconds, and only {reached} steps were computed in that time; ask for fewer",
        f"导出限时 {seconds:g} 秒，只算到第 {reached} 步；请减少步数",
    )
    return Refused("limit", text, "steps")
