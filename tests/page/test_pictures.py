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
    page.pause_if_playing()


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_keys_lie_beside_the_map(open_page: OpenPage, server_url: str, display: str) -> None:
    url = surface_url(server_url, {"id": "himmelblau"}, SGD, start=(0.5, -0.5))
    page = open_page(url, **DISPLAYS[display])
    pause(page, 12)
    expect(page.page.locator(".stage [data-heights]")).to_be_visible()
    expect(page.page.locator(".stage [data-arrow]").first).to_be_visible()
    expect(page.page.locator(".stage [data-kind]").first).to_be_visible()
    page.map_point(0.0, 0.0)  # the map is drawn
    count, over = page.page.evaluate(_OVER)
    assert count >= 4
    assert over == []


# The keys of data and loss plane, and which of them lie over the plot area of either.
_OVER_PLOTS = """() => {
    const drawn = [...document.querySelectorAll('#stage .js-plotly-plot')].filter(one => one._fullLayout);
    const plots = drawn.filter(one => one.checkVisibility());
    const areas = plots.map(plot => {
        const { xaxis, yaxis } = plot._fullLayout;
        const { x, y } = plot.getBoundingClientRect();
        const [left, top] = [x + xaxis._offset, y + yaxis._offset];
        return [left, top, left + xaxis._length, top + yaxis._length];
    });
    const keys = [...document.querySelectorAll('#stage [data-heights], #stage [data-arrow], #stage .data ul')];
    const over = keys.filter(one => one.checkVisibility()).filter(one => {
        const box = one.getBoundingClientRect();
        return areas.some(([left, top, right, bottom]) =>
            box.left < right - 1 && box.right > left + 1 && box.top < bottom - 1 && box.bottom > top + 1);
    });
    return [areas.length, keys.length > 1, over.map(one => one.textContent)];
}"""


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_keys_of_data_and_loss_plane_lie_beside_them(open_page: OpenPage, server_url: str, display: str) -> None:
    split = {**NET, "problem": {**NET["problem"], "split": {"dev": 0.2, "test": 0.2}}}
    page = open_experiment(open_page, server_url, split, **DISPLAYS[display])
    pause(page, 12)
    page.page.locator("#stage [data-heights]").wait_for()
    page.wait_for_value(lambda: page.page.evaluate(_OVER_PLOTS), [2, True, []])


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
    expect(page.page.locator(".stage .flat .annotation-text")).to_have_count(len(labels))


def test_a_loss_plane_has_labels_and_a_legend_too(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    expect(page.page.locator("section.plane [data-heights]")).to_contain_text("high")
    page.page.locator("section.plane .annotation-text").first.wait_for()


# How many opaque pixels the map's marks have near each of some places of the window.
_DRAWN_AT = """places => {
    const canvases = [...document.querySelectorAll('.stage .flat canvas')];
    const marks = canvases[canvases.length - 1];
    const box = marks.getBoundingClientRect();
    const scale = marks.width / box.width;
    const copy = new OffscreenCanvas(marks.width, marks.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(marks, 0, 0);
    const { data } = copy.getImageData(0, 0, marks.width, marks.height);
    return places.map(([x, y]) => {
        let count = 0;
        for (let dx = -5; dx <= 5; dx++)
            for (let dy = -5; dy <= 5; dy++) {
                const [column, row] = [(x - box.left + dx) * scale, (y - box.top + dy) * scale].map(Math.round);
                if (data[4 * (row * marks.width + column) + 3] > 128) count += 1;
            }
        return count;
    });
}"""


def test_a_run_off_the_map_is_marked_where_its_path_left(open_page: OpenPage, server_url: str) -> None:
    page = open_page(surface_url(server_url, {"id": "ravine"}, {"id": "sgd", "lr": 0.25}, start=(-2.5, 2.5)))
    pause(page, 9)
    page.seek(6)
    # The last step that crossed the map: between record 5 and record 6, both outside of it.
    (x0, y0), (x1, y1) = page.track(0)["params"][5:7]
    assert min(abs(y0), abs(y1)) > 6
    edge = page.page.evaluate("() => document.querySelector('.stage .flat .js-plotly-plot')._fullLayout.yaxis.range[1]")
    upper = edge - 0.02 * edge
    at = page.map_point(x0 + (x1 - x0) * (upper - y0) / (y1 - y0), upper)
    beside = page.map_point(2.5, upper)
    assert y1 > 0
    page.wait_for_value(lambda: page.page.evaluate(_DRAWN_AT, [at])[0] > 30, True)
    assert page.page.evaluate(_DRAWN_AT, [beside]) == [0]


def test_a_pole_of_one_s_own_function_is_a_gap(open_page: OpenPage, server_url: str) -> None:
    problem = {"id": "expression", "params": {"expression": "1/(x - 0.4)"}}
    page = open_page(surface_url(server_url, problem, {"id": "sgd", "lr": 0.01}, start=(-1.0,)))
    curve = page.page.wait_for_function(
        """() => {
            const plot = document.querySelector('.stage .flat .js-plotly-plot');
            const [trace] = plot?.data ?? [];
            const { range } = plot?._fullLayout?.yaxis ?? {};
            return trace?.mode === 'lines' && [Array.from(trace.x), Array.from(trace.y), range];
        }"""
    ).json_value()
    xs, ys, (low, high) = curve
    gaps = [x for x, y in zip(xs, ys, strict=True) if y is None or y != y]
    assert len(gaps) == 1
    assert gaps[0] == pytest.approx(0.4, abs=0.01)
    assert -40 < low < high < 40


@pytest.mark.parametrize("playing", [False, True])
def test_a_dragged_run_is_at_once_where_it_was_dropped(open_page: OpenPage, server_url: str, playing: bool) -> None:
    page = open_page(surface_url(server_url, {"id": "ravine"}, {"id": "sgd", "lr": 0.02}, start=(-2.5, 2.5)))
    page.wait_for_step(25)  # from here on a step moves it less than the pointer's reach
    page.page.get_by_label("Speed").press("Home")
    if not playing:
        page.pause()
    grip = page.wait_to_read("s => s.track(0).params[s.head]")
    x, y = page.map_point(*grip)
    to = page.map_point(1.37, 0.93)
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(*to, steps=4)
    page.page.mouse.up()
    edit = page.wait_to_read("s => s.experiment.edits.find(edit => edit.params)")
    step, (px, py) = edit["step"], edit["params"]
    assert (px, py) == pytest.approx((1.37, 0.93), abs=0.03)
    if playing:
        page.wait_for("(s, step) => s.head > step", step)
        page.pause()
        page.seek(step)
    # On the step of the drop: its marker, loss and sentence.
    loss = (px * px + 10 * py * py) / 2
    words = page.page.locator("[data-moved] p").first
    expect(words).to_contain_text(f"was moved to ({px:.3g}, {py:.3g}): the loss there is {loss:.3g}")
    expect(page.run_card(0)).to_contain_text(f"loss {loss:.3g}")
    expect(page.page.locator("[data-described=loss]")).to_contain_text(f"({px:.3g}, {py:.3g}), loss {loss:.3g}")
    page.page.mouse.move(5, 5)
    here, there = page.map_point(px, py), page.map_point(px, -py)
    page.wait_for_value(lambda: page.page.evaluate(_DRAWN_AT, [here])[0] > 60, True)
    assert page.page.evaluate(_DRAWN_AT, [there]) == [0]
    # The path goes on from there: the next record is one step of SGD from the drop.
    page.page.locator("body").press("ArrowRight")
    page.wait_for("(s, step) => s.head === step + 1", step)
    assert page.track(0)["params"][step + 1] == pytest.approx([px - 0.02 * px, py - 0.02 * 10 * py], abs=1e-5)
    expect(page.page.locator("[data-moved]")).to_have_count(0)
