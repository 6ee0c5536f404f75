"""The token: when a server needs one, how requests are checked, and the link that contains it.

A server that only this machine can reach needs none. With a token, each request and socket must send it: in the cookie
that the link sets, in an `Authorization: Bearer` header, or as `?token=`. The response to the page's address with
`?token=` sets the cookie and redirects to the same address without it.

The cookie is SameSite=Lax and not Strict: a class opens the link from a mail or a course page, and browsers do not send
a Strict cookie after a redirect that started on another site. They send a Lax cookie on such a visit only, never with
another site's sockets, scripts or forms, and the Origin is checked as well.

A school has one address, so wrong tokens must not lock out those who have the right one: the right token and the right
cookie are always accepted. What keeps guessing infeasible:

- The token is too long to guess: 144 bits where the server makes it, at least 16 characters where the operator does.
- An address with too many different wrong tokens in a minute is slowed down: the answer to a token comes after some
  seconds, to the right one as well, so that nothing is learned sooner by hanging up. All addresses are slowed down once
  many of them guess. A server that holds 1,000 connections then answers at most 500 guesses a second, and 16 random
  characters take 10^18 years. A phrase that people use has less chance: take characters from a generator.
- A right cookie is never slowed down: who is in stays in. It is derived from the token by scrypt, so that guessing the
  cookie instead costs tens of milliseconds of computing for each guess.

A wrong token or cookie that was seen before counts once: an old link that is open in thirty tabs is no guessing.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import SecretStr
from starlette.types import Scope

from steepest.server.security.peer import peer_of
from steepest.server.security.wrong_ones import WrongOnes, WrongOnesByPeer
from steepest.server.settings import Settings
from steepest.spec import Invalid, Text

PUBLIC = frozenset({"/api/health"})  # needs no token: a container polls it for the server's state

# Of a server for a class: what a browser without a token needs to enter a room.
CLASS_PUBLIC = frozenset({"/api/classroom", "/api/rooms/enter"})

METRICS = "/metrics"  # for the operator: it takes the metrics token and no other

_ALL = 10  # times the limit of one address: different wrong tokens a minute from all of them
_SLOWED = 2.0  # seconds before the answer to a token while there is guessing
_REASON = "a server that other machines can reach needs a token"
_REASON_ZH = "可从其他机器访问的服务器需要令牌"


def needs_token(settings: Settings) -> bool:
    """Whether the server has any name or address beyond this machine's loopback, or was given a token."""
    names = [f"http://{name}" for name in settings.allowed_hosts] + list(settings.allowed_origins)
    hosts = [settings.host, *(urlsplit(name).hostname or "" for name in [*names, settings.public_url] if name)]
    return bool(settings.token or settings.trusted_proxies) or not all(is_loopback(host) for host in hosts)


def with_token(settings: Settings) -> Settings:
    """The settings with a token where one is needed: a new one of 144 bits unless one is set.

    Raises `Invalid` for an empty one where one is needed.
    """
    if not needs_token(settings) or settings.token:
        return settings
    if settings.token is not None:
        raise Invalid("token", Text(f"must not be empty: {_REASON}", f"不可为空：{_REASON_ZH}"))
    return settings.model_copy(update={"token": SecretStr(secrets.token_urlsafe(18))})


def is_loopback(host: str) -> bool:
    """Whether a host is this machine only: an address of 127.0.0.0/8, ::1, or localhost."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


class TokenCheck:
    """Checks the token of requests, and counts wrong ones by address.

    clock: in seconds; tests have their own. is_room: whether there is a room with this code.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        is_room: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """Raises `Invalid` where a token is needed and none is set, so that no open server starts by mistake."""
        token = settings.token.get_secret_value() if settings.token else ""
        if not token and needs_token(settings):
            raise Invalid("token", Text(f"must be given: {_REASON}", f"必须给出：{_REASON_ZH}"))
        self._token = token.encode()
        self._metrics_token = settings.metrics_token.get_secret_value().encode() if settings.metrics_token else b""
        # Not the token itself: nobody can make a link from what a browser stores.
        self._cookie = hashlib.scrypt(self._token, salt=b"steepest cookie", n=2**13, r=8, p=1, dklen=32).hex()
        self._secure = settings.public_url.startswith("https://")
        self._classroom = settings.classroom
        self._is_room = is_room
        self._wrong = WrongOnesByPeer(clock)
        self._max_of_peer = settings.token_failures
        self._of_all = WrongOnes(clock)
        self._max_of_all = _ALL * settings.token_failures

    @property
    def required(self) -> bool:
        """Whether there is a token."""
        return bool(self._token)

    def delay(self, scope: Scope) -> float:
        """Seconds to wait before `refusal`: 0 unless a token is to be checked and there is guessing."""
        if not self._is_closed(scope) or self._has_cookie(scope) or self._has_room_cookie(scope):
            return 0.0
        peer, given = peer_of(scope), self._given(scope)
        if all(self._wrong.has(peer, value) for value in given):
            return 0.0
        return _SLOWED if self._guesses(peer) or self._of_all.count() >= self._max_of_all else 0.0

    def refusal(self, scope: Scope) -> int | None:
        """The status that refuses this request or socket, 401 or 429; None for an allowed one."""
        if not self._is_closed(scope) or self._has_cookie(scope):
            return None
        if self._has_room_cookie(scope):
            return None if scope["type"] == "websocket" or scope["method"] in ("GET", "HEAD") else 403
        given = self._given(scope)
        expected = self._metrics_token if self._is_metrics(scope) else self._token
        if any(_same(value, expected) for value in given):
            return None
        peer = peer_of(scope)
        wrong = given or [value for value in [_cookie_of(scope)] if value]
        new = [value for value in wrong if not self._wrong.has(peer, value)]
        if new and self._guesses(peer):
            return 429
        for value in new:
            self._wrong.add(peer, value)
            if self._of_all.count() < self._max_of_all:
                self._of_all.add(value)
        return 401

    def _is_metrics(self, scope: Scope) -> bool:
        return bool(self._metrics_token) and scope["path"] == METRICS

    def _is_closed(self, scope: Scope) -> bool:
        """Whether the request needs a token."""
        return self._is_metrics(scope) or (self.required and not self._is_public(scope["path"]))

    def _is_public(self, path: str) -> bool:
        """Whether a path needs no token. A class types the address and then a code, so it must see the page first."""
        if path in PUBLIC:
            return True
        return self._classroom and (path in CLASS_PUBLIC or not path.startswith(("/api/", METRICS)))

    def is_host(self, scope: Scope) -> bool:
        """Whether the request comes from somebody who may make rooms: who has the token, where there is one."""
        if not self.required or self._has_cookie(scope):
            return True
        return any(_same(value, self._token) for value in self._given(scope))

    def has_entered(self, scope: Scope) -> bool:
        """Whether the request may use the server: the host's, or that of a browser with the code of a room."""
        return self.is_host(scope) or self._has_room_cookie(scope)

    def room_cookie(self, scope: Scope, code: str) -> str:
        """The `Set-Cookie` for a browser that gave a room's code; the cookie is good as long as there is the room."""
        value = f"{code}.{self._proof(code).decode()}"
        return f"{_cookie_name(scope, 'room')}={value}; Path=/; HttpOnly; SameSite=Lax{self._if_secure(scope)}"

    def _if_secure(self, scope: Scope) -> str:
        return "; Secure" if self._secure or scope.get("scheme") == "https" else ""

    def _given(self, scope: Scope) -> list[bytes]:
        """The tokens of a request, right or wrong; for the metrics in a header only, which no address contains."""
        found = [_bearer(scope)] if self._is_metrics(scope) else [_bearer(scope), _query(scope)]
        return [value for value in found if value]

    def login_redirect(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """For the page's address with the token: headers that set the cookie and redirect to it without the token."""
        query = _query(scope)
        reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        page = scope["path"] in ("/", "/index.html")
        if not (self.required and reads and page and _same(query, self._token)):
            return None
        rest = [(name, value) for name, value in _pairs(scope) if name != "token"]
        # Relative, so that it holds below any path of a proxy; browsers keep the part after # by themselves.
        location = f"./?{urlencode(rest)}" if rest else "./"
        cookie = f"{_cookie_name(scope)}={self._cookie}; HttpOnly; SameSite=Lax{self._if_secure(scope)}"
        return [(b"location", location.encode()), (b"set-cookie", cookie.encode()), (b"cache-control", b"no-store")]

    def _has_cookie(self, scope: Scope) -> bool:
        """Whether the request has the right one."""
        cookie = b"" if self._is_metrics(scope) else _cookie_of(scope)
        return bool(cookie) and _same(cookie, self._cookie.encode())

    def _guesses(self, peer: str) -> bool:
        """Whether the address has sent too many different wrong tokens."""
        return self._wrong.count(peer) >= self._max_of_peer

    def _has_room_cookie(self, scope: Scope) -> bool:
        """Whether the request has the cookie of a room that there is."""
        if not self.required or self._is_metrics(scope):
            return False
        code, _, proof = _cookie_of(scope, "room").decode("latin-1").partition(".")
        return bool(proof) and _same(proof.encode("latin-1"), self._proof(code)) and self._is_room(code)

    def _proof(self, code: str) -> bytes:
        return hmac.new(self._cookie.encode(), code.encode("latin-1"), "sha256").hexdigest().encode()


def link(address: str, settings: Settings) -> str:
    """The address with the token, where there is one."""
    return f"{address}/?token={settings.token.get_secret_value()}" if settings.token else address


def _same(one: bytes, other: bytes) -> bool:
    """Compares digests in constant time."""
    return hmac.compare_digest(hashlib.sha256(one).digest(), hashlib.sha256(other).digest())


def _cookie_name(scope: Scope, kind: str = "") -> str:
    """Contains the port: browsers send a host's cookies to all its ports, and each server needs its own."""
    server = scope.get("server")
    return f"steepest-{kind}{server[1] if server else 0}"


def _cookie_of(scope: Scope, kind: str = "") -> bytes:
    name = _cookie_name(scope, kind)
    for line in header_values(scope, b"cookie"):
        try:
            found = SimpleCookie(line.decode("latin-1")).get(name)
        except CookieError:
            continue
        if found is not None:
            return found.value.encode("latin-1", "replace")
    return b""


def _bearer(scope: Scope) -> bytes:
    for value in header_values(scope, b"authorization"):
        kind, _, token = value.partition(b" ")
        if kind.lower() == b"bearer":
            return token.strip()
    return b""


def _query(scope: Scope) -> bytes:
    return next((value.encode("utf-8", "replace") for name, value in _pairs(scope) if name == "token"), b"")


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    text = scope.get("query_string", b"").decode("latin-1")
    return parse_qsl(text, keep_blank_values=True) if re.search(r"(^|&)token=", text) else []


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """Every value of a header, given in lower case."""
    return [value for header, value in scope["headers"] if header.lower() == name]
