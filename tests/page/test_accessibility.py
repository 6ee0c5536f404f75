"""Accessibility: no axe violation in any state of the page; landmarks, text alternatives, and the Tab order."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DISPLAYS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "zh": {"locale": "zh-CN"},
    "phone": PHONE,
    "phone dark zh": {**PHONE, "color_scheme": "dark", "locale": "zh-CN"},
}


@pytest.mark.parametrize("display", DISPLAYS)
def test_axe_finds_nothing_in_any_state(open_page: OpenPage, display: str) -> None:
    page = open_page(**DISPLAYS[display])
    found: dict[str, list[str]] = {}

    def note(state: str) -> None:
        found[state] = violations(page.page)

    play = page.page.locator(".play")
    page.wait_for_step(3)
    note("playing")
    play.click()
    page.wait_for("s => !s.playing")
    note("paused")

    page.page.locator("body").press("?")
    expect(page.page.get_by_role("dialog")).to_be_visible()
    note("help")
    page.page.locator("body").press("?")
    expect(page.page.get_by_role("dialog")).to_have_count(0)

    rate = page.page.locator("[data-run='0'] input.field").first
    rate.fill("0.4")
    rate.press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.page.locator(".speed input").press("End")
    play.click()
    page.wait_for("s => s.track(0)?.divergedAt != null && s.head >= s.track(0).divergedAt")
    note("diverged")

    page.page.locator("select:has(option[value='expression'])").select_option("expression")
    page.wait_for("s => s.experiment.problem.id === 'expression'")
    page.page.locator("#problem-params-expression").fill("x**2 + (y")
    expect(page.page.locator("#problem-params-expression")).to_have_attribute("aria-invalid", "true")
    for summary in page.page.locator("summary").all():
        summary.click()
    note("a function with an error, and every fold open")

    page.page.locator(".kinds button").last.click()
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.last > 0")
    page.page.locator("#chosen-dataset").select_option("circle")
    page.wait_for("s => s.experiment.problem.dataset.id === 'circle' && s.last > 0")
    page.page.locator("#chosen-model").select_option("logistic")
    expect(page.page.locator("#chosen-loss-fault")).to_be_visible()
    page.page.evaluate("() => document.querySelectorAll('.setup details').forEach(one => (one.open = true))")
    note("a model that its loss does not suit, and every fold open")
    assert {state: wrong for state, wrong in found.items() if wrong} == {}
    assert len(found) == 6


@pytest.mark.webgl
@pytest.mark.parametrize("display", DISPLAYS)
def test_axe_finds_nothing_in_three_dimensions(open_page: OpenPage, display: str) -> None:
    page = open_page(**DISPLAYS[display])
    page.wait_for_step(3)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    page.page.locator(".stage .segmented button").last.click()
    expect(page.page.locator(".deep .js-plotly-plot")).to_be_visible()
    assert violations(page.page) == []
    page.page.locator(".stage .segmented button").first.click()
    expect(page.page.locator(".flat .js-plotly-plot")).to_be_visible()


@pytest.mark.parametrize("display", DISPLAYS)
@pytest.mark.parametrize("query", ["?present=1", "?embed=1"])
def test_axe_finds_nothing_in_presenter_mode_and_in_a_frame(
    open_page: OpenPage, server_url: str, query: str, display: str
) -> None:
    page = open_page(server_url + query, **DISPLAYS[display])
    page.wait_for_step(2)
    assert violations(page.page) == []


@pytest.mark.parametrize("display", DISPLAYS)
def test_axe_finds_nothing_in_menus_in_a_fork_and_in_the_step_in_numbers(open_page: OpenPage, display: str) -> None:
    page = open_page(**DISPLAYS[display])
    page.wait_for_step(3)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    found: dict[str, list[str]] = {}

    export = page.page.locator("button[aria-haspopup='menu']")
    export.click()
    expect(page.page.get_by_role("menu")).to_be_visible()
    found["export"] = violations(page.page)
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("menu")).to_have_count(0)

    share = page.page.locator("header button[aria-haspopup='dialog'][aria-expanded]")
    share.click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    found["share"] = violations(page.page)
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("dialog")).to_have_count(0)

    page.page.locator("section.step .fold").click()
    expect(page.page.locator("section.step li").first).to_be_visible()
    found["the step in numbers"] = violations(page.page)
    page.page.locator("section.step .fold").click()

    page.page.locator("body").press("f")
    page.wait_for("s => s.experiment.runs.length === 3")
    found["a fork"] = violations(page.page)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_axe_finds_a_made_up_violation(page: PageObject) -> None:
    page.page.evaluate("() => document.querySelector('.play').setAttribute('role', 'banana')")
    assert any(found.startswith("aria-roles") for found in violations(page.page))


def test_the_regions_of_the_page_have_names(page: PageObject) -> None:
    expect(page.page.get_by_role("banner")).to_be_visible()
    expect(page.page.get_by_role("main")).to_be_visible()
    for name in ("Problem and runs", "Stage", "Charts", "Playback", "What is happening"):
        expect(page.page.get_by_role("region", name=name, exact=True)).to_be_visible()


def test_the_stage_describes_the_runs_in_words(page: PageObject) -> None:
    page.step_to(2)
    words = page.page.locator("[data-described=loss]")
    x, y = page.track(0)["params"][2]
    loss = page.track(0)["loss"][2]
    said = f"SGD at ({x:.3g}, {y:.3g}), loss {loss:.3g}.".replace("-", "−")
    expect(words).to_contain_text(said)
    expect(words).to_contain_text("Adam at ")
    page.page.get_by_role("button", name="Hide run 2").click()
    expect(words).to_contain_text("Adam is hidden.")
    expect(page.page.get_by_role("img", name=re.compile(r"^Charts.*Run 1: loss"))).to_be_visible()


def test_tab_goes_first_to_the_stage_and_then_through_the_page(page: PageObject) -> None:
    expect(page.button("Zoom in")).to_be_visible()  # the stage has its buttons
    page.page.keyboard.press("Tab")
    skip = page.page.get_by_role("link", name="To the stage")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.page.keyboard.press("Enter")
    expect(page.page.locator("#stage")).to_be_focused()
    # The link's target has not replaced the experiment in the address.
    assert page.page.evaluate("() => location.hash") != "#stage"
    page.page.keyboard.press("Tab")
    expect(page.page.locator("#stage :focus")).to_be_visible()


def test_every_focused_element_has_a_focus_ring(page: PageObject) -> None:
    # Everything is loaded, and nothing appears or disappears while it has the focus.
    expect(page.button("Zoom in")).to_be_visible()
    page.wait_for_step(3)
    page.page.locator("body").press(" ")
    page.wait_for("s => !s.playing && s.upToDate")
    seen: list[str] = []
    for _ in range(120):
        page.page.keyboard.press("Tab")
        where = page.page.evaluate(
            """() => {
                const one = document.activeElement;
                if (!one || one === document.body) return null;
                const ring = element => {
                    const { outlineStyle, outlineWidth } = getComputedStyle(element);
                    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
                };
                // A slider has the ring around its thumb, a radio button around its label.
                const shown = ring(one) || ring(one.closest('label') ?? one) || one.matches('input[type=range]');
                const name = one.getAttribute('aria-label') ?? one.id ?? '';
                return `${shown ? '' : 'NO RING '}${one.tagName} ${name || one.textContent.trim()}`;
            }"""
        )
        if where is None:
            break
        seen.append(where)
    assert [one for one in seen if one.startswith("NO RING")] == []
    assert len(seen) > 30
    # In reading order: header, setup, stage, charts, verdict, transport.
    order = [
        next(n for n, one in enumerate(seen) if name in one)
        for name in ("To the stage", "Presenter", "Optimizer of run 1", "Zoom in", "To the start")
    ]
    assert order == sorted(order)
