"""Every error is one line on stderr and exit code 2; nothing is printed to stdout."""

import socket
from pathlib import Path

import pytest
from tests.cli.conftest import Steepest, Write
from tests.spec.documents import EXAMPLE, as_json, example, spoilt

DOCUMENTS: dict[str, tuple[object, str]] = {
    "not JSON": ("{", "not valid JSON: expecting property name"),
    "empty": ("", "not valid JSON: expecting value"),
    "a key twice": ('{"version": 1, "version": 1}', "the key 'version' is repeated"),
    "NaN": ('{"version": NaN}', "NaN is not a JSON number"),
    "a list": ("[]", "must be an object"),
    "an unknown field": (example(nope=1), "nope: unknown field; known here: version, problem"),
    "a field whose name breaks the line": (example(**{"a\nb": 1}), "a�b: unknown field"),
    "a wrong type": (spoilt("seed", "0"), "seed: must be a whole number"),
    "an unknown surface": (spoilt("problem.id", "beal"), "problem.id: no surface 'beal'; known here: "),
    "an unknown surface parameter": (spoilt("problem.params.a", 1), "problem.params.a: unknown; known here: "),
    "an unknown optimizer": (spoilt("runs.0.optimizer.id", "sdg"), "runs[0].optimizer.id: no optimizer 'sdg'"),
    "an unknown hyperparameter": (
        spoilt("runs.0.optimizer.beta", 0.9),
        "optimizer.beta: unknown; known here: lr, ",
    ),
    "a rate out of range": (spoilt("runs.0.optimizer.lr", -0.1), "runs[0].optimizer.lr: -0.1 is outside "),
    "a rate that is true": (spoilt("runs.0.optimizer.lr", True), "runs[0].optimizer.lr: must be a number in "),
    "an edit out of range": (spoilt("edits.0.set.lr", -0.1), "edits[0].set.lr: -0.1 is outside "),
    "an edit of no run": (spoilt("edits.0.run", 1), "edits[0].run: there is no run 1; the last one is 0"),
    "a start of the wrong length": (spoilt("runs.0.start", [1.0]), "runs[0].start: needs 2 numbers"),
    "a start beyond float32": (spoilt("runs.0.start", [1e300, 0]), "runs[0].start[0]: 1e+300 is too large"),
    "an expression": (
        example(problem={"kind": "surface", "id": "expression", "params": {"expression": "x.real"}}),
        "problem.params.expression: ",
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_wrong_document(name: str, steepest: Steepest, write: Write) -> None:
    document, words = DOCUMENTS[name]
    path = write(document)
    ran = steepest("run", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"steepest: error: {path}: ")
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.endswith("\n")


COMMANDS: dict[str, tuple[list[str], str]] = {
    "no such command": (["fly"], "No such command 'fly'"),
    "no such option": (["run", "FILE", "--fast"], "No such option: --fast"),
    "no file": (["run"], "Missing argument 'FILE'"),
    "two files": (["run", "FILE", "FILE"], "unexpected extra argument"),
    "a missing file": (["run", "nowhere.json"], "nowhere.json: no such file or directory"),
    "a folder": (["run", "."], ".: is a directory"),
    "steps below 0": (["run", "FILE", "--steps", "-1"], "'--steps': Input should be greater than or equal to 0"),
    "steps that are no number": (["run", "FILE", "--steps", "ten"], "'--steps': Input should be a valid integer"),
    "every 0": (["run", "FILE", "--every", "0"], "'--every': Input should be greater than or equal to 1"),
    "an unknown dtype": (["run", "FILE", "--dtype", "float16"], "'float16' is not one of 'float32', 'float64'"),
    "an unknown device": (["run", "FILE", "--device", "tpu"], "'--device': 'tpu' is not one of"),
    "a device there is none of": (["run", "FILE", "--device", "mps"], "device: this machine has no mps; try"),
    "a device for a server": (["run", "FILE", "--server", "127.0.0.1:1", "--device", "cpu"], "belongs to the server"),
    "no address": (["run", "FILE", "--server", "ftp://127.0.0.1"], "server: 'ftp://127.0.0.1' is no address"),
    "half an address": (["run", "FILE", "--server", "http://[::1"], "is no address such as http://"),
    "a log level": (["run", "FILE", "--log-level", "loud"], "'loud' is not one of 'debug', 'info',"),
    "a port out of range": (["serve", "--port", "65536"], "port: must be at most 65535"),
    "no workers": (["serve", "--workers", "0"], "workers: must be at least 1"),
    "a host of another machine": (["serve", "--host", "192.0.2.1", "--port", "0"], "192.0.2.1:0 "),
    "a device there is none of, to serve": (["serve", "--device", "mps", "--port", "0"], "this machine has no mps"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_wrong_command(name: str, steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    arguments, words = COMMANDS[name]
    path = str(write(EXAMPLE))
    ran = steepest(*(path if argument == "FILE" else argument for argument in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("steepest: error: ")
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_a_document_that_is_too_large(steepest: Steepest, write: Write) -> None:
    ran = steepest("run", write(as_json(EXAMPLE) + " " * 2**20))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "larger than 1048576 bytes" in ran.err


def test_an_unreachable_server(steepest: Steepest, write: Write) -> None:
    with socket.socket() as taken:  # bound but not listening: nobody answers, and nobody else can take the port
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = steepest("run", write(EXAMPLE), "--server", address)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"steepest: error: no server at ws://{address}/api/live: connection refused\n"


def test_a_port_in_use(steepest: Steepest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = steepest("serve", "--port", str(port))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"steepest: error: 127.0.0.1:{port} is in use")
    assert ran.err.count("\n") == 1


def test_a_wrong_setting_in_the_environment(steepest: Steepest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_MAX_STEPS", "many")
    ran = steepest("serve", "--port", "0")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert ran.err.startswith("steepest: error: max_steps: ")


def test_a_file_that_may_not_be_read(steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(EXAMPLE)
    monkeypatch.setattr(Path, "open", refuse)
    ran = steepest("run", path)
    assert (ran.code, ran.err) == (2, f"steepest: error: {path}: permission denied\n")


def test_a_bug_is_one_line_too(steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.cli.run_command.prepare", lambda _: 1 // 0)
    ran = steepest("run", write(EXAMPLE))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "this is a bug: ZeroDivisionError" in ran.err
    reply = steepest("run", write(EXAMPLE), "--log-level", "debug")
    assert "Traceback" in reply.err
