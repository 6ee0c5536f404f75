"""Files that are made for one download: at most so many bytes of them at a time, each deleted after its response."""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from steepest.server.accounts import Account
from steepest.server.errors import ClientLimit, Refused
from steepest.spec import Text

_PART = 262_144  # bytes that are sent at a time

_UNREAD = Text(
    "files exported from your address are still being downloaded; try again when they are there",
    "您的地址导出的文件仍在下载；请在下载完成后再试",
)


class DownloadRoom:
    """Bytes on the disk for files that are made or downloaded.

    One address has at most half of them, or one file.

    full: what is said where too few are left. used: by all files now.
    """

    def __init__(self, limit: int, full: Text) -> None:
        self._limit = limit
        self._full = full
        self.used = 0

    def file(self, size: int, account: Account) -> "DownloadFile":
        """An empty file with room for so many bytes. Raises `Refused` where there is too little, and `OSError`."""
        if account.files and account.files + size > self._limit // 2:
            raise ClientLimit("busy", _UNREAD)
        if self.used + size > self._limit:
            raise Refused("busy", self._full)
        return DownloadFile(self, size, account)


class DownloadFile:
    """A temporary file. path: where it is. room: bytes that are kept free for it, later its size."""

    def __init__(self, downloads: DownloadRoom, size: int, account: Account) -> None:
        self._downloads = downloads
        self._account = account
        descriptor, self.path = tempfile.mkstemp(prefix="steepest-")
        os.close(descriptor)
        self.room = 0
        self.resize(size)

    def resize(self, size: int) -> None:
        """The file takes so many bytes."""
        self._downloads.used += size - self.room
        self._account.files += size - self.room
        self.room = size

    def open(self) -> BinaryIO:
        """The file for reading. Not in a thread: whoever is cancelled while it opens could not close it."""
        return Path(self.path).open("rb")

    def delete(self) -> None:
        """Deletes it. Calls after the first do nothing."""
        self.resize(0)
        with suppress(OSError):
            Path(self.path).unlink(missing_ok=True)


class Download(Response):
    """The response with a file, which is deleted afterwards, however that ends."""

    def __init__(self, file: DownloadFile, name: str, media_type: str) -> None:
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(file.room),
            "cache-control": "no-store",
        }
        super().__init__(None, headers=headers, media_type=media_type)
        self._file = file

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            with self._file.open() as opened:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                while (part := await asyncio.to_thread(opened.read, _PART)) and not await request.is_disconnected():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
        finally:
            self._file.delete()
