"""`steepest export`: the file itself, wherever it goes, and its errors in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Steepest, Write
from tests.spec.documents import example, spoilt

SQUARE = {
    "version": 1,
    "problem": {"kind": "surface", "id": "square"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.25}, "start": [5.0]}],
}


def ran(*arguments: str | Path, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "steepest", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def test_a_script_from_standard_input_to_standard_output_runs(tmp_path: Path) -> None:
    done = ran("export", "-", "--to", "python", "--steps", "3", given=json.dumps(SQUARE).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\r" not in done.stdout
    script = tmp_path / "square.py"
    script.write_bytes(done.stdout)
    again = subprocess.run([sys.executable, "-I", script], capture_output=True, check=False)
    assert again.stdout.decode().strip() == "SGD ends at [2.375], as recorded: loss 0.140625"


def test_bytes_are_the_same_in_a_file_and_on_standard_output(tmp_path: Path, write: Write) -> None:
    path, out = write(SQUARE), tmp_path / "out.csv"
    assert ran("export", path, "--to", "csv", "--steps", "4", "--output", out).returncode == 0
    assert ran("export", path, "--to", "csv", "--steps", "4").stdout == out.read_bytes()
    assert out.read_bytes().count(b"\r\n") == 6


def test_the_report_in_chinese(tmp_path: Path, write: Write, steepest: Steepest) -> None:
    out = tmp_path / "report.html"
    done = steepest("export", write(SQUARE), "--to", "html", "-o", out, "--language", "zh")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "抛物线" in out.read_bytes().decode("utf-8")


def test_a_hundred_steps_by_default(tmp_path: Path, write: Write, steepest: Steepest) -> None:
    out = tmp_path / "out.csv"
    steepest("export", write(SQUARE), "--to", "csv", "-o", out)
    assert out.read_text().splitlines()[-1].startswith("0,SGD,100,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing option '--to'"),
        (["--to", "pdf"], "'pdf' is not one of 'python', 'csv', 'html'"),
        (["--to", "csv", "--steps", "-1"], "'--steps'"),
        (["--to", "csv", "--language", "fr"], "'fr' is not one of 'en', 'zh'"),
        (["--to", "csv", "--output", "nowhere/out.csv"], "nowhere/out.csv: no such file or directory"),
        (["--to", "csv", "--output", "."], ".: is a directory"),
    ],
)
def test_wrong_arguments(arguments: list[str], words: str, write: Write, steepest: Steepest) -> None:
    done = steepest("export", write(example()), *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("steepest: error: ")
    assert words in done.err
    assert done.err.count("\n") == 1


def test_wrong_documents(write: Write, steepest: Steepest) -> None:
    path = write(spoilt("problem.id", "beal"))
    done = steepest("export", path, "--to", "csv")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"steepest: error: {path}: problem.id: no surface 'beal'")
    assert steepest("export", "nowhere.json", "--to", "csv").err == (
        "steepest: error: nowhere.json: no such file or directory\n"
    )
