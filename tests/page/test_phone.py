"""Phones and small laptops: no sideways scrolling or overlap, target sizes, and pinch zoom on the map."""

from itertools import combinations

import pytest
from playwright.sync_api import Page, expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET
from tests.page.page_object import PageObject, experiment_url
from tests.page.targets import targets_too_small

pytestmark = pytest.mark.page

PHONES = {"390x844": (390, 844), "360x640": (360, 640), "320x640": (320, 640)}


def phone(open_page: OpenPage, size: tuple[int, int], url: str | None = None, **options: object) -> PageObject:
    width, height = size
    return open_page(url, viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, **options)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("size", PHONES)
def test_every_target_is_large_enough_for_a_finger(open_page: OpenPage, size: str, locale: str) -> None:
    page = phone(open_page, PHONES[size], locale=locale)
    page.page.locator(".speed input").fill("39")  # 96 steps a second
    page.wait_for_step(30)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    for summary in page.page.locator("summary").all():
        summary.click()
    assert targets_too_small(page.page) == []
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_term_in_a_line_is_as_large_for_a_finger_as_other_targets(open_page: OpenPage) -> None:
    page = phone(open_page, PHONES["390x844"])
    page.step_to(3)  # while it plays, sentences of other lengths move what is below them
    page.page.locator(".katex-html").first.wait_for()
    page.map_point(0.0, 0.0)  # the map has its place
    kappa = page.page.locator(".setup .about [data-term=kappa]")
    for dx, dy in ((0, -18), (0, 18), (-18, 0), (18, 0)):
        kappa.scroll_into_view_if_needed()
        box = kappa.bounding_box()
        assert box is not None
        page.page.touchscreen.tap(box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy)
        expect(page.page.get_by_role("tooltip")).to_contain_text("condition number")
        page.page.keyboard.press("Escape")
        expect(page.page.get_by_role("tooltip")).to_have_count(0)


@pytest.mark.parametrize("size", [*PHONES.values(), (1024, 768), (1280, 720), (1366, 768)])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_overlaps(open_page: OpenPage, size: tuple[int, int], locale: str) -> None:
    touch = size in PHONES.values()
    page = open_page(viewport={"width": size[0], "height": size[1]}, has_touch=touch, is_mobile=touch, locale=locale)
    page.wait_for_step(5)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    for where in ("header", "#stage", ".transport"):
        overlaps = page.page.evaluate(
            """where => [...document.querySelectorAll(where)].flatMap(part =>
                [...part.querySelectorAll('button, select, h1, output, .badge, fieldset, .speed, .key')]
                    .filter(one => one.checkVisibility() && !one.closest('.timeline') && !one.matches('.key button'))
                    .map(one => {
                        const { x, y, width, height } = one.getBoundingClientRect();
                        const name = one.getAttribute('aria-label') || one.textContent.trim() || one.className;
                        return [name, x, y, width, height];
                    })
                    .filter(([, , , width]) => width > 0))""",
            where,
        )
        for (one, x0, y0, w0, h0), (two, x1, y1, w1, h1) in combinations(overlaps, 2):
            inside = (x0 <= x1 and y0 <= y1 and x0 + w0 >= x1 + w1 and y0 + h0 >= y1 + h1) or (
                x1 <= x0 and y1 <= y0 and x1 + w1 >= x0 + w0 and y1 + h1 >= y0 + h0
            )
            apart = x0 + w0 <= x1 + 1 or x1 + w1 <= x0 + 1 or y0 + h0 <= y1 + 1 or y1 + h1 <= y0 + 1
            assert apart or inside, (where, one, two)
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    transport = page.page.locator(".page > .transport").bounding_box()
    assert transport is not None
    assert transport["y"] + transport["height"] <= size[1] + 0.5


# Scrolls to an element; whether all of it is in the window then, above the bar at its bottom. In one call: while it
# plays, sentences of other lengths move the page.
_IN_VIEW = """one => {
    scrollTo(0, scrollY + one.getBoundingClientRect().top);
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 0 && bottom <= document.querySelector('.page > .transport').getBoundingClientRect().top + 1;
}"""


@pytest.mark.parametrize("size", [(390, 844), (320, 640)])
def test_the_map_of_the_data_is_300_pixels_and_is_seen_with_the_rate(
    open_page: OpenPage, server_url: str, size: tuple[int, int]
) -> None:
    page = phone(open_page, size, url=experiment_url(server_url, NET))
    page.wait_for_step(3)
    plot = page.page.locator("#stage .data .js-plotly-plot")
    page.page.wait_for_function(
        """() => {
            const { xaxis, yaxis } = document.querySelector('#stage .data .js-plotly-plot')?._fullLayout ?? {};
            return xaxis?._length >= 300 && yaxis?._length >= 300;
        }"""
    )
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert plot.evaluate(_IN_VIEW)
    bar = page.page.get_by_role("region", name="Learning rate of the selected run")
    expect(bar).to_be_in_viewport(ratio=1)
    # It is the rate of the run that is chosen in it.
    bar.get_by_role("combobox", name="Run to show").select_option("1")
    bar.get_by_role("textbox", name="learning rate", exact=True).fill("0.02")
    bar.get_by_role("textbox", name="learning rate", exact=True).press("Enter")
    page.wait_for("s => s.experiment.edits?.some(edit => edit.run === 1 && edit.set.lr === 0.02)")


@pytest.mark.parametrize("size", [(390, 844), (320, 640)])
def test_the_map_of_a_surface_is_seen_with_the_rate(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = phone(open_page, size, locale="zh-CN")
    page.wait_for_step(3)
    least = 300 if size[0] > 350 else 250
    page.page.wait_for_function(
        """least => {
            const { xaxis, yaxis } = document.querySelector('#stage .flat .js-plotly-plot')?._fullLayout ?? {};
            return xaxis?._length >= least && yaxis?._length >= least;
        }""",
        arg=least,
    )
    stage = page.page.locator("#stage")
    assert stage.evaluate(_IN_VIEW)
    bar = page.page.get_by_role("region", name="所选运行的学习率")
    expect(bar).to_be_in_viewport(ratio=1)
    before = page.state("experiment.runs[0].optimizer.lr")
    bar.get_by_role("slider").press("ArrowRight")
    page.wait_for("(s, before) => s.experiment.edits?.some(edit => edit.set.lr > before)", before)
    # A wide window has the run's card instead.
    page.page.set_viewport_size({"width": 1280, "height": 720})
    expect(bar).to_have_count(0)


def two_fingers(page: Page, moves: list[list[tuple[float, float]]]) -> None:
    """Puts two fingers down, moves them, lifts them. moves: both fingers' places, CSS pixels of the page."""
    session = page.context.new_cdp_session(page)
    for n, fingers in enumerate(moves):
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(fingers)]
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchStart" if n == 0 else "touchMove", "touchPoints": points}
        )
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def test_two_fingers_zoom_the_map_and_set_no_start(open_page: OpenPage) -> None:
    page = phone(open_page, PHONES["390x844"])
    page.step_to(3)
    starts = page.state("experiment.runs.map(run => run.start)")
    span = """() => {
        const { range } = document.querySelector('#stage .js-plotly-plot')._fullLayout.xaxis;
        return range[1] - range[0];
    }"""
    (x, y), apart = page.map_point(0.5, -2), 30.0
    before = page.page.evaluate(span)
    two_fingers(page.page, [[(x - apart * grown, y), (x + apart * grown, y)] for grown in (1.0, 1.25, 1.5, 1.75, 2.0)])
    page.page.wait_for_function(f"before => Math.abs(({span})() - before / 2) < 0.05 * before", arg=before)
    # The point between the fingers has not moved.
    assert page.map_point(0.5, -2) == pytest.approx((x, y), abs=6)
    assert page.page.evaluate("() => visualViewport.scale") == 1
    assert page.state("experiment.runs.map(run => run.start)") == starts
    assert page.state("experiment.edits") == []
    page.button("Show all").tap()
    page.page.wait_for_function(f"before => Math.abs(({span})() - before) < 0.01", arg=before)
