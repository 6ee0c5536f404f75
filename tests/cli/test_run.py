"""`steepest run` prints the engine's own records, exactly."""

import io
import json
import math
from typing import Any

import numpy as np
import pytest
from tests.cli.conftest import Steepest, Write
from tests.spec.documents import EXAMPLE, as_json, example

from steepest.cli.json_lines import lines
from steepest.engine import Chunk, advance, prepare
from steepest.engine.recording.fingerprint import fingerprint
from steepest.spec import Engine, parse_experiment

KEYS = ["step", "run", "loss", "params", "grad", "grad_norm", "status", "engine"]

# The first run goes on, the second diverges after a few steps.
RACE = example(
    runs=[
        {"optimizer": {"id": "adam", "lr": 0.1}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.5}, "start": [1.0, 1.0]},
    ],
    edits=[],
)


def engine(document: dict[str, Any], steps: int) -> Chunk:
    return advance(parse_experiment(document), None, steps)[0]


def eager(run: int, step: int) -> Engine:
    return "eager"


def test_the_issues_example(steepest: Steepest, write: Write) -> None:
    ran = steepest("run", write(EXAMPLE), "--steps", "60")
    assert (ran.code, ran.err) == (0, "")
    assert [record["step"] for record in ran.records] == list(range(61))
    assert all(list(record) == KEYS for record in ran.records)
    expected = engine(EXAMPLE, 60).runs[0]
    assert [record["loss"] for record in ran.records] == expected.loss.tolist()
    assert [record["params"] for record in ran.records] == expected.params.tolist()
    assert [record["grad"] for record in ran.records] == expected.grad.tolist()
    assert [record["grad_norm"] for record in ran.records] == expected.grad_norm.tolist()


def test_the_edit_takes_effect_on_the_update_from_its_step(steepest: Steepest, write: Write) -> None:
    edited = steepest("run", write(EXAMPLE), "--steps", "52").records
    plain = steepest("run", write(example(edits=[])), "--steps", "52").records
    assert edited[:51] == plain[:51]
    assert edited[51]["params"] != plain[51]["params"]


def test_a_float32_is_printed_as_the_double_that_equals_it(steepest: Steepest, write: Write) -> None:
    loss = steepest("run", write(EXAMPLE), "--steps", "1").records[1]["loss"]
    assert float(np.float32(loss)) == loss


def test_the_last_step_is_100_unless_said(steepest: Steepest, write: Write) -> None:
    assert steepest("run", write(EXAMPLE)).records[-1]["step"] == 100


def test_no_steps_is_the_start(steepest: Steepest, write: Write) -> None:
    assert [record["step"] for record in steepest("run", write(EXAMPLE), "--steps", "0").records] == [0]


def test_every(steepest: Steepest, write: Write) -> None:
    every = steepest("run", write(EXAMPLE), "--steps", "25", "--every", "10").records
    assert [record["step"] for record in every] == [0, 10, 20]
    assert every == steepest("run", write(EXAMPLE), "--steps", "25").records[::10]


def test_dtype_replaces_the_experiments(steepest: Steepest, write: Write) -> None:
    double = {**EXAMPLE, "dtype": "float64"}
    ran = steepest("run", write(EXAMPLE), "--dtype", "float64", "--steps", "9")
    assert ran.out == steepest("run", write(double), "--steps", "9").out
    assert ran.out != steepest("run", write(EXAMPLE), "--steps", "9").out
    assert ran.out == steepest("run", write(double), "--steps", "9", "--dtype", "float64", "--device", "cpu").out


def test_a_race_is_ordered_by_step_and_then_run(steepest: Steepest, write: Write) -> None:
    race = example(runs=[*EXAMPLE["runs"], *EXAMPLE["runs"]], edits=[])
    ran = steepest("run", write(race), "--steps", "3")
    assert [(record["step"], record["run"]) for record in ran.records] == [(k, r) for k in range(4) for r in range(2)]


@pytest.mark.parametrize("every", [1, 7])
def test_a_run_that_diverges_ends_there_and_the_others_go_on(steepest: Steepest, write: Write, every: int) -> None:
    records = steepest("run", write(RACE), "--steps", "30", "--every", str(every)).records
    going = [record for record in records if record["run"] == 0]
    ended = [record for record in records if record["run"] == 1]
    assert [record["step"] for record in going] == list(range(0, 31, every))
    assert [record["status"] for record in ended].count("diverged") == 1
    assert ended[-1]["status"] == "diverged"
    assert ended[-1]["step"] == len(engine(RACE, 30).runs[1]) - 1


def test_what_is_not_finite_is_a_string(steepest: Steepest, write: Write) -> None:
    last = [record for record in steepest("run", write(RACE), "--steps", "30").records if record["run"] == 1][-1]
    assert (last["loss"], last["grad_norm"]) == ("Infinity", "Infinity")
    assert last["grad"] == ["-Infinity", "Infinity"]
    assert all(math.isfinite(value) for value in last["params"])


def test_nan_is_a_string(steepest: Steepest, write: Write) -> None:
    expression = {"kind": "surface", "id": "expression", "params": {"expression": "sqrt(x) + y"}}
    ran = steepest(
        "run",
        write(example(problem=expression, runs=[{"optimizer": {"id": "sgd", "lr": 0.1}, "start": [-1, 0]}], edits=[])),
    )
    assert len(ran.records) == 1
    assert ran.records[0]["loss"] == "NaN"


def test_a_record_names_its_engine(steepest: Steepest, write: Write) -> None:
    edits = [{"step": 4, "run": 0, "optimizer": {"id": "lbfgs"}}]
    compiled = write(example(engine="compiled", edits=edits))
    records = steepest("run", compiled, "--steps", "6").records
    assert [record["engine"] for record in records] == ["compiled"] * 5 + ["eager"] * 2
    assert {record["engine"] for record in steepest("run", write(EXAMPLE), "--steps", "3").records} == {"eager"}


def test_when_all_have_diverged_nothing_more_comes(steepest: Steepest, write: Write) -> None:
    ran = steepest("run", write(example(runs=RACE["runs"][1:], edits=[])), "--steps", "1000000")
    assert (ran.code, ran.records[-1]["status"]) == (0, "diverged")


def test_the_experiment_may_come_from_standard_input(
    steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(as_json(EXAMPLE).encode())))
    assert steepest("run", "-", "--steps", "3").out == steepest("run", write(EXAMPLE), "--steps", "3").out


def test_a_byte_order_mark_is_forgiven(steepest: Steepest, write: Write) -> None:
    assert steepest("run", write("\ufeff" + as_json(EXAMPLE)), "--steps", "1").code == 0


def test_lines_do_not_depend_on_the_chunks() -> None:
    prepared = prepare(parse_experiment(RACE))
    whole = list(lines(advance(prepared, None, 12)[0], eager, 3))
    checkpoint = None
    pieces: list[str] = []
    for until in (0, 1, 2, 5, 11, 12):
        chunk, checkpoint = advance(prepared, checkpoint, until)
        pieces += lines(chunk, eager, 3)
    assert pieces == whole
    assert all(json.loads(line) for line in pieces)


def test_its_log_tells_one_line_an_event(steepest: Steepest, write: Write) -> None:
    ran = steepest("run", write(RACE), "--steps", "9", "--log-level", "info")
    running, diverged, done = ran.err.splitlines()
    assert "INFO running problem=beale runs=2 dtype=float32 device=cpu" in running
    assert "INFO diverged run=1 step=" in diverged
    assert "INFO done steps=9 seconds=" in done
    assert len(ran.records) > 9


def test_the_log_level_may_be_in_the_environment(
    steepest: Steepest, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEEPEST_LOG_LEVEL", "debug")
    assert "DEBUG chunk first=0 last=" in steepest("run", write(EXAMPLE), "--steps", "2").err


def test_hash_is_that_of_all_records_whichever_are_printed(steepest: Steepest, write: Write) -> None:
    expected = fingerprint([engine(RACE, 50)], 2)
    for more in ([], ["--every", "7"]):
        ran = steepest("run", write(RACE), "--steps", "50", "--hash", *more)
        assert (ran.code, ran.err) == (0, f"hash {expected}, records 0 to 50\n")
    assert steepest("run", write(RACE), "--steps", "50").err == ""
    assert steepest("run", write(RACE), "--steps", "49", "--hash").err != f"hash {expected}, records 0 to 49\n"
