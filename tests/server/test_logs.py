"""The log: text or JSON, a few lines of one kind, and nothing of the workers' own."""

import asyncio
import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.server.running import BEALE, Running, handshake
from tests.server.test_connection_limits import until

from steepest.server import logs
from steepest.server.logs import configure, log_event

Written = Callable[[], list[str]]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """All lines on stderr so far. Afterwards logging is as pytest has set it up."""
    root, own, uvicorn = logging.getLogger(), logging.getLogger("steepest"), logging.getLogger("uvicorn.error")
    before = root.handlers[:], root.level, own.level, uvicorn.level, uvicorn.filters[:]
    logging.captureWarnings(False)  # a command that a test has run in this process may have begun it
    text = ""

    def lines() -> list[str]:
        nonlocal text
        text += capsys.readouterr().err
        return text.splitlines()

    try:
        yield lines
    finally:
        logging.captureWarnings(False)
        root.handlers, root.level, own.level, uvicorn.level, uvicorn.filters = before


def refused(times: int) -> None:
    for _ in range(times):
        log_event("refused", logging.WARNING, kind="http", reason="token", peer="10.0.0.1")


def test_a_few_lines_of_one_kind_are_written_and_the_others_counted(written: Written) -> None:
    configure("info", lines=3)
    refused(1000)
    log_event("refused", logging.WARNING, kind="http", reason="host", peer="10.0.0.1")
    logs.report_left_out()
    lines = written()
    assert [line.split(" ", 2)[2] for line in lines] == [
        *["WARNING refused kind=http reason=token peer=10.0.0.1"] * 3,
        "WARNING refused kind=http reason=host peer=10.0.0.1",
        "WARNING left_out of='refused http token' lines=997",
    ]


def test_afterwards_lines_of_that_kind_are_written_again(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(logs, "_now", lambda: now[0])
    configure("info", lines=2)
    refused(5)
    now[0] += 5
    refused(3)
    words = [line.split(" ", 3)[3] for line in written()]
    assert [word.partition(" ")[0] for word in words] == ["refused", "refused", "left_out", "refused", "refused"]
    assert words[2].endswith("lines=3")


async def test_the_number_is_written_though_no_further_line_comes(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_SECONDS", 0.01)
    configure("info", lines=1)
    refused(4)
    async with asyncio.timeout(60):
        while not any("lines=3" in line for line in written()):  # noqa: ASYNC110 - nothing tells that it is written
            await asyncio.sleep(0.01)


def test_lines_of_libraries_are_limited_too(written: Written) -> None:
    configure("info", lines=2)
    for n in range(50):
        logging.getLogger("library").error("number %s failed", n)
    logs.report_left_out()
    assert len(written()) == 3
    assert written()[-1].endswith("left_out of='library: number %s failed' lines=48")


def test_kinds_without_end_take_no_memory_without_end(written: Written) -> None:
    configure("info", lines=1)
    for n in range(2000):
        text = f"number {n} failed"
        logging.getLogger("library").error(text)
    assert len(written()) == logs._MAX_KINDS + 1


def test_a_command_has_no_limit(written: Written) -> None:
    configure("info")
    refused(100)
    assert len(written()) == 100


def test_as_json_each_line_is_an_object(written: Written) -> None:
    configure("info", "the-secret", form="json", lines=10)
    log_event("step_timeout", logging.WARNING, seconds=2.1, socket=7, experiment="beale", why=None)
    log_event("failed", logging.ERROR, trace="Traceback:\n  the-secret\n", text="a\nb")
    try:
        raise ValueError("the-secret")
    except ValueError:
        logging.getLogger("library").exception("failed with %s", "the-secret")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("odd", RuntimeWarning, stacklevel=1)
    first, second, third, fourth = [json.loads(line) for line in written()]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "level": "warning",
        "event": "step_timeout",
        "seconds": 2.1,
        "socket": 7,
        "experiment": "beale",
        "why": None,
    }
    assert (second["event"], second["text"], second["trace"]) == ("failed", "a\nb", "Traceback:\n  ***")
    assert (third["logger"], third["message"]) == ("library", "failed with ***")
    assert third["trace"].endswith("ValueError: ***")
    assert "odd" in fourth["message"]
    assert "the-secret" not in "".join(written())


def test_a_server_that_refuses_sockets_without_end_writes_little(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, log_lines=10, log_format="json")
    try:
        foreign = handshake(f"Host: 127.0.0.1:{running.port}\nOrigin: http://evil.com")
        for _ in range(300):
            assert running.status(foreign) == 403
        for _ in range(30):
            with running.live() as live:
                live.open(BEALE)
        until(lambda: running.health()["sessions"] == 0)
    finally:
        running.stop()
    lines = [json.loads(line) for line in running.log().splitlines()]
    left_out = {line["of"]: 0 for line in lines if line["event"] == "left_out"}
    for line in lines:
        if line["event"] == "left_out":
            left_out[line["of"]] += line["lines"]
    written = [line["event"] for line in lines]
    assert written.count("refused") + left_out["refused websocket origin"] == 300
    assert written.count("socket.opened") + left_out["socket.opened"] == 30
    assert written[-1] == "stopped"
    kept = len([event for event in written if event != "left_out"])
    assert kept <= 300, "fewer than were refused"
    assert len(running.log()) < 30_000


def test_warnings_in_workers_are_not_written() -> None:
    code = (
        "import asyncio, numpy, warnings\n"
        "from steepest.server.worker.pool import Worker, end_all\n"
        "async def main():\n"
        "    worker = Worker('cpu', 100, 1)\n"
        "    for _ in range(2):\n"
        "        print(await worker.call(numpy.float64.__truediv__, numpy.float64(1), numpy.float64(0)))\n"
        "        await worker.call(warnings.warn, 'a warning')\n"
        "    end_all([worker])\n"
        "asyncio.run(main())\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("inf\ninf\n", "")
