"""The charts: which ones are shown, the scale of the loss, and the stability limit of the curvature."""

import pytest
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment
from tests.page.page_object import surface_url
from tests.server.running import Running

pytestmark = pytest.mark.page

_AXES = "() => document.querySelector('.charts .js-plotly-plot')?._fullLayout"


LOW = {"width": 1280, "height": 680}  # not all charts fit
HIGH = {"width": 1280, "height": 1100}


def test_all_charts_are_shown_if_they_fit(open_page: OpenPage) -> None:
    page = open_page(viewport=HIGH)
    page.page.wait_for_function(f"() => ({_AXES})()?.yaxis5")
    page.page.set_viewport_size({"width": LOW["width"], "height": LOW["height"]})
    page.page.wait_for_function(f"() => !({_AXES})().yaxis3")


def test_the_switches_change_what_is_drawn(open_page: OpenPage) -> None:
    page = open_page(viewport=LOW)
    page.page.wait_for_function(f"() => ({_AXES})()?.yaxis2 && !({_AXES})().yaxis3")
    page.page.wait_for_function(f"() => ({_AXES})().yaxis.type === 'log'")
    page.button("linear").click()
    page.page.wait_for_function(f"() => ({_AXES})().yaxis.type === 'linear'")
    page.button("Parameters").click()
    page.page.wait_for_function(f"() => ({_AXES})().yaxis3?.type === 'log'")
    page.button("Loss").click()
    page.page.wait_for_function(f"() => !({_AXES})().yaxis3")


_WRITTEN = """() => {
    const before = CanvasRenderingContext2D.prototype.fillText;
    window.written = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        window.written.push(text);
        return before.call(this, text, ...rest);
    };
}"""


def test_the_curvature_is_drawn_against_the_limit_of_its_optimizer(open_page: OpenPage, server: Running) -> None:
    runs = ({"id": "sgd", "lr": 0.1}, {"id": "sgd", "lr": 0.1, "momentum": 0.9}, {"id": "adam", "lr": 0.05})
    page = open_page(surface_url(server.url, {"id": "ravine"}, *runs, start=(-2.5, 2.5)), viewport=LOW)
    page.page.evaluate(_WRITTEN)
    page.button("Parameters").click()
    for run, text in ((1, "2/lr = 20"), (2, "2(1+μ)/lr = 38"), (3, "no limit of lr alone")):
        page.page.get_by_role("button", name=f"Explain run {run}:").click()
        page.page.evaluate("window.written = []")
        page.page.wait_for_function("text => window.written.includes(text)", arg=text)


# Whether the plot is drawn in the size that it has, the tick labels cut by its edge, and pairs of labels that touch.
_COLLISIONS = """() => {
    const element = document.querySelector('.charts .js-plotly-plot');
    if (!element?._fullLayout) return [false, [], []];
    const plot = element.getBoundingClientRect();
    const { width, height } = element._fullLayout;
    const fits = Math.abs(width - plot.width) < 1 && Math.abs(height - plot.height) < 1;
    const labels = [...document.querySelectorAll('.charts [class$=tick] text')];
    const boxes = labels.map(label => [label.textContent, label.getBoundingClientRect()]);
    const cut = boxes.filter(([, box]) => box.left < plot.left - 1 || box.right > plot.right + 1);
    const touch = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
    const touching = boxes.flatMap(([text, a], n) =>
        boxes.slice(n + 1).filter(([, b]) => touch(a, b)).map(([other]) => [text, other]));
    return [boxes.length > 4 && fits, cut.map(([text]) => text), touching];
}"""


@pytest.mark.parametrize(
    ("size", "mode"), [((1280, 720), ""), ((1920, 1080), ""), ((390, 844), ""), ((1280, 720), "presenter")]
)
def test_labels_of_the_axes_neither_touch_nor_are_cut(
    open_page: OpenPage, server_url: str, size: tuple[int, int], mode: str
) -> None:
    split = {**NET, "engine": "compiled", "problem": {**NET["problem"], "split": {"dev": 0.2, "test": 0.2}}}
    page = open_experiment(open_page, server_url, split, viewport={"width": size[0], "height": size[1]})
    page.page.get_by_label("Speed").press("End")
    page.wait_for_step(12_000)
    page.page.locator(".play").click()
    if mode:
        page.page.get_by_role("button", name="Presenter mode").click()
        page.button("Charts").click()
    page.wait_for_value(lambda: page.page.evaluate(_COLLISIONS), [True, [], []])


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_labels_of_losses_that_overflow_neither_touch_nor_are_cut(
    open_page: OpenPage, server_url: str, size: tuple[int, int]
) -> None:
    runs = ({"id": "sgd", "lr": 0.25}, {"id": "adam", "lr": 0.05})
    url = surface_url(server_url, {"id": "ravine"}, *runs, start=(-2.5, 2.5))
    page = open_page(url, viewport={"width": size[0], "height": size[1]})
    page.page.get_by_label("Speed").press("End")
    page.wait_for("s => s.track(0).divergedAt !== null && s.head > s.track(0).divergedAt")
    page.page.locator(".play").click()
    page.wait_for_value(lambda: page.page.evaluate(_COLLISIONS), [True, [], []])


def test_the_axis_of_the_accuracy_ends_at_1(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET, viewport=HIGH)
    page.wait_for_step(12)
    page.page.wait_for_function(
        f"""() => Object.entries(({_AXES})() ?? {{}}).some(([name, axis]) =>
            name.startsWith('yaxis') && axis.range[0] === 0 && axis.range[1] === 1)"""
    )
