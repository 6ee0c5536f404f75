"""Helpers for the engine's tests on data: learning experiments in few words, and their like as a plain torch loop."""

from collections.abc import Sequence
from typing import Any

import torch
from tests.engine.helpers import same_bits
from tests.problems.learning_cases import chosen, document
from torch import Tensor, nn

from steepest.engine import Chunk, Prepared, RunRecords, prepare
from steepest.engine.recording.checkpoint import Checkpoint
from steepest.problems.catalog import datasets
from steepest.spec import parse_experiment

POINTS = 30  # of the circle, so that a batch of 7 leaves a smaller one at the end
NET = chosen("mlp", {"hidden": [4, 3], "activation": "tanh"})  # 2*4+4 + 4*3+3 + 3+1 = 31 parameters: all are recorded


def learning(
    runs: Sequence[dict[str, Any]],
    edits: Sequence[dict[str, Any]] = (),
    seed: int = 5,
    dtype: str = "float32",
    on: str = "circle",
    **changes: Any,
) -> Prepared:
    """An experiment on a net, by default of 30 points of the circle; each run a document of its own."""
    if on == "circle":
        changes = {"dataset": chosen("circle", {"count": POINTS}), "model": NET, **changes}
    written = {**document(on), **changes}
    begun = [{"start": {"init": "default"}, **run} for run in runs]
    return prepare(
        parse_experiment(
            {"version": 1, "problem": written, "seed": seed, "dtype": dtype, "runs": begun, "edits": list(edits)}
        )
    )


def circle(dtype: str) -> tuple[Tensor, Tensor]:
    """Its points (30, 2), and 1.0 for those inside, (30, 1)."""
    declared = datasets()["circle"]
    made = declared.make(**declared.complete({"count": POINTS}))
    return made.inputs.to(getattr(torch, dtype)), made.targets[:, None].to(getattr(torch, dtype))


def net(dtype: str, seed: int = 5, *, dropout: float = 0.0, bias: bool = True) -> nn.Sequential:
    """The net of the experiment as a learner would write it."""
    torch.manual_seed(seed)
    parts: list[nn.Module] = [nn.Linear(2, 4, bias=bias), nn.Tanh()]
    if dropout:
        parts.append(nn.Dropout(dropout))
    parts += [nn.Linear(4, 3, bias=bias), nn.Tanh()]
    if dropout:
        parts.append(nn.Dropout(dropout))
    return nn.Sequential(*parts, nn.Linear(3, 1, bias=bias)).to(getattr(torch, dtype))


def same_records(one: RunRecords, other: RunRecords, since: int = 0) -> None:
    """All arrays of both, bit for bit; of the first from this record on."""
    names = ("loss", "params", "grad", "grad_norm", "update", "lr", "status")
    mine = {name: getattr(one, name)[since:] for name in names} | {k: v[since:] for k, v in one.state.items()}
    theirs = {name: getattr(other, name) for name in names} | dict(other.state)
    same_bits(mine, theirs)


def same_ends(one: Checkpoint, other: Checkpoint) -> None:
    """Parameters, held gradients and every optimizer's state, bit for bit."""
    for mine, theirs in zip(one.runs, other.runs, strict=True):
        assert mine.params.tobytes() == theirs.params.tobytes()
        assert (mine.gradient is None) == (theirs.gradient is None)
        if mine.gradient is not None and theirs.gradient is not None:
            assert mine.gradient.tobytes() == theirs.gradient.tobytes()
        assert repr(mine.state) == repr(theirs.state)


def only(chunk: Chunk) -> RunRecords:
    (records,) = chunk.runs
    return records
