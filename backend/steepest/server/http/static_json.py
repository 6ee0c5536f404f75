"""JSON documents that do not change while the server runs, such as the catalog, compressed once."""

import gzip

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from steepest.server.http.static_page import accepted_encodings


class StaticJson:
    """One such document."""

    def __init__(self, document: BaseModel) -> None:
        self._content = document.model_dump_json().encode()
        self._compressed = gzip.compress(self._content, mtime=0)

    async def answer(self, request: Request) -> Response:
        """The whole document, gzipped where the client accepts that."""
        headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
        if "gzip" not in accepted_encodings(request.scope):
            return Response(self._content, media_type="application/json", headers=headers)
        return Response(
            self._compressed, media_type="application/json", headers={**headers, "content-encoding": "gzip"}
        )
