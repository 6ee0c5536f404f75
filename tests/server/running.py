"""A really started server, and sockets to it: a well-behaved one, and raw TCP for everything that is not."""

import base64
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from steepest.engine import Chunk
from steepest.protocol.binary import unpack, unpack_chunk

Json = dict[str, Any]

BEALE: Json = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.01, "momentum": 0.9}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.05}, "start": [-1.0, 1.5]},
    ],
}


class Running:
    """A server process. url: on this machine; token: in its link; log: the file of its stderr.

    files: the most that it may have open.
    """

    def __init__(self, folder: Path, *, files: int | None = None, **settings: object) -> None:
        self.log_file = folder / "server.log"
        defaults = {"port": 0, "log_lines": 1_000_000}  # tests count lines
        variables = {f"STEEPEST_{name.upper()}": str(value) for name, value in {**defaults, **settings}.items()}
        limit = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "limited"] if files else []
        with self.log_file.open("w") as log:
            self.process = subprocess.Popen(
                [*limit, sys.executable, "-m", "steepest.server.serve"],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **variables},
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.said = line
        found = re.search(r"https?://[^:/\s]+:(\d+)", line)
        if not found:
            self.stop()
        assert found, f"the server did not start: {line}{self.log()}"
        self.port = int(str(settings.get("port", 0))) or int(found[1])
        self.url = f"http://127.0.0.1:{self.port}"
        token = re.search(r"\?token=(\S+)", line)
        self.token = token[1] if token else ""

    def log(self) -> str:
        return self.log_file.read_text()

    def log_at_rest(self, sockets: int = 0) -> list[str]:
        """Its lines, once no more than so many sockets are open: what is said of a socket's end comes after the end."""
        patience = time.monotonic() + 60
        while (log := self.log()).count("socket.opened") - log.count("socket.closed") > sockets:
            assert time.monotonic() < patience, f"sockets are open still: {log[-2000:]}"
            time.sleep(0.02)
        return log.splitlines()

    def stop(self) -> int:
        """SIGTERM; returns the exit code. Raises when it takes longer than the promised 6 seconds."""
        assert self.process.stdout is not None
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            return self.process.wait(timeout=6)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()

    def live(self, **options: Any) -> "Socket":
        return Socket(f"ws://127.0.0.1:{self.port}/api/live", **options)

    @contextmanager
    def raw(self, source: str = "127.0.0.1") -> Iterator["Raw"]:
        """A plain TCP connection. source: the client's address, one of this machine's."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0)) as plain:
            yield Raw(plain, self.port)

    def status(self, head: str) -> int:
        """The status of the answer to a request given line by line; Host and Origin are the caller's."""
        with self.raw() as raw:
            return raw.request(head)

    def health(self) -> Json:
        with self.raw() as raw:
            raw.request(f"GET /api/health HTTP/1.1\nHost: 127.0.0.1:{self.port}\nConnection: close")
            found: Json = json.loads(raw.rest().split(b"\r\n\r\n", 1)[1])
            return found


class Socket:
    """A live socket as a page has it. Events come as maps, chunks as the engine's own."""

    def __init__(self, url: str, **options: Any) -> None:
        self._connecting = connect(url, compression=None, proxy=None, max_size=None, close_timeout=1, **options)
        self.chunks: list[Chunk] = []

    def __enter__(self) -> Self:
        self._socket = self._connecting.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connecting.__exit__(kind, error, trace)

    def send(self, message: str | bytes | Json) -> None:
        self._socket.send(json.dumps(message) if isinstance(message, dict) else message)

    def event(self) -> Json:
        """The next event; a chunk as {"op": "chunk", "revision", "chunk"}, and kept in `chunks` too.

        Without `compiling`, which comes only where a kernel takes long.
        """
        message = self._socket.recv(timeout=60)
        if isinstance(message, str):
            found: Json = json.loads(message)
            return self.event() if found["op"] == "compiling" else found
        body = unpack(message)
        if body["op"] == "chunk":
            chunk = unpack_chunk(body)
            self.chunks.append(chunk)
            return {"op": "chunk", "revision": body["revision"], "chunk": chunk}
        return body

    def reply(self) -> Json:
        """The next event that is no chunk."""
        while True:
            event = self.event()
            if event["op"] != "chunk":
                return event

    def ask(self, **command: Any) -> Json:
        self.send(command)
        return self.reply()

    def open(self, experiment: Json = BEALE, **options: Any) -> Json:
        return self.ask(op="open", experiment=experiment, **options)

    def grant(self, until: int, revision: int | None = None) -> list[Chunk]:
        """Grants, and reads the chunks until the step is there or every run has stopped."""
        self.send({"op": "advance", "until": until})
        return self.read(until, revision)

    def read(self, until: int, revision: int | None = None) -> list[Chunk]:
        chunks: list[Chunk] = []
        while not chunks or (chunks[-1].last < until and not chunks[-1].stopped):
            event = self.event()
            assert event["op"] == "chunk", event
            if revision is None or event["revision"] == revision:
                chunks.append(event["chunk"])
        return chunks

    def quiet(self, seconds: float) -> bool:
        """Whether nothing comes for a while."""
        try:
            self._socket.recv(timeout=seconds)
        except TimeoutError:
            return True
        return False

    def close_code(self) -> int:
        """Reads until the server closes; its code."""
        with pytest.raises(ConnectionClosed) as ended:
            self._read_to_the_end()
        assert ended.value.rcvd is not None, "the connection ended without a close frame"
        return ended.value.rcvd.code

    def _read_to_the_end(self) -> None:
        while True:
            self._socket.recv(timeout=60)


class Raw:
    """Bytes on a TCP connection."""

    def __init__(self, plain: socket.socket, port: int) -> None:
        self.socket = plain
        self.port = port

    def request(self, head: str) -> int:
        """Sends a request's lines; the status of the answer."""
        self.socket.sendall(head.replace("\n", "\r\n").encode("utf-8") + b"\r\n\r\n")
        answer = b""
        while b"\r\n" not in answer:
            got = self.socket.recv(1)
            assert got, f"no answer, only {answer!r}"
            answer += got
        return int(answer.split()[1])

    def upgrade(self, extra: str = "") -> int:
        """The handshake of a live socket from a script; further header lines in `extra`."""
        status = self.request(handshake(f"Host: 127.0.0.1:{self.port}{extra}"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        self.answered = head.decode("latin-1").lower()
        return status

    def frame(self, opcode: int, payload: bytes, *, final: bool = True) -> None:
        """One masked frame. opcode: 0 continuation, 1 text, 2 binary."""
        size = len(payload)
        first = (0x80 if final else 0) | opcode
        head = struct.pack("!BB", first, 0x80 | size) if size < 126 else struct.pack("!BBQ", first, 0xFF, size)
        self.socket.sendall(head + bytes(4) + payload)  # the mask is zero: the payload is its own masked form

    def close_code(self) -> int:
        """Reads frames until a close frame; its code. Frames of the server are not masked."""
        while True:
            first, size = self._exactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", self._exactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", self._exactly(8))
            payload = self._exactly(size)
            if first & 0x0F == 8:
                code: int = struct.unpack("!H", payload[:2])[0]
                return code

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            got = self.socket.recv(size - len(found))
            assert got, "the connection ended without a close frame"
            found += got
        return found

    def rest(self) -> bytes:
        """All that comes until the other side ends."""
        found = b""
        while got := self.socket.recv(65536):
            found += got
        return found

    def reset(self) -> None:
        """Ends the connection with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def handshake(headers: str) -> str:
    """A WebSocket request without its Host and Origin: those are in `headers`."""
    key = base64.b64encode(b"sixteen bytes ok").decode()
    return (
        f"GET /api/live HTTP/1.1\n{headers}\nUpgrade: websocket\nConnection: Upgrade\n"
        f"Sec-WebSocket-Version: 13\nSec-WebSocket-Key: {key}"
    )
