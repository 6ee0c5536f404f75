"""Every hyperparameter of every optimizer turned while running, and turned back; each script is really run."""

from typing import Any

import pytest
from tests.export.scripts import perform, recording, script
from tests.optimizers.helpers import ALL_ON, ON_SURFACES
from tests.optimizers.test_live_edits import other_values

from steepest.export.script.edits import STATE_FIXES, has_adjust
from steepest.optimizers import BUILT_IN, Optimizer
from steepest.spec import Invalid

START = (-2.5, 2.5)


def turns() -> list[Any]:
    """(optimizer, hyperparameters at the start, change): from the defaults and with everything on."""
    found = []
    for optimizer in ON_SURFACES:
        for start in ({}, ALL_ON[optimizer.id]) if optimizer.id in ALL_ON else ({},):
            values = optimizer.complete(start)
            for param in optimizer.params:
                for value in other_values(optimizer.id, param, values[param.id]):
                    try:
                        optimizer.checked_change(values, {param.id: value})
                    except Invalid:
                        continue
                    found.append(pytest.param(optimizer, start, {param.id: value}, id=f"{optimizer.id}-{param.id}"))
    return found


@pytest.mark.parametrize(("optimizer", "start", "change"), turns())
def test_turned_and_turned_back(optimizer: Optimizer, start: dict[str, Any], change: dict[str, Any]) -> None:
    values = optimizer.complete(start)
    back = {name: values[name] for name in change}
    edits = [
        {"step": 0, "run": 0, "set": change},
        {"step": 3, "run": 0, "set": back},
        {"step": 8, "run": 0, "set": change},
        {"step": 13, "run": 0, "set": back},
        {"step": 13, "run": 0, "set": change},
        {"step": 15, "run": 0, "set": change},  # changes nothing
    ]
    lr = start.get("lr", optimizer.known_lr)
    for dtype in ("float32", "float64"):
        made = recording("matyas", [({"id": optimizer.id, "lr": lr, **start}, START)], edits, dtype=dtype, steps=18)
        perform(script(made))


def test_every_adjustment_is_written_out() -> None:
    assert {optimizer.id for optimizer in BUILT_IN if has_adjust(optimizer)} == STATE_FIXES.keys()


# Lines without which the script would end elsewhere, or fail.
NEEDED = {
    "adam": ({}, {"amsgrad": True}, "max_exp_avg_sq"),
    "adamw": ({}, {"amsgrad": True}, "max_exp_avg_sq"),
    "rmsprop": ({}, {"momentum": 0.9}, "momentum_buffer"),
    "adagrad": ({"lr": 0.5}, {"initial_accumulator_value": 2.0}, '["sum"]'),
    "rprop": ({}, {"lr": 0.5}, '["step_size"]'),
    "asgd": ({}, {"lr": 0.05}, '["eta"]'),
    "lbfgs": ({"max_iter": 1, "lr": 0.1}, {"max_iter": 4}, '["max_eval"]'),
}


@pytest.mark.parametrize("name", NEEDED)
def test_without_its_lines_a_script_fails(name: str) -> None:
    given, change, words = NEEDED[name]
    run = ({"id": name, **given}, START)
    edits = [{"step": 6, "run": 0, "set": change}]
    source = script(recording("ravine", [run], edits, dtype="float64", steps=9))
    perform(source)
    lines = source.splitlines(keepends=True)
    assert any(words in line for line in lines)
    with pytest.raises((AssertionError, KeyError)):
        perform("".join(line for line in lines if words not in line))


def test_what_changes_nothing_before_the_first_step_needs_no_mending() -> None:
    source = script(recording("beale", [({"id": "adam"}, START)], [{"step": 0, "run": 0, "set": {"amsgrad": True}}]))
    assert "max_exp_avg_sq" not in source
    perform(source)


def test_a_branch_is_reported() -> None:
    runs: list[Any] = [({"id": "sgd", "lr": 0.1}, START)] * 2
    made = recording("ravine", runs, [{"step": 4, "run": 1, "set": {"lr": 0.15}}])
    forked = made.experiment.model_dump()
    forked["runs"][1]["fork"] = {"run": 0, "step": 4}
    from steepest.export import record
    from steepest.spec import parse_experiment

    source = script(record(parse_experiment(forked), 20))
    assert "# A branch of run 0: the same up to step 4.\n" in source
    perform(source)
