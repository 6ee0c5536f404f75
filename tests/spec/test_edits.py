"""How an edit joins the others: what it forgets, what it merges with, what it leaves alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.spec.documents import example

from steepest.spec import MAX_EDITS, Edit, Experiment, Invalid, OptimizerSpec, parse_experiment

ADAM = {"id": "adam", "lr": 0.1}
SGD = {"id": "sgd", "lr": 0.2}


def edit(step: int, run: int = 0, **change: Any) -> Edit:
    return Edit.model_validate({"step": step, "run": run, **change})


def experiment(*edits: Edit, runs: int = 2) -> Experiment:
    document = example(runs=example()["runs"] * runs, edits=[])
    return parse_experiment(document).model_copy(update={"edits": list(edits)})


def test_edits_are_ordered_by_step() -> None:
    before = experiment(edit(10, set={"lr": 1.0}), edit(30, 1, set={"lr": 3.0}))
    after = before.edited(edit(20, set={"lr": 2.0}))
    assert [(e.step, e.run) for e in after.edits] == [(10, 0), (20, 0), (30, 1)]


def test_the_original_experiment_is_unchanged() -> None:
    before = experiment(edit(10, set={"lr": 1.0}))
    before.edited(edit(5, set={"lr": 2.0}))
    assert before == experiment(edit(10, set={"lr": 1.0}))


def test_later_edits_of_the_run_are_removed() -> None:
    before = experiment(edit(10, set={"lr": 1.0}), edit(20, optimizer=ADAM), edit(30, params=[0.0, 0.0]))
    assert before.edited(edit(15, set={"lr": 2.0})).edits == [edit(10, set={"lr": 1.0}), edit(15, set={"lr": 2.0})]


def test_edits_of_other_runs_are_kept() -> None:
    others = [edit(5, 1, set={"lr": 1.0}), edit(50, 1, optimizer=ADAM), edit(50, 1, params=[0.0, 0.0])]
    after = experiment(*others).edited(edit(10, 0, set={"lr": 2.0}))
    assert [e for e in after.edits if e.run == 1] == others


def test_a_slider_dragged_on_a_paused_page_leaves_one_edit() -> None:
    dragged = experiment()
    for rate in (0.1, 0.2, 0.3):
        dragged = dragged.edited(edit(7, set={"lr": rate}))
    assert dragged.edits == [edit(7, set={"lr": 0.3})]


def test_two_sliders_at_one_step_are_one_edit() -> None:
    both = experiment().edited(edit(7, set={"lr": 0.3})).edited(edit(7, set={"momentum": 0.5}))
    assert both.edits == [edit(7, set={"lr": 0.3, "momentum": 0.5})]


def test_a_slider_after_a_new_optimizer_changes_that_optimizer() -> None:
    turned = experiment().edited(edit(7, optimizer=ADAM)).edited(edit(7, set={"lr": 0.5, "amsgrad": True}))
    assert turned.edits == [edit(7, optimizer={"id": "adam", "lr": 0.5, "amsgrad": True})]


def test_a_new_optimizer_replaces_sliders_and_optimizers_of_that_step() -> None:
    replaced = (
        experiment().edited(edit(7, set={"lr": 0.3})).edited(edit(7, optimizer=ADAM)).edited(edit(7, optimizer=SGD))
    )
    assert replaced.edits == [edit(7, optimizer=SGD)]


def test_the_last_move_of_a_step_counts_and_hyperparameters_stay() -> None:
    moved = experiment()
    for change in ({"params": [1.0, 2.0]}, {"set": {"lr": 0.3}}, {"params": [3.0, 4.0]}):
        moved = moved.edited(edit(7, **change))
    assert moved.edits == [edit(7, set={"lr": 0.3}), edit(7, params=[3.0, 4.0])]


def test_a_move_survives_a_new_optimizer() -> None:
    moved = experiment().edited(edit(7, params=[1.0, 2.0])).edited(edit(7, optimizer=ADAM))
    assert moved.edits == [edit(7, optimizer=ADAM), edit(7, params=[1.0, 2.0])]


def test_several_edits_of_one_step_in_a_document_all_count() -> None:
    written = experiment(edit(7, set={"lr": 0.3}), edit(7, set={"momentum": 0.5}), edit(7, set={"lr": 0.4}))
    assert written.edited(edit(7, set={"nesterov": True})).edits == [
        edit(7, set={"lr": 0.4, "momentum": 0.5, "nesterov": True})
    ]


def test_an_unknown_run() -> None:
    with pytest.raises(Invalid, match="there is no run 2; the last one is 1") as refused:
        experiment(edit(1, set={"lr": 1.0})).edited(edit(7, 2, set={"lr": 0.1}))
    assert refused.value.field == "edits[1].run"


def test_at_most_so_many_edits() -> None:
    full = experiment(*(edit(step, 1, set={"lr": 0.1}) for step in range(MAX_EDITS)))
    with pytest.raises(Invalid, match="at most 1000 edits") as refused:
        full.edited(edit(2000, 1, set={"lr": 0.2}))
    assert refused.value.field == "edits"
    assert len(full.edited(edit(999, 1, set={"lr": 0.2})).edits) == MAX_EDITS  # merged: no more than before
    assert len(full.edited(edit(500, 1, set={"lr": 0.2})).edits) == 501


changes = st.one_of(
    st.fixed_dictionaries({"set": st.dictionaries(st.sampled_from(["lr", "momentum"]), st.floats(0, 1), max_size=2)}),
    st.fixed_dictionaries(
        {"optimizer": st.fixed_dictionaries({"id": st.sampled_from(["sgd", "adam"]), "lr": st.floats(0, 1)})}
    ),
    st.fixed_dictionaries({"params": st.lists(st.floats(-9, 9), min_size=2, max_size=2)}),
)
edits = st.builds(lambda step, run, change: edit(step, run, **change), st.integers(0, 3), st.integers(0, 1), changes)
experiments = st.lists(edits, max_size=8).map(lambda given: experiment(*given))


def effect(applied: list[Edit]) -> tuple[object, ...]:
    """What edits of one run at one step come to: the optimizer put in, hyperparameters set, and the move."""
    replaced: str | None = None
    hyper: dict[str, Any] = {}
    move: list[float] | None = None
    for one in applied:
        if one.optimizer is not None:
            replaced, hyper = one.optimizer.id, one.optimizer.hyper
        if one.set is not None:
            hyper = {**hyper, **one.set}
        if one.params is not None:
            move = one.params
    return replaced, hyper, move


def of(edits: list[Edit], run: int, step: int) -> list[Edit]:
    return [e for e in edits if (e.run, e.step) == (run, step)]


@given(experiments, edits)
def test_the_result_is_ordered_and_has_no_later_edits_of_the_run(before: Experiment, new: Edit) -> None:
    after = before.edited(new).edits
    assert [(e.step, e.run) for e in after] == sorted((e.step, e.run) for e in after)
    assert not [e for e in after if e.run == new.run and e.step > new.step]
    assert len(of(after, new.run, new.step)) <= 2


@given(experiments, edits)
def test_every_other_moment_has_the_effect_it_had(before: Experiment, new: Edit) -> None:
    after = before.edited(new).edits
    for run in (0, 1):
        for step in range(4):
            if run != new.run or step < new.step:
                assert of(after, run, step) == of(before.edits, run, step)


@given(experiments, edits)
def test_its_own_moment_has_all_effects_in_order(before: Experiment, new: Edit) -> None:
    after = before.edited(new).edits
    expected = effect([*of(before.edits, new.run, new.step), new])
    assert effect(of(after, new.run, new.step)) == expected


@given(experiments, edits)
def test_the_same_edit_again_changes_nothing(before: Experiment, new: Edit) -> None:
    once = before.edited(new)
    assert once.edited(new) == once


@given(experiments, edits)
def test_an_edited_experiment_is_a_document(before: Experiment, new: Edit) -> None:
    after = before.edited(new)
    assert parse_experiment(after.model_dump_json()) == after


def test_optimizer_from_id_and_hyperparameters() -> None:
    assert OptimizerSpec.of("adam", {"lr": 0.1}) == OptimizerSpec.model_validate(ADAM)
