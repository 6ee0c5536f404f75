"""prepare: what only the catalog knows is checked, with the field's path; what is missing is filled in."""

import sys
from typing import Any

import pytest

from steepest.engine import loss_grid, prepare
from steepest.spec import Edit, Invalid, parse_experiment

ready = sys.modules[prepare.__module__]  # the package's name for it is the function's

BASE: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": [1.0, 1.0]}],
}


def refused(**changes):
    with pytest.raises(Invalid) as caught:
        prepare(parse_experiment({**BASE, **changes}))
    return caught.value


def run(optimizer, start=(1.0, 1.0)):
    return {"optimizer": optimizer, "start": list(start)}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"problem": {"kind": "surface", "id": "beal"}}, "problem.id", "beale"),
        ({"problem": {"kind": "surface", "id": "ravine", "params": {"kapa": 3}}}, "problem.params.kapa", "kappa"),
        ({"problem": {"kind": "surface", "id": "ravine", "params": {"kappa": -3}}}, "problem.params.kappa", "["),
        ({"runs": [run({"id": "sdg"})]}, "runs[0].optimizer.id", "adam"),
        ({"runs": [run({"id": "muon"})]}, "runs[0].optimizer.id", "matrices"),
        ({"runs": [run({"id": "sgd", "lr": -1.0})]}, "runs[0].optimizer.lr", "[0, 1000000]"),
        ({"runs": [run({"id": "sgd", "rate": 1.0})]}, "runs[0].optimizer.rate", "momentum"),
        ({"runs": [run({"id": "sgd"}), run({"id": "adam", "betas": [0.9, 1.0]})]}, "runs[1].optimizer.betas[1]", "1)"),
        ({"runs": [run({"id": "sgd", "nesterov": True})]}, "runs[0].optimizer.nesterov", "momentum"),
        ({"runs": [run({"id": "sgd"}, (1.0,))]}, "runs[0].start", "2 numbers"),
        ({"runs": [run({"id": "sgd"}, (1.0, 1e300))]}, "runs[0].start[1]", "dtype"),
        ({"edits": [{"step": 3, "run": 0, "set": {"lr": -1.0}}]}, "edits[0].set.lr", "[0, 1000000]"),
        ({"edits": [{"step": 3, "run": 0, "optimizer": {"id": "x"}}]}, "edits[0].optimizer.id", "adam"),
        ({"edits": [{"step": 3, "run": 0, "params": [1.0]}]}, "edits[0].params", "2 numbers"),
    ],
)
def test_each_refusal_names_the_field_and_what_would_be_right(changes, field, words):
    error = refused(**changes)
    assert error.field == field
    assert words in error.text.en
    assert error.text.zh


def test_defaults_are_filled_in_and_preparing_again_changes_nothing():
    edits = [
        {"step": 9, "run": 0, "optimizer": {"id": "adam"}},
        {"step": 2, "run": 0, "set": {"momentum": 1}},
    ]
    completed = prepare(parse_experiment({**BASE, "edits": edits})).experiment
    assert completed.runs[0].optimizer.hyper["momentum"] == 0.0
    assert [edit.step for edit in completed.edits] == [2, 9]
    assert completed.edits[0].set == {"momentum": 1.0}
    assert completed.edits[1].optimizer is not None
    assert completed.edits[1].optimizer.hyper["betas"] == [0.9, 0.999]
    assert prepare(completed).experiment == completed
    assert parse_experiment(completed.model_dump_json()) == completed


def test_an_edit_is_checked_against_the_optimizer_in_force_at_its_step():
    edits = [
        {"step": 5, "run": 0, "optimizer": {"id": "adam"}},
        {"step": 6, "run": 0, "set": {"momentum": 0.5}},
    ]
    assert refused(edits=edits).field == "edits[1].set.momentum"
    edits[1]["step"] = 4
    prepare(parse_experiment({**BASE, "edits": edits}))


def test_a_grid_has_x_along_the_last_axis():
    problem = prepare(parse_experiment(BASE)).problem
    z = loss_grid(problem, [[-1, 2], [0, 1]], [4, 3])
    assert z.shape == (3, 4)
    assert z.dtype == "float32"
    x, y = 2.0, 0.5
    assert z[1, 3] == pytest.approx((1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2)
    curve = prepare(
        parse_experiment({**BASE, "problem": {"kind": "surface", "id": "square"}, "runs": [run({"id": "sgd"}, (5.0,))]})
    ).problem
    assert loss_grid(curve, [[2, 5]], [4]).tolist() == [0, 1, 4, 9]


EDITS = [
    {"step": 2, "run": 0, "set": {"momentum": 1}},
    {"step": 4, "run": 1, "params": [0.5, 0.25]},
    {"step": 5, "run": 0, "optimizer": {"id": "adam"}},
    {"step": 9, "run": 0, "set": {"lr": 0.5}},
]
CHANGES = [
    {"step": 12, "run": 0, "set": {"betas": [0.5, 0.9]}},
    {"step": 9, "run": 0, "set": {"eps": 1e-6}},
    {"step": 4, "run": 0, "optimizer": {"id": "rmsprop"}},
    {"step": 0, "run": 1, "params": [2, 3]},
]


@pytest.mark.parametrize("branched", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_edits_before_a_change_are_reused(
    change: dict[str, object], branched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prepare(parse_experiment({**BASE, "runs": [*BASE["runs"]] * 2, "edits": EDITS}))
    edit = Edit.model_validate(change)
    after = before.experiment.forked(edit) if branched else before.experiment.edited(edit)
    looked: list[Edit] = []
    real = ready._apply

    def look(edit: Edit, *rest: object) -> object:
        looked.append(edit)
        return real(edit, *rest)

    monkeypatch.setattr(ready, "_apply", look)
    known = prepare(after, before)
    assert looked == [one for one in after.edits if one.run == 2 or one not in before.experiment.edits]
    afresh = prepare(parse_experiment(after.model_dump_json()))
    assert known.experiment.model_dump_json() == afresh.experiment.model_dump_json()
    assert known.plans == afresh.plans
    assert known.problem is before.problem


def test_another_problem_is_prepared_again() -> None:
    before = prepare(parse_experiment({**BASE, "edits": EDITS[:1]}))
    other = before.experiment.model_copy(update={"dtype": "float64"})
    assert prepare(other, before).problem is not before.problem
