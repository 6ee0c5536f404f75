"""The page's files, as they lie in the package `steepest/page` after the page was built, with their smaller forms."""

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

_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Steepest: the page is not built</title>
<h1>The page is not built</h1>
<p>The server runs, but its page is not there yet. In the repository, run <code>make run</code> (or
<code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>), then reload.</p>
</html>
"""


class Page:
    """ASGI app of everything that is no API: `/` is index.html."""

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
            await HTMLResponse(_MISSING, status_code=503)(scope, receive, send)


# The build lays them beside each file that they make smaller; the first that a browser takes is sent.
_FORMS = (("br", ".br"), ("gzip", ".gz"))


class _Files(StaticFiles):
    def file_response(
        self, full_path: str | PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        path = os.fspath(full_path)
        form, sent = _smallest(path, accepted(scope))
        # The kind is the file's own, whichever of its forms is sent.
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        response = super().file_response(sent, stat_result if sent == path else Path(sent).stat(), scope, status_code)
        if response.status_code != 304:
            response.headers["content-type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
            if form:
                response.headers["content-encoding"] = form
        response.headers["vary"] = "accept-encoding"
        # Names in assets/ hold a hash of their content, so they never change; the rest is asked for again each time.
        immutable = Path(path).parent.name == "assets"
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return response


def accepted(scope: Scope) -> frozenset[str]:
    """The content codings that a request takes, in lower case; without those that it gives the weight 0."""
    values = b",".join(value for name, value in scope["headers"] if name == b"accept-encoding").decode("latin-1")
    words = [word.strip().lower() for word in values.split(",")]
    return frozenset(word.split(";")[0].strip() for word in words if not re.search(r";\s*q\s*=\s*0(\.0*)?$", word))


def _smallest(path: str, takes: frozenset[str]) -> tuple[str | None, str]:
    """The coding that is sent, None for none, and the file that holds it."""
    for form, ending in _FORMS:
        if form in takes and Path(path + ending).is_file():
            return form, path + ending
    return None, path
