"""Learning problems in few words, for the engine's tests."""

from typing import Any

from steepest.engine import Prepared, prepare
from steepest.spec import parse_experiment


def learning(
    dataset: str | dict[str, Any],
    model: str | dict[str, Any],
    loss: str | dict[str, Any],
    start: Any = None,
    dtype: str = "float64",
    **problem: Any,
) -> Prepared:
    """One run of SGD on a data set, model and loss, given by id or written out."""
    chosen = {"dataset": _entry(dataset), "model": _entry(model), "loss": _entry(loss)}
    return prepare(
        parse_experiment(
            {
                "version": 1,
                "problem": {"kind": "learning", **chosen, **problem},
                "dtype": dtype,
                "runs": [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": start or {"init": "default"}}],
            }
        )
    )


def _entry(entry: str | dict[str, Any]) -> dict[str, Any]:
    return {"id": entry} if isinstance(entry, str) else entry


CIRCLE_NET = {"id": "mlp", "params": {"hidden": [4, 2], "activation": "tanh"}}
