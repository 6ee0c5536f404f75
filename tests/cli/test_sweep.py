"""`steepest sweep` writes what came of all runs of a sweep."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Steepest, Write
from tests.spec.sweeps import LR, MOMENTUM, NET, SEED, SURFACE, axis, changed, sweep_of

from steepest.engine import experiment_at, prepare_sweep, sweep
from steepest.spec import parse_sweep

EXAMPLES = sorted((Path(__file__).parents[2] / "docs/examples").glob("*.json"))
DOCUMENT = sweep_of(SURFACE, {**LR, "count": 70}, MOMENTUM)


def test_without_a_file_the_table_is_printed(steepest: Steepest, write: Write) -> None:
    ran = steepest("sweep", write(DOCUMENT))
    assert (ran.code, ran.err) == (0, "")
    header, *rows = csv.reader(io.StringIO(ran.out))
    assert header == ["runs[0].optimizer.lr", "runs[0].optimizer.momentum", "status", "step", "minimum"]
    steps = sweep(parse_sweep(DOCUMENT))["step"]
    assert [int(row[3]) for row in rows] == steps.reshape(-1).tolist()


def test_a_pixel_is_what_steepest_run_prints(steepest: Steepest, write: Write) -> None:
    document = sweep_of(NET, LR, axis("runs[0].start.draw", 0, 2, 3), measure="final_loss")
    _, *rows = csv.reader(io.StringIO(steepest("sweep", write(document)).out))
    prepared = prepare_sweep(parse_sweep(document))
    for pixel in ((0, 0), (5, 2), (7, 1)):
        experiment = experiment_at(prepared, pixel).model_dump_json()
        last = steepest("run", write(experiment), "--steps", "60", "--every", "60").records[-1]
        assert float(rows[pixel[0] * 3 + pixel[1]][2]) == last["loss"]


@pytest.mark.parametrize("kappas", [None, 3], ids=["one kernel", "a kernel for each"])
def test_files(steepest: Steepest, write: Write, tmp_path: Path, kappas: int | None) -> None:
    document = DOCUMENT
    if kappas:
        ravine = changed(SURFACE, problem={"kind": "surface", "id": "ravine"})
        document = sweep_of(ravine, LR, axis("problem.params.kappa", 1, 50, kappas))
    path = write(document)
    for suffix in (".npz", ".csv", ".png"):
        ran = steepest("sweep", path, "--out", tmp_path / f"map{suffix}", "--steps", "30")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    expected = sweep(parse_sweep({**document, "steps": 30}))
    with np.load(tmp_path / "map.npz") as found:
        assert all(np.array_equal(found[name], array) for name, array in expected.items())
    assert len((tmp_path / "map.csv").read_text().splitlines()) == 1 + expected["status"].size
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--out", "map.jpg"], "--out: must end with one of .csv, .npz, .png"),
        (["--out", "nowhere/map.png"], "nowhere/map.png: no such file or directory"),
        (["--steps", "0"], "'--steps'"),
        (["--steps", "1000001"], "'--steps'"),
    ],
)
def test_options_that_are_refused(steepest: Steepest, write: Write, options: list[str], words: str) -> None:
    ran = steepest("sweep", write(DOCUMENT), *options)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("steepest: error: ")
    assert words in ran.err


def test_documents_that_are_refused(steepest: Steepest, write: Write) -> None:
    for document, words in [
        ({**DOCUMENT, "axes": []}, "axes: needs at least 1"),
        (sweep_of(SURFACE, axis("runs[0].optimizer.momentum", -1, 0.5)), "axes[0].low: -1.0 is outside"),
        (sweep_of(NET, LR, repeat=SEED), "measure: an outcome has no median"),
        ("[", "not valid JSON"),
    ]:
        path = write(document)
        ran = steepest("sweep", path)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"steepest: error: {path}: {words}")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_run(path: Path, steepest: Steepest, write: Write) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    few = {**document, "axes": [{**each, "count": 4} for each in document["axes"]]}
    if "repeat" in few:
        few["repeat"] = {**few["repeat"], "count": 2}
    ran = steepest("sweep", write(few))
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 1 + 4 ** len(few["axes"])


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3
