"""Connections that misbehave: requests and messages that never end, sockets that never read, too many of either.

uvicorn's own protocols with limits in time and number, all of them on the loop's clock, which never jumps.
"""

import logging
from asyncio import TimerHandle, Transport
from typing import Any, ClassVar

from uvicorn._types import ASGI3Application, ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from steepest.server.logs import log_event
from steepest.server.security.stalled_peer import Watch
from steepest.server.settings import Settings

_LARGEST_HEAD = 65536  # bytes of a request's line and headers
_LONGEST_LINE, _MOST_LINES = 8000, 100  # in the head of a socket's request
_FAREWELL = 2.0  # seconds for the other side to read why, before the connection is closed
_SPARE = 32  # connections beyond the most that are still told 503; further ones are closed unheard
_POLICY_VIOLATION = 1008

_REASONS = {
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


class Requests(HttpToolsProtocol):
    """One connection as HTTP, until it becomes a socket."""

    limits: ClassVar[Settings]
    most: ClassVar[int]  # connections of the server

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begins to watch the time."""
        super().connection_made(transport)
        self._watch = Watch(transport, self.loop, self.limits.silent_seconds, self._say_silent)
        self._head = 0
        self._body = 0
        self._done = True  # no request is being read
        self._refused = False
        self._full = len(self.connections) > self.most
        self._timer: TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None
        if len(self.connections) > self.most + _SPARE:
            transport.abort()
        else:
            self._within(self.limits.request_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the watching."""
        self._let_go()
        self._leave()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _leave(self) -> None:
        """Tells the answer under way that nobody takes it.

        uvicorn tells the last request only: where several wait in line that is another one, and the answer under way
        would be written to a connection that is closed.
        """
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Counts what belongs to a head, and cuts one that is too long."""
        if self._refused:
            return
        if self._done:
            self._begin()
        self._head += len(data)
        super().data_received(data)
        if self._head > _LARGEST_HEAD:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """The next request of a connection that stays."""
        if self._done:
            self._begin()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The rest may take a little longer."""
        self._head = -(2**62)  # counted anew from the next request on
        if self._full:
            self._refuse(503)
        lines = [len(self.url), *(len(name) + len(value) for name, value in self.headers)]
        if self.parser.should_upgrade() and (max(lines) > _LONGEST_LINE or len(lines) > _MOST_LINES):
            self._refuse(431)  # the WebSocket library would say nothing at all
        if not self._refused:
            self._within(self.limits.upload_seconds)
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Cuts a body that is too long, whatever its head said of its length."""
        self._body += len(body)
        if self._body > self.limits.max_upload:
            self._refuse(413)
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing more is waited for."""
        if self._refused:
            return
        self._done = True
        self._head = 0
        self._stop_timer()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket's own limits hold."""
        if not self._refused:
            self._let_go()
            super().handle_websocket_upgrade()

    def _begin(self) -> None:
        self._done = False
        self._head = self._body = 0
        self._within(self.limits.request_seconds)

    def _within(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        if self._done:  # it never began
            self.transport.close()
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Says why, and leaves a moment to read it: to close at once would take the answer back."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        log_event("refused", logging.WARNING, kind="http", reason=status, peer=(self.client or ("?",))[0])
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or not cycle.response_started:
            reason = _REASONS[status].encode()
            head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(head % (status, reason, len(reason)) + reason)
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._stop_timer()
        self._timer = self.loop.call_later(_FAREWELL, self.transport.close)

    def _say_silent(self) -> None:
        self._leave()
        log_event("cut", logging.WARNING, kind="http", reason="reads nothing", peer=(self.client or ("?",))[0])

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _let_go(self) -> None:
        self._stop_timer()
        self._watch.stop()


class Frames(WebSocketsSansIOProtocol):
    """One socket. Pings, pongs and pieces of messages are rationed here; whole messages where they are read."""

    limits: ClassVar[Settings]

    def connection_made(self, transport: Any) -> None:
        """Begins to watch the time."""
        super().connection_made(transport)
        self._watch = Watch(transport, self.loop, self.limits.silent_seconds, self._say_silent)
        self._ration = self._fullest = 5 * self.limits.frame_rate
        self._rationed = self.loop.time()
        self._seen = 0  # frames
        self._in_pieces = False
        self._ended = False
        self._timer: TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the watching."""
        self._stop_timer()
        self._watch.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Starts the clock when something is left unfinished."""
        if self._ended:
            return
        before = self._seen
        super().data_received(data)
        unfinished = self._in_pieces or self._seen == before or len(self.conn.reader.buffer) > 0
        if not unfinished:
            self._stop_timer()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.limits.message_seconds, self._late)

    def handle_connect(self, event: Any) -> None:
        """The handshake."""
        self._seen += 1
        super().handle_connect(event)

    def handle_text(self, event: Frame) -> None:
        """A message, or the first piece of one."""
        self._seen += 1
        if self._allowed(event):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """A message, or the first piece of one."""
        self._seen += 1
        if self._allowed(event):
            super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """A further piece. Empty ones are not kept: there may be no end of them."""
        self._seen += 1
        if self._allowed(event) and (event.data or event.fin):
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Answered by the library."""
        self._seen += 1
        if self._spend():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """An answer to our ping, or one nobody asked for."""
        self._seen += 1
        if self._spend():
            super().handle_pong(event)

    def handle_close(self, event: Frame) -> None:
        """The other side leaves."""
        self._seen += 1
        super().handle_close(event)

    def send_receive_event_to_app(self) -> None:
        """A whole message is there."""
        self._in_pieces = False
        self._stop_timer()
        super().send_receive_event_to_app()

    async def send(self, message: ASGISendEvent) -> None:
        """A handshake that was refused with an answer is over, though uvicorn would complain that it is not."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def handle_parser_exception(self) -> None:
        """What cannot be read: a frame, or a handshake, for which there is no close code."""
        if self.handshake_complete:
            super().handle_parser_exception()
            return
        self._ended = self.close_sent = self.handshake_complete = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def keepalive_timeout(self) -> None:
        """No pong. Behind a slow line our ping may still wait for its turn, and while we read nothing a pong may."""
        if self.read_paused or self._watch.draining:
            self.pong_timer = self.loop.call_later(self.limits.pong_seconds, self.keepalive_timeout)
        else:
            super().keepalive_timeout()

    def _allowed(self, event: Frame) -> bool:
        self._in_pieces = not event.fin
        return not self._ended and (event.fin or self._spend())

    def _spend(self) -> bool:
        """One frame that is no message; without any left the socket is closed."""
        if self._ended:
            return False
        now = self.loop.time()
        self._ration = min(self._fullest, self._ration + (now - self._rationed) * self.limits.frame_rate) - 1
        self._rationed = now
        if self._ration < 0:
            self._end("too many frames")
        return self._ration >= 0

    def _late(self) -> None:
        self._timer = None
        if self.read_paused:  # the rest may be there, and we have not looked
            self._timer = self.loop.call_later(self.limits.message_seconds, self._late)
        else:
            self._end("message not finished")

    def _end(self, why: str) -> None:
        """Says why, and leaves a moment to read it."""
        self._ended = True
        if self.close_sent or self.transport.is_closing():
            return
        log_event("cut", logging.WARNING, kind="websocket", reason=why, peer=(self.client or ("?",))[0])
        self.stop_keepalive()
        if not self.handshake_complete:
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": _POLICY_VIOLATION, "reason": why})
        self.conn.fail(_POLICY_VIOLATION, why)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(_FAREWELL, self.transport.close)

    def _say_silent(self) -> None:
        log_event("cut", logging.WARNING, kind="websocket", reason="reads nothing", peer=(self.client or ("?",))[0])

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limited(settings: Settings, most: int) -> tuple[type[Requests], type[Frames]]:
    """The two protocols with a server's limits. most: connections at once."""

    class _Requests(Requests):
        limits = settings

    class _Frames(Frames):
        limits = settings

    _Requests.most = most
    return _Requests, _Frames
