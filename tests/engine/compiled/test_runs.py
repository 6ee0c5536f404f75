"""Compiled runs against eager ones, however they are cut."""

from typing import Any

import numpy as np
import pytest
import torch

from steepest.engine import Chunk, advance, prepare
from steepest.engine.compiled.block import Objective, Position, run_block, run_blocks
from steepest.engine.compiled.library import update_kernel
from steepest.engine.compiled.rule import OPTIMIZERS
from steepest.engine.compiled.trace import float_arguments
from steepest.engine.run.runner import Runner
from steepest.spec import parse_experiment

CUTS = (1, 2, 10, 11, 57, 120)


def on_beale(optimizer: dict[str, Any], **run: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "problem": {"kind": "surface", "id": "beale"},
        "runs": [{"optimizer": optimizer, "start": [1.0, 1.5], **run}],
    }


def recorded(document: dict[str, Any], engine: str, cuts: tuple[int, ...] = (CUTS[-1],)) -> list[Chunk]:
    prepared = prepare(parse_experiment({**document, "engine": engine}))
    chunks, checkpoint = [], None
    for cut in cuts:
        chunk, checkpoint = advance(prepared, checkpoint, cut)
        chunks.append(chunk)
    return chunks


def edited(document: dict[str, Any], *edits: dict[str, Any]) -> dict[str, Any]:
    return {**document, "edits": [{"run": 0, **edit} for edit in edits]}


DOCUMENTS = {
    **{name: on_beale({"id": name, "lr": 0.001}) for name in sorted(OPTIMIZERS)},
    "nesterov": on_beale({"id": "sgd", "lr": 0.001, "momentum": 0.9, "nesterov": True}),
    "dampening": on_beale({"id": "sgd", "lr": 0.001, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    "amsgrad": on_beale({"id": "adam", "lr": 0.01, "amsgrad": True, "weight_decay": 0.1}),
    "averaging": on_beale({"id": "asgd", "lr": 0.001, "t0": 20.0}),
    "diverging": on_beale({"id": "sgd", "lr": 1.0}),
    "accumulated": on_beale({"id": "sgd", "lr": 0.0001}, zero_grad=False),
    "cosine": on_beale({"id": "sgd", "lr": 0.001}, schedule={"id": "cosine"}),
    "plateau": on_beale({"id": "sgd", "lr": 0.001}, schedule={"id": "plateau", "patience": 3}),
    "one cycle": on_beale({"id": "adam"}, schedule={"id": "one_cycle"}),
    "edits": edited(
        on_beale({"id": "sgd", "lr": 0.001}),
        {"step": 5, "set": {"lr": 0.002}},
        {"step": 20, "set": {"momentum": 0.9}},
        {"step": 30, "optimizer": {"id": "adam"}},
        {"step": 50, "optimizer": {"id": "nadam"}},
        {"step": 60, "params": [2.0, 1.0]},
    ),
}
# Batches of one sample, and a last batch of one: 50 samples.
BATCHES = {
    f"{sampling}, batches of {size}": {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "plane"},
            "model": {"id": "linear"},
            "loss": {"id": "mse"},
            "batch": {"size": size, "sampling": sampling},
        },
        "runs": [{"optimizer": {"id": "sgd", "lr": 0.05}, "start": {"init": "default"}}],
    }
    for sampling in ("epoch", "replacement")
    for size in (1, 7)
}
DOCUMENTS |= BATCHES
# At the minimum L-BFGS divides differences of the order of rounding, so two engines part there.
THROUGH_TORCH = edited(
    on_beale({"id": "sgd", "lr": 0.001}),
    {"step": 9, "optimizer": {"id": "lbfgs"}},
    {"step": 13, "params": [1.0, 1.0]},
    {"step": 50, "optimizer": {"id": "nadam"}},
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_update_is_a_kernels(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones too, which make the optimizer's state: torch's own code depends on the processor."""

    def never(self: Runner) -> None:
        raise AssertionError("torch made an update")

    monkeypatch.setattr(Runner, "update", never)
    assert recorded(DOCUMENTS[name], "compiled")[0].last > 0


@pytest.mark.parametrize("document", [*DOCUMENTS.values(), THROUGH_TORCH], ids=[*DOCUMENTS, "through torch"])
def test_a_cut_changes_no_bit(document: dict[str, Any]) -> None:
    (whole,) = recorded(document, "compiled")
    parts = [run for chunk in recorded(document, "compiled", CUTS) for run in chunk.runs]
    for name in ("loss", "params", "grad", "grad_norm", "update", "lr"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert joined.tobytes() == getattr(whole.runs[0], name).tobytes(), name
    for name, values in whole.runs[0].state.items():
        assert np.concatenate([part.state[name] for part in parts]).tobytes() == values.tobytes(), name


def test_a_spent_budget_ends_a_chunk_after_one_step_where_torch_steps() -> None:
    prepared = prepare(parse_experiment({**THROUGH_TORCH, "engine": "compiled"}))
    checkpoint, reached = None, []
    for _ in range(4):
        chunk, checkpoint = advance(prepared, checkpoint, 120, budget=0.0)
        reached.append(chunk.last)
    assert reached == [9, 10, 11, 12]  # L-BFGS from step 9 on


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_compiled_run_agrees_with_an_eager_one(document: dict[str, Any]) -> None:
    ((compiled,), (eager,)) = (recorded(document, engine)[0].runs for engine in ("compiled", "eager"))
    assert len(compiled) == len(eager)
    finite = slice(None, len(eager) - 1 if eager.status[-1] == 2 else None)
    # A tenth of the steps' own size: rounding spreads on this surface, most of all by momentum.
    for name in ("params", "loss"):
        np.testing.assert_allclose(getattr(compiled, name)[finite], getattr(eager, name)[finite], rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(compiled.lr, eager.lr)
    assert [verdict.code for verdict in compiled.verdicts] == [verdict.code for verdict in eager.verdicts]


def test_runs_in_one_call_are_those_of_calls_of_their_own() -> None:
    prepared = prepare(parse_experiment({**on_beale({"id": "sgd", "lr": 0.001}), "engine": "compiled"}))
    objective = Objective(prepared.problem, torch.float32)
    config = prepared.plans[0].config
    update = update_kernel(config.optimizer, config.values, {}, 0, torch.float32)
    rates = np.linspace(1e-4, 0.1, 40)  # the largest ones diverge
    row = float_arguments(config.optimizer.arguments(config.values))
    tables = [np.array([[{**row, "lr": rate}[name] for name in update.hyperparameters]]) for rate in rates]

    def start() -> Position:
        return Position(np.array([1.0, 1.5], np.float32), np.empty((0, 2), np.float32), np.empty(0))

    together = run_blocks(objective, update, [start() for _ in rates], tables, 0, 50)
    assert {block.finite for block in together} == {True, False}
    for block, table in zip(together, tables, strict=True):
        alone = run_block(objective, update, start(), table, 0, 50)
        assert (block.made, block.finite) == (alone.made, alone.finite)
        assert block.losses.tobytes() == alone.losses.tobytes()
        assert block.parameters.tobytes() == alone.parameters.tobytes()
