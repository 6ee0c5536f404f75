"""Shorthand for experiments on cards."""

from typing import Any

from steepest.spec import Experiment, parse_experiment

Json = dict[str, Any]
RANDOM: Json = {"init": "default"}


def run(optimizer: str, start: list[float] | Json, /, **hyper: Any) -> Json:
    """A run. `schedule` and `zero_grad` are the run's own, all else the optimizer's hyperparameters."""
    own: Json = {name: hyper.pop(name) for name in ("schedule", "zero_grad") if name in hyper}
    return {"optimizer": {"id": optimizer, **hyper}, "start": start, **own}


def surface(name: str, *runs: Json, **params: Any) -> Experiment:
    """Runs on a surface."""
    return parse_experiment(
        {"version": 1, "problem": {"kind": "surface", "id": name, "params": params}, "runs": list(runs)}
    )


def learning(dataset: Json | str, model: Json | str, loss: Json | str, *runs: Json, **rest: Any) -> Experiment:
    """Runs on data. rest: batch, split and penalty of the problem; seed and edits of the experiment."""
    own: Json = {name: rest.pop(name) for name in ("seed", "edits") if name in rest}
    problem = {"kind": "learning", "dataset": _chosen(dataset), "model": _chosen(model), "loss": _chosen(loss), **rest}
    return parse_experiment({"version": 1, "problem": problem, "runs": list(runs), **own})


def of(name: str, **params: Any) -> Json:
    """An entry with params."""
    return {"id": name, "params": params}


def _chosen(entry: Json | str) -> Json:
    return {"id": entry, "params": {}} if isinstance(entry, str) else entry
