"""`steepest export`: the file, its destination, and errors in one line."""

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
        (["--to", "pdf"], "'pdf' is not one of 'python', 'notebook', 'csv', 'html', 'weights'"),
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


@pytest.mark.parametrize("command", [["run"], ["export", "--to", "csv"]])
def test_a_number_format_that_the_device_lacks(
    command: list[str], write: Write, steepest: Steepest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)
    path = write({**SQUARE, "dtype": "float64"})
    done = steepest(command[0], path, *command[1:], "--device", "mps")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("dtype: mps has no float64; use float32, or the device cpu\n")


def test_more_steps_than_a_server_exports(tmp_path: Path, write: Write, steepest: Steepest) -> None:
    out = tmp_path / "out.csv"
    steepest("export", write(SQUARE), "--to", "csv", "-o", out, "--steps", "10050")
    assert out.read_text().splitlines()[-1].startswith("0,SGD,10050,")


def test_wrong_documents(write: Write, steepest: Steepest) -> None:
    path = write(spoilt("problem.id", "beal"))
    done = steepest("export", path, "--to", "csv")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"steepest: error: {path}: problem.id: no surface 'beal'")
    assert steepest("export", "nowhere.json", "--to", "csv").err == (
        "steepest: error: nowhere.json: no such file or directory\n"
    )


def learning(dataset: str, model: str, loss: str, lr: float, **rest: object) -> dict[str, object]:
    chosen = {"dataset": {"id": dataset}, "model": {"id": model}, "loss": {"id": loss}, **rest}
    run = {"optimizer": {"id": "sgd", "lr": lr}, "start": {"init": "default"}}
    return {"version": 1, "problem": {"kind": "learning", **chosen}, "runs": [run]}


LEARNING = {
    "thermometer": learning("thermometer", "linear", "mse", 1e-4),
    "circle": learning("circle", "mlp", "bce_logits", 0.1, batch={"size": 10}),
    "digits": learning("digits", "softmax", "cross_entropy", 0.5, batch={"size": 32}),
}


@pytest.mark.parametrize("name", LEARNING)
def test_models_that_learn_are_run_and_written(name: str, write: Write, steepest: Steepest, tmp_path: Path) -> None:
    path = write(LEARNING[name])
    ran = steepest("run", path, "--steps", "3", "--hash")
    assert ran.code == 0
    records = [json.loads(line) for line in ran.out.splitlines()]
    assert [record["step"] for record in records] == [0, 1, 2, 3]
    assert all(isinstance(record["loss"], float) and len(record["params"]) <= 64 for record in records)
    for to in ("python", "notebook", "csv", "html", "weights"):
        out = tmp_path / to
        assert steepest("export", path, "--to", to, "--steps", "3", "-o", out).code == 0
        assert out.stat().st_size > 100
    table = (tmp_path / "csv").read_text().splitlines()
    assert [float(row.split(",")[3]) for row in table[1:]] == pytest.approx(
        [record["loss"] for record in records], rel=1e-6
    )


def test_weights_of_a_run_that_is_not_there(write: Write, steepest: Steepest) -> None:
    done = steepest("export", write(LEARNING["thermometer"]), "--to", "weights", "--run", "1")
    assert (done.code, done.out) == (2, "")
    assert done.err == "steepest: error: run: there is no run 1; the last one is 0\n"
    assert "to: a surface has no weights" in steepest("export", write(SQUARE), "--to", "weights").err
