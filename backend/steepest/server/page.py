"""The page's files, as they lie in the package `steepest/page` after the page was built."""

from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

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


class _Files(StaticFiles):
    def file_response(self, full_path: str | PathLike[str], *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(full_path, *args, **kwargs)
        # Names in assets/ hold a hash of their content, so they never change; the rest is asked for again each time.
        immutable = Path(full_path).parent.name == "assets"
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if immutable else "no-cache"
        return response
