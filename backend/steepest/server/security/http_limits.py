"""Limits in time and size on HTTP connections: slow, endless and oversized requests, and too many connections.

uvicorn has no public settings for these (its `h11_max_incomplete_event_size` and `limit_concurrency` cover neither
httptools nor WebSocket upgrades), so this extends its protocol class. All times use the event loop's monotonic clock.
"""

import logging
from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import ClassVar

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from steepest.server.logs import log_event
from steepest.server.metrics import CUT, REFUSED
from steepest.server.security.peer import peer_at
from steepest.server.security.stalled_peer import StalledPeerWatch
from steepest.server.settings import Settings

_MAX_HEAD = 65536  # bytes of a request's line and headers
_MAX_UPGRADE_LINE, _MAX_UPGRADE_LINES = 8000, 100  # in the head of a WebSocket request
_CLOSE_DELAY = 2.0  # seconds for the other side to read the refusal before the connection is closed
_EXTRA_CONNECTIONS = 32  # connections beyond the limit that still receive status 503; further ones are closed at once
_OVER_LIMIT_SECONDS = 1.0  # for the head of a request on one of those
_NO_LIMIT = -(2**62)
_HEALTH = b"/api/health"  # answered beyond the limit too, so that a page and a container learn that the server is there


class LimitedHttp(HttpToolsProtocol):
    """One HTTP connection, until it becomes a WebSocket."""

    settings: ClassVar[Settings]

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Starts the timers."""
        super().connection_made(transport)
        self._watch = StalledPeerWatch(transport, self.loop, self.settings.silent_seconds, self._stalled)
        self._head_size = 0
        self._body_size = 0
        self._idle = True  # no request is being read
        self._refused = False
        self._upgraded = False  # this is a WebSocket now
        self._timer: TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        beyond = max(len(self.connections) - self.settings.max_connections, self._beyond_client_limit())
        self._over_limit = beyond > 0
        if beyond > _EXTRA_CONNECTIONS:
            transport.abort()
        else:
            seconds = self.settings.request_seconds
            self._start_timer(min(seconds, _OVER_LIMIT_SECONDS) if self._over_limit else seconds)

    def _beyond_client_limit(self) -> int:
        """By how many its address has more connections than one may. Behind a proxy all have the proxy's address."""
        if self.settings.trusted_proxies or self.client is None:
            return 0
        peer = peer_at(self.client[0])
        others = [getattr(each, "client", None) for each in self.connections]
        same = sum(each is not None and peer_at(each[0]) == peer for each in others)
        return same - self.settings.client_connections

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers."""
        self._stop_watching()
        self._abandon_answers()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _abandon_answers(self) -> None:
        """Marks the running response as disconnected, and drops the requests that wait behind it.

        uvicorn marks the last request only. With several pipelined requests that is another one than the one being
        answered, and the answer would be written to a closed connection.
        """
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Limits the size of the head: the parser gets no more than a head may have, whatever arrives at once."""
        while data and not (self._refused or self._upgraded or self.transport.is_closing()):
            if self._idle:
                self._begin_request()
            room = min(_MAX_HEAD - self._head_size, _MAX_HEAD)
            piece, data = data[:room], data[room:]
            self._head_size += len(piece)
            super().data_received(piece)
            if self._head_size >= _MAX_HEAD:  # and its end is not among them
                self._refuse(431)

    def on_message_begin(self) -> None:
        """A further request on a kept connection."""
        if self._idle:
            self._begin_request()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Refuses what the head already shows; the rest of the request may take a little longer."""
        self._head_size = _NO_LIMIT  # until the next request
        if self._over_limit and not self.url.endswith(_HEALTH):
            self._refuse(503)
        lines = [len(self.url), *(len(name) + len(value) for name, value in self.headers)]
        if sum(lines) > _MAX_HEAD:  # one that begins behind another request is not counted from its first byte
            self._refuse(431)
        if self.parser.should_upgrade() and (max(lines) > _MAX_UPGRADE_LINE or len(lines) > _MAX_UPGRADE_LINES):
            self._refuse(431)  # the WebSocket library would send no response
        if not self._refused:
            self._start_timer(self.settings.upload_seconds)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Limits the size of the body, whatever the head claims."""
        self._body_size += len(body)
        if self._body_size > self.settings.max_upload:
            self._refuse(413)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request has arrived."""
        if self._refused:
            return
        self._idle = True
        self._head_size = 0
        self._stop_timer()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on `LimitedWebSocket` sets the limits."""
        if not self._refused:
            self._upgraded = True
            self._stop_watching()
            super().handle_websocket_upgrade()

    def _begin_request(self) -> None:
        self._idle = False
        self._head_size = self._body_size = 0
        if not self._over_limit:
            self._start_timer(self.settings.request_seconds)

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._timed_out)

    def _timed_out(self) -> None:
        if self._idle:  # no request has begun
            self.transport.close()
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Sends the status and closes after a delay: closing at once could discard the response."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        REFUSED.labels("http", str(status)).inc()
        log_event("refused", logging.WARNING, kind="http", reason=status, peer=(self.client or ("?",))[0])
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or not cycle.response_started or cycle.response_complete:
            reason = HTTPStatus(status).phrase.encode()
            head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(head % (status, reason, len(reason)) + reason)
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._stop_timer()
        self._timer = self.loop.call_later(_CLOSE_DELAY, self.transport.close)

    def _stalled(self) -> None:
        self._abandon_answers()
        CUT.labels("http", "reads nothing").inc()
        log_event("cut", logging.WARNING, kind="http", reason="reads nothing", peer=(self.client or ("?",))[0])

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_watching(self) -> None:
        self._stop_timer()
        self._watch.stop()


def limited_http(server_settings: Settings) -> type[LimitedHttp]:
    """The protocol class with a server's limits."""

    class _LimitedHttp(LimitedHttp):
        settings = server_settings

    return _LimitedHttp
