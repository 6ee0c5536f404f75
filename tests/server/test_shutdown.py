"""How a server ends: killed, asked once, asked twice, asked too early. Nothing stays behind."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest
from tests.server.running import BEALE, Raw, Running, Socket
from tests.server.test_connection_limits import fill, small_window, until
from tests.server.test_killed_workers import workers_of

import steepest


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def test_fault_50_workers_end_when_the_server_is_killed_whatever_they_do(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=2)
    below = psutil.Process(running.process.pid).children(recursive=True)
    with running.live() as playing:
        playing.open()
        playing.grant(20)
        playing.send({"op": "advance", "until": 90_000})
        playing.event()
        workers = workers_of(running)
        assert len(workers) == 2
        running.process.kill()
        psutil.wait_procs(workers, timeout=10)  # promised are two seconds, on a machine that is not busy
        assert alive(workers) == []
        psutil.wait_procs(below, timeout=30)  # the one that they are forked from takes its time to put torch away
    running.stop()
    assert alive(below) == []


def test_fault_50_a_worker_in_a_long_step_does_not_finish_it_first(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, time, sys\n"
        "from steepest.server.worker.pool import Worker\n"
        "async def main():\n"
        "    worker = Worker('cpu', 100, 1)\n"
        "    print(await worker.call(os.getpid), flush=True)\n"
        "    await worker.call(time.sleep, 90)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = psutil.Process(int(process.stdout.readline()))
        process.kill()
        psutil.wait_procs([worker], timeout=30)
    assert alive([worker]) == []


def twenty(running: Running) -> list[Socket]:
    sockets = [running.live() for _ in range(20)]
    for n, one in enumerate(sockets):
        one.__enter__()
        one.open({**BEALE, "seed": n})
        one.send({"op": "advance", "until": 90_000})
    return sockets


def leave(sockets: list[Socket]) -> None:
    for one in sockets:
        one.__exit__(None, None, None)


def test_fault_51_sigterm_with_twenty_runs_and_one_who_never_reads(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1)
    below = psutil.Process(running.process.pid).children(recursive=True)
    deaf = Raw(small_window(running), running.port)
    try:
        fill(deaf)
        sockets = twenty(running)
        for one in sockets:
            while one.event()["op"] != "chunk":
                pass
        assert running.stop() == 0  # within six seconds, or it raises
        assert {one.close_code() for one in sockets} == {1012}
        leave(sockets)
    finally:
        running.stop()
        deaf.socket.close()
    psutil.wait_procs(below, timeout=30)  # the one that they are forked from takes its time to put torch away
    assert alive(below) == []
    assert "Traceback" not in running.log()


def test_fault_51_sigterm_during_an_export_leaves_no_traceback(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, shutdown_seconds=1)
    [worker] = workers_of(running)
    before = worker.cpu_times().user
    ended: list[str] = []

    def export() -> None:
        runs = [{"optimizer": {"id": "lbfgs", "lr": 1e-6, "max_iter": 40}, "start": [1.0, 1.0]}] * 8
        asked = {"experiment": {**BEALE, "runs": runs}, "to": "csv", "steps": 10_000}
        try:
            ended.append(httpx.post(f"{running.url}/api/export", json=asked, timeout=60).json()["message"])
        except httpx.TransportError:
            ended.append("cut")

    asking = threading.Thread(target=export)
    asking.start()
    try:
        until(lambda: worker.cpu_times().user > before + 0.3)
        assert running.stop() == 0
    finally:
        running.stop()
        asking.join()
    assert ended in (["the server is stopping; try again soon"], ["cut"])
    assert "Traceback" not in running.log()
    assert " ERROR " not in running.log()


def test_fault_51_sigterm_while_a_file_is_read_slowly_leaves_no_traceback(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, shutdown_seconds=1)
    slow = Raw(small_window(running), running.port)
    try:
        body = json.dumps({"experiment": {**BEALE, "engine": "compiled"}, "to": "csv", "steps": 10_000})
        head = f"POST /api/export HTTP/1.1\nHost: 127.0.0.1:{running.port}\nContent-Length: {len(body)}"
        slow.socket.settimeout(120)
        slow.socket.sendall(f"{head}\n\n".replace("\n", "\r\n").encode() + body.encode())
        assert slow.socket.recv(12) == b"HTTP/1.1 200"
        assert running.stop() == 0
    finally:
        running.stop()
        slow.socket.close()
    assert "Traceback" not in running.log()
    assert " ERROR " not in running.log()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_fault_51_a_second_signal_ends_it_at_once(tmp_path: Path, second: signal.Signals) -> None:
    running = Running(tmp_path, workers=1, shutdown_seconds=60)
    deaf = Raw(small_window(running), running.port)
    try:
        fill(deaf)
        until(lambda: running.health()["sessions"] == 1)
        running.process.send_signal(signal.SIGTERM)
        until(lambda: refused(running.port))  # it has begun to end, and waits for the one who does not read
        assert running.process.poll() is None
        running.process.send_signal(second)
        assert running.process.wait(timeout=10) == 128 + second
    finally:
        running.stop()
        deaf.socket.close()
    assert "Traceback" not in running.log()


def refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return True
    return False


@pytest.mark.parametrize("moment", [0.05, 0.8, 2.5])
def test_fault_51_a_signal_while_it_starts_is_clean(tmp_path: Path, moment: float) -> None:
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "steepest", "serve", "--port", "0", "--workers", "1"],
            stdout=log,
            stderr=log,
        )
    time.sleep(moment)
    try:
        below = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    process.terminate()
    assert process.wait(timeout=30) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    psutil.wait_procs(below, timeout=30)  # whoever is about to import torch does that first
    assert alive(below) == []
    assert "Traceback" not in (tmp_path / "log").read_text()


# --- case 54: clocks that jump ---------------------------------------------------------------------------------------

WALL = re.compile(r"\btime\.time\b|\bdatetime\.(now|today|utcnow)|from time import time\b|\bfromtimestamp\(")


def test_fault_54_the_wall_clock_is_read_once_and_for_the_age_of_a_file() -> None:
    package = Path(steepest.__file__).parent
    found = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if WALL.search(line)
    ]
    assert sorted(found) == [
        "classroom/clock.py: _START = time.time() - time.monotonic()",
        "engine/compiled/store.py: if time.time() - path.stat().st_mtime > _ABANDONED:",
    ]
