"""The server as a process: how it starts, what it prints when it cannot, and how it ends."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.server.running import BEALE, Running

from steepest.server import serve
from steepest.server.settings import Settings


def failing(**variables: object) -> subprocess.CompletedProcess[str]:
    """A server that cannot start."""
    environment = {**os.environ, **{f"STEEPEST_{name.upper()}": str(value) for name, value in variables.items()}}
    command = [sys.executable, "-m", "steepest.server.serve"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_sigterm_ends_it_within_six_seconds_whoever_does_not_read(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1)
    below = psutil.Process(running.process.pid).children(recursive=True)
    try:
        with running.raw() as deaf, running.live() as playing:
            deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            assert deaf.upgrade() == 101
            playing.open()
            deaf.frame(1, _command("open", experiment=BEALE))
            for _ in range(100):  # some 30 MB of answers that nobody reads
                deaf.frame(1, _command("surface", bounds=[[-4, 4], [-4, 4]], shape=[300, 250]))
            playing.grant(50)
            playing.send({"op": "advance", "until": 50_000})
            assert running.stop() == 0
    finally:
        running.stop()
    psutil.wait_procs(below, timeout=30)  # the one that they are forked from takes its time to put torch away
    assert not [process for process in below if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert "Traceback" not in running.log()


def _command(op: str, **fields: object) -> bytes:
    return json.dumps({"op": op, **fields}).encode()


def test_a_port_in_use_is_one_line_and_exit_code_2(server: Running) -> None:
    ended = failing(port=server.port)
    assert ended.returncode == 2
    said = ended.stderr.strip().splitlines()
    assert said == [
        f"steepest: 127.0.0.1:{server.port} is in use; stop the program that listens there, or choose another --port"
    ]


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"port": 70_000}, "STEEPEST_PORT"),
        ({"workers": "many"}, "STEEPEST_WORKERS"),
        ({"device": "toaster"}, "STEEPEST_DEVICE"),
        ({"port": 0, "host": "no.such.host.invalid"}, "no.such.host.invalid"),
    ],
)
def test_what_is_in_the_way_is_one_line_and_exit_code_2(variables: dict[str, object], word: str) -> None:
    ended = failing(**variables)
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) == 1, ended.stderr
    assert word in ended.stderr


def test_a_device_that_this_machine_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("steepest.server.logs.configure", lambda *_, **__: None)  # pytest has its own
    with pytest.raises(serve.CannotServe, match="no cuda"):
        serve.serve(Settings(port=0, device="cuda"))


def test_a_port_that_needs_more_rights_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.create_server", refused)
    with pytest.raises(serve.CannotServe, match=r"^127\.0\.0\.1:80 needs more rights .* above 1023$"):
        serve.bind("127.0.0.1", 80)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))  # put back at the end, whatever is set meanwhile
    (tmp_path / "file").touch()
    with pytest.raises(serve.CannotServe, match=r"file is no folder; --data, or STEEPEST_DATA, takes one$"):
        serve.serve(Settings(port=0, data=str(tmp_path / "file")))
    with pytest.raises(serve.CannotServe, match=r"^~nobody-at-all/x: there is no such user here; --data, or"):
        serve.serve(Settings(port=0, data="~nobody-at-all/x"))


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])
def test_the_address_is_one_that_can_be_opened(host: str, shown: str) -> None:
    with serve.bind(host, 0) as listening:
        assert serve.url_of(listening) == f"http://{shown}:{listening.getsockname()[1]}"
