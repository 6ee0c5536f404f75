"""What the pictures of the loss say, and that nothing covers what they show."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment
from tests.page.page_object import PageObject, surface_url

pytestmark = pytest.mark.page

DISPLAYS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 720}},
    "dark zh": {"viewport": {"width": 1920, "height": 1080}, "color_scheme": "dark", "locale": "zh-CN"},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "small phone": {"viewport": {"width": 320, "height": 640}},
}
SGD = {"id": "sgd", "lr": 0.001, "momentum": 0.9}

# The map's plot area and the elements that lie over it, as [left, top, right, bottom] of the window.
_OVER = """() => {
    const plot = document.querySelector('.stage .flat .js-plotly-plot');
    const { _offset: left, _length: width } = plot._fullLayout.xaxis;
    const { _offset: top, _length: height } = plot._fullLayout.yaxis;
    const { x, y } = plot.getBoundingClientRect();
    const area = [x + left, y + top, x + left + width, y + top + height];
    const keys = [...document.querySelectorAll('.stage [data-heights], .stage [data-kind], .stage [data-arrow]')];
    const over = keys.filter(one => {
        const box = one.getBoundingClientRect();
        return box.left < area[2] && box.right > area[0] && box.top < area[3] && box.bottom > area[1];
    });
    return [keys.length, over.map(one => one.textContent)];
}"""


def pause(page: PageObject, step: int) -> None:
    page.wait_for("(s, step) => s.last >= step", step)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    page.wait_for("s => s.upToDate")


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_keys_lie_beside_the_map(open_page: OpenPage, server_url: str, display: str) -> None:
    url = surface_url(server_url, {"id": "himmelblau"}, SGD, start=(0.5, -0.5))
    page = open_page(url, **DISPLAYS[display])
    pause(page, 12)
    expect(page.page.locator(".stage [data-heights]")).to_be_visible()
    expect(page.page.locator(".stage [data-arrow]").first).to_be_visible()
    expect(page.page.locator(".stage [data-kind]").first).to_be_visible()
    count, over = page.page.evaluate(_OVER)
    assert count >= 4
    assert over == []


def test_the_map_says_which_way_is_up(open_page: OpenPage, server_url: str) -> None:
    page = open_page(surface_url(server_url, {"id": "ravine"}, SGD, start=(-2.5, 2.5)))
    legend = page.page.locator(".stage [data-heights]")
    expect(legend).to_contain_text("low 0")
    low, high = (legend.locator("span").nth(n).inner_text().split()[-1] for n in (0, 1))
    assert float(low) == 0
    # Each label gives the loss where it stands: f = (x² + 10 y²) / 2.
    page.page.wait_for_function(
        "() => document.querySelector('.stage .flat .js-plotly-plot')?.layout.annotations?.length"
    )
    labels = page.page.evaluate(
        """() => document.querySelector('.stage .flat .js-plotly-plot').layout.annotations
            .map(({ x, y, text }) => [x, y, Number(text)])"""
    )
    assert len(labels) >= 4
    for x, y, said in labels:
        assert said == pytest.approx((x * x + 10 * y * y) / 2, rel=0.08)
        assert said <= float(high)
    assert page.page.locator(".stage .flat .annotation-text").count() == len(labels)


def test_a_loss_plane_has_labels_and_a_legend_too(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    expect(page.page.locator("section.plane [data-heights]")).to_contain_text("high")
    page.page.locator("section.plane .annotation-text").first.wait_for()
