"""What is recorded of the state of an optimizer that has several tensors, and a step of it in numbers."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from tests.engine import on_data
from tests.engine.helpers import whole
from tests.problems.learning_cases import chosen
from torch import Tensor, nn

from steepest.engine import Prepared, advance, explain_step, prepare
from steepest.engine.run import recorder
from steepest.optimizers import Optimizer, optimizers
from steepest.spec import parse_experiment

STEPS = 6
ALL = list(optimizers().values())
# 2-4-3-1 with biases, which is 31 numbers in 6 tensors, or without them for what works on matrices alone: 23 in 3.
SHAPES: dict[bool, list[tuple[int, ...]]] = {
    True: [(4, 2), (4,), (3, 4), (3,), (1, 3), (1,)],
    False: [(4, 2), (3, 4), (1, 3)],
}


def net(optimizer: Optimizer, **hyper: Any) -> Prepared:
    model = chosen("mlp", {"hidden": [4, 3], "activation": "tanh", "bias": not optimizer.matrices_only})
    return on_data.learning([{"optimizer": {"id": optimizer.id, "lr": 0.05, **hyper}}], model=model, dtype="float64")


def by_hand(optimizer: Optimizer) -> tuple[list[nn.Parameter], torch.optim.Optimizer]:
    """The same training up to the last step, as a loop; the optimizer as it is then."""
    module = on_data.net("float64", bias=not optimizer.matrices_only)
    inputs, targets = on_data.circle("float64")
    parameters = list(module.parameters())
    running = optimizer.build(parameters, optimizer.complete({"lr": 0.05}))

    def look() -> Tensor:
        running.zero_grad()
        loss: Tensor = nn.functional.binary_cross_entropy_with_logits(module(inputs), targets)
        gradients = torch.autograd.grad(loss, parameters, create_graph=optimizer.needs == "hessian")
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        return loss

    for _ in range(STEPS):
        look()
        running.step(look) if optimizer.needs == "closure" else running.step()  # type: ignore[arg-type]
    return parameters, running


def expected(value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A slot of one tensor, with a number for each of its elements."""
    if value is None:
        return np.full(int(np.prod(shape)), np.nan)
    return np.broadcast_to(value.numpy(), shape).reshape(-1)


@pytest.mark.parametrize("optimizer", ALL, ids=lambda each: each.id)
def test_the_state_is_recorded_of_every_tensor(optimizer: Optimizer) -> None:
    (records,) = whole(net(optimizer), STEPS)
    parameters, running = by_hand(optimizer)
    shapes = SHAPES[not optimizer.matrices_only]
    assert_array_equal(records.params[-1], torch.cat([p.detach().reshape(-1) for p in parameters]).numpy())
    for slot in optimizer.state:
        recorded = records.state[slot.name]
        if optimizer.id == "adagrad":  # makes its sum when it is built
            assert_array_equal(recorded[0], 0.0)
        else:
            assert np.isnan(recorded[0]).all()
        held = [running.state[parameter].get(slot.name) for parameter in parameters]
        if slot.scalar:
            assert recorded.shape == (STEPS + 1,)
            assert recorded[-1] == float(held[0])
        elif optimizer.id == "lbfgs":  # sees all parameters as one vector, and keeps it with the first of them
            assert_array_equal(recorded[-1], held[0].numpy())
        else:
            parts = [expected(value, shape) for value, shape in zip(held, shapes, strict=True)]
            assert_array_equal(recorded[-1], np.concatenate(parts))


def test_adafactor_keeps_rows_and_columns_of_matrices_and_the_whole_of_vectors() -> None:
    (records,) = whole(net(optimizers()["adafactor"]), STEPS)
    rows, columns, whole_of_it = (records.state[name][-1] for name in ("row_var", "col_var", "variance"))
    weight, bias = slice(0, 8), slice(8, 12)
    assert len(set(rows[weight].reshape(4, 2)[0])) == 1  # one number a row, at each place of it
    assert len(set(columns[weight].reshape(4, 2)[:, 0])) == 1
    assert len(set(rows[weight])) == 4
    assert np.isnan(whole_of_it[weight]).all()
    assert np.isnan(rows[bias]).all()
    assert np.isfinite(whole_of_it[bias]).all()


@pytest.mark.parametrize("step", [0, 1, STEPS - 1])
@pytest.mark.parametrize("optimizer", ALL, ids=lambda each: each.id)
def test_a_step_of_a_net_in_numbers(optimizer: Optimizer, step: int) -> None:
    prepared = net(optimizer)
    checkpoint = advance(prepared, None, step)[1] if step else None
    shown = explain_step(prepared, checkpoint, 0)
    if optimizer.id in ("muon", "adafactor"):  # matrices as a whole: no line of theirs is elementwise
        assert shown is None
        return
    assert shown is not None
    (records,) = whole(prepared, step + 1)
    last = shown.lines[-1]
    assert_allclose(last.computed, records.update[step + 1], rtol=1e-6, atol=1e-12)
    assert last.arrow == "update"
    assert r"\ldots" in last.numbers
    assert_array_equal(shown.start, records.params[step])
    for line in shown.lines:
        if line.slot is not None:
            kept = records.state[line.slot][step + 1]
            assert_array_equal(line.value, np.broadcast_to(kept, line.value.shape))


def test_more_than_64_parameters_are_not_worked_out() -> None:
    model = chosen("mlp", {"hidden": [9, 4], "activation": "tanh"})
    prepared = on_data.learning([{"optimizer": {"id": "adam", "lr": 0.05}}], model=model)
    assert prepared.problem.dim > 64
    assert explain_step(prepared, None, 0) is None


def test_adafactor_is_worked_out_for_a_single_vector() -> None:
    document: dict[str, Any] = {
        "version": 1,
        "problem": {"kind": "surface", "id": "beale"},
        "runs": [{"optimizer": {"id": "adafactor"}, "start": [1.0, 1.0]}],
    }
    assert explain_step(prepare(parse_experiment(document)), None, 0) is not None


@pytest.mark.parametrize("optimizer", ALL, ids=lambda each: each.id)
def test_tensors_whose_views_are_copies_are_recorded_alike(
    optimizer: Optimizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a GPU, where NumPy cannot share a tensor's memory."""
    (expected_records,) = whole(net(optimizer), STEPS)
    views, init = recorder._views, recorder.RowRecorder.__init__

    def copied(tensors: Any) -> Any:
        return [view.copy() for view in views(tensors)]

    def unshared(self: Any, *arguments: Any) -> None:
        init(self, *arguments)
        self._shared = False

    monkeypatch.setattr(recorder, "_views", copied)
    monkeypatch.setattr(recorder.RowRecorder, "__init__", unshared)
    (records,) = whole(net(optimizer), STEPS)
    for name in ("loss", "params", "grad", "update"):
        assert_array_equal(getattr(records, name), getattr(expected_records, name))
    for slot in optimizer.state:
        assert_array_equal(records.state[slot.name], expected_records.state[slot.name])
