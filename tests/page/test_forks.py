"""Forks: a second run from a recorded step. Both are shown and part of the experiment."""

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def forked(page: PageObject, step: int = 12) -> int:
    """Forks the selected run while paused; returns the number of the new run."""
    page.wait_for_step(step + 3)
    page.step_to(step)
    runs = len(page.state("experiment").get("runs"))
    page.button("Fork here").click()
    page.wait_for("(s, runs) => s.experiment.runs.length === runs + 1", runs)
    return runs


def test_a_fork_shares_the_past_and_has_its_own_future(page: PageObject) -> None:
    run = forked(page)
    assert page.state("experiment")["runs"][run]["fork"] == {"run": 0, "step": 12}
    assert page.head() == 12
    assert page.track(run)["loss"][:13] == page.track(0)["loss"][:13]
    card = page.run_card(run)
    expect(card).to_be_visible()
    page.page.wait_for_function(
        "run => document.querySelector(`[data-run='${run}']`).contains(document.activeElement)", arg=run
    )
    expect(page.page.locator(f"[data-run='{run}'].selected")).to_be_visible()

    page.set_lr(run, "0.02")
    page.wait_for("s => s.experiment.edits.length === 1")
    assert page.state("experiment")["edits"][0]["run"] == run
    page.play()
    page.wait_for_step(30)
    page.pause()
    here, there = page.track(0), page.track(run)
    assert here["params"][:13] == there["params"][:13]
    assert here["params"][13] != there["params"][13]
    expect(page.page.locator("[data-mark~='fork']")).to_have_count(1)


def test_a_key_forks_and_undo_removes_the_fork(page: PageObject) -> None:
    page.wait_for_step(8)
    page.pause()
    page.page.locator("body").press("f")
    page.wait_for("s => s.experiment.runs.length === 3")
    page.button("Undo all changes").click()
    page.wait_for("s => s.experiment.runs.length === 2")
    assert page.state("experiment")["edits"] == []


def test_removing_its_origin_makes_a_fork_an_ordinary_run(page: PageObject) -> None:
    run = forked(page)
    page.set_lr(run, "0.02")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.button("Remove run 1").click()
    page.wait_for("s => s.experiment.runs.length === 2")
    experiment = page.state("experiment")
    assert [one.get("fork") for one in experiment["runs"]] == [None, None]
    assert [edit["run"] for edit in experiment["edits"]] == [1]
    page.play()
    page.wait_for_step(3)


def test_a_fork_is_part_of_the_link(page: PageObject, open_page: OpenPage) -> None:
    run = forked(page)
    page.set_lr(run, "0.02")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.play()
    page.wait_for_step(25)
    step = page.pause()
    other = open_page(page.link())
    other.wait_for("(s, step) => s.head === step", step)
    assert other.state("experiment") == page.state("experiment")
    for one in range(run + 1):
        assert other.track(one)["params"][: step + 1] == page.track(one)["params"][: step + 1]


def test_there_are_no_more_than_eight(page: PageObject) -> None:
    page.wait_for_step(6)
    page.pause()
    for runs in range(3, 9):
        page.button("Fork here").click()
        page.wait_for("(s, runs) => s.experiment.runs.length === runs", runs)
    expect(page.button("Fork here")).to_be_disabled()


def test_its_card_names_its_origin_in_both_languages(page: PageObject) -> None:
    run = forked(page)
    expect(page.run_card(run).get_by_role("button", name="Explain run 3: SGD from 12")).to_be_visible()
    page.button("中文").click()
    expect(page.run_card(run).get_by_role("button", name="SGD（自第 12 步）")).to_be_visible()
    expect(page.page.get_by_role("button", name="在此分支")).to_be_visible()
