"""The step panel: formulas with numbers that add up to the recorded update, and arrows on the map."""

import re
from functools import partial
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect
from tests.optimizers.evaluate_shown import read
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


# The LaTeX of a line, once every number in it is visible.
_TYPESET = r"""name => {
    const line = [...document.querySelectorAll('section.step li')].find(one => one.dataset.line === name);
    const spans = [...(line?.querySelectorAll('.numbers [data-tex]') ?? [])];
    if (spans.length === 0 || !spans.every(span => span.querySelector('.katex-html'))) return null;
    const tex = spans.map(span => span.dataset.tex);
    const seen = new Set(line.querySelector('.numbers').innerText.split(/[^\d.]+/));
    return (tex.join(' ').match(/\d+\.\d+/g) ?? []).every(figure => seen.has(figure)) ? tex : null;
}"""


# Counted from 1: 0 would be waited on.
_PLACE = """name => [...document.querySelectorAll("section.step li")].findIndex(li => li.dataset.line === name) + 1"""


class Step:
    """The open step panel of a page."""

    def __init__(self, page: PageObject) -> None:
        self.page = page
        self.panel = page.page.locator("section.step")

    def unfold(self) -> None:
        self.panel.locator(".fold").click()
        expect(self.panel.locator("li").first).to_be_visible()

    def at(self, step: int, optimizer: str | None = None) -> None:
        """Waits until it shows the update from this step."""
        expect(self.panel).to_have_attribute("data-worked", str(step))
        if optimizer is not None:
            expect(self.panel).to_have_attribute("data-optimizer", optimizer)

    def line(self, name: str) -> Locator:
        """The line of this name. No attribute selector: LaTeX has characters that CSS escapes."""
        # Read in one go, once it is there: the list is rebuilt at every step.
        place = self.page.page.wait_for_function(_PLACE, arg=name).json_value()
        return self.panel.locator("li").nth(int(place) - 1)

    def numbers(self, name: str) -> str:
        """The LaTeX of a line. Every number in it is also visible."""
        # Read in one go, once it is typeset: the list is rebuilt at every step.
        tex: list[str] = self.page.page.wait_for_function(_TYPESET, arg=name).json_value()
        return " = ".join(part.removeprefix(r"\displaystyle = ") for part in tex)


def begin_with_momentum(page: PageObject, value: float) -> None:
    page.run_card(0).get_by_text("More settings").click()
    momentum = page.run_card(0).get_by_role("textbox", name="momentum", exact=True)
    momentum.fill(str(value))
    momentum.press("Enter")
    page.wait_for("(s, value) => s.experiment.runs[0].optimizer.momentum === value", value)
    momentum.blur()  # leaves the field, so that keys work on the page


def at_rest(page: PageObject, step: int) -> Step:
    page.step_to(step)
    shown = Step(page)
    shown.unfold()
    shown.at(step)
    return shown


def recorded_update(page: PageObject, run: int, step: int) -> np.ndarray[Any, Any]:
    page.wait_for("(s, step) => s.last > step", step)
    params = page.track(run)["params"]
    return np.subtract(params[step + 1], params[step])


def adds_up(page: PageObject, shown: Step, step: int) -> None:
    arithmetic, result = read(shown.numbers(r"\Delta\theta_t"))
    update = recorded_update(page, 0, step)
    # Parameters are float32: the difference of two of them is exact only to their last digit.
    room = 2.0**-22 * np.abs(page.track(0)["params"][step]).max()
    assert arithmetic.holds(update, 1e-4, room)
    assert result.holds(update, 1e-4, room)
    assert arithmetic.width() < 0.02 * np.abs(update).max()


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adagrad"])
def test_the_shown_numbers_add_up_to_the_recorded_update(page: PageObject, optimizer: str) -> None:
    page.step_to(0)
    if optimizer != "sgd":
        page.run_card(0).get_by_role("combobox", name="Optimizer of run 1").select_option(optimizer)
        page.wait_for("(s, id) => s.experiment.runs[0].optimizer.id === id", optimizer)
    if optimizer == "sgd":
        begin_with_momentum(page, 0.5)
    shown = at_rest(page, 4)
    shown.at(4, optimizer)
    adds_up(page, shown, 4)
    page.page.locator("body").press("ArrowRight")
    shown.at(5)
    adds_up(page, shown, 5)
    page.page.locator("body").press("Home")
    shown.at(0)
    adds_up(page, shown, 0)


def test_a_moved_slider_changes_the_numbers_at_once(page: PageObject) -> None:
    shown = at_rest(page, 6)
    before, _ = read(shown.numbers(r"\Delta\theta_t"))
    assert shown.numbers(r"\Delta\theta_t").startswith(r"-0.15 \cdot ")
    page.set_lr(0, "0.075")
    page.wait_for("s => s.experiment.edits.length === 1")
    expect(shown.line(r"\Delta\theta_t")).to_contain_text("0.075")
    shown.at(6)
    after, _ = read(shown.numbers(r"\Delta\theta_t"))
    np.testing.assert_allclose(2 * after.low, before.low, rtol=1e-3)
    adds_up(page, shown, 6)


def test_every_formula_is_typeset(page: PageObject) -> None:
    """Tall brackets, cases, matrices, sums: KaTeX knows all of it, and the policy allows it."""
    shown = at_rest(page, 2)
    for optimizer in ("rprop", "newton", "lbfgs", "nadam", "adafactor", "asgd"):
        page.run_card(0).get_by_role("combobox", name="Optimizer of run 1").select_option(optimizer)
        shown.at(2, optimizer)
        shown.numbers(r"\Delta\theta_t")
        expect(shown.panel.locator(".rule math")).to_have_count(shown.panel.locator("li").count())
        assert shown.panel.locator(".katex-error").count() == 0


def test_the_selected_run_is_shown(page: PageObject) -> None:
    shown = at_rest(page, 3)
    shown.at(3, "sgd")
    page.button("Explain run 2: Adam").click()
    shown.at(3, "adam")
    names = shown.panel.locator("li").evaluate_all("lines => lines.map(line => line.dataset.line)")
    assert names == ["g_t", "m_t", "v_t", r"\hat m_t", r"\hat v_t", r"\Delta\theta_t"]
    expect(shown.line("m_t")).to_contain_text("first moment")
    expect(shown.panel.get_by_role("heading")).to_have_text("The step in numbers: 3 → 4")


def test_the_numbers_follow_while_playing_and_at_the_end_of_a_run(page: PageObject) -> None:
    page.wait_for_step(3)
    shown = Step(page)
    first = int(shown.panel.get_attribute("data-worked") or 0)
    page.page.wait_for_function(
        "at => Number(document.querySelector('section.step').dataset.worked) > at + 5", arg=first
    )
    page.step_to(0)
    page.set_lr(0, "0.9")
    page.play(fast=True)
    page.wait_for("s => s.track(0).divergedAt !== null && s.head > s.track(0).divergedAt")
    page.pause()
    shown.at(page.track(0)["divergedAt"] - 1)


def test_unfolding_moves_nothing_else(page: PageObject) -> None:
    page.step_to(5)
    shown = Step(page)
    expect(shown.panel.locator(".folded .katex-html")).to_be_visible()
    page.page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.map_point(0.0, 0.0)  # the map has its place
    stage = page.page.locator("main > .stage")
    before = stage.bounding_box()
    shown.unfold()
    assert stage.bounding_box() == before
    shown.panel.locator(".fold").click()
    expect(shown.panel.locator("li")).to_have_count(0)
    assert stage.bounding_box() == before
    # Closed, it is one line with the update.
    expect(shown.panel.locator(".folded .katex-html")).to_be_visible()
    shown.unfold()
    page.page.reload()
    page.wait_for("s => s.last > 0")
    expect(shown.panel.locator("li").first).to_be_visible()


def test_screen_readers_hear_the_formula_and_not_its_source(page: PageObject) -> None:
    shown = at_rest(page, 2)
    expect(shown.line("g_t").locator("math").first).to_be_attached()
    assert shown.panel.locator("annotation").count() == 0


_COLOUR = """([x, y, name]) => {
    const canvas = document.querySelectorAll('.flat canvas')[1];
    const box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width;
    const [px, py] = [(x - box.left) * ratio, (y - box.top) * ratio];
    const sample = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    sample.drawImage(canvas, px - 2, py - 2, 5, 5, 0, 0, 5, 5);
    const found = [...sample.getImageData(0, 0, 5, 5).data];
    sample.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name);
    sample.fillRect(0, 0, 1, 1);
    const [r, g, b] = sample.getImageData(0, 0, 1, 1).data;
    return [...Array(25).keys()].some(n =>
        Math.abs(found[4 * n] - r) + Math.abs(found[4 * n + 1] - g) + Math.abs(found[4 * n + 2] - b) < 30
        && found[4 * n + 3] > 200);
}"""


def drawn(page: PageObject, shown: Step, name: str, arrow: str, colour: str) -> bool:
    """Whether the arrow of a line is where its numbers and the scale in the key put it, four fifths along the way.

    The map is drawn one frame after the legend.
    """
    key = page.page.locator(f".key [data-arrow='{arrow}']")
    scale = float(key.get_attribute("data-scale") or 0)
    _, result = read(shown.numbers(name))
    x, y = page.track(0)["params"][page.head()]
    end = page.map_point(*(np.array([x, y]) + 0.8 * scale * (result.low + result.high) / 2))
    found: bool = page.page.evaluate(_COLOUR, [*end, colour])
    return found


def test_arrows_are_the_lines_on_the_map(page: PageObject) -> None:
    page.step_to(0)
    begin_with_momentum(page, 0.6)
    shown = at_rest(page, 3)
    expect(page.page.locator(".key [data-arrow='momentum']")).to_be_visible()
    for name, arrow in (("g_t", "gradient"), ("b_t", "momentum"), (r"\Delta\theta_t", "update")):
        page.wait_for_value(partial(drawn, page, shown, name, arrow, f"--{arrow}"), True)
    assert not drawn(page, shown, r"\Delta\theta_t", "update", "--gradient")

    shown.line("b_t").hover()
    expect(shown.line("b_t")).to_have_class(re.compile("lit"))
    page.button("Arrows").click()
    expect(page.page.locator(".key [data-arrow]")).to_have_count(0)
    page.page.reload()
    page.wait_for("s => s.last > 0")
    expect(page.button("Arrows")).to_have_attribute("aria-pressed", "false")
    expect(page.page.locator(".key [data-arrow]")).to_have_count(0)
    page.button("Arrows").click()
    expect(page.page.locator(".key [data-arrow='gradient']")).to_be_visible()


def test_in_chinese(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.wait_for_step(3)
    shown = Step(page)
    expect(shown.panel.get_by_role("heading")).to_have_text(re.compile(r"^这一步的数值：\d+ → \d+$"))
    shown.unfold()
    page.page.get_by_role("button", name=re.compile("Adam$")).first.click()
    expect(shown.panel).to_have_attribute("data-optimizer", "adam")
    expect(shown.line("m_t")).to_contain_text("一阶矩")
    expect(page.page.locator(".key")).to_contain_text("梯度，指向上坡")
    seen = shown.panel.inner_text() + page.page.locator(".key").inner_text()
    assert re.findall(r"[A-Za-z]{3,}", seen) == []


def test_on_a_phone_long_lines_stay_within_the_page(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.wait_for_step(2)
    Step(page).unfold()
    page.button("Explain run 2: Adam").click()
    expect(Step(page).panel).to_have_attribute("data-optimizer", "adam")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
