"""The built page's files in the package `steepest/page`, each sent in a compressed form where there is one."""

import mimetypes
import os
import re
from importlib.resources import files
from os import PathLike
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

PAGE = Path(str(files("steepest"))) / "page"

# Compressed forms that the build writes beside each file: (encoding, suffix), the preferred one first.
_COMPRESSED = (("br", ".br"), ("gzip", ".gz"))

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Steepest: the page is not built</title>
<h1>The page is not built</h1>
<p>The server runs, but its page is missing. In the repository, run <code>make run</code> (or
<code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>), then reload.</p>
</html>
"""


class Page:
    """ASGI app for everything outside the API: `/` is index.html."""

    def __init__(self, folder: Path = PAGE) -> None:
        self._folder = folder
        self._files = _Files(directory=folder, html=True, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        elif (self._folder / "index.html").is_file():
            await self._files(scope, receive, send)
        else:
            await HTMLResponse(_NOT_BUILT, status_code=503)(scope, receive, send)


class _Files(StaticFiles):
    def file_response(
        self, full_path: str | PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path = os.fspath(full_path)
        encoding, sent = _compressed(path, accepted_encodings(scope))
        # The media type is that of the original file, whichever form is sent.
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        response = super().file_response(sent, stat_result if sent == path else Path(sent).stat(), scope, status_code)
        if response.status_code != 304:
            response.headers["content-type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
            if encoding:
                response.headers["content-encoding"] = encoding
        response.headers["vary"] = "accept-encoding"
        # File names in assets/ contain a hash of the content, so they never change; the rest is revalidated each time.
        immutable = Path(path).parent.name == "assets"
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return response


def accepted_encodings(scope: Scope) -> frozenset[str]:
    """The content codings that a request accepts, in lower case; without those of weight 0."""
    values = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1")
    words = [word.strip().lower() for word in values.split(",")]
    return frozenset(word.split(";")[0].strip() for word in words if not re.search(r";\s*q\s*=\s*0(\.0*)?$", word))


def _compressed(path: str, accepted: frozenset[str]) -> tuple[str | None, str]:
    """The encoding to send, None for the plain file, and the file that holds it."""
    for encoding, suffix in _COMPRESSED:
        if encoding in accepted and Path(path + suffix).is_file():
            return encoding, path + suffix
    return None, path
