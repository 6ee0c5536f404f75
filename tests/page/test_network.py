"""The picture of a net: its maps and numbers are the engine's, by pointer and by key, and a weight can be changed."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment, pause_at_step
from tests.page.page_object import PageObject, linked_experiment
from tests.page.targets import targets_too_small
from tests.page.test_accessibility import DISPLAYS

from steepest.engine import advance, prepare
from steepest.engine.model_analysis.neurons import neurons
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page

DIGITS: dict[str, Any] = {
    **NET,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "digits"},
        "model": {"id": "softmax"},
        "loss": {"id": "cross_entropy"},
    },
}

# Whether a neuron's large map is green, purple or neither at 8 × 8 points, from the bottom left, x fastest.
SIGNS = """canvas => {
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const sign = n => {
        const [x, y] = [(n % 8 + 0.5) / 8 * width, (1 - (Math.floor(n / 8) + 0.5) / 8) * height];
        const [red, green] = copy.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
        return Math.abs(green - red) < 4 ? 0 : Math.sign(green - red);
    };
    return Array.from({ length: 64 }, (_, n) => sign(n));
}"""


def section(page: PageObject) -> Any:
    return page.page.locator("section.network")


def keys(page: PageObject) -> Any:
    return section(page).get_by_role("application")


def show(page: PageObject, step: int) -> None:
    page.button("Network").click()
    section(page).and_(page.page.locator(f"[data-network='{step}'][data-run='0']")).wait_for()


def shown_numbers(page: PageObject) -> dict[int, float]:
    """The numbers of the neuron in detail, by their places among all parameters."""
    found = section(page).locator("[data-param]")
    read = "all => all.map(one => [Number(one.dataset.param), Number(one.dataset.value)])"
    return {int(index): value for index, value in found.evaluate_all(read)}


def wait_for_picture(page: PageObject) -> None:
    """Waits until the net is drawn, and can be pointed at."""
    section(page).and_(page.page.locator("[data-network]")).wait_for()
    page.page.wait_for_function(
        """() => {
            const canvas = document.querySelector('section.network .host canvas');
            const { width, height } = canvas.parentElement.getBoundingClientRect();
            return width > 0 && Math.abs(canvas.clientWidth - width) < 1 && Math.abs(canvas.clientHeight - height) < 1;
        }"""
    )


def find(page: PageObject, selector: str, x: float) -> tuple[float, float]:
    """A point of the picture, at a share of its width, over which something appears."""
    wait_for_picture(page)
    box = keys(page).bounding_box()
    assert box is not None
    for n in range(60):
        at = box["x"] + x * box["width"], box["y"] + (n + 0.5) / 60 * box["height"]
        page.page.mouse.move(*at)
        page.wait_frames(3)
        if section(page).locator(selector).count():
            return at
    raise AssertionError(f"{selector} is nowhere at {x}")


def test_maps_and_numbers_are_the_engine_s_and_every_neuron_is_reached_by_key(
    open_page: OpenPage, server_url: str
) -> None:
    page = open_experiment(open_page, server_url, NET)
    pause_at_step(page, 40)
    show(page, 40)
    experiment = parse_experiment(NET)
    params = advance(experiment, None, 40)[1].runs[0].params
    there = neurons(prepare(experiment), params, 0, 40)
    # Eight points a side of the twenty of the engine's maps, off their edges.
    near = np.round((np.arange(8) + 0.5) / 8 * 19).astype(int)
    maps = there.maps.reshape(-1, 20, 20)[:, near][:, :, near].reshape(-1, 64)
    spans = np.repeat([1, 0.5], [8, 1]), np.repeat([0, 0.5], [8, 1])  # a probability has its colours around 0.5
    keys(page).focus()
    page.page.keyboard.press("ArrowDown")  # the first of the first layer
    path = ["1-0", "1-1", "1-2", "1-3", "2-1", "2-0", "3-0"]
    steps = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowRight", ""]
    places = {"1-0": 2, "1-1": 3, "1-2": 4, "1-3": 5, "2-0": 6, "2-1": 7, "3-0": 8}
    weights = {"1-0": [8, 0, 1], "1-1": [9, 2, 3], "1-2": [10, 4, 5], "1-3": [11, 6, 7],
               "2-0": [20, 12, 13, 14, 15], "2-1": [21, 16, 17, 18, 19], "3-0": [24, 22, 23]}  # fmt: skip
    for neuron, key in zip(path, steps, strict=True):
        detail = section(page).locator(f"[data-neuron='{neuron}']")
        detail.wait_for()
        assert shown_numbers(page) == {index: float(params[index]) for index in weights[neuron]}
        place = places[neuron]
        expected = (maps[place] - spans[1][place]) / spans[0][place]
        largest = 1.0 if place == 8 else np.abs(there.maps[2:6] if place < 6 else there.maps[6:8]).max()
        strong = np.abs(expected) > 0.3 * largest
        assert strong.any() or place == 8  # after few steps every probability is near 0.5
        signs = np.array(detail.locator("canvas").evaluate(SIGNS))
        np.testing.assert_array_equal(signs[strong], np.sign(expected[strong]))
        if key:
            page.page.keyboard.press(key)
    # Once the names of the classes are there, which are fetched beside the net; it is said when it is chosen.
    expect(section(page).locator("h3")).to_contain_text("probability of disc")
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("ArrowRight")
    said = section(page).get_by_role("status")
    expect(said).to_contain_text("Output: probability of disc. sigmoid of the sum of its weighted inputs.")
    expect(said).to_contain_text("from neuron 2 ")
    assert page.head() == 40  # the arrows did not move the play head
    page.page.keyboard.press("Enter")
    expect(section(page).locator("input[data-param='24']")).to_be_focused()


def test_a_weight_that_is_clicked_and_typed_is_an_edit_of_the_experiment(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    pause_at_step(page, 40)
    show(page, 40)
    before = advance(parse_experiment(NET), None, 40)[1].runs[0].params
    page.page.mouse.click(*find(page, "[data-neuron='1-2'] .pointed [data-param='4']", 0.22))
    field = section(page).locator("input[data-param='4']")
    expect(field).to_be_focused()
    field.fill("no number")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.state("experiment")["edits"] == []
    field.fill("-2,5")
    field.press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    section(page).locator("[data-param='4'][data-value='-2.5']").wait_for()
    wanted = [float(value) for value in before]
    wanted[4] = -2.5
    changed = page.state("experiment")
    (edit,) = changed["edits"]
    assert (edit["step"], edit["run"], edit["params"]) == (40, 0, wanted)
    # A second one at the same step keeps the first.
    field = section(page).locator("input[data-param='10']")
    field.fill("0.75")
    field.press("Enter")
    page.wait_for("s => s.experiment.edits[0].params[10] === 0.75")
    wanted[10] = 0.75
    assert page.state("experiment")["edits"][0]["params"] == wanted
    # What is shared and what comes is the engine's answer to that edit.
    experiment = parse_experiment(linked_experiment(page.link()))
    page.play()
    page.wait_for("s => s.last > 45")
    page.pause()
    records = advance(experiment, None, 45)[0].runs[0]
    np.testing.assert_array_equal(np.array(page.track(0)["loss"][:46], np.float32), records.loss)
    page.page.locator("header").get_by_role("button", name="Undo").click()
    page.wait_for("s => s.experiment.edits[0]?.params[10] !== 0.75")  # changes in quick succession are one


def test_pointing_at_a_neuron_enlarges_it_and_leaving_ends_that(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    page.button("Network").click()
    find(page, "[data-neuron='1-1']", 0.34)
    expect(section(page).locator("h3")).to_have_text("Layer 1, neuron 2")
    step = int(section(page).get_attribute("data-network") or -1)
    page.page.wait_for_function("s => Number(document.querySelector('section.network').dataset.network) > s", arg=step)
    page.page.mouse.move(2, 2)
    expect(section(page).locator("h3")).to_have_count(0)


def test_a_net_that_is_too_wide_is_refused_in_words(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, DIGITS)
    page.button("Network").click()
    expect(section(page)).to_contain_text("this net has 64, 10")
    page.button("Loss").click()
    expect(section(page)).to_have_count(0)
    page.page.locator("section.plane").wait_for()


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_on_a_phone_it_is_tapped_and_does_not_scroll_sideways(
    open_page: OpenPage, server_url: str, width: int, locale: str
) -> None:
    page = open_experiment(
        open_page, server_url, NET, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True,
        locale=locale,
    )  # fmt: skip
    page.page.locator(".which button").last.tap()
    section(page).locator("canvas").first.scroll_into_view_if_needed()
    page.wait_for_step(5)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    wait_for_picture(page)
    box = keys(page).bounding_box()
    assert box is not None
    for n in range(30):
        page.page.touchscreen.tap(box["x"] + 0.34 * box["width"], box["y"] + (n + 0.5) / 30 * box["height"])
        page.wait_frames(3)
        if section(page).locator("[data-neuron='1-0']").count():
            break
    section(page).locator("[data-neuron='1-0'] input").first.wait_for()
    assert targets_too_small(page.page) == []
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("display", DISPLAYS)
def test_axe_finds_nothing(open_page: OpenPage, server_url: str, display: str) -> None:
    page = open_experiment(open_page, server_url, NET, **DISPLAYS[display])
    page.wait_for_step(5)
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    page.page.locator(".which button").last.click()
    section(page).and_(page.page.locator(f"[data-network='{page.head()}']")).wait_for()
    assert violations(page.page) == []
    keys(page).focus()
    page.page.keyboard.press("ArrowDown")
    section(page).locator("[data-neuron='1-0']").wait_for()
    assert violations(page.page) == []
