"""Builders of the cards' experiments."""

from typing import Any

from steepest.spec import Experiment, parse_experiment

Json = dict[str, Any]
RANDOM: Json = {"init": "default"}


def run(optimizer: str, start: list[float] | Json, /, **hyper: Any) -> Json:
    """A run. `schedule` and `zero_grad` are fields of the run, all others hyperparameters of the optimizer."""
    own: Json = {name: hyper.pop(name) for name in ("schedule", "zero_grad") if name in hyper}
    return {"optimizer": {"id": optimizer, **hyper}, "start": start, **own}


def surface(name: str, *runs: Json, **params: Any) -> Experiment:
    """Runs on a surface."""
    return parse_experiment(
        {"version": 1, "problem": {"kind": "surface", "id": name, "params": params}, "runs": list(runs)}
    )


def learning(dataset: Json | str, model: Json | str, loss: Json | str, *runs: Json, **fields: Any) -> Experiment:
    """Runs on data. fields: batch, split and penalty of the problem; seed and edits of the experiment."""
    own: Json = {name: fields.pop(name) for name in ("seed", "edits") if name in fields}
    entries = {"dataset": dataset, "model": model, "loss": loss}
    chosen = {kind: entry(each) if isinstance(each, str) else each for kind, each in entries.items()}
    problem = {"kind": "learning", **chosen, **fields}
    return parse_experiment({"version": 1, "problem": problem, "runs": list(runs), **own})


def entry(name: str, **params: Any) -> Json:
    """An entry of the catalog with params."""
    return {"id": name, "params": params}
