"""The command as a process: pipes, signals, terminals."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.conftest import Write
from tests.spec.documents import EXAMPLE

import steepest

COMMAND = [sys.executable, "-m", "steepest"]


@contextmanager
def interruptible() -> Iterator[None]:
    """A process that a shell started in the background ignores SIGINT, and so would its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_version() -> None:
    ran = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"steepest {steepest.__version__}\n", "")


def test_asking_for_help_does_not_wait_for_torch() -> None:
    code = "import sys; from steepest.cli import main; main(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_the_installed_command() -> None:
    command = Path(sys.executable).parent / "steepest"
    ran = subprocess.run([command, "nothing"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "steepest: error: No such command 'nothing'.\n")


def test_lines_stream_and_a_reader_that_leaves_is_no_error(write: Write) -> None:
    command = [*COMMAND, "run", str(write(EXAMPLE)), "--steps", "10000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = json.loads(process.stdout.readline())  # long before the last of ten million
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 0
    assert first["step"] == 0


def test_ctrl_c_is_quiet(write: Write) -> None:
    command = [*COMMAND, "run", str(write(EXAMPLE)), "--steps", "10000000"]
    with interruptible(), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"")


def test_a_full_disk_is_one_line(write: Write) -> None:
    with Path("/dev/full").open("w") as full:
        command = [*COMMAND, "run", str(write(EXAMPLE))]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "steepest: error: cannot write: no space left on device\n")


def test_progress_is_on_a_terminals_stderr_only(write: Write) -> None:
    command = [*COMMAND, "run", str(write(EXAMPLE)), "--steps", "600", "--every", "200"]
    master, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, text=True) as process:
        os.close(terminal)
        shown = b""
        while part := _read(master):
            shown += part
        assert process.stdout is not None
        records = [json.loads(line) for line in process.stdout]
    os.close(master)
    assert process.returncode == 0
    assert [record["step"] for record in records] == [0, 200, 400, 600]
    assert b"600/600" in shown
    plain = subprocess.run(command, capture_output=True, text=True, check=True)
    assert plain.stderr == ""
    assert [json.loads(line) for line in plain.stdout.splitlines()] == records


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # Linux says so when the other side has closed the terminal
        return b""
