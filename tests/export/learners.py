"""Learning experiments in few words, recorded."""

from collections.abc import Sequence
from typing import Any

import torch

from steepest.export import Recording, record
from steepest.problems import datasets
from steepest.spec import parse_experiment


def learned(
    dataset: str,
    *,
    data: dict[str, Any] | None = None,
    model: tuple[str, dict[str, Any]] | None = None,
    loss: tuple[str, dict[str, Any]] | None = None,
    runs: Sequence[dict[str, Any]] = ({},),
    edits: Sequence[dict[str, Any]] = (),
    dtype: str = "float32",
    seed: int = 0,
    steps: int = 6,
    **rest: Any,
) -> Recording:
    """By default with the model, the loss and the rate that are known to suit. rest: batch, split, penalty.

    A run may leave out its optimizer (plain SGD) and its start (drawn).
    """
    torch.set_num_threads(1)
    known = datasets()[dataset]
    model = model or (known.known_model.id, dict(known.known_model.params))
    loss = loss or (known.known_loss.id, dict(known.known_loss.params))
    sgd = {"id": "sgd", "lr": known.known_lr}
    document = {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": dataset, "params": data or {}},
            "model": {"id": model[0], "params": model[1]},
            "loss": {"id": loss[0], "params": loss[1]},
            **rest,
        },
        "dtype": dtype,
        "seed": seed,
        "runs": [{"optimizer": sgd, "start": {"init": "default"}, **run} for run in runs],
        "edits": list(edits),
    }
    return record(parse_experiment(document), steps)
