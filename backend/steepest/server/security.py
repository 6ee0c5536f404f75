"""Who may connect: exact Host and Origin on every route, sockets included, before anything else is read.

A page of another site that a visitor has open can send requests to this server too (also by making its own name point
to 127.0.0.1). It cannot choose the Host and Origin headers, so these two tell it from our own page.
"""

import ipaddress
import logging
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steepest.server.logs import say
from steepest.server.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",  # covers ws:// of the same host and port
    "img-src": "'self' data: blob:",  # Plotly makes pictures for its download button
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}

Headers = tuple[tuple[bytes, bytes], ...]


def security_headers(settings: Settings) -> Headers:
    """What every response carries. Who may frame the page is a setting; X-Frame-Options says the same where it can."""
    ancestors = [f"'{word}'" if word in ("self", "none") else word for word in settings.frame_ancestors]
    policy = {**_POLICY, "frame-ancestors": " ".join(ancestors)}
    framing = {"'self'": b"SAMEORIGIN", "'none'": b"DENY"}.get(policy["frame-ancestors"])
    return (
        (b"content-security-policy", "; ".join(f"{name} {value}" for name, value in policy.items()).encode()),
        *([(b"x-frame-options", framing)] if framing else []),  # it knows no list of origins
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    )


class Door:
    """The names under which a server is reached: what Host and Origin may say. Compared byte by byte."""

    def __init__(self, settings: Settings) -> None:
        everywhere = settings.host in ("0.0.0.0", "::", "")
        self._names = {*_LOOPBACK} if everywhere else {*_LOOPBACK, _bracketed(settings.host)}
        self._extra_hosts = frozenset(name.encode() for name in settings.allowed_hosts)
        self._extra_origins = frozenset(
            [name.encode() for name in settings.allowed_origins]
            + [f"http://{name}".encode() for name in settings.allowed_hosts]
        )

    def refusal(self, scope: Scope) -> str | None:
        """Why this request or socket is refused: "host", "origin", "no_origin", or None for a welcome one."""
        hosts = _values(scope, b"host")
        names = self._hosts(scope)
        if len(hosts) != 1 or (hosts[0] not in names and hosts[0] not in self._extra_hosts):
            return "host"
        origins = _values(scope, b"origin")
        if not origins:
            # No browser opens a socket without an Origin: this is a script, welcome from this machine.
            return "no_origin" if scope["type"] == "websocket" and not _from_here(scope) else None
        if len(origins) != 1:
            return "origin"
        known = origins[0] in {b"http://" + name for name in names} or origins[0] in self._extra_origins
        return None if known else "origin"

    def _hosts(self, scope: Scope) -> frozenset[bytes]:
        """With the port that this connection really came in by."""
        server = scope.get("server")
        port = server[1] if server else None
        with_port = [f"{name}:{port}".encode() for name in self._names]
        return frozenset(with_port + ([name.encode() for name in self._names] if port == 80 else []))


class Gate:
    """ASGI middleware: lets in whom the door knows, and puts the security headers on every response."""

    def __init__(self, app: ASGIApp, door: Door, headers: Headers) -> None:
        self._app = app
        self._door = door
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request or socket on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        reason = self._door.refusal(scope)
        if reason is None:
            await self._app(scope, receive, _with_headers(send, self._headers) if scope["type"] == "http" else send)
            return
        peer = (scope.get("client") or ("?",))[0]
        say("refused", logging.WARNING, kind=scope["type"], reason=reason, path=scope["path"], peer=peer)
        if scope["type"] == "websocket":
            await receive()  # websocket.connect
            await send({"type": "websocket.close", "code": 1008})  # before accept: the handshake is answered 403
        else:
            await _refuse(send, 400 if reason == "host" else 403, self._headers)


def _with_headers(send: Send, headers: Headers) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *headers]}
        await send(message)

    return sending


async def _refuse(send: Send, status: int, headers: Headers) -> None:
    body = b"refused: this address or page is not allowed to use the server\n"
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


def _values(scope: Scope, name: bytes) -> list[bytes]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for header, value in headers if header.lower() == name]


def _from_here(scope: Scope) -> bool:
    try:
        address = ipaddress.ip_address(scope["client"][0])
    except (KeyError, TypeError, ValueError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
