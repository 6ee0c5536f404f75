"""JSON documents that never change while the server runs, such as the catalog: sent small where that is understood."""

import gzip

from fastapi import Request, Response

from steepest.server.http.static_page import accepted


class Document:
    """One of them, as bytes of JSON."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._smaller = gzip.compress(content, mtime=0)

    async def answer(self, request: Request) -> Response:
        """The whole document."""
        headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
        if "gzip" not in accepted(request.scope):
            return Response(self._content, media_type="application/json", headers=headers)
        return Response(self._smaller, media_type="application/json", headers={**headers, "content-encoding": "gzip"})
