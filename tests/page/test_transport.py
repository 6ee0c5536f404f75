"""The default experiment, the transport and the timeline."""

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, surface_url

pytestmark = pytest.mark.page


def test_the_default_experiment_plays_at_once(page: PageObject) -> None:
    page.wait_for_step(10)
    assert page.state("playing") is True
    assert [run["optimizer"]["id"] for run in page.state("experiment.runs")] == ["sgd", "adam"]
    expect(page.page.get_by_text("live", exact=True)).to_be_visible()
    expect(page.page.locator(".badge")).to_contain_text("torch 2.")
    assert page.verdict_text() != ""
    first, last = (page.track(1)["loss"][step] for step in (0, 10))
    assert last < first


def test_pause_stops_and_play_continues(page: PageObject) -> None:
    page.wait_for_step(3)
    step = page.pause()
    page.page.wait_for_timeout(400)
    assert page.head() == step
    page.play()
    page.wait_for_step(step + 3)


def test_the_keyboard_moves_the_transport(page: PageObject) -> None:
    page.wait_for_step(5)
    page.page.locator("body").press(" ")
    page.wait_for("s => !s.playing")
    step = page.head()
    page.page.locator("body").press("ArrowLeft")
    page.wait_for("(s, step) => s.head === step", step - 1)
    page.page.locator("body").press("ArrowRight")
    page.wait_for("(s, step) => s.head === step", step)
    page.page.locator("body").press("Home")
    page.wait_for("s => s.head === 0")
    last = page.state("last")
    page.page.locator("body").press("End")
    page.wait_for("(s, last) => s.head >= last", last)
    # At the end of the recording, stepping forward requests more steps than were requested already.
    step = page.head()
    for _ in range(40):
        page.page.locator("body").press("ArrowRight")
    page.wait_for("(s, step) => s.head === step + 40", step)
    page.page.locator("body").press(" ")
    page.wait_for("s => s.playing")


def test_keys_belong_to_a_field_that_is_typed_in(page: PageObject) -> None:
    page.wait_for_step(5)
    step = page.pause()
    page.lr_field(0).focus()
    for key in ("ArrowLeft", "Home", " "):
        page.lr_field(0).press(key)
    page.page.wait_for_timeout(300)
    assert page.head() == step
    assert page.state("playing") is False


def test_scrubbing_back_shows_the_earlier_state(page: PageObject) -> None:
    page.step_to(30)
    page.set_lr(0, "0.05")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.play()
    page.wait_for_step(50)
    page.pause()
    recorded = page.track(0)
    timeline = page.page.get_by_role("slider", name="Step on screen")
    timeline.fill("12")
    page.wait_for("s => s.head === 12")
    expect(page.page.get_by_text("step 12", exact=True)).to_be_visible()
    # It shows the hyperparameter and the loss of that step, and later records are kept.
    expect(page.lr_field(0)).to_have_value("0.15")
    loss = f"{recorded['loss'][12]:.3g}"
    expect(page.run_card(0)).to_contain_text(f"loss {loss}")
    assert page.track(0)["params"][: len(recorded["params"])] == recorded["params"]
    timeline.fill("40")
    page.wait_for("s => s.head === 40")
    expect(page.lr_field(0)).to_have_value("0.05")


def test_playing_continues_from_the_scrubbed_step(page: PageObject) -> None:
    page.step_to(30)
    # Slowly: the timeline must not be rescaled for more steps while it is dragged.
    page.page.get_by_label("Speed").press("Home")
    page.play()
    timeline = page.page.get_by_role("slider", name="Step on screen")
    box = timeline.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 0.1 * box["width"], middle, steps=3)
    # The last move is on screen a frame later. How many steps the timeline has depends on how many are recorded.
    step = page.page.wait_for_function(
        """() => {
            const { playing, head } = window.__steepest;
            const share = head / Number(document.querySelector('.timeline input').max);
            return !playing && share >= 0.05 && share <= 0.15 && head;
        }"""
    ).json_value()
    page.page.mouse.up()
    page.wait_for("s => s.playing")
    page.wait_for("(s, step) => s.head > step && s.head < step + 5", step)


def test_a_mark_on_the_timeline_goes_to_its_step(page: PageObject) -> None:
    page.step_to(7)
    page.set_lr(1, "0.5")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.page.locator("body").press("Home")
    mark = page.page.locator("[data-mark~='edit']")
    expect(mark).to_have_accessible_name("Step 7. Adam: learning rate 0.05 → 0.5")
    mark.click()
    page.wait_for("s => s.head === 7")


def test_speed_ranges_from_slow_to_maximum(page: PageObject) -> None:
    speed = page.page.get_by_label("Speed")
    speed.press("Home")
    expect(page.page.get_by_text("1 step/s", exact=True)).to_be_visible()
    speed.press("End")
    expect(page.page.get_by_text("as fast as possible")).to_be_visible()
    page.wait_for_step(1_000)


def test_playing_stops_where_all_runs_are_at_rest_and_goes_on_when_asked(open_page: OpenPage, server_url: str) -> None:
    rates = ({"id": "sgd", "lr": 0.15}, {"id": "sgd", "lr": 0.19})
    url = surface_url(server_url, {"id": "ravine"}, *rates, start=(-2.5, 2.5))
    page = open_page(url, stops=True)
    page.page.get_by_label("Speed").press("End")
    page.wait_for("s => !s.playing && s.upToDate")
    ends = [page.wait_for_past_verdict("converged", run)["step"] for run in (0, 1)]
    assert ends[0] < ends[1] == page.head()
    expect(page.page.get_by_text("Playing stopped here")).to_be_visible()
    page.play()
    page.wait_for_step(ends[1] + 50)
    expect(page.page.get_by_text("Playing stopped here")).to_have_count(0)
    # The setting that it goes on outlasts the visit.
    page.page.get_by_text("Seed, precision, engine, playback").click()
    setting = page.page.get_by_label("Stop playing where all runs are at rest")
    expect(setting).to_be_checked()
    setting.uncheck()
    # By the first link: the address that the page keeps opens paused at the step on screen.
    page.page.goto("about:blank")
    page.page.goto(url)
    page.page.get_by_label("Speed").press("End")
    page.wait_for_step(ends[1] + 50)
