"""Keyboard: the key table, the help sheet that lists it, and text fields, where the keys do nothing else."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page

TABLE = Path(__file__).parents[2] / "frontend" / "src" / "features" / "keys" / "key-table.ts"


def press(page: PageObject, key: str) -> None:
    page.page.locator("body").press(key)


def test_shift_and_arrows_move_ten_steps(page: PageObject) -> None:
    page.wait_for_step(15)
    step = page.pause()
    press(page, "Shift+ArrowLeft")
    page.wait_for("(s, step) => s.head === step - 10", step)
    press(page, "Shift+ArrowRight")
    press(page, "Shift+ArrowRight")
    page.wait_for("(s, step) => s.head === step + 10", step)


def test_brackets_change_the_selected_runs_learning_rate(page: PageObject) -> None:
    page.step_to(5)
    press(page, "2")
    expect(page.run_card(1).get_by_role("button", name="Explain run 2: Adam")).to_have_attribute("aria-pressed", "true")
    press(page, "]")
    page.wait_for("s => s.experiment.edits.length === 1")
    edit = page.state("experiment.edits[0]")
    assert (edit["step"], edit["run"]) == (5, 1)
    assert edit["set"]["lr"] == pytest.approx(0.05 * 10**0.1, rel=0.01)
    press(page, "[")
    page.wait_for("s => Math.abs(s.experiment.edits.at(-1).set.lr - 0.05) < 0.0006")
    # The key of a missing run selects nothing.
    press(page, "7")
    expect(page.run_card(1).get_by_role("button", name="Explain run 2: Adam")).to_have_attribute("aria-pressed", "true")


def test_keys_of_the_page(page: PageObject) -> None:
    html = page.page.locator("html")
    expect(html).to_have_attribute("data-theme", "light")
    press(page, "t")
    expect(html).to_have_attribute("data-theme", "dark")
    press(page, "l")
    expect(html).to_have_attribute("lang", "zh-CN")
    press(page, "l")
    press(page, "p")
    expect(html).to_have_class(re.compile("presenter"))
    press(page, "Escape")
    expect(html).not_to_have_class(re.compile("presenter"))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_help_sheet_lists_exactly_the_keys_that_are_bound(open_page: OpenPage, locale: str) -> None:
    page = open_page(locale=locale)
    press(page, "?")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    listed = dialog.locator("[data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
    source = re.findall(r"keys: \[((?:'[^']*'[, ]*)+)\]", TABLE.read_text(encoding="utf-8").split("KEYS:")[1])
    bound = [" ".join(re.findall(r"'([^']+)'", keys)) for keys in source]
    assert listed == bound
    assert len(listed) >= 16
    words = dialog.locator("dd").all_inner_texts()
    assert all(re.search("[一-鿿]" if locale == "zh-CN" else "[A-Za-z]", word) for word in words)


def test_the_help_sheet_traps_the_focus_and_restores_it(page: PageObject) -> None:
    button = page.button("Keyboard")
    button.focus()
    button.press("Enter")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator(":focus")).to_have_count(1)
    playing = page.state("playing")
    page.page.keyboard.press("p")
    page.page.keyboard.press("ArrowLeft")
    expect(page.page.locator("html")).not_to_have_class(re.compile("presenter"))
    assert page.state("playing") == playing
    page.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_keys_that_write_can_be_turned_off_for_good(page: PageObject) -> None:
    press(page, "?")
    page.page.get_by_role("checkbox", name="Use single-character keys").uncheck()
    page.page.keyboard.press("Escape")
    press(page, "t")
    page.wait_frames()
    expect(page.page.locator("html")).to_have_attribute("data-theme", "light")
    page.page.reload()
    page.wait_for_step(2)
    press(page, "t")
    page.wait_frames()
    expect(page.page.locator("html")).to_have_attribute("data-theme", "light")
    press(page, " ")
    page.wait_for("s => !s.playing")


def test_no_key_does_anything_while_a_field_is_typed_in(page: PageObject) -> None:
    page.choose_problem("expression")
    page.wait_for_step(2)
    head = page.pause()
    field = page.page.locator("#problem-params-expression")
    field.fill("")
    field.press_sequentially("f*p + 2*t - s*[1]?l ")
    expect(field).to_have_value("f*p + 2*t - s*[1]?l ")
    html = page.page.locator("html")
    expect(html).to_have_attribute("data-theme", "light")
    expect(html).to_have_attribute("lang", "en")
    expect(html).not_to_have_class(re.compile("presenter"))
    expect(page.page.get_by_role("dialog")).to_have_count(0)
    assert (page.head(), page.state("playing")) == (head, False)
