"""`POST /api/data`: the user's own CSV file, taken while it arrives, read in a worker, kept under its hash.

The body is the file. Its name stays with the user, and nothing is ever fetched from an address.
"""

import logging
import traceback

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from steepest.protocol.events import ErrorCode
from steepest.protocol.upload import Uploaded
from steepest.server.errors import Refused, error_event, expected
from steepest.server.logs import log_event
from steepest.server.service import Service
from steepest.server.worker.pool import WorkFailed
from steepest.server.worker.scheduler import Share
from steepest.server.worker.table_tasks import NotKept, take
from steepest.spec import Invalid, Text
from steepest.spec.text import Language

_STATUS: dict[ErrorCode, int] = {"invalid": 400, "limit": 413, "busy": 503, "worker_lost": 503, "step_timeout": 503}


class Uploads:
    """All uploads of a server; a few at once, so that what is held of them is limited too."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._settings = service.settings
        self._under_way = 0

    async def answer(self, request: Request) -> Response:
        """What is in the file, or an `error` event, as JSON."""
        language = _language(request)
        try:
            _check_head(request, self._settings.max_data)
            if self._under_way >= self._settings.max_uploads:
                raise Refused("busy", Text("other files are arriving; try again soon", "正在接收其他文件，请稍后再试"))
            self._under_way += 1
            try:
                taken = await self._taken(await self._body(request))
            finally:
                self._under_way -= 1
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        except Exception as error:
            if not expected(error):
                trace = str(error) if isinstance(error, WorkFailed) else traceback.format_exc()
                log_event("upload.failed", logging.ERROR, trace=trace)
            event = error_event(error, language, 0)
            return _json(_STATUS.get(event.code, 500), event.model_dump_json())
        return _json(200, taken.model_dump_json())

    async def _body(self, request: Request) -> bytes:
        """Raises `Refused` as soon as it is too large, whatever its head said."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._settings.max_data:
                raise _too_large(self._settings.max_data)
        return bytes(body)

    async def _taken(self, body: bytes) -> Uploaded:
        call = take, (body, self._settings.max_data_folder)
        taken = await self._service.scheduler.work(Share(), lambda _: call, longest=self._settings.upload_seconds)
        if isinstance(taken, NotKept):
            log_event("upload.not_kept", logging.ERROR, cause=str(taken))
            raise Refused("busy", Text(f"the server cannot keep the file: {taken}", "服务器无法保存该文件"))
        if isinstance(taken, Invalid):
            raise taken
        assert isinstance(taken, Uploaded)
        return taken


def _check_head(request: Request, most: int) -> None:
    """Raises `Invalid` or `Refused` for what the head already tells."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise Invalid(
            "content-type",
            Text("must be text/csv, the body being the file itself", "应为 text/csv，请求体即文件本身"),
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Invalid(
            "content-encoding", Text("must not be given: send the file unpacked", "不应给出：请发送未压缩的文件")
        )
    told = request.headers.get("content-length", "")
    if told.isdecimal() and (len(told) > 12 or int(told) > most):
        raise _too_large(most)


def _language(request: Request) -> Language:
    """As `?language=` says, else as the browser prefers."""
    asked = request.query_params.get("language") or request.headers.get("accept-language", "")
    return "zh" if asked.startswith("zh") else "en"


def _too_large(most: int) -> Refused:
    return Refused("limit", Text(f"a file has at most {most} bytes", f"文件最多 {most} 字节"), "file")


def _json(status: int, content: str) -> Response:
    return Response(content, status_code=status, media_type="application/json", headers={"cache-control": "no-store"})
