"""Learning-rate schedules and accumulated gradients: chosen on the run card, shown on the charts."""

import re

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, surface_url
from tests.server.running import Running

pytestmark = pytest.mark.page

RAVINE = {"id": "ravine"}
SGD = {"id": "sgd", "lr": 0.1}
TALL = {"width": 1280, "height": 1100}  # all charts fit


@pytest.fixture
def page(open_page: OpenPage, server: Running) -> PageObject:
    """One run on the ravine, with an open card."""
    page = open_page(surface_url(server.url, RAVINE, SGD, start=(-2.5, 2.5)), viewport=TALL)
    page.run_card(0).get_by_text("More settings").click()
    return page


def choose(page: PageObject, name: str) -> None:
    page.run_card(0).get_by_label("Learning-rate schedule of run 1").select_option(name)
    page.wait_for("(s, id) => (s.experiment.runs[0].schedule?.id ?? '') === id && s.last > 0", name)


def rates(page: PageObject) -> list[float]:
    """Learning rates of the updates that led to records 1 and later."""
    found: list[float] = page.track()["rates"][1:]
    return found


def test_a_schedule_is_chosen_and_the_rate_falls(page: PageObject) -> None:
    choose(page, "exponential")
    page.wait_for_step(20)
    page.pause()
    found = rates(page)
    assert found[:3] == pytest.approx([0.1, 0.099, 0.09801], rel=1e-12)
    assert found == sorted(found, reverse=True)
    expect(page.page.locator(".charts .js-plotly-plot")).to_be_visible()
    expect(page.page.locator(".charts [role=img]")).to_have_attribute("aria-label", re.compile("learning rate"))
    choose(page, "")
    page.wait_for("s => !s.experiment.runs[0].schedule")
    page.page.wait_for_function(
        "() => !document.querySelector('.charts [role=img]').getAttribute('aria-label').includes('learning rate')"
    )


def test_changing_the_rate_while_playing_scales_the_rest(page: PageObject) -> None:
    choose(page, "exponential")
    page.wait_for_step(12)
    head = page.pause()
    page.set_lr(0, "0.05")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.play()
    page.wait_for_step(head + 6)
    page.pause()
    found = rates(page)
    assert found[head - 1] == pytest.approx(0.1 * 0.99 ** (head - 1), rel=1e-9)
    assert found[head] == pytest.approx(0.05 * 0.99**head, rel=1e-9)
    assert page.state("experiment.runs[0].schedule.id") == "exponential"


def test_its_params_are_controls(page: PageObject) -> None:
    choose(page, "step")
    size = page.run_card(0).get_by_role("textbox", name="step size", exact=True)
    size.fill("5")
    size.press("Enter")
    page.wait_for("s => s.experiment.runs[0].schedule.step_size === 5 && s.last >= 7")
    assert rates(page)[:7] == pytest.approx([0.1] * 5 + [0.01] * 2)
    assert violations(page.page) == []


def test_an_optimizer_that_cannot_follow_is_refused_beside_its_menu(page: PageObject) -> None:
    choose(page, "one_cycle")
    page.run_card(0).get_by_label("momentum too").check()
    page.wait_for("s => s.experiment.runs[0].schedule.cycle_momentum === true && s.last > 0")
    page.run_card(0).get_by_label("Optimizer of run 1").select_option("newton")
    expect(page.run_card(0).get_by_role("alert").first).to_contain_text("no momentum")
    assert page.state("experiment.runs[0].optimizer.id") == "sgd"


def test_gradients_add_up_where_they_are_not_cleared(page: PageObject) -> None:
    page.pause()
    page.run_card(0).get_by_label("Clear the gradient before each step").uncheck()
    page.wait_for("s => s.experiment.runs[0].zero_grad === false && s.last > 2")
    expect(page.run_card(0).get_by_text("Gradients add up")).to_be_visible()
    # x²/2 + 5y²: the gradient at the start is (-2.5, 25); that of the next point, (-2.25, 0), is added.
    (x, y), (x2, y2) = page.track()["params"][1:3]
    assert (x, y) == pytest.approx((-2.25, 0.0), abs=1e-5)
    assert (x2, y2) == pytest.approx((-2.25 + 0.1 * (2.5 + 2.25), -2.5), abs=1e-5)
    page.run_card(0).get_by_label("Clear the gradient before each step").check()
    page.wait_for("s => (s.experiment.runs[0].zero_grad ?? true) && s.last > 2")
    expect(page.run_card(0).get_by_text("Gradients add up")).to_have_count(0)


# Coloured pixels of the chart of the rate (the second one) on the canvas of the cursor, right of the play head and its
# point: only a plan is drawn there.
AHEAD = """() => {
    const [, canvas] = document.querySelectorAll('.charts canvas');
    const { xaxis, yaxis2 } = document.querySelector('.charts .js-plotly-plot')?._fullLayout ?? {};
    if (!xaxis || !yaxis2) return -1;
    const scale = canvas.width / canvas.clientWidth;
    const from = xaxis._offset + xaxis.l2p(window.__steepest.head) + 12;
    const box = [from, yaxis2._offset, xaxis._offset + xaxis._length - from, yaxis2._length];
    const [left, top, width, height] = box.map(length => Math.round(length * scale));
    const sample = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    [sample.canvas.width, sample.canvas.height] = [width, height];
    sample.drawImage(canvas, -left, -top);
    const { data } = sample.getImageData(0, 0, width, height);
    let found = 0;
    for (let n = 0; n < data.length; n += 4) {
        const [r, g, b, alpha] = data.slice(n, n + 4);
        if (alpha > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 60) found++;
    }
    return found;
}"""


def test_the_rate_ahead_is_drawn_beyond_the_play_head(page: PageObject) -> None:
    page.pause()
    choose(page, "cosine")
    page.step_to(3)
    page.page.wait_for_function(f"() => ({AHEAD})() > 100")
    choose(page, "plateau")
    expect(page.run_card(0).get_by_text("not known ahead")).to_be_visible()
    expect(page.run_card(0).locator("[data-plan]")).to_have_count(0)
    page.page.wait_for_function(f"() => ({AHEAD})() === 0")
    page.wait_frames()  # and the server sends none a moment later
    assert page.page.evaluate(AHEAD) == 0


def test_the_whole_course_is_seen_while_choosing(page: PageObject) -> None:
    page.pause()
    choose(page, "linear")
    steps = page.run_card(0).get_by_role("textbox", name="steps", exact=True)
    steps.fill("40")
    steps.press("Enter")
    plan = page.run_card(0).locator("[data-plan='40']")
    expect(plan).to_have_accessible_name(
        "The rate in the first 40 steps: 0.0333 at step 1, at most 0.0983, at least 0.0333, 0.0983 at step 40."
    )
    page.page.get_by_role("button", name="中文").click()
    expect(plan).to_have_accessible_name(
        "前 40 步的学习率：第 1 步为 0.0333，最大 0.0983，最小 0.0333，第 40 步为 0.0983。"
    )
    assert violations(page.page) == []
