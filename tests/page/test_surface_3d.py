"""The loss in 3-D: placing runs, the camera, what the surface hides, and the key of heights."""

import math
import re
from typing import cast

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, surface_url
from tests.page.test_pictures import DISPLAYS, pause

pytestmark = [pytest.mark.page, pytest.mark.webgl]

# The middle of what the marks' canvas has of the first run's colour, CSS pixels of the page; null while there is none,
# or while it moves. Faint pixels, of a hidden mark, do not count unless asked for.
_MARK = """([least, callId]) => {
    const canvas = [...document.querySelectorAll('#stage .deep > canvas')].at(-1);
    if (!canvas?.style.width) return null;
    const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    [copy.canvas.width, copy.canvas.height] = [canvas.width, canvas.height];
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let [count, x, y, alpha] = [0, 0, 0, 0];
    for (let n = 0; n < data.length; n += 4) {
        if (data[n + 3] < least || Math.hypot(data[n], data[n + 1] - 0x68, data[n + 2] - 0xb5) > 12) continue;
        count++;
        x += (n / 4) % canvas.width;
        y += Math.floor(n / 4 / canvas.width);
        alpha = Math.max(alpha, data[n + 3]);
    }
    if (count < 20) return null;
    const box = canvas.getBoundingClientRect();
    const found = { x: box.left + x / count, y: box.top + y / count, alpha };
    const before = window.__lastMark;
    window.__lastMark = [callId, found.x, found.y].join();
    return window.__lastMark === before ? found : null;
}"""

_calls = iter(range(1_000_000))


def mark(page: PageObject, least: int = 250) -> dict[str, float]:
    """Where the first run's point is drawn, once it rests, and its opacity 0..255."""
    found = page.page.wait_for_function(_MARK, arg=[least, next(_calls)]).json_value()
    return cast("dict[str, float]", found)


def eye(page: PageObject) -> tuple[float, float, float]:
    at = page.page.evaluate(
        "() => document.querySelector('#stage .deep .js-plotly-plot')?._fullLayout?.scene?._scene?.getCamera().eye"
    )
    return at["x"], at["y"], at["z"]


def open_3d(page: PageObject) -> None:
    page.step_to(0)
    page.button("3-D").click()
    expect(page.page.get_by_role("img", name=re.compile("three dimensions"))).to_be_visible()
    mark(page, 80)


def first_start(page: PageObject) -> list[float]:
    return cast("list[float]", page.state("experiment.runs[0].start"))


def test_a_click_on_the_surface_is_the_start_of_all_runs(page: PageObject) -> None:
    open_3d(page)
    before = mark(page)
    x, y = before["x"] + 55, before["y"] + 40
    page.page.mouse.click(x, y)
    page.wait_for("(s, old) => s.experiment.runs[0].start[0] !== old", first_start(page)[0])
    page.step_to(0)
    assert page.state("experiment.runs.map(run => run.start.join())[1]") == ",".join(map(_js, first_start(page)))
    after = mark(page)
    assert math.hypot(after["x"] - x, after["y"] - y) < 4


def _js(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def test_a_run_is_dragged_over_the_surface_and_the_camera_stays(page: PageObject) -> None:
    open_3d(page)
    seen_from, start = eye(page), first_start(page)
    at = mark(page)
    page.page.mouse.move(at["x"], at["y"])
    page.page.mouse.down()
    for n in range(1, 6):
        page.page.mouse.move(at["x"] + 10 * n, at["y"] + 8 * n)
    page.wait_for("s => s.ghosts.length > 0")
    page.page.mouse.up()
    page.wait_for("(s, old) => s.experiment.runs[0].start.join() !== old.join()", start)
    page.step_to(0)
    after = mark(page)
    assert math.hypot(after["x"] - at["x"] - 50, after["y"] - at["y"] - 40) < 4
    assert eye(page) == pytest.approx(seen_from)


def test_another_problem_is_seen_from_the_first_place_and_a_parameter_from_the_same(page: PageObject) -> None:
    open_3d(page)
    first = eye(page)
    for _ in range(4):
        page.button("Turn left").click()
    page.page.wait_for_function(
        "([x]) => Math.abs(document.querySelector('#stage .deep .js-plotly-plot')"
        "._fullLayout.scene._scene.getCamera().eye.x - x) > 0.3",
        arg=list(first),
    )
    turned = eye(page)
    page.page.get_by_role("textbox", name="condition number").fill("40")
    page.page.get_by_role("textbox", name="condition number").press("Enter")
    page.wait_for("s => s.experiment.problem.params?.kappa === 40")
    page.wait_frames(60)
    assert eye(page) == pytest.approx(turned, abs=1e-3)
    page.choose_problem("himmelblau")
    page.page.wait_for_function(
        "([x]) => Math.abs(document.querySelector('#stage .deep .js-plotly-plot')"
        "._fullLayout.scene._scene.getCamera().eye.x - x) < 1e-3",
        arg=list(first),
    )
    assert eye(page) == pytest.approx(first, abs=1e-3)


def test_the_surface_hides_what_is_behind_it(open_page: OpenPage, server_url: str) -> None:
    # The far side of a peak, and the near one.
    problem = {"id": "expression", "params": {"expression": "6*exp(-2*(x**2 + y**2))"}}
    sgd = {"id": "sgd", "lr": 1e-9}
    behind = open_page(surface_url(server_url, problem, sgd, start=[-0.55, 0.55]))
    open_3d(behind)
    assert mark(behind, 40)["alpha"] < 150
    before = open_page(surface_url(server_url, problem, sgd, start=[0.55, -0.55]))
    open_3d(before)
    assert mark(before, 40)["alpha"] > 250


def test_the_key_says_up_and_down_with_the_losses_of_contour_lines(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.page.get_by_role("button", name="三维").click()
    key = page.page.locator("#stage .heights").first
    expect(key).to_contain_text("↑ 高")
    expect(key).to_contain_text("↓ 低")
    losses = [float(text) for text in key.locator(".mark").all_inner_texts()]
    assert len(losses) >= 3
    assert losses == sorted(losses)


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_keys_and_buttons_lie_beside_the_surface(open_page: OpenPage, server_url: str, display: str) -> None:
    url = surface_url(server_url, {"id": "himmelblau"}, {"id": "sgd", "lr": 0.001}, start=(0.5, -0.5))
    page = open_page(url, **DISPLAYS[display])
    pause(page, 3)
    page.button("三维" if "zh" in display else "3-D").click()
    expect(page.page.locator("#stage .view > .heights")).to_contain_text("↑")
    expect(page.page.locator("#stage [data-kind]").first).to_be_visible()
    count, over, outside = page.page.evaluate(
        """() => {
            const inner = document.querySelector('#stage .deep').getBoundingClientRect();
            const outer = document.querySelector('#stage').getBoundingClientRect();
            const keys = '#stage .view > .heights > *, #stage [data-kind], #stage .turn button';
            const boxes = [...document.querySelectorAll(keys)]
                .map(one => [one.textContent, one.getBoundingClientRect()]);
            const covers = ([, box]) =>
                box.top < inner.bottom && box.bottom > inner.top && box.left < inner.right && box.right > inner.left;
            const leaves = ([, box]) => box.left < outer.left || box.right > outer.right || box.bottom > outer.bottom;
            return [boxes.length, boxes.filter(covers), boxes.filter(leaves)];
        }"""
    )
    assert count >= 6
    assert (over, outside) == ([], [])
