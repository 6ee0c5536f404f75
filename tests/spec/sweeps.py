"""Sweeps in few words."""

import copy
from typing import Any

SURFACE: dict[str, Any] = {
    "version": 1,
    "engine": "compiled",
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.01, "momentum": 0.9}, "start": [1.0, 1.0]}],
}
NET: dict[str, Any] = {
    "version": 1,
    "engine": "compiled",
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle", "params": {"count": 30}},
        "model": {"id": "mlp", "params": {"hidden": [4, 2], "activation": "tanh"}},
        "loss": {"id": "bce_logits"},
        "split": {"dev": 0.3},
    },
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.5}, "start": {"init": "default"}}],
}
LR = {"set": "runs[0].optimizer.lr", "scale": "log", "low": 1e-3, "high": 10.0, "count": 9}
MOMENTUM = {"set": "runs[0].optimizer.momentum", "low": 0.0, "high": 0.95, "count": 5}
SEED = {"set": "seed", "low": 0, "high": 4, "count": 5}


def axis(path: str, low: float, high: float, count: int = 5, scale: str = "linear") -> dict[str, Any]:
    return {"set": path, "low": low, "high": high, "count": count, "scale": scale}


def changed(document: dict[str, Any], **places: Any) -> dict[str, Any]:
    """A copy with other values at places such as `runs.0.optimizer`, written with two underscores for each dot."""
    document = copy.deepcopy(document)
    for path, value in places.items():
        *way, last = [int(part) if part.isdigit() else part for part in path.split("__")]
        place: Any = document
        for part in way:
            place = place[part]
        place[last] = value
    return document


def sweep_of(experiment: dict[str, Any], *axes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The document of a sweep of 60 steps."""
    return {"version": 1, "experiment": experiment, "axes": list(axes), "steps": 60, **fields}
