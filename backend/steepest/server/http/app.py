"""The ASGI application: the API's routes, the live socket, and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, Response, WebSocket

from steepest.gallery import gallery
from steepest.protocol.catalog import catalog
from steepest.server.http.classroom import (
    classroom_handler,
    enter_room_handler,
    lessons_handler,
    make_room_handler,
    report_handler,
)
from steepest.server.http.endpoint import endpoint
from steepest.server.http.export import export_handler
from steepest.server.http.metrics import metrics_handler
from steepest.server.http.sketch import sketch_handler
from steepest.server.http.static_json import StaticJson
from steepest.server.http.static_page import Page
from steepest.server.http.upload import upload_handler
from steepest.server.http.weights import import_weights
from steepest.server.live.socket import LiveSocket
from steepest.server.rooms.rooms import Rooms
from steepest.server.rooms.socket import RoomSocket
from steepest.server.security.origin import AccessControl, AllowedOrigins, security_headers
from steepest.server.security.token import METRICS, TokenCheck
from steepest.server.service import Service
from steepest.server.settings import Settings


def create_app(settings: Settings | None = None, service: Service | None = None) -> FastAPI:
    """The application with its workers, which start before the first request and end with the application.

    Raises `Invalid` for a device that this machine lacks, and where a token is needed and none is set.
    """
    settings = settings or Settings()
    shared = service or Service.create(settings)
    rooms = Rooms(shared)
    token = TokenCheck(settings, is_room=rooms.exists)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await shared.start()
            rooms.start()
            yield
        finally:
            rooms.stop()
            await shared.stop()

    # FastAPI's own documentation pages load a script from another host, so they are off.
    app = FastAPI(title="Steepest", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(
        AccessControl,
        origins=AllowedOrigins(settings),
        token=token,
        headers=security_headers(settings),
        root=urlsplit(settings.public_url).path,
    )
    app.add_route("/api/catalog", StaticJson(catalog()).answer)
    app.add_route("/api/gallery", StaticJson(gallery()).answer)
    app.add_route("/api/sketch", endpoint(shared, sketch_handler(), "sketch"))
    for path, handler, name in (
        ("/api/export", export_handler(settings), "export"),
        ("/api/data", upload_handler(settings), "upload"),
        ("/api/weights", import_weights, "weights"),
    ):
        app.add_route(path, endpoint(shared, handler, name), methods=["POST"])

    for path, handler, name, method in (
        ("/api/classroom", classroom_handler(settings, token), "classroom", "GET"),
        ("/api/lessons", lessons_handler(), "lessons", "GET"),
        ("/api/rooms", make_room_handler(rooms, token), "room", "POST"),
        ("/api/rooms/enter", enter_room_handler(rooms, token), "enter", "POST"),
        ("/api/rooms/report", report_handler(rooms), "report", "GET"),
    ):
        app.add_route(path, endpoint(shared, handler, name), methods=[method])

    if settings.metrics_token:
        app.add_route(METRICS, metrics_handler(shared))

    @app.get("/api/health")
    async def _health(response: Response) -> dict[str, object]:
        response.headers["cache-control"] = "no-store"
        return shared.health()

    @app.websocket("/api/live")
    async def _live(socket: WebSocket) -> None:
        await LiveSocket(socket, shared).run()

    @app.websocket("/api/room")
    async def _room(socket: WebSocket) -> None:
        await RoomSocket(socket, shared, rooms).run()

    app.mount("/", Page())
    return app
