"""Fault 6: every route refuses requests without a token, except those named here."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import Message, Scope
from tests.server.in_process import service

from steepest.server.http.app import create_app
from steepest.server.security.token import METRICS, PUBLIC
from steepest.server.settings import Settings

TOKEN = "a-token-of-thirty-two-characters"
NEEDS_NONE = {"/api/health"}  # whoever adds one here says why: a container asks whether the server is well

METRICS_TOKEN = "another-token-for-the-operator"
SETTINGS = Settings(
    host="0.0.0.0",
    workers=1,
    token=TOKEN,  # type: ignore[arg-type]
    metrics_token=METRICS_TOKEN,  # type: ignore[arg-type]
    token_failures=10_000,
)
APP = create_app(SETTINGS, service(SETTINGS))


def routes(found: list[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """(kind, path) of every route, mounted ones too. A mount answers whatever lies below it."""
    for route in found:
        path = above + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield "http", f"{path}/anything"
            yield "websocket", f"{path}/anything"
            yield from routes(list(route.routes), path)
        elif isinstance(route, WebSocketRoute):
            yield "websocket", path
        else:
            assert isinstance(route, Route) or hasattr(route, "methods"), f"a new kind of route: {route}"
            yield "http", path


ALL = sorted({*routes(APP.routes), ("http", "/"), ("websocket", "/"), ("http", "/api/not-there")})


async def asked(kind: str, path: str, method: str = "GET", token: str = "") -> list[Message]:
    sent: list[Message] = []
    heads = [(b"host", b"127.0.0.1:8000")]
    heads += [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope: Scope = {
        "type": kind,
        "method": method,
        "path": path.replace("{", "").replace("}", ""),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "subprotocols": [],
        "headers": heads,
        "client": ("192.168.1.7", 9),
        "server": ("127.0.0.1", 8000),
    }
    coming: list[Message] = [{"type": "websocket.connect" if kind == "websocket" else "http.request"}]

    async def receive() -> Message:
        return coming.pop() if coming else {"type": f"{kind}.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    await APP(scope, receive, send)
    return sent


def status(sent: list[Message]) -> Any:
    return sent[0].get("status", sent[0]["type"])


def test_fault_06_the_routes_are_found() -> None:
    assert {("http", "/api/catalog"), ("http", "/api/health"), ("websocket", "/api/live"), ("http", "/anything")} | {
        ("http", METRICS)
    } <= {*ALL}


def test_fault_06_no_other_route_is_public() -> None:
    assert PUBLIC == NEEDS_NONE


@pytest.mark.parametrize(("kind", "path"), ALL)
@pytest.mark.parametrize("token", ["", "wrong"])
async def test_fault_06_every_route_refuses_whoever_has_no_token(kind: str, path: str, token: str) -> None:
    if path in NEEDS_NONE and kind == "http":
        assert status(await asked(kind, path)) == 200
        return
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        assert status(await asked(kind, path, method, token)) == 401


@pytest.mark.parametrize(("kind", "path"), ALL)
async def test_fault_06_and_none_refuses_who_has_it(kind: str, path: str) -> None:
    try:
        found = status(await asked(kind, path, token=METRICS_TOKEN if path == METRICS else TOKEN))
    except Exception as error:  # no such file, say: it was let in
        found = type(error).__name__
    assert found not in (401, 429)
