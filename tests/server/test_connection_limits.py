"""Misbehaving connections: closed without growing memory or affecting other clients. The limits here are short."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from tests.server.running import BEALE, Json, Raw, Running, Socket, handshake

from steepest.server.settings import Settings

OPEN: Json = {"op": "open", "experiment": BEALE}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The limits are those of the defaults, only shorter."""
    running = Running(
        tmp_path_factory.mktemp("strict"),
        workers=1,
        silent_seconds=2,
        message_seconds=2,
        request_seconds=2,
        upload_seconds=2,
        ping_seconds=1,
        pong_seconds=5,  # a test that waits for the processor answers late
    )
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def well(strict: Running) -> Iterator[Socket]:
    """Another client, which goes on all the same."""
    with strict.live() as other:
        other.open({**BEALE, "seed": 5})
        other.grant(5)
        yield other
        assert other.grant(60)[-1].last == 60
    until(lambda: strict.health()["sessions"] == 0)


def until(condition: Callable[[], bool], patience: float = 60) -> None:
    """What must happen sooner or later; how soon is asked by no test."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def ended(raw: Raw) -> bool:
    """Whether the server has ended the connection: reads what there still is."""
    try:
        while raw.socket.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_the_defaults_are_the_promised_ones() -> None:
    settings = Settings()
    assert settings.silent_seconds * 1.25 <= 15, "case 37: it looks every quarter of the time"
    assert settings.ping_seconds + settings.pong_seconds <= 45, "case 38"
    assert settings.message_seconds == 30, "case 12"
    assert (settings.request_seconds, settings.upload_seconds) == (10, 30), "case 19"


# --- case 12: messages that never end --------------------------------------------------------------------------------


def test_fault_12_a_message_in_pieces_that_never_ends_is_closed_1008(strict: Running, well: Socket) -> None:
    with strict.raw() as raw:
        assert raw.upgrade() == 101
        raw.frame(1, b"{", final=False)
        raw.socket.settimeout(0.05)
        for _ in range(2000):
            try:
                raw.frame(0, b"", final=False)
                assert raw.socket.recv(1, socket.MSG_PEEK)[0] & 0x0F in (8, 9)
                if raw.socket.recv(2, socket.MSG_PEEK)[0] & 0x0F == 8:
                    break
                raw.socket.recv(6)  # a ping
            except TimeoutError:
                continue
        raw.socket.settimeout(30)
        assert raw.close_code() == 1008
    until(lambda: "cut kind=websocket reason='message not finished'" in strict.log())


def test_fault_12_empty_pieces_without_end_take_no_memory(strict: Running, well: Socket) -> None:
    server = psutil.Process(strict.process.pid)
    before = server.memory_info().rss
    with strict.raw() as raw:
        assert raw.upgrade() == 101
        raw.frame(1, b"{", final=False)
        try:
            for _ in range(400):  # two million of them
                raw.socket.sendall(struct.pack("!BBI", 0, 0x80, 0) * 5000)
        except ConnectionError:
            pass
        else:
            assert raw.close_code() == 1008
        ended(raw)
    assert server.memory_info().rss - before < 50 * 2**20
    until(lambda: "cut kind=websocket reason='too many frames'" in strict.log())


@pytest.mark.parametrize("opcode", [9, 10], ids=["pings", "pongs"])
def test_fault_12_a_flood_of_frames_that_are_no_messages_is_closed(strict: Running, well: Socket, opcode: int) -> None:
    with strict.raw() as raw:
        assert raw.upgrade() == 101
        frame = struct.pack("!BBI", 0x80 | opcode, 0x80, 0)
        try:
            for _ in range(100):
                raw.socket.sendall(frame * 1000)
        except ConnectionError:
            pass
        assert ended(raw)
    until(lambda: strict.log().count("reason='too many frames'") > 0)


def test_fault_12_half_a_frame_is_not_waited_for(strict: Running, well: Socket) -> None:
    raws = [Raw(socket.create_connection(("127.0.0.1", strict.port), timeout=30), strict.port) for _ in range(4)]
    halves = [b"\x81", b"\x81\xfe", b"\x81\x85abcd12", b"\x81\xfe\x40\x00abcd" + b"x" * 1000]
    for raw, half in zip(raws, halves, strict=True):
        assert raw.upgrade() == 101
        raw.socket.sendall(half)
    assert all(ended(raw) for raw in raws)
    for raw in raws:
        raw.socket.close()


def test_fault_12_who_sends_whole_messages_stays(strict: Running) -> None:
    with strict.live() as live:
        assert live.open()["op"] == "opened"
        for until_step in range(1, 11):  # longer than any of the limits
            live.grant(until_step)
            time.sleep(0.25)
        assert live.ask(op="close")["op"] == "closed"


# --- case 18: frames that the protocol forbids -----------------------------------------------------------------------

MASK = b"\0\0\0\0"
FORBIDDEN = {
    "unmasked": b"\x81\x02{}",
    "reserved bit 1": b"\xc1\x82" + MASK + b"{}",
    "reserved bit 3": b"\x91\x82" + MASK + b"{}",
    "opcode 3": b"\x83\x82" + MASK + b"{}",
    "opcode 11": b"\x8b\x80" + MASK,
    "a ping in pieces": b"\x09\x80" + MASK,
    "a ping of 126 bytes": b"\x89\xfe\x00\x7e" + MASK + b"x" * 126,
    "a further piece of nothing": b"\x80\x82" + MASK + b"{}",
    "a message within a message": b"\x01\x81" + MASK + b"{" + b"\x81\x82" + MASK + b"{}",
    "a close code of one byte": b"\x88\x81" + MASK + b"x",
}


@pytest.mark.parametrize("frames", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_fault_18_what_the_protocol_forbids_is_closed_1002(strict: Running, well: Socket, frames: bytes) -> None:
    with strict.raw() as raw:
        assert raw.upgrade() == 101
        raw.socket.sendall(frames)
        assert raw.close_code() == 1002
    assert "Traceback" not in strict.log()


@pytest.mark.parametrize(
    "line", ["Sec-WebSocket-Version: 12", "Sec-WebSocket-Key: short", "X: \x01", f"X: {'x' * 9000}"]
)
def test_fault_18_a_handshake_that_is_none_is_answered(strict: Running, line: str) -> None:
    head = f"GET /api/live HTTP/1.1\nHost: 127.0.0.1:{strict.port}\nUpgrade: websocket\nConnection: Upgrade\n{line}"
    assert 400 <= strict.status(head) < 500
    assert "Traceback" not in strict.log()


# --- case 19: one byte at a time -------------------------------------------------------------------------------------


def dribble(raws: list[Raw], text: bytes) -> None:
    """One byte at a time on each, until the server has had enough of all of them."""
    left = list(raws)
    for n in range(len(text)):
        for raw in list(left):
            try:
                raw.socket.sendall(text[n : n + 1])
            except ConnectionError:
                left.remove(raw)
        if not left:
            return
        time.sleep(0.1)


def test_fault_19_a_hundred_handshakes_of_a_byte_at_a_time_are_cut_and_keep_nobody_out(
    strict: Running, well: Socket
) -> None:
    files = psutil.Process(strict.process.pid)
    raws = [Raw(socket.create_connection(("127.0.0.1", strict.port), timeout=30), strict.port) for _ in range(100)]
    head = f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\nX: {'x' * 2000}".encode()
    slow = threading.Thread(target=dribble, args=(raws, head))
    slow.start()
    with strict.live() as new:
        assert new.open()["op"] == "opened"
        assert new.grant(20)[-1].last == 20
    slow.join()
    assert all(ended(raw) for raw in raws)
    until(lambda: files.num_fds() < 100)
    for raw in raws:
        raw.socket.close()


def test_fault_19_an_upload_of_a_byte_at_a_time_is_cut(strict: Running, well: Socket) -> None:
    with strict.raw() as raw:
        head = f"POST /api/health HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\nContent-Length: 100000\r\n\r\n"
        raw.socket.sendall(head.encode())
        dribble([raw], b"x" * 2000)
        assert ended(raw)


def test_fault_19_a_connection_that_says_nothing_more_is_closed(strict: Running) -> None:
    raws = [Raw(socket.create_connection(("127.0.0.1", strict.port), timeout=30), strict.port) for _ in range(3)]
    for raw, sent in zip(raws, [b"", b"\r\n", b"GET / HTTP/1.1\r\n"], strict=True):
        raw.socket.sendall(sent)
    assert all(ended(raw) for raw in raws)
    for raw in raws:
        raw.socket.close()


@pytest.mark.parametrize("piece", [b"X: y\r\n", b"x" * 1000], ids=["lines", "one line"])
def test_fault_19_a_head_without_end_is_431(strict: Running, well: Socket, piece: bytes) -> None:
    with strict.raw() as raw:
        raw.socket.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\nA: ".encode())
        answer = b""
        try:
            for _ in range(200_000 // len(piece)):
                raw.socket.sendall(piece)
            answer = raw.socket.recv(100)
        except ConnectionError:
            pass
        assert answer.startswith(b"HTTP/1.1 431 "), answer


def head_of(strict: Running, size: int, kind: str) -> bytes:
    """A request whose head has `size` bytes. kind: what it is full of."""
    begin = f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\nConnection: close\r\n"
    left = size - len(begin) - 2
    match kind:
        case "lines":
            filling = "X: y\r\n" * (left // 6 - 2)
            filling += f"Z: {'z' * (left - len(filling) - 5)}\r\n"
        case "blanks":
            filling = f"X:{' ' * (left - 5)}y\r\n"
        case _:
            filling = f"X: {'x' * (left - 5)}\r\n"
    head = f"{begin}{filling}\r\n".encode()
    assert len(head) == size
    return head


@pytest.mark.parametrize("kind", ["lines", "one line", "blanks"])
@pytest.mark.parametrize("piece", [2**20, 1000], ids=["one write", "many writes"])
@pytest.mark.parametrize(("size", "status"), [(65_536, b"200"), (65_537, b"431"), (100_000, b"431"), (250_000, b"431")])
def test_fault_19_a_head_has_at_most_64_kib(
    strict: Running, well: Socket, size: int, status: bytes, piece: int, kind: str
) -> None:
    head = head_of(strict, size, kind)
    with strict.raw() as raw:
        answer = b""
        try:
            for start in range(0, size, piece):
                raw.socket.sendall(head[start : start + piece])
            answer = raw.socket.recv(100)
        except ConnectionError:
            pass
        assert answer.startswith(b"HTTP/1.1 " + status), answer


def test_fault_19_a_further_head_on_a_connection_has_no_more(strict: Running, well: Socket) -> None:
    first = f"POST /api/no-such HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\nContent-Length: 5\r\n\r\nabcde".encode()
    for size, status in ((60_000, b"200"), (100_000, b"431")):
        with strict.raw() as raw:
            raw.socket.sendall(first + head_of(strict, size, "one line"))
            assert b"HTTP/1.1 " + status in raw.rest()


@pytest.mark.parametrize("chunked", [False, True])
def test_fault_19_a_body_without_end_is_413_whatever_it_says(strict: Running, well: Socket, chunked: bool) -> None:
    with strict.raw() as raw:
        length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {2**40}"
        raw.socket.sendall(f"POST /api/no-such HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\n{length}\r\n\r\n".encode())
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n" if chunked else b"x" * 65536
        answer = b""
        try:
            for _ in range(20):
                raw.socket.sendall(piece)
            answer = raw.socket.recv(100)
        except ConnectionError:
            pass
        # Where there is nothing to send to, that is said first, and the rest of the body is not read.
        assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 404 ", b"HTTP/1.1 405 ")), answer


# --- cases 36 and 37: slow readers, and those that never read --------------------------------------------------------


def small_window(running: Running) -> socket.socket:
    """A connection whose kernel takes a few kilobytes and no more."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # packets as on a network; here they would have 64 KiB
    plain.settimeout(30)
    plain.connect(("127.0.0.1", running.port))
    return plain


def fill(raw: Raw) -> None:
    """Asks for megabytes and reads none of them."""
    assert raw.upgrade() == 101
    raw.frame(1, text(OPEN))
    for _ in range(40):
        raw.frame(1, text({"op": "surface", "bounds": [[-4, 4], [-4, 4]], "shape": [300, 250]}))


def text(message: Json) -> bytes:
    return json.dumps(message).encode()


def test_fault_37_who_never_reads_is_gone_and_leaves_nothing(strict: Running, well: Socket) -> None:
    process = psutil.Process(strict.process.pid)
    before = process.num_fds()
    said = strict.log().count("reason='reads nothing'")
    deaf = [Raw(small_window(strict), strict.port) for _ in range(3)]
    for raw in deaf:
        fill(raw)
    until(lambda: strict.health()["sessions"] == 1)
    until(lambda: process.num_fds() <= before)
    until(lambda: strict.log().count("reason='reads nothing'") - said == 3)
    for raw in deaf:
        raw.socket.close()


def test_fault_37_a_page_that_is_asked_for_and_not_read_is_gone_too(strict: Running, well: Socket) -> None:
    process = psutil.Process(strict.process.pid)
    before = process.num_fds()
    with small_window(strict) as plain:
        request = f"GET /api/catalog HTTP/1.1\r\nHost: 127.0.0.1:{strict.port}\r\n\r\n".encode()
        try:
            for _ in range(300):  # some megabytes
                plain.sendall(request)
        except (TimeoutError, ConnectionError):
            pass
        until(lambda: process.num_fds() <= before)


def test_fault_36_a_slow_reader_stays_and_nothing_grows(server: Running, bystander: Socket) -> None:
    """A kilobyte a second, for longer than a client may read nothing at all; grants come as the records do."""
    process = psutil.Process(server.process.pid)
    with small_window(server) as plain:
        raw = Raw(plain, server.port)
        assert raw.upgrade() == 101
        raw.frame(1, text(OPEN))
        raw.frame(1, text({"op": "advance", "until": 2000}))
        read = len(plain.recv(256))  # by now the experiment is open
        before = process.memory_info().rss
        bystander.send({"op": "advance", "until": 50})
        for _ in range(int(4 * (Settings().silent_seconds + 3))):
            time.sleep(0.25)
            read += len(plain.recv(256))
        assert process.memory_info().rss - before < 5 * 2**20
        assert bystander.read(50)[-1].last == 50
        raw.frame(1, text({"op": "close", "id": 3}))
        assert read > 10_000
        assert b'"op":"closed"' in everything(plain, b'"op":"closed"'), "what it asked is answered once it reads"


def everything(plain: socket.socket, end: bytes) -> bytes:
    found = b""
    while end not in found:
        got = plain.recv(65536)
        assert got, "the connection ended"
        found = found[-100:] + got
    return found


# --- case 38: clients that are there no more -------------------------------------------------------------------------

CLIENT = """
import json, sys, time
from websockets.sync.client import connect
socket = connect(sys.argv[1], ping_interval=None)
socket.send(sys.argv[2])
print(json.loads(socket.recv())["op"], flush=True)
time.sleep(600)
"""


def test_fault_38_a_client_that_is_stopped_is_found_out_and_can_come_back(strict: Running, well: Socket) -> None:
    command = [sys.executable, "-c", CLIENT, f"ws://127.0.0.1:{strict.port}/api/live", text(OPEN).decode()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        try:
            assert client.stdout is not None
            assert client.stdout.readline() == "opened\n"
            until(lambda: strict.health()["sessions"] == 2)  # those of earlier tests may be on their way out
            os.kill(client.pid, signal.SIGSTOP)
            until(lambda: strict.health()["sessions"] == 1)
        finally:
            client.kill()
    with strict.live() as again:
        assert again.open(after=3)["op"] == "opened"
        assert again.grant(9)[0].first == 4


def test_fault_38_who_answers_pings_stays_however_long_it_says_nothing(strict: Running) -> None:
    with strict.live() as quiet:
        quiet.open()
        assert quiet.quiet(7), "longer than a ping and its answer may take"
        assert quiet.grant(3)[-1].last == 3


# --- case 47: clients that vanish ------------------------------------------------------------------------------------

CLOSE = b"\x88\x82" + MASK + b"\x03\xe8"


def vanish(strict: Running, how: str) -> None:
    with strict.raw() as raw:
        if how == "before the handshake":
            raw.socket.sendall(b"GET /api/live HTTP/1.1\r\n")
            raw.reset()
            return
        raw.socket.sendall(handshake_of(strict))
        if how == "during the handshake":
            raw.reset()
            return
        raw.socket.recv(1)
        if how == "before the first message":
            raw.reset()
            return
        raw.frame(1, text(OPEN))
        if how == "opens twice":
            raw.frame(1, text(OPEN))
        raw.frame(1, text({"op": "advance", "until": 500}))
        if how == "says goodbye twice":
            raw.socket.sendall(CLOSE + CLOSE)
        elif how == "goes on after its goodbye":
            raw.socket.sendall(CLOSE)
            raw.frame(1, text({"op": "advance", "until": 900}))
        elif how == "in the middle of a run":
            raw.reset()


def handshake_of(running: Running) -> bytes:
    return handshake(f"Host: 127.0.0.1:{running.port}").replace("\n", "\r\n").encode() + b"\r\n\r\n"


HOWS = [
    "before the handshake",
    "during the handshake",
    "before the first message",
    "in the middle of a run",
    "opens twice",
    "says goodbye twice",
    "goes on after its goodbye",
]


@pytest.mark.parametrize("how", HOWS)
def test_fault_47_a_client_that_vanishes_leaves_no_file_and_no_session(strict: Running, well: Socket, how: str) -> None:
    process = psutil.Process(strict.process.pid)
    before = process.num_fds()
    for _ in range(5):
        vanish(strict, how)
    until(lambda: strict.health()["sessions"] == 1)
    until(lambda: process.num_fds() <= before)
    assert "Traceback" not in strict.log()
    assert "ASGI" not in strict.log()
