"""Limits on WebSockets: unfinished messages, floods of control frames and fragments, clients that read nothing.

uvicorn's public settings cover the size of messages and the pings; for the rest this extends its protocol class. The
rate of whole messages is limited where they are read, in `LiveSocket`.
"""

import logging
from asyncio import Handle, TimerHandle
from typing import Any, ClassVar

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from steepest.server.logs import log_event
from steepest.server.metrics import CUT
from steepest.server.security.rate_limit import TokenBucket
from steepest.server.security.stalled_peer import StalledPeerWatch
from steepest.server.settings import Settings

_CLOSE_DELAY = 2.0  # seconds for the other side to read the close frame before the connection is closed
_POLICY_VIOLATION = 1008
_SLICE = 8192  # bytes read before other connections have their turn: of small messages, a millisecond or two
_CLOSING = 4096  # bytes waiting after our close frame that are no answer to it but messages that nobody reads


class LimitedWebSocket(WebSocketsSansIOProtocol):
    """One WebSocket."""

    settings: ClassVar[Settings]

    def connection_made(self, transport: Any) -> None:
        """Starts the timers."""
        super().connection_made(transport)
        rate = self.settings.frame_rate
        self._watch = StalledPeerWatch(transport, self.loop, self.settings.silent_seconds, self._stalled)
        self._frame_limit = TokenBucket(rate, int(5 * rate), 0, self.loop.time)
        self._frames_seen = 0
        self._fragmented = False  # a message has begun, and further fragments are to follow
        self._ended = False
        self._timer: TimerHandle | None = None
        self._unread = bytearray()
        self._next_slice: Handle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers."""
        self._stop_timer()
        self._ended = True
        self._watch.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads a little at a time: a flood comes in pieces of 256 KiB, thousands of messages."""
        if self._ended:
            return
        if self.close_sent and len(data) > _CLOSING:
            self._close_soon()
            return
        self._unread += data
        if self._next_slice is None:
            self._read_slice()

    def _read_slice(self) -> None:
        """Reads a slice, and starts the timer where something is left unfinished. Once it has ended, nothing."""
        self._next_slice = None
        if self._ended or self.transport.is_closing():
            self._unread.clear()
            return
        data = bytes(self._unread[:_SLICE])
        del self._unread[:_SLICE]
        self._next_slice = self.loop.call_soon(self._read_slice) if self._unread else None
        before = self._frames_seen
        super().data_received(data)
        unfinished = self._fragmented or self._frames_seen == before or len(self.conn.reader.buffer) > 0
        if not unfinished:
            self._stop_timer()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.settings.message_seconds, self._timed_out)

    def handle_connect(self, event: Any) -> None:
        """The handshake."""
        self._frames_seen += 1
        super().handle_connect(event)

    def handle_text(self, event: Frame) -> None:
        """A message, or its first fragment."""
        if self._accepts(event):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """A message, or its first fragment."""
        if self._accepts(event):
            super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """A further fragment. Empty ones are dropped: an endless number of them would fill the memory."""
        if self._accepts(event) and (event.data or event.fin):
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """The library answers it."""
        self._frames_seen += 1
        if self._within_rate():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """The answer to our ping, or an unsolicited one."""
        self._frames_seen += 1
        if self._within_rate():
            super().handle_pong(event)

    def handle_close(self, event: Frame) -> None:
        """The client closes."""
        self._frames_seen += 1
        super().handle_close(event)

    def send_receive_event_to_app(self) -> None:
        """A whole message has arrived."""
        self._fragmented = False
        self._stop_timer()
        super().send_receive_event_to_app()

    async def send(self, message: ASGISendEvent) -> None:
        """Marks a handshake refused with a response as complete; uvicorn logs an error for it otherwise."""
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def handle_parser_exception(self) -> None:
        """An invalid frame, or an invalid handshake, for which there is no close code and uvicorn fails."""
        if self.handshake_complete:
            super().handle_parser_exception()
            return
        self._ended = self.close_sent = self.handshake_complete = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def keepalive_timeout(self) -> None:
        """No pong. On a slow connection our ping may still be queued, and a pong unread while reading is paused."""
        if self.read_paused or self._watch.draining:
            self.pong_timer = self.loop.call_later(self.settings.pong_seconds, self.keepalive_timeout)
        else:
            super().keepalive_timeout()

    def _accepts(self, event: Frame) -> bool:
        self._frames_seen += 1
        self._fragmented = not event.fin
        return not self._ended and (event.fin or self._within_rate())

    def _within_rate(self) -> bool:
        """Counts a frame that is no whole message; beyond the rate the socket is closed."""
        if self._ended:
            return False
        if not self._frame_limit.try_take():
            self._end("too many frames")
        return not self._ended

    def _timed_out(self) -> None:
        self._timer = None
        if self.read_paused:  # the rest may have arrived without being read
            self._timer = self.loop.call_later(self.settings.message_seconds, self._timed_out)
        else:
            self._end("message not finished")

    def _end(self, reason: str) -> None:
        """Sends a close frame with the reason, and closes after a delay."""
        self._ended = True
        if self.close_sent or self.transport.is_closing():
            return
        self._log_cut(reason)
        self.stop_keepalive()
        if not self.handshake_complete:
            self.transport.abort()
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": _POLICY_VIOLATION, "reason": reason})
        self.conn.fail(_POLICY_VIOLATION, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._close_soon()

    def _close_soon(self) -> None:
        """Reads no more, and closes when the other side has had time to read the close frame."""
        self._ended = True
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_CLOSE_DELAY, self.transport.close)

    def _stalled(self) -> None:
        self._log_cut("reads nothing")

    def _log_cut(self, reason: str) -> None:
        CUT.labels("websocket", reason).inc()
        log_event("cut", logging.WARNING, kind="websocket", reason=reason, peer=(self.client or ("?",))[0])

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def limited_websocket(server_settings: Settings) -> type[LimitedWebSocket]:
    """The protocol class with a server's limits."""

    class _LimitedWebSocket(LimitedWebSocket):
        settings = server_settings

    return _LimitedWebSocket
