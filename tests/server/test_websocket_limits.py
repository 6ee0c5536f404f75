"""How a WebSocket reads what comes in large pieces, with a transport that is none."""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from steepest.server.security import websocket_limits
from steepest.server.security.websocket_limits import LimitedWebSocket, limited_websocket
from steepest.server.settings import Settings

HANDSHAKE = (
    b"GET /api/live HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
)


class FakeTransport(asyncio.Transport):
    """Keeps what is written. closed: whether `close` was called."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def frame(opcode: int, data: bytes) -> bytes:
    """A short one, masked with zeros."""
    return struct.pack("!BBI", 0x80 | opcode, 0x80 | len(data), 0) + data


async def until(condition: Callable[[], bool]) -> None:
    """Lets the loop go on until the condition holds."""
    for _ in range(100_000):
        if condition():
            return
        await asyncio.sleep(0)
    assert condition()


async def opened(received: list[Any], closes: asyncio.Event) -> tuple[LimitedWebSocket, FakeTransport]:
    """A WebSocket that is open. closes: the application closes it when this is set."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await closes.wait()
        await send({"type": "websocket.close", "code": 1008, "reason": "too many messages"})
        while (message := await receive())["type"] != "websocket.disconnect":
            received.append(message)

    config = Config(app, log_config=None, lifespan="off", ws_ping_interval=None)
    config.load()
    socket = limited_websocket(Settings())(config, ServerState(), {})
    transport = FakeTransport()
    socket.connection_made(transport)
    socket.data_received(HANDSHAKE)
    await until(lambda: socket.handshake_complete)
    return socket, transport


async def test_a_flood_in_one_piece_is_read_a_little_at_a_time_and_in_order() -> None:
    socket, _ = await opened([], asyncio.Event())
    try:
        socket.data_received(b"".join(frame(1, b"%5d" % n) for n in range(20_000)))
        most = websocket_limits._SLICE // len(frame(1, b"    0")) + 1
        assert 0 < socket.queue.qsize() <= most
        turns = 0
        while socket.queue.qsize() < 20_000:
            before = socket.queue.qsize()
            await asyncio.sleep(0)
            turns += 1
            assert socket.queue.qsize() - before <= most
            assert turns < 1000
        assert [int(socket.queue.get_nowait()["text"] or "") for _ in range(20_000)] == list(range(20_000))  # type: ignore[typeddict-item]
    finally:
        socket.connection_lost(None)


@pytest.mark.parametrize("waiting", [0, 3_000], ids=["nothing waits", "messages wait"])
async def test_what_waits_when_the_server_closes_is_not_read(monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
    monkeypatch.setattr(websocket_limits, "_CLOSE_DELAY", 0.0)
    closes, received = asyncio.Event(), list[Any]()
    socket, transport = await opened(received, closes)
    closes.set()
    await until(lambda: socket.close_sent)
    before = socket._frames_seen
    socket.data_received(frame(1, b"0") * waiting + frame(8, struct.pack("!H", 1008)))
    timer = socket.close_timer
    socket.data_received(frame(1, b"0") * waiting)
    assert socket.close_timer is timer, "who goes on sending does not put the end off"
    await until(lambda: transport.closed)
    assert b"too many messages" in transport.written
    assert socket._frames_seen - before == (0 if waiting else 1)
    assert received == []
    socket.connection_lost(None)
