"""Documents to spoil."""

import copy
import json
from typing import Any

# The issue's own example: everything that version 1 has.
EXAMPLE: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale", "params": {}},
    "seed": 0,
    "dtype": "float32",
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.01, "momentum": 0.9}, "start": [1.0, 1.0]}],
    "edits": [{"step": 50, "run": 0, "set": {"lr": 0.001}}],
}


def example(**changes: object) -> dict[str, Any]:
    """The example with other top-level fields."""
    return {**copy.deepcopy(EXAMPLE), **changes}


def spoilt(path: str, value: object) -> dict[str, Any]:
    """The example with one place changed or added: `runs.0.optimizer.lr`."""
    document = example()
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = document
    for part in way:
        place = place[part]
    place[last] = value
    return document


def without(path: str) -> dict[str, Any]:
    """The example with one place missing."""
    *way, last = path.split(".")
    document = example()
    place: Any = document
    for part in way:
        place = place[int(part) if part.isdigit() else part]
    del place[last]
    return document


def as_json(document: object) -> str:
    return json.dumps(document)
