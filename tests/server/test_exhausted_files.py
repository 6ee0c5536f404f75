"""No file or thread left for a new client: present ones continue, and new ones succeed once there are some again."""

import itertools
import os
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.server.running import BEALE, Running
from tests.server.test_connection_limits import until
from tests.server.test_killed_workers import workers_of

from steepest.server.worker import process
from steepest.server.worker.pool import Worker, WorkerLost, end_all


@contextmanager
def no_more_files(pid: int) -> Iterator[None]:
    """As in a process that has reached its limit: the next file that it asks for is refused."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    taken = {int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir()}
    free = next(number for number in itertools.count() if number not in taken)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def turned_away(port: int) -> bool:
    """Whether a newcomer is let go at once, or gets 503; never served, and never left to hang."""
    request = f"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
            plain.sendall(request)
            answer = plain.recv(4096)
    except (ConnectionResetError, BrokenPipeError):
        return True
    return answer == b"" or answer.startswith(b"HTTP/1.1 503")


def test_fault_56_a_server_that_can_accept_no_more_goes_on_and_comes_back(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1)
    try:
        with running.live() as playing:
            playing.open({**BEALE, "seed": 56})
            playing.grant(10)
            with no_more_files(running.process.pid):
                for _ in range(3):
                    assert turned_away(running.port)
                assert playing.grant(40)[-1].last == 40
                for process in workers_of(running):
                    process.send_signal(signal.SIGKILL)
                playing.send({"op": "advance", "until": 80})
                # There may be files enough for a new worker, those of the old one; else the reply says so.
                while (event := playing.event())["op"] == "chunk" and event["chunk"].last < 80:
                    pass
                assert event["op"] == "chunk" or event["code"] == "worker_lost", event
            until(lambda: not turned_away(running.port))
            reached = 0
            while reached < 120:  # where there was no file left, what workers are forked from may have to come back too
                playing.send({"op": "advance", "until": 120})
                event = playing.event()
                assert event["op"] == "chunk" or event["code"] == "worker_lost", event
                reached = event["chunk"].last if event["op"] == "chunk" else reached
    finally:
        running.stop()
    assert " ERROR " not in running.log()


async def test_fault_56_without_a_thread_a_dead_worker_is_reported_and_replaced_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    worker = Worker("cpu", time_limit=20, tries=2)
    try:
        await worker.call(process.ping)
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", none_left)
            with pytest.raises(WorkerLost):
                await worker.call(os._exit, 3)
        assert await worker.call(os.getpid) != os.getpid()
    finally:
        end_all([worker])
