"""Who may connect: exact Host and Origin on every route, sockets included, before anything else is read; then a token.

A page of another site that a visitor has open can send requests to this server too (also by making its own name point
to 127.0.0.1). It cannot choose the Host and Origin headers, so these two tell it from our own page.
"""

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steepest.server.logs import log_event
from steepest.server.security.token import Lock
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
        self._everywhere = settings.host in ("0.0.0.0", "::", "")
        self._names = frozenset({*_LOOPBACK} if self._everywhere else {*_LOOPBACK, _bracketed(settings.host)})
        public = urlsplit(settings.public_url)
        hosts = [*settings.allowed_hosts, *([public.netloc] if public.netloc else [])]
        origins = [*settings.allowed_origins, *([f"{public.scheme}://{public.netloc}"] if public.netloc else [])]
        self._extra_hosts = frozenset(name.encode() for name in hosts)
        self._extra_origins = frozenset(
            [name.encode() for name in origins] + [f"http://{name}".encode() for name in settings.allowed_hosts]
        )

    def refusal(self, scope: Scope) -> str | None:
        """Why this request or socket is refused: "host", "origin", or None for a welcome one."""
        hosts = _values(scope, b"host")
        names = self._hosts(scope)
        if len(hosts) != 1 or (hosts[0] not in names and hosts[0] not in self._extra_hosts):
            return "host"
        origins = _values(scope, b"origin")
        if not origins:
            return None  # no browser opens a socket without one: a script, which is on this machine or has the token
        if len(origins) != 1:
            return "origin"
        known = origins[0] in {b"http://" + name for name in names} or origins[0] in self._extra_origins
        return None if known else "origin"

    def _hosts(self, scope: Scope) -> frozenset[bytes]:
        """With the port that this connection really came in by."""
        address, port = scope.get("server") or (None, None)
        # An address that somebody connected to is a name of this machine: no site can make its own name be that.
        names = self._names | {_bracketed(address)} if self._everywhere and address else self._names
        with_port = [f"{name}:{port}".encode() for name in names]
        return frozenset(with_port + ([name.encode() for name in names] if port == 80 else []))


class Gate:
    """ASGI middleware: lets in whom the door knows and the lock opens for, and puts the headers on every response.

    root: the path of the public address, which a proxy may leave in front of the application's own.
    """

    def __init__(self, app: ASGIApp, door: Door, lock: Lock, headers: Headers, root: str = "") -> None:
        self._app = app
        self._door = door
        self._lock = lock
        self._headers = headers
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request or socket on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = self._without_root(scope)
        if reason := self._door.refusal(scope):
            status = 400 if reason == "host" and scope["type"] == "http" else 403
            await self._refuse(scope, receive, send, status, reason)
        elif status := self._lock.refusal(scope) or 0:
            await self._refuse(scope, receive, send, status, "token")
        elif entrance := self._lock.entrance(scope):
            await _answer(send, 303, b"", (*self._headers, *entrance))
        else:
            await self._app(scope, receive, _with_headers(send, self._headers) if scope["type"] == "http" else send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
        """Before a socket is accepted, it is a request as any other, and is answered as one."""
        peer = (scope.get("client") or ("?",))[0]
        log_event("refused", logging.WARNING, kind=scope["type"], reason=reason, path=scope["path"], peer=peer)
        socket = scope["type"] == "websocket"
        if socket:
            await receive()  # websocket.connect
        more = _MORE.get(status, ())
        await _answer(send, status, _WORDS[status].encode(), (*self._headers, *more), "websocket." if socket else "")

    def _without_root(self, scope: Scope) -> Scope:
        if not self._root or not scope["path"].startswith(f"{self._root}/"):
            return scope
        return {
            **scope,
            "path": scope["path"].removeprefix(self._root),
            "raw_path": scope["raw_path"].removeprefix(self._root.encode()),
        }


def _with_headers(send: Send, headers: Headers) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *headers]}
        await send(message)

    return sending


_WORDS = {
    400: "refused: this address is not one of the server's\n此地址不属于本服务器\n",
    401: "this server opens by its link, which it printed when it started; ask whoever started it\n"
    "请用服务器启动时给出的链接打开，可向启动者索取\n",
    403: "refused: this page is not allowed to use the server\n此页面无权使用本服务器\n",
    429: "too many wrong tokens; wait a minute\n令牌错误次数过多，请一分钟后再试\n",
}


_MORE: dict[int, Headers] = {401: ((b"www-authenticate", b"Bearer"),), 429: ((b"retry-after", b"60"),)}


async def _answer(send: Send, status: int, body: bytes, headers: Headers, prefix: str = "") -> None:
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": f"{prefix}http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": f"{prefix}http.response.body", "body": body})


def _values(scope: Scope, name: bytes) -> list[bytes]:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for header, value in headers if header.lower() == name]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
