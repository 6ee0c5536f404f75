"""`POST /api/export`: an experiment's recording as a file, made in slices so that it stands in nobody's way."""

import logging
import re
import time
import traceback
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from steepest.engine import Checkpoint, Chunk, Prepared, check_dtype, prepare
from steepest.export import MEDIA_TYPES, SUFFIXES
from steepest.protocol.events import ErrorCode
from steepest.protocol.export import ExportRequest, parse_export
from steepest.server.errors import Refused, error_event, expected, too_many_parameters, too_many_runs
from steepest.server.logs import log_event
from steepest.server.service import Service
from steepest.server.worker import export_tasks
from steepest.server.worker.pool import WorkFailed
from steepest.server.worker.scheduler import Job, Share
from steepest.spec import Experiment, Invalid, Text
from steepest.spec.text import Language

_STATUS: dict[ErrorCode, int] = {"invalid": 400, "limit": 400, "busy": 503, "worker_lost": 503, "step_timeout": 503}


class Exports:
    """All exports of a server; a few at once, each for a limited time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._settings = service.settings
        self._under_way = 0

    async def answer(self, request: Request) -> Response:
        """The file as a download, or an `error` event as JSON with the status that fits."""
        language: Language = "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"
        try:
            body = await self._body(request)
            if body is None:
                return _json(413, _too_large(self._settings.max_message), language)
            asked = parse_export(body)
            language = asked.language
            if self._under_way >= self._settings.max_exports:
                raise _too_many()
            self._under_way += 1
            try:
                made = await self._made(asked, request)
            finally:
                self._under_way -= 1
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        except Exception as error:
            if not expected(error):
                trace = str(error) if isinstance(error, WorkFailed) else traceback.format_exc()
                log_event("export.failed", logging.ERROR, trace=trace)
            return _json(0, error, language)
        name = f"steepest-{_safe(asked.experiment.problem.name)}.{SUFFIXES[asked.to]}"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        return Response(made, media_type=MEDIA_TYPES[asked.to], headers=headers)

    async def _body(self, request: Request) -> bytes | None:
        """None for one that is too large: told while it arrives, whatever its headers say."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._settings.max_message:
                return None
        return bytes(body)

    async def _made(self, asked: ExportRequest, request: Request) -> bytes:
        settings, device = self._settings, self._service.device
        if asked.steps > settings.max_export_steps:
            raise _too_many_steps(asked.steps, settings.max_export_steps)
        if len(asked.experiment.runs) > settings.max_runs:
            raise too_many_runs(settings.max_runs)
        prepared = _checked(asked.experiment, device)
        if prepared.problem.dim > settings.max_parameters:
            raise too_many_parameters(prepared.problem.dim, settings.max_parameters)
        document = prepared.experiment.model_dump_json()
        deadline = time.monotonic() + settings.export_seconds
        share = Share()
        chunks: list[Chunk] = []
        checkpoint: Checkpoint | None = None
        while not chunks or (not chunks[-1].stopped and chunks[-1].last < asked.steps):
            if time.monotonic() > deadline:
                raise _too_slow(settings.export_seconds, chunks[-1].last if chunks else 0)
            if await request.is_disconnected():
                raise ClientDisconnect
            job = partial(_slice, document, checkpoint, asked.steps, device)
            chunk, checkpoint = await self._service.scheduler.work(share, job)
            chunks.append(chunk)
        last = export_tasks.render, (document, chunks, checkpoint, asked.to, asked.run, asked.language, device)
        # One call, of seconds for a long table: it cannot be cut.
        made = await self._service.scheduler.work(share, lambda _: last, longest=settings.export_seconds)
        if isinstance(made, Invalid):
            raise made
        assert isinstance(made, bytes)
        return made


def _slice(document: str, checkpoint: Checkpoint | None, until: int, device: str, budget: float) -> Job:
    return export_tasks.record, (document, checkpoint, until, budget, device)


def _checked(experiment: Experiment, device: str) -> Prepared:
    """With every default. Raises `Invalid` with a path that begins with `experiment`."""
    try:
        check_dtype(device, experiment.dtype)
        return prepare(experiment)
    except Invalid as error:
        raise error.under("experiment") from None


def _json(status: int, error: Exception, language: Language) -> Response:
    event = error_event(error, language, 0)
    return Response(
        event.model_dump_json(),
        status_code=status or _STATUS.get(event.code, 500),
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def _safe(name: str) -> str:
    """A part of a file's name on any system."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())[:40].strip("-") or "experiment"


def _too_large(most: int) -> Refused:
    return Refused("limit", Text(f"a request has at most {most} bytes", f"请求最多 {most} 字节"))


def _too_many() -> Refused:
    return Refused("busy", Text("the server is making other files; try again soon", "服务器正忙于其他导出，请稍后再试"))


def _too_many_steps(asked: int, most: int) -> Refused:
    text = Text(
        f"an export from here has at most {most:,} steps, and this would have {asked:,}; save the experiment as a file "
        f"and have it made on your machine: `steepest export FILE --steps {asked}`",
        f"此处导出最多 {most:,} 步，而现有 {asked:,} 步；请将实验存为文件，"
        f"再用命令 `steepest export FILE --steps {asked}` 在本机生成",
    )
    return Refused("limit", text, "steps")


def _too_slow(seconds: float, reached: int) -> Refused:
    return Refused(
        "limit",
        Text(
            f"in the {seconds:g} seconds that an export may take, {reached} steps were made; ask for no more",
            f"导出限时 {seconds:g} 秒，只算到第 {reached} 步；请减少步数",
        ),
        "steps",
    )
