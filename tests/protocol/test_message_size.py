"""The computed size of an experiment, compared with what a JavaScript engine writes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from steepest.engine import prepare
from steepest.protocol.message_size import message_size
from steepest.spec import parse_experiment

ROOT = Path(__file__).parents[2]
NUMBERS = [0.0, 1.0, -1.5, 1e16, 1.25e20, 9e20, 1e21, -1e25, 1.7976931348623157e308, 123456.7890123, 1e-4]
NUMBERS += [1e-5, 1.5e-6, 1e-7, -1.234567890123456e-6, 5e-324, 123456789012345680.0, 0.1 + 0.2]
LEAN = "const { problem, ...rest } = JSON.parse(process.argv[1]);" + (
    "const lean = Object.entries;"
    "const unsaid = { batch: { size: null, sampling: 'epoch' }, split: { dev: 0, test: 0 }, "
    "penalty: { l1: 0, l2: 0 } };"
    "for (const [name, part] of lean(unsaid)) {"
    "  const given = problem[name] ?? {};"
    "  for (const [key, value] of lean(part)) if (given[key] === value) delete given[key];"
    "  if (lean(given).length === 0) delete problem[name];"
    "}"
    "for (const edit of rest.edits) for (const [name, value] of lean(edit)) if (value === null) delete edit[name];"
    "process.stdout.write(String(new TextEncoder().encode(JSON.stringify({ problem, ...rest })).length));"
)


def node() -> str:
    return subprocess.run(
        [sys.executable, "tools/node.py"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


LEARNING = {
    "kind": "learning",
    "dataset": {"id": "thermometer"},
    "model": {"id": "linear"},
    "loss": {"id": "mse"},
}


def document(edits: list[dict[str, Any]], **problem: Any) -> dict[str, Any]:
    runs = [{"optimizer": {"id": "sgd", "lr": 1e-5}, "start": [1e17, -2.5e-6]}] * 2
    surface = {"kind": "surface", "id": "expression", "params": {"expression": "x**2 + y**2 + 1e-7"}}
    return {"version": 1, "problem": problem or surface, "dtype": "float64", "runs": runs, "edits": edits}


def sizes(edits: list[dict[str, Any]], **problem: Any) -> tuple[int, int]:
    """As counted, and as JavaScript writes it."""
    experiment = prepare(parse_experiment(document(edits, **problem))).experiment
    text = experiment.model_dump_json()
    written = subprocess.run([f"{node()}/node", "-e", LEAN, text], capture_output=True, text=True, check=True)
    return message_size(experiment, text), int(written.stdout)


@pytest.mark.parametrize("number", NUMBERS)
def test_never_too_few_and_hardly_too_many(number: float) -> None:
    edits = [{"step": step, "run": step % 2, "params": [number, 1.0]} for step in range(20)]
    counted, written = sizes(edits)
    # A whole number has its ".0" in Python; the server counts it.
    assert written <= counted <= written + 2 * (2 * len(edits) + 30)


def test_every_kind_of_edit() -> None:
    edits: list[dict[str, Any]] = [
        {"step": 1, "run": 0, "set": {"lr": 0.25}},
        {"step": 2, "run": 0, "optimizer": {"id": "adam"}},
        {"step": 3, "run": 1, "params": [0.5, 0.25]},
    ]
    counted, written = sizes(edits)
    assert written <= counted <= written + 60


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"batch": {"size": 3}},
        {"batch": {"size": 3, "sampling": "replacement"}, "split": {"dev": 0.2}},
        {"split": {"dev": 0.2, "test": 0.1}, "penalty": {"l2": 1e-5}},
    ],
)
def test_a_learning_problem_without_what_goes_without_saying(more: dict[str, Any]) -> None:
    counted, written = sizes([], **LEARNING, **more)
    # A whole number has its ".0" in Python, and what JavaScript writes out may be among what it leaves out.
    assert written <= counted <= written + 20


def test_counts_bytes_not_characters() -> None:
    experiment = prepare(parse_experiment(document([]))).experiment
    assert message_size(experiment, '{"é":"图"}') == len('{"é":"图"}'.encode())
