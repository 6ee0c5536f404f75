"""A removed run can be restored with its edits and forks."""

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def test_a_removed_run_comes_back_with_its_edits_and_branches(page: PageObject) -> None:
    page.step_to(5)
    page.set_lr(0, "0.07")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.button("Fork here").click()
    page.wait_for("s => s.experiment.runs.length === 3")
    page.run_card(1).get_by_role("button", name="Hide run 2").click()
    before = page.state("experiment")
    assert before["runs"][2]["fork"] == {"run": 0, "step": 5}

    # A screen reader reads only changes of a live region that already exists.
    status = page.page.get_by_role("region", name="Runs").get_by_role("status")
    expect(status).to_be_empty()
    remove = page.run_card(0).get_by_role("button", name="Remove run 1")
    remove.focus()
    remove.press("Enter")
    page.wait_for("s => s.experiment.runs.length === 2")
    notice = status.filter(has_text="Removed SGD")
    undo = notice.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    page.play()
    page.wait_for_step(8)  # the offer stays until the next change
    expect(undo).to_be_visible()
    assert violations(page.page) == []

    undo.press("Enter")
    page.wait_for("s => s.experiment.runs.length === 3")
    assert page.state("experiment") == before
    expect(page.page.get_by_role("button", name="Show run 2")).to_be_visible()
    expect(page.page.get_by_text("Removed SGD")).to_have_count(0)
    page.wait_for_step(6)
    page.wait_for_marks("edit", [5])


def test_the_next_change_ends_it(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.run_card(1).get_by_role("button", name="删除运行 2").click()
    notice = page.page.get_by_text("已删除 Adam。")
    expect(notice).to_be_visible()
    page.wait_for("s => s.experiment.runs.length === 1 && s.head >= 2")
    page.run_card(0).get_by_role("textbox", name="学习率", exact=True).fill("0.07")
    page.run_card(0).get_by_role("textbox", name="学习率", exact=True).press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    expect(notice).to_have_count(0)
