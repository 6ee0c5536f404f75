"""`POST /api/data`: the user's own CSV file, which is the body; a worker parses it and stores it under its hash.

The server never learns the file's name, and never fetches anything from an address.
"""

import logging
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from steepest.problems.table import remove_table
from steepest.server.errors import BodyTooLarge, Refused
from steepest.server.http.endpoint import Exchange, Handler, json_response
from steepest.server.logs import log_event
from steepest.server.places import Places
from steepest.server.security.peer import peer_of
from steepest.server.settings import Settings
from steepest.server.worker.table_tasks import StorageFailed, Stored, store_table
from steepest.spec import Invalid, Text

_BUSY = Text("other files are being uploaded; try again soon", "正在接收其他文件，请稍后再试")


def upload_handler(settings: Settings) -> Handler:
    """The handler: what is in the file, as JSON. A few uploads run at once, which limits the memory they need."""
    uploads = Places(settings.max_uploads, _BUSY)

    async def handle(exchange: Exchange) -> Response:
        _check_headers(exchange.request, settings.max_data)
        with exchange.account.uploads.place(), uploads.place():
            body = await exchange.body(settings.max_data, _too_large)
            stored = await exchange.service.scheduler.run(
                exchange.share, store_table, body, slow=True, time_limit=settings.upload_seconds
            )
        if isinstance(stored, StorageFailed):
            log_event("upload.not_kept", logging.ERROR, cause=str(stored))
            raise Refused("busy", Text(f"the server cannot store the file: {stored}", "服务器无法保存该文件"))
        _make_room(exchange, stored)
        return json_response(stored.uploaded.model_dump_json())

    return handle


def _make_room(exchange: Exchange, stored: Stored) -> None:
    """Removes what has to go for a new table; the table itself where it has no room. Raises `Refused` then."""
    name = stored.uploaded.file
    tables, peer = exchange.service.tables, peer_of(exchange.request.scope)
    with suppress(OSError):  # a file that cannot be removed now is found again after the next upload
        try:
            for other in tables.make_room(name, peer, stored.folder):
                remove_table(other)
        except Refused:
            if stored.new:  # one that was there has its room already
                remove_table(name)
                raise


def _check_headers(request: Request, limit: int) -> None:
    """Raises `Invalid` or `BodyTooLarge` for what the headers already show."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/csv":
        raise Invalid(
            "content-type", Text("must be text/csv; the body is the file itself", "应为 text/csv，请求体即文件本身")
        )
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Invalid("content-encoding", Text("must be absent: send the file uncompressed", "请发送未压缩的文件"))
    length = request.headers.get("content-length", "")
    if length.isdecimal() and (len(length) > 12 or int(length) > limit):
        raise _too_large(limit)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(Text(f"a file has at most {limit} bytes", f"文件最多 {limit} 字节"), "file")
