"""Cuts a connection whose other side has stopped reading, and tells whether it still reads."""

import socket
import struct
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable

# Linux's struct tcp_info: u32 tcpi_unacked, u64 tcpi_bytes_acked, u32 tcpi_notsent_bytes.
_UNACKED, _ACKED, _NOT_SENT, _SIZE = 24, 120, 144, 148


class Watch:
    """Looks a few times within `seconds`. What counts is what the other side's system has taken, not what it was sent.

    The write buffer alone would tell too little: megabytes can wait in the kernel, and a buffer that is filled up again
    as fast as it drains always looks full. TCP_USER_TIMEOUT would be no help: it ends slow readers too, whose window is
    smaller than a piece that the kernel wants to send at once.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop, seconds: float, cut: Callable[[], None]) -> None:
        self._transport = transport
        self._loop = loop
        self._seconds = seconds
        self._cut = cut
        self._socket: socket.socket | None = transport.get_extra_info("socket")
        self._taken = -1
        self._since = loop.time()
        self._timer = loop.call_later(seconds / 4, self._look)

    def stop(self) -> None:
        """For the end of the connection."""
        self._timer.cancel()

    @property
    def draining(self) -> bool:
        """Whether something waits for the other side, and it has taken some of it not long ago."""
        return self._state()[0] and self._loop.time() - self._since < self._seconds

    def _look(self) -> None:
        waiting, taken = self._state()
        now = self._loop.time()
        if not waiting or taken != self._taken:
            self._taken, self._since = taken, now
        if now - self._since >= self._seconds:
            self._cut()
            self._transport.abort()
            return
        self._timer = self._loop.call_later(self._seconds / 4, self._look)

    def _state(self) -> tuple[bool, int]:
        """Whether anything waits, and a number that changes when some of it is taken."""
        size = self._transport.get_write_buffer_size()
        if self._socket is None or not hasattr(socket, "TCP_INFO"):
            return size > 0, -size
        try:
            info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
        except OSError:  # not TCP, or just closed
            info = b""
        if len(info) < _SIZE:
            return size > 0, -size
        (unacked,) = struct.unpack_from("=I", info, _UNACKED)
        (acked,) = struct.unpack_from("=Q", info, _ACKED)
        (not_sent,) = struct.unpack_from("=I", info, _NOT_SENT)
        return size > 0 or unacked > 0 or not_sent > 0, acked
