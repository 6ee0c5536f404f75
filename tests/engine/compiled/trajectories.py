"""Compiled runs whose fingerprints are committed in trajectories.json: the same on every processor.

    python -m tests.engine.compiled.trajectories > tests/engine/compiled/trajectories.json     makes them anew

The data sets are lists of numbers: torch's own code, which makes the others, depends on the processor.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.engine.compiled.catalog_cases import EXPRESSION, NAMES, VARIANTS, experiment, on_surface
from tests.problems.learning_cases import chosen, document

from steepest.engine import advance, prepare
from steepest.engine.recording.fingerprint import fingerprint
from steepest.spec import parse_experiment

FILE = Path(__file__).with_name("trajectories.json")
STEPS = 300
LOGITS = chosen("bce_logits")


def _on_data(name: str, optimizer: str, batch: int | None = None, **changes: Any) -> dict[str, Any]:
    problem = document(name, batch={"size": batch}, **changes)
    return experiment(problem, {"id": optimizer, "lr": 0.01}, {"init": "xavier"})


def _net(activation: str, hidden: list[int]) -> dict[str, Any]:
    return chosen("mlp", {"hidden": hidden, "activation": activation})


CASES: dict[str, dict[str, Any]] = {
    **{name: on_surface("beale", name) for name in NAMES},
    **{f"{name} in float64": on_surface("himmelblau", name, dtype="float64") for name in ("sgd", "adam", "radam")},
    "nesterov": on_surface("rosenbrock", {**VARIANTS["nesterov"], "lr": 0.0005}),
    "centred": on_surface("rastrigin", VARIANTS["centred momentum"]),
    "ackley": on_surface("ackley", "adam", dtype="float64"),
    "goldstein_price": on_surface("goldstein_price", "nadam"),
    "expression": on_surface("expression", "rmsprop"),
    "diverging": on_surface("rosenbrock", {"id": "sgd", "lr": 1.0}),
    "logistic": _on_data("pass_or_fail", "sgd"),
    "regression": {**_on_data("fruit", "adam", 2), "dtype": "float64"},
    "tanh net": _on_data("pass_or_fail", "adam", model=_net("tanh", [4, 3]), loss=LOGITS),
    "gelu net": {
        **_on_data("pass_or_fail", "nadam", 3, model=_net("gelu", [5]), loss=chosen("bce_logits")),
        "dtype": "float64",
    },
    "softplus net": _on_data("through_origin", "rmsprop", model=_net("softplus", [4])),
    "classifier of digits": _on_data("digits", "adam", 16),
}
assert CASES["expression"]["problem"]["params"] == {"expression": EXPRESSION}


def made(written: dict[str, Any]) -> tuple[str, int]:
    """The fingerprint of records 0 to STEPS, and the last step, which is an earlier one where the run diverges."""
    chunk = advance(prepare(parse_experiment(written)), None, STEPS)[0]
    return fingerprint([chunk], 1), chunk.last


if __name__ == "__main__":
    json.dump({name: made(written)[0] for name, written in CASES.items()}, sys.stdout, indent=1)
    sys.stdout.write("\n")
