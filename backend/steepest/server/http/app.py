"""The ASGI application: the API's few routes, the live socket, and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response, WebSocket

from steepest.gallery import gallery
from steepest.server.http.export import Exports
from steepest.server.http.static_json import Document
from steepest.server.http.static_page import Page
from steepest.server.http.upload import Uploads
from steepest.server.http.weights import weights_answer
from steepest.server.live.socket import Live
from steepest.server.security.origin import Door, Gate, security_headers
from steepest.server.security.token import Lock
from steepest.server.service import Service
from steepest.server.settings import Settings


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """The application with its workers, which start before the first request is taken and end with it.

    Raises `Invalid` for a device that this machine lacks, and where a token is needed and none is set.
    """
    settings = settings or Settings()
    shared = service or Service.of(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await shared.start()
            yield
        finally:
            await shared.stop()

    # FastAPI's own documentation pages fetch their script from another host: there are none.
    app = FastAPI(title="Steepest", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    root = urlsplit(settings.public_url).path
    app.add_middleware(Gate, door=Door(settings), lock=Lock(settings), headers=security_headers(settings), root=root)
    catalog, cards = Document(shared.catalog), Document(gallery().model_dump_json().encode())

    @app.get("/api/catalog")
    async def _catalog(request: Request) -> Response:
        return await catalog.answer(request)

    @app.get("/api/gallery")
    async def _gallery(request: Request) -> Response:
        return await cards.answer(request)

    @app.get("/api/health")
    async def _health(response: Response) -> dict[str, object]:
        response.headers["cache-control"] = "no-store"
        return shared.health()

    exports = Exports(shared)

    @app.post("/api/export")
    async def _export(request: Request) -> Response:
        return await exports.answer(request)

    uploads = Uploads(shared)

    @app.post("/api/data")
    async def _data(request: Request) -> Response:
        return await uploads.answer(request)

    @app.post("/api/weights")
    async def _weights(request: Request) -> Response:
        return await weights_answer(shared, request)

    @app.websocket("/api/live")
    async def _live(socket: WebSocket) -> None:
        await Live(socket, shared).run()

    app.mount("/", Page())
    return app
