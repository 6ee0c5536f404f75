"""A branch of a run: what it copies, when it is believed, and when it stops being one."""

from typing import Any

import pytest
from tests.spec.documents import example

from steepest.spec import MAX_EDITS, MAX_RUNS, Edit, Experiment, Fork, Invalid, parse_experiment

ADAM = {"id": "adam", "lr": 0.1}


def edit(step: int, run: int = 0, **change: Any) -> Edit:
    return Edit.model_validate({"step": step, "run": run, **change})


def experiment(*edits: Edit, runs: int = 1) -> Experiment:
    document = example(runs=example()["runs"] * runs, edits=[])
    return parse_experiment(document).model_copy(update={"edits": list(edits)})


def again(found: Experiment) -> Experiment:
    """By way of its document, so that every promise of a document is kept."""
    assert parse_experiment(found.model_dump_json()) == found
    return found


def test_is_one_more_run_with_the_same_beginning() -> None:
    found = again(experiment(runs=2).forked(edit(7, 1, set={"lr": 0.3})))
    assert found.runs[2] == found.runs[1].model_copy(update={"fork": Fork(run=1, step=7)})
    assert found.edits == [edit(7, 2, set={"lr": 0.3})]


def test_copies_the_edits_up_to_its_step_and_leaves_the_other_run_alone() -> None:
    before = [edit(3, set={"lr": 0.1}), edit(5, optimizer=ADAM), edit(9, set={"lr": 0.2})]
    found = again(experiment(*before).forked(edit(7, params=[0.5, 0.5])))
    copies = [edit(3, 1, set={"lr": 0.1}), edit(5, 1, optimizer=ADAM), edit(7, 1, params=[0.5, 0.5])]
    assert [e for e in found.edits if e.run == 0] == before
    assert [e for e in found.edits if e.run == 1] == copies
    assert found.edits == sorted(found.edits, key=lambda e: (e.step, e.run))


def test_the_change_joins_what_the_other_run_was_given_at_that_step() -> None:
    found = again(experiment(edit(7, set={"lr": 0.1, "momentum": 0.5})).forked(edit(7, set={"lr": 0.3})))
    assert found.edits[1:] == [edit(7, 1, set={"lr": 0.3, "momentum": 0.5})]


def test_an_empty_change_changes_nothing_yet() -> None:
    found = again(experiment().forked(edit(7, set={})))
    assert found.edits == []
    assert again(found.edited(edit(7, 1, set={"lr": 0.3}))).runs[1].fork == Fork(run=0, step=7)


def test_a_branch_before_a_branch_left_belongs_to_the_run_that_was_left() -> None:
    once = experiment().forked(edit(7, set={"lr": 0.3}))
    assert [again(once.forked(edit(step, 1, set={}))).runs[2].fork for step in (6, 7, 8)] == [
        Fork(run=0, step=6),
        Fork(run=0, step=7),
        Fork(run=1, step=8),
    ]


@pytest.mark.parametrize("run", [0, 1])
def test_an_edit_in_the_common_past_shortens_it(run: int) -> None:
    forked = experiment(edit(3, set={"lr": 0.1})).forked(edit(7, set={"lr": 0.3}))
    for step in (3, 5, 6):
        assert again(forked.edited(edit(step, run, set={"lr": 0.2}))).runs[1].fork == Fork(run=0, step=step)


@pytest.mark.parametrize("run", [0, 1])
def test_an_edit_of_the_start_ends_it(run: int) -> None:
    forked = experiment(edit(3, set={"lr": 0.1})).forked(edit(7, set={"lr": 0.3}))
    assert again(forked.edited(edit(0, run, set={"lr": 0.2}))).runs[1].fork is None


@pytest.mark.parametrize("run", [0, 1])
def test_an_edit_at_its_step_or_later_does_not(run: int) -> None:
    forked = experiment(edit(3, set={"lr": 0.1})).forked(edit(7, set={"lr": 0.3}))
    for step in (7, 8):
        assert again(forked.edited(edit(step, run, set={"lr": 0.2}))).runs[1].fork == Fork(run=0, step=7)


def believed(**changes: Any) -> Experiment:
    """A document by hand, with a branch of run 0 at step 10."""
    run = {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0}, "start": [0.0, 1.0]}
    document = {
        "runs": [run, {**run, "fork": {"run": 0, "step": 10}}],
        "edits": [
            {"step": 20, "run": 1, "set": {"lr": 0.4}},
            {"step": 5, "run": 1, "set": {"lr": 0.2}},
            {"step": 5, "run": 0, "set": {"lr": 0.2}},
        ],
    }
    return parse_experiment(example(**{**document, **changes}))


def test_a_document_may_say_so_by_hand_in_any_order_of_edits() -> None:
    assert believed().runs[1].fork == Fork(run=0, step=10)


@pytest.mark.parametrize(
    "run",
    [
        {"optimizer": {"id": "sgd", "lr": 0.1}, "start": [0.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": False}, "start": [0.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.1, "momentum": 0}, "start": [0.0, 1.0]},
        {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0}, "start": [0.0, 1.5]},
        {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0}, "start": [-0.0, 1.0]},
    ],
)
def test_a_document_that_is_not_honest_is_refused(run: dict[str, Any]) -> None:
    first = {"optimizer": {"id": "sgd", "lr": 0.1, "momentum": 0.0}, "start": [0.0, 1.0]}
    with pytest.raises(Invalid, match="no branch of run 0 at step 10") as refused:
        believed(runs=[first, {**run, "fork": {"run": 0, "step": 10}}])
    assert refused.value.field == "runs[1].fork"
    assert "分支" in refused.value.text.zh


@pytest.mark.parametrize("run", [0, 1])
def test_an_edit_that_one_of_them_alone_has_is_not_honest(run: int) -> None:
    alone = [{"step": 9, "run": run, "params": [0.0, 0.0]}]
    with pytest.raises(Invalid, match="no branch of run 0"):
        believed(edits=alone)
    assert believed(edits=[{**alone[0], "step": 10}]).runs[1].fork is not None


def test_no_run_is_a_branch_of_itself_or_of_a_later_one() -> None:
    run = example()["runs"][0]
    for of in (1, 2):
        with pytest.raises(Invalid, match="an earlier run"):
            believed(runs=[run, {**run, "fork": {"run": of, "step": 0}}, run], edits=[])


def test_says_nothing_in_the_document_of_a_run_that_is_none() -> None:
    assert "fork" not in experiment().model_dump_json()


def test_one_run_too_many_is_refused() -> None:
    with pytest.raises(Invalid, match="has at most 8 runs") as refused:
        experiment(runs=MAX_RUNS).forked(edit(1, set={}))
    assert refused.value.field == "runs"


def test_copies_count_as_edits() -> None:
    full = experiment(*(edit(step, set={"lr": 0.1}) for step in range(MAX_EDITS // 2 + 1)))
    with pytest.raises(Invalid, match="at most 1000 edits"):
        full.forked(edit(MAX_EDITS, set={}))
    assert len(full.forked(edit(MAX_EDITS // 2 - 2, set={})).edits) == MAX_EDITS


def test_a_run_that_is_not_there_has_no_branch() -> None:
    with pytest.raises(Invalid, match="there is no run 3"):
        experiment().forked(edit(1, 3, set={}))
