"""Access control on every route, sockets included: exact Host and Origin headers, then the token.

A page of another site that a visitor has open can send requests to this server too, for instance by pointing its own
host name to 127.0.0.1. It cannot choose the Host and Origin headers, so these two distinguish it from our own page.
"""

import asyncio
import logging
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steepest.server.logs import log_event
from steepest.server.metrics import REFUSED
from steepest.server.security.token import TokenCheck, header_values
from steepest.server.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",  # includes ws:// of the same host and port
    "img-src": "'self' data: blob:",  # Plotly creates images for its download button
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}

Headers = tuple[tuple[bytes, bytes], ...]


def security_headers(settings: Settings) -> Headers:
    """Headers of every response. Which sites may frame the page is a setting; X-Frame-Options repeats it if it can."""
    ancestors = [f"'{word}'" if word in ("self", "none") else word for word in settings.frame_ancestors]
    policy = {**_CONTENT_SECURITY_POLICY, "frame-ancestors": " ".join(ancestors)}
    framing = {"'self'": b"SAMEORIGIN", "'none'": b"DENY"}.get(policy["frame-ancestors"])
    return (
        (b"content-security-policy", "; ".join(f"{name} {value}" for name, value in policy.items()).encode()),
        *([(b"x-frame-options", framing)] if framing else []),  # it cannot hold a list of origins
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    )


class AllowedOrigins:
    """The values that Host and Origin may have, compared byte by byte."""

    def __init__(self, settings: Settings) -> None:
        self._any_address = settings.host in ("0.0.0.0", "::", "")
        self._names = frozenset({*_LOOPBACK} if self._any_address else {*_LOOPBACK, _bracketed(settings.host)})
        public = urlsplit(settings.public_url)
        hosts = [*settings.allowed_hosts, *([public.netloc] if public.netloc else [])]
        origins = [*settings.allowed_origins, *([f"{public.scheme}://{public.netloc}"] if public.netloc else [])]
        origins += [f"http://{name}" for name in settings.allowed_hosts]
        self._extra_hosts = frozenset(name.encode() for name in hosts)
        self._extra_origins = frozenset(name.encode() for name in origins)

    def refusal(self, scope: Scope) -> str | None:
        """Why this request or socket is refused: "host" or "origin"; None for an allowed one."""
        hosts, origins, own = header_values(scope, b"host"), header_values(scope, b"origin"), self._own_hosts(scope)
        if len(hosts) != 1 or hosts[0] not in own | self._extra_hosts:
            return "host"
        if not origins:
            return None  # a script: browsers send an Origin with every socket
        allowed = {b"http://" + name for name in own} | self._extra_origins
        return None if len(origins) == 1 and origins[0] in allowed else "origin"

    def _own_hosts(self, scope: Scope) -> frozenset[bytes]:
        """The names of this server, with the port at which the connection arrived."""
        address, port = scope.get("server") or (None, None)
        # The address that a client connected to is safe: no other site's host name can equal it.
        names = self._names | {_bracketed(address)} if self._any_address and address else self._names
        with_port = [f"{name}:{port}".encode() for name in names]
        return frozenset(with_port + ([name.encode() for name in names] if port == 80 else []))


class AccessControl:
    """ASGI middleware that refuses requests and sockets, and adds the security headers to every response.

    root: path of the public URL, which a proxy may leave in front of the application's own paths.
    """

    def __init__(
        self, app: ASGIApp, origins: AllowedOrigins, token: TokenCheck, headers: Headers, root: str = ""
    ) -> None:
        self._app = app
        self._origins = origins
        self._token = token
        self._headers = headers
        self._root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request or socket on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = self._without_root(scope)
        if reason := self._origins.refusal(scope):
            status = 400 if reason == "host" and scope["type"] == "http" else 403
            await self._refuse(scope, receive, send, status, reason)
            return
        if seconds := self._token.delay(scope):
            await asyncio.sleep(seconds)
        if status := self._token.refusal(scope) or 0:
            await self._refuse(scope, receive, send, status, "token")
        elif login := self._token.login_redirect(scope):
            await _respond(send, 303, b"", (*self._headers, *login))
        else:
            await self._app(scope, receive, _with_headers(send, self._headers) if scope["type"] == "http" else send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
        """Sends the status; a socket that is not accepted yet gets an HTTP response as well."""
        peer = (scope.get("client") or ("?",))[0]
        REFUSED.labels(scope["type"], reason).inc()
        log_event("refused", logging.WARNING, kind=scope["type"], reason=reason, path=scope["path"], peer=peer)
        prefix = ""
        if scope["type"] == "websocket":
            await receive()  # websocket.connect
            prefix = "websocket."
        text, more = _REFUSALS[status]
        await _respond(send, status, text.encode(), (*self._headers, *more), prefix)

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


# Text and further headers of each status.
_REFUSALS: dict[int, tuple[str, Headers]] = {
    400: ("refused: this address does not belong to the server\n此地址不属于本服务器\n", ()),
    401: (
        "this server opens by its link, which it printed when it started; ask the person who started it\n"
        "请用服务器启动时给出的链接打开，可向启动者索取\n",
        ((b"www-authenticate", b"Bearer"),),
    ),
    403: ("refused: this page is not allowed to use the server\n此页面无权使用本服务器\n", ()),
    429: (
        "too many wrong tokens from this address; open the link that the server printed when it started\n"
        "此地址的错误令牌过多；请用服务器启动时给出的链接打开\n",
        ((b"retry-after", b"60"),),
    ),
}


async def _respond(send: Send, status: int, body: bytes, headers: Headers, prefix: str = "") -> None:
    own = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": f"{prefix}http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": f"{prefix}http.response.body", "body": body})


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
