"""The course notes' figures, to every printed digit."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Steepest, Write

NOTES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())


def test_square(steepest: Steepest, write: Write) -> None:
    notes = NOTES["square"]
    document = {
        "version": 1,
        "problem": {"kind": "surface", "id": "square"},
        "runs": [{"optimizer": {"id": "sgd", "lr": notes["lr"]}, "start": notes["start"]}],
    }
    records = steepest("run", write(document), "--steps", str(len(notes["rows"]) - 1)).records
    printed = [
        [record["step"], *(f"{value:.3f}" for value in (record["params"][0], record["loss"], record["grad"][0]))]
        for record in records
    ]
    assert printed == [[step, *(f"{value:.3f}" for value in rest)] for step, *rest in notes["rows"]]


def test_gradient_of_two(steepest: Steepest, write: Write) -> None:
    notes = NOTES["gradient_of_two"]
    document = {
        "version": 1,
        "problem": {"kind": "surface", "id": "gradient_of_two"},
        "runs": [{"optimizer": {"id": "sgd", "lr": 0.1}, "start": notes["at"]}],
    }
    (record,) = steepest("run", write(document), "--steps", "0").records
    assert [f"{value:.4f}" for value in record["grad"]] == [f"{value:.4f}" for value in notes["gradient"]]
