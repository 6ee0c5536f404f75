"""Aborts a connection whose other side has stopped reading."""

import socket
import struct
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable

# Linux's struct tcp_info: u32 tcpi_unacked, u64 tcpi_bytes_acked, u32 tcpi_notsent_bytes.
_UNACKED, _ACKED, _NOT_SENT, _SIZE = 24, 120, 144, 148


class StalledPeerWatch:
    """Checks four times within `seconds` whether the other side's system has acknowledged anything that waits for it.

    The transport's write buffer does not show that: megabytes can wait in the kernel, and a buffer refilled as fast as
    it drains always looks full. TCP_USER_TIMEOUT ends slow readers too, whose window is smaller than one segment.

    on_stalled: called before the connection is aborted.
    """

    def __init__(
        self, transport: Transport, loop: AbstractEventLoop, seconds: float, on_stalled: Callable[[], None]
    ) -> None:
        self._transport = transport
        self._loop = loop
        self._seconds = seconds
        self._on_stalled = on_stalled
        self._socket: socket.socket | None = transport.get_extra_info("socket")
        self._progress = -1
        self._since = loop.time()  # of the last progress
        self._timer = loop.call_later(seconds / 4, self._check)

    def stop(self) -> None:
        """Ends the checks, at the end of the connection."""
        self._timer.cancel()

    @property
    def draining(self) -> bool:
        """Whether data waits for the other side, which has taken some of it recently."""
        return self._state()[0] and self._loop.time() - self._since < self._seconds

    def _check(self) -> None:
        waiting, progress = self._state()
        now = self._loop.time()
        if not waiting or progress != self._progress:
            self._progress, self._since = progress, now
        if now - self._since >= self._seconds:
            self._on_stalled()
            self._transport.abort()
            return
        self._timer = self._loop.call_later(self._seconds / 4, self._check)

    def _state(self) -> tuple[bool, int]:
        """Whether data waits, and a number that changes when the other side takes some of it."""
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
