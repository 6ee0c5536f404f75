"""prepare: what only the catalog knows is checked, with the field's path; what is missing is filled in."""

import pytest

from steepest.engine import grid, prepare
from steepest.spec import Invalid, parse_experiment

BASE = {
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
        ({"runs": [run({"id": "sgd", "lr": -1.0})]}, "runs[0].optimizer.lr", "[0, 1e+06]"),
        ({"runs": [run({"id": "sgd", "rate": 1.0})]}, "runs[0].optimizer.rate", "momentum"),
        ({"runs": [run({"id": "sgd"}), run({"id": "adam", "betas": [0.9, 1.0]})]}, "runs[1].optimizer.betas[1]", "1)"),
        ({"runs": [run({"id": "sgd", "nesterov": True})]}, "runs[0].optimizer.nesterov", "momentum"),
        ({"runs": [run({"id": "sgd"}, (1.0,))]}, "runs[0].start", "2 numbers"),
        ({"runs": [run({"id": "sgd"}, (1.0, 1e300))]}, "runs[0].start[1]", "dtype"),
        ({"edits": [{"step": 3, "run": 0, "set": {"lr": -1.0}}]}, "edits[0].set.lr", "[0, 1e+06]"),
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
    z = grid(problem, [[-1, 2], [0, 1]], [4, 3])
    assert z.shape == (3, 4)
    assert z.dtype == "float32"
    x, y = 2.0, 0.5
    assert z[1, 3] == pytest.approx((1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2)
    curve = prepare(
        parse_experiment({**BASE, "problem": {"kind": "surface", "id": "square"}, "runs": [run({"id": "sgd"}, (5.0,))]})
    ).problem
    assert grid(curve, [[2, 5]], [4]).tolist() == [0, 1, 4, 9]
