"""Undo and redo of every change; what a change discards; runs that are added and removed beside the others."""

import pytest
from playwright.sync_api import expect
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def _look(page: PageObject, run: int) -> tuple[str, str]:
    """Colour and shape of a run on its card."""
    marker = page.run_card(run).locator(".marker svg")
    return marker.evaluate("svg => getComputedStyle(svg).fill"), marker.locator("path").get_attribute("d") or ""


def test_a_stray_click_on_the_map_is_said_and_taken_back(page: PageObject) -> None:
    last = max(page.pause(), 20)  # of the steps on screen so far
    page.step_to(20)
    before = page.state("experiment")
    losses = page.track(0)["loss"][:21]
    page.page.mouse.click(*page.map_point(-1, 3))
    page.wait_for("s => s.head === 0 && s.experiment.runs[0].start[1] > 2.9")
    notice = page.page.get_by_role("status").filter(has_text=f"steps 1 to {last} of SGD, Adam are computed anew")
    expect(notice).to_be_visible()
    page.page.keyboard.press("Control+z")
    page.wait_for("s => s.head === 20")
    assert page.state("experiment") == before
    assert page.track(0)["loss"][:21] == losses
    expect(notice).to_have_count(0)
    page.page.keyboard.press("Control+Shift+Z")
    page.wait_for("s => s.head === 0 && s.experiment.runs[0].start[1] > 2.9")
    page.page.locator("header").get_by_role("button", name="Undo").click()
    page.wait_for("s => s.head === 20")
    page.page.keyboard.press("Control+y")
    page.wait_for("s => s.head === 0")


def test_an_edit_at_an_earlier_step_says_what_it_discards(page: PageObject) -> None:
    page.step_to(30)
    page.set_lr(0, "0.1")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.lr_field(0).blur()  # keys belong to the page again
    page.step_to(40)
    page.seek(10)
    page.set_lr(0, "0.12")
    page.wait_for("s => s.experiment.edits.length === 1 && s.experiment.edits[0].step === 10")
    notice = page.page.get_by_role("status").filter(has_text="Changed at step 10")
    # To 40: of what was on screen before the first change, the steps after 30 are gone with it.
    expect(notice).to_contain_text("steps 11 to 40 of SGD are computed anew")
    expect(notice).to_contain_text("Later changes that are gone: SGD at step 30.")
    notice.get_by_role("button", name="Undo").click()
    page.wait_for("s => s.experiment.edits[0].step === 30 && s.last >= 40 && s.head === 10")
    page.page.locator("header").get_by_role("button", name="Undo").click()
    page.wait_for("s => s.experiment.edits.length === 0")


def test_undo_in_a_text_field_is_the_browsers(page: PageObject) -> None:
    page.step_to(5)
    page.set_lr(0, "0.1")
    page.wait_for("s => s.experiment.edits.length === 1")
    field = page.lr_field(0)
    field.focus()
    field.press("End")
    field.press_sequentially("7")
    field.press("Control+z")
    page.wait_frames()
    assert len(page.state("experiment.edits")) == 1


def test_runs_are_removed_and_added_beside_the_others(page: PageObject) -> None:
    page.step_to(25)
    adam = _look(page, 1)
    path = page.track(1)["params"][:26]
    page.button("Remove run 1").click()
    page.wait_for("s => s.experiment.runs.length === 1")
    assert page.head() == 25
    assert page.track(0)["params"][:26] == path
    assert _look(page, 0) == adam
    page.page.get_by_role("button", name="Add run").click()
    page.wait_for("s => s.experiment.runs.length === 2 && s.track(1).loss.length > 25")
    assert page.head() == 25
    assert _look(page, 0) == adam
    assert _look(page, 1) != adam
    page.play()
    page.wait_for_step(30)


def test_every_kind_of_change_can_be_undone_and_redone(page: PageObject) -> None:
    page.step_to(6)
    states = [page.state("experiment")]

    def made(condition: str) -> None:
        page.wait_for(condition)
        states.append(page.state("experiment"))

    page.set_lr(0, "0.1")
    made("s => s.experiment.edits.length === 1")
    page.run_card(1).get_by_role("combobox").first.select_option("rmsprop")
    made("s => s.experiment.edits.length === 2")
    page.page.get_by_role("button", name="Fork here").click()
    made("s => s.experiment.runs.length === 3")
    page.button("Remove run 2").click()
    made("s => s.experiment.runs.length === 2")
    page.choose_problem("beale")
    made("s => s.experiment.problem.id === 'beale'")
    for n in range(len(states) - 2, -1, -1):
        page.page.locator("header").get_by_role("button", name="Undo").click()
        page.wait_for("(s, wanted) => JSON.stringify(s.experiment) === JSON.stringify(wanted)", states[n])
    expect(page.page.locator("header").get_by_role("button", name="Undo")).to_be_disabled()
    for wanted in states[1:]:
        page.button("Redo").click()
        page.wait_for("(s, wanted) => JSON.stringify(s.experiment) === JSON.stringify(wanted)", wanted)
    expect(page.button("Redo")).to_be_disabled()
