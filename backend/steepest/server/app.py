"""The ASGI application: the API's few routes, the live socket, and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response, WebSocket

from steepest.server.live import Live
from steepest.server.page import Page
from steepest.server.security import Door, Gate
from steepest.server.service import Service
from steepest.server.settings import Settings


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """The application with its workers, which start before the first request is taken and end with it.

    Raises `Invalid` for a device that this machine lacks.
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
    app.add_middleware(Gate, door=Door(settings))
    catalog = shared.catalog

    @app.get("/api/catalog")
    async def _catalog() -> Response:
        return Response(catalog, media_type="application/json", headers={"cache-control": "no-cache"})

    @app.get("/api/health")
    async def _health(response: Response) -> dict[str, object]:
        response.headers["cache-control"] = "no-store"
        return shared.health()

    @app.websocket("/api/live")
    async def _live(socket: WebSocket) -> None:
        await Live(socket, shared).run()

    app.mount("/", Page())
    return app
