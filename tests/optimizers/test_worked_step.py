"""The step in numbers: every built-in optimizer's working against what the engine records of the very same step."""

from typing import Any

import numpy as np
import pytest
from tests.engine.helpers import experiment
from tests.optimizers.evaluate_shown import read
from tests.optimizers.helpers import ON_SURFACES
from tests.optimizers.test_formulas import VARIANTS

from steepest.engine import Prepared, StepExplanation, advance, explain_step
from steepest.engine.recording.records import RunRecords
from steepest.optimizers import find_optimizer

MORE: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {"lr": 0.02, "maximize": True}),
    ("adam", {"lr": 0.14125375446227545, "amsgrad": True, "weight_decay": 0.1}),
    ("adamw", {"lr": 0.1, "maximize": True}),
    ("rmsprop", {"lr": 0.02, "centered": True, "momentum": 0.9}),
    ("nadam", {"lr": 0.1, "maximize": True}),
    ("radam", {"lr": 0.1, "betas": [0.8, 0.99]}),
    ("rprop", {"lr": 0.3, "maximize": True}),
    ("adafactor", {"maximize": True}),
    ("lbfgs", {"max_iter": 1}),
    ("lbfgs", {"max_iter": 2, "lr": 0.3}),
    ("lbfgs", {"max_iter": 4, "lr": 0.1, "max_eval": 50}),
    ("lbfgs", {"max_iter": 4, "lr": 0.1, "history_size": 2}),
    ("lbfgs", {"line_search_fn": "strong_wolfe"}),
]
ALL = [*VARIANTS, *MORE]
STEPS = (0, 1, 2, 5, 11)
EPSILON = {"float32": 2.0**-23, "float64": 2.0**-52}


def bowl(name: str, hyper: dict[str, Any], dtype: str, edits: list[dict[str, Any]] | None = None) -> Prepared:
    """A tilted bowl, which no rate here diverges on within a dozen steps, from a place without symmetry."""
    problem = {"id": "expression", "params": {"expression": "1.5*x**2 + x*y + y**2 - x + 2*y"}}
    return experiment(problem, [({"id": name, **hyper}, [1.5, 0.8])], edits or [], dtype)


def onward(prepared: Prepared, step: int) -> StepExplanation:
    """The step from a record on, worked out from a checkpoint there."""
    found = explain_step(prepared, advance(prepared, None, step)[1], 0)
    assert found is not None
    return found


def agrees(step: StepExplanation, records: RunRecords, dtype: str) -> None:
    """All that its lines claim about what was recorded."""
    k, epsilon = step.step, EPSILON[dtype]
    last = step.lines[-1]
    assert (last.name, last.arrow) == (r"\Delta\theta_t", "update")
    size = np.abs(step.start).max() + np.abs(records.update[k + 1]).max()
    np.testing.assert_allclose(last.value, records.update[k + 1], rtol=100 * epsilon, atol=8 * epsilon * size)
    for line in step.lines:
        if line.slot is not None:
            kept = records.state[line.slot][k + 1]
            np.testing.assert_array_equal(line.value.astype(kept.dtype), np.broadcast_to(kept, line.value.shape))
        # The single numbers of its state torch keeps in float32, whatever the dtype.
        least = 1000 * (EPSILON["float32"] if line.slot in ("mu_product", "eta", "mu") else epsilon)
        np.testing.assert_allclose(line.computed, line.value, rtol=least, atol=least * (1 + np.abs(line.value).max()))


def reckons(step: StepExplanation) -> None:
    """The shown figures come to the shown results, as far as figures that are rounded can tell."""
    for line in step.lines:
        arithmetic, result = read(line.numbers)
        assert result.holds(line.value, slack=2e-5), line
        assert arithmetic.holds(line.value, slack=2e-5), line


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "hyper"), ALL, ids=lambda value: str(value))
def test_a_step_in_numbers_is_the_step_that_was_made(name, hyper, dtype):
    prepared = bowl(name, hyper, dtype)
    (records,) = advance(prepared, None, max(STEPS) + 1)[0].runs
    for k in STEPS:
        step = onward(prepared, k)
        assert (step.step, step.optimizer) == (k, name)
        np.testing.assert_array_equal(step.start, records.params[k])
        gradient = next(line for line in step.lines if line.arrow == "gradient")
        np.testing.assert_array_equal(gradient.value, records.grad[k])
        agrees(step, records, dtype)
        reckons(step)


# Where a small difference of large numbers is shown, five figures of each leave little of it.
LOSSY = {"rmsprop", "newton", "radam", "lbfgs"}


@pytest.mark.parametrize(("name", "hyper"), [one for one in ALL if one[0] not in LOSSY], ids=lambda value: str(value))
def test_the_shown_numbers_are_enough_to_find_the_recorded_update(name, hyper):
    """Not some interval that holds anything: within two percent of the update's size."""
    prepared = bowl(name, hyper, "float32")
    (records,) = advance(prepared, None, 6)[0].runs
    for k in (0, 1, 5):
        arithmetic, _ = read(onward(prepared, k).lines[-1].numbers)
        recorded = records.update[k + 1].astype(np.float64)
        assert arithmetic.holds(recorded, slack=1e-4 + 1e-6 / np.abs(recorded).max())
        assert arithmetic.width() <= 0.02 * np.abs(recorded).max()


def test_every_optimizer_on_surfaces_is_worked_out():
    assert {name for name, _ in ALL} == {optimizer.id for optimizer in ON_SURFACES}


@pytest.mark.parametrize("name", [optimizer.id for optimizer in ON_SURFACES])
def test_one_variable(name):
    prepared = experiment("square", [({"id": name, "lr": find_optimizer(name).known_lr}, [5.0])])
    (records,) = advance(prepared, None, 3)[0].runs
    step = onward(prepared, 2)
    agrees(step, records, "float32")
    reckons(step)
    assert step.lines[-1].value.shape == (1,)
    assert r",\ " not in "".join(line.numbers for line in step.lines if "max" not in line.rule)


EDITS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("sgd", {"lr": 0.1}, {"set": {"lr": 0.3}}),
    ("sgd", {"lr": 0.1}, {"set": {"momentum": 0.5}}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}, {"params": [0.3, -2.0]}),
    ("sgd", {"lr": 0.1}, {"optimizer": {"id": "adam", "lr": 0.2}}),
    ("adam", {"lr": 0.1}, {"set": {"amsgrad": True}}),
    ("adagrad", {"lr": 0.1}, {"set": {"initial_accumulator_value": 3.0}}),
    ("rmsprop", {"lr": 0.1}, {"set": {"centered": True, "momentum": 0.9}}),
    ("rprop", {"lr": 0.1}, {"set": {"lr": 0.4}}),
    ("asgd", {"lr": 0.1, "t0": 2.0}, {"set": {"lr": 0.2, "t0": 0.0}}),
    ("lbfgs", {"lr": 0.3, "max_iter": 4}, {"set": {"history_size": 2}}),
    ("adam", {"lr": 0.1}, {"optimizer": {"id": "newton", "damping": 1.0}}),
]


@pytest.mark.parametrize(("name", "hyper", "edit"), EDITS, ids=lambda value: str(value))
@pytest.mark.parametrize("k", [0, 4])
def test_an_edit_at_the_step_is_in_force(name, hyper, edit, k):
    plain = bowl(name, hyper, "float64")
    edited = bowl(name, hyper, "float64", [{"step": k, "run": 0, **edit}])
    (records,) = advance(edited, None, k + 2)[0].runs
    step = onward(edited, k)
    agrees(step, records, "float64")
    reckons(step)
    assert [line.numbers for line in step.lines] != [line.numbers for line in onward(plain, k).lines]
    if "params" in edit:
        np.testing.assert_array_equal(step.start, edit["params"])
    assert step.optimizer == edit.get("optimizer", {"id": name})["id"]
    agrees(onward(edited, k + 1), records, "float64")


def test_it_needs_no_checkpoint_at_the_start():
    prepared = bowl("adam", {"lr": 0.1}, "float32")
    from_nothing = explain_step(prepared, None, 0)
    assert from_nothing is not None
    assert [line.numbers for line in from_nothing.lines] == [line.numbers for line in onward(prepared, 0).lines]


def test_there_is_no_step_where_the_run_has_ended():
    prepared = experiment("matyas", [({"id": "sgd", "lr": 1e6}, [1.0, 2.0]), ({"id": "adam"}, [1.0, 2.0])])
    chunk, checkpoint = advance(prepared, None, 10)
    end = len(chunk.runs[0]) - 1
    assert end < 10
    assert explain_step(prepared, checkpoint, 0) is None
    assert explain_step(prepared, advance(prepared, None, end)[1], 0) is None
    assert explain_step(prepared, checkpoint, 1) is not None
    before = onward(prepared, end - 1)
    np.testing.assert_allclose(before.lines[-1].value, chunk.runs[0].update[end], rtol=1e-6)
    assert np.abs(before.lines[-1].value).max() > 1e18


def test_lbfgs_says_so_where_nothing_moves():
    prepared = experiment("sphere", [({"id": "lbfgs"}, [0.0, 0.0])])
    step = onward(prepared, 0)
    assert [line.name for line in step.lines] == ["g_t", "K", r"\Delta\theta_t"]
    assert step.lines[-1].numbers == r"(0,\ 0)"


def test_a_query_changes_nothing():
    prepared = bowl("adam", {"lr": 0.1}, "float32")
    _, checkpoint = advance(prepared, None, 5)
    first = explain_step(prepared, checkpoint, 0)
    again = explain_step(prepared, checkpoint, 0)
    assert first is not None
    assert again is not None
    assert [line.numbers for line in first.lines] == [line.numbers for line in again.lines]
    chunk, _ = advance(prepared, checkpoint, 7)
    np.testing.assert_array_equal(chunk.runs[0].params, advance(prepared, None, 7)[0].runs[0].params[6:])
