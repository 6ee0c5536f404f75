"""Presenter mode, the sound of the loss, saved pictures of the stage, and the hints for the first minute."""

import base64
import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment
from tests.page.page_object import PageObject, screen_point

pytestmark = pytest.mark.page

# Records what the page sets on its oscillators and volumes; no sound is needed.
_LISTEN = """() => {
    window.heard = { contexts: 0, volume: [], pitch: [] };
    const Real = window.AudioContext;
    window.AudioContext = class extends Real { constructor(...given) { super(...given); window.heard.contexts++; } };
    const real = AudioParam.prototype.setTargetAtTime;
    AudioParam.prototype.setTargetAtTime = function (value, ...rest) {
        (this.maxValue > 1e6 ? window.heard.volume : window.heard.pitch).push(value);
        return real.call(this, value, ...rest);
    };
}"""


def size_of(page: PageObject, selector: str) -> float:
    found: float = page.page.locator(selector).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    return found


def test_presenter_mode_is_large_and_holds_little(page: PageObject) -> None:
    page.wait_for_step(5)
    button = page.button("Presenter mode")
    button.click()
    html = page.page.locator("html")
    expect(html).to_have_class(re.compile("presenter"))
    assert size_of(page, "[data-verdict] p:not(.hidden)") >= 24
    assert size_of(page, ".transport .step") >= 16
    for gone in (".setup", ".charts", "header .tools"):
        expect(page.page.locator(gone)).to_have_count(0)
    weight = page.page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--weight')")
    assert float(weight) > 1.5
    # Nothing is cut off, and nothing scrolls, once the picture has its new size.
    page.map_point(0, 0)
    page.page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")
    page.page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")

    # The remaining controls work as on the whole page.
    page.page.get_by_role("combobox", name="Optimizer of run 1").select_option("rmsprop")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.page.get_by_role("button", name=re.compile("^Adam")).click()
    page.lr_field(1).fill("0.3")
    page.lr_field(1).press("Enter")
    page.wait_for("s => s.experiment.edits.length === 2")
    page.button("Charts").click()
    expect(page.page.get_by_role("img", name=re.compile("^Charts"))).to_be_visible()
    screen_point(page.page, ".charts", 1, 1)  # waits for the charts: before that nothing can be too high
    page.page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")
    page.page.locator("body").press("Escape")
    expect(html).not_to_have_class(re.compile("presenter"))
    expect(page.page.locator(".setup")).to_be_visible()


# The drawn area of the map of the data, or of the first chart, CSS pixels; null until it is drawn at its final size.
_DRAWN_AREA = """([selector, callId]) => {
    const plot = document.querySelector(selector)?.querySelector('.js-plotly-plot');
    const { xaxis, yaxis, xaxis: { tickfont } = {} } = plot?._fullLayout ?? {};
    if (!xaxis?._length) return null;
    const [host, box] = [plot.parentElement.getBoundingClientRect(), plot._fullLayout];
    if (Math.abs(host.width - box.width) > 1 || Math.abs(host.height - box.height) > 1) return null;
    const found = [xaxis._length, yaxis._length, tickfont.size];
    const before = window.__lastArea;
    window.__lastArea = [callId, ...found].join();
    return window.__lastArea === before ? found : null;
}"""

_calls = iter(range(1_000_000))


def drawn_area(page: PageObject, selector: str) -> tuple[float, float, float]:
    """Width and height of a plot's area, and the size of its numbers, CSS pixels."""
    width, height, letters = page.page.wait_for_function(_DRAWN_AREA, arg=[selector, next(_calls)]).json_value()
    return width, height, letters


def empty_share(page: PageObject) -> float:
    """The part of the page above the playback that no panel covers, and that the controls' panel leaves empty."""
    share: float = page.page.evaluate(
        """() => {
            const area = ({ width, height }) => width * height;
            const main = document.querySelector('main').getBoundingClientRect();
            const panels = [...document.querySelectorAll('main > *')].filter(one => one.checkVisibility());
            const covered = panels.reduce((sum, one) => sum + area(one.getBoundingClientRect()), 0);
            const controls = document.querySelector('main > .chosen').getBoundingClientRect();
            const used = document.querySelector('main > .chosen > section').getBoundingClientRect();
            return (area(main) - covered + controls.width * (controls.height - used.height)) / area(main);
        }"""
    )
    return share


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_on_a_projector_nothing_is_empty_and_charts_and_decision_map_are_large(
    open_page: OpenPage, server_url: str, size: tuple[int, int]
) -> None:
    width, height = size
    page = open_experiment(open_page, f"{server_url}/?present=1", NET, viewport={"width": width, "height": height})
    page.wait_for_step(3)
    across, up, letters = drawn_area(page, "#stage .data")
    assert min(across, up) > 0.43 * height
    assert letters >= 0.02 * height
    assert empty_share(page) < 0.12  # the gaps between panels are a tenth
    page.button("Charts").click()
    across, up, letters = drawn_area(page, ".charts")  # first: then the stage has its size beside them
    assert across > 0.25 * width
    assert up > 0.15 * height
    assert letters >= 0.02 * height
    across, up, letters = drawn_area(page, "#stage .data")
    assert min(across, up) > 0.52 * height
    assert empty_share(page) < 0.12  # the gaps between panels are a tenth
    page.page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")


def test_the_letters_of_the_plots_follow_the_size_of_the_projector(open_page: OpenPage, server_url: str) -> None:
    page = open_page(server_url + "/?present=1", viewport={"width": 1280, "height": 720})
    small = drawn_area(page, "#stage .flat")[2]
    page.page.set_viewport_size({"width": 1920, "height": 1080})
    page.page.wait_for_function(
        """least => document.querySelector('#stage .flat .js-plotly-plot')
            ?._fullLayout.xaxis.tickfont.size > least""",
        arg=1.45 * small,
    )


def test_an_address_may_ask_for_presenter_mode(open_page: OpenPage, server_url: str) -> None:
    page = open_page(server_url + "/?present=1")
    page.wait_for_step(3)
    expect(page.page.locator("html")).to_have_class(re.compile("presenter"))
    page.button("Leave presenter mode").click()
    page.page.wait_for_function("() => !location.search.includes('present')")
    page.page.reload()
    page.wait_for_step(2)
    expect(page.page.locator("html")).not_to_have_class(re.compile("presenter"))


def test_the_sound_is_off_until_asked_for_and_follows_the_loss(page: PageObject) -> None:
    page.page.evaluate(f"({_LISTEN})()")
    page.wait_for_step(5)
    assert page.page.evaluate("() => window.heard.contexts") == 0
    page.page.get_by_role("slider", name="Speed").press("Home")  # one step per second
    page.pause()
    page.page.locator("body").press("Home")
    button = page.button("Sound of the loss")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.play()  # from the start, so that its tone is heard however long the page took up to here
    page.page.wait_for_function("() => window.heard.volume.some(volume => volume > 0)")
    page.page.get_by_role("slider", name="Speed").press("End")
    # SGD's loss falls by many decades, and so does the tone, from 440 Hz on.
    page.page.wait_for_function("() => window.heard.pitch.some(pitch => pitch < 200)")
    pitch = page.page.evaluate("() => window.heard.pitch")
    assert all(55 <= one <= 3520 for one in pitch)
    assert min(pitch) < 200 < max(pitch)

    page.pause()
    page.page.wait_for_function("() => window.heard.volume.at(-1) === 0")
    # A hidden page makes no sound.
    page.page.locator("body").press("Home")
    page.page.get_by_role("slider", name="Speed").press("Home")
    page.button("Play").click()
    page.page.wait_for_function("() => window.heard.volume.at(-1) > 0")
    page.page.evaluate(
        """() => {
            Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    page.page.wait_for_function("() => window.heard.volume.at(-1) === 0")
    assert page.page.evaluate("() => window.heard.contexts") == 1


def test_the_sound_is_remembered_and_waits_for_a_hand(page: PageObject) -> None:
    page.page.locator("body").press("s")
    expect(page.button("Sound of the loss")).to_have_attribute("aria-pressed", "true")
    page.page.add_init_script(f"({_LISTEN})()")
    page.page.reload()
    page.wait_for_step(2)
    expect(page.button("Sound of the loss")).to_have_attribute("aria-pressed", "true")
    assert page.page.evaluate("() => window.heard.contexts") == 0
    page.page.locator("h1").click()
    page.page.wait_for_function("() => window.heard.contexts === 1")


# The surface is there, and the first run's path over it: then a picture of it can be made.
_DRAWN = """() => {
    const plot = document.querySelector('#stage .js-plotly-plot');
    if (!plot?.data?.some(trace => trace.z?.length > 10)) return false;
    const [trails] = document.querySelectorAll('#stage canvas[aria-hidden]');
    const sample = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    [sample.canvas.width, sample.canvas.height] = [trails.width, trails.height];
    sample.drawImage(trails, 0, 0);
    const { data } = sample.getImageData(0, 0, trails.width, trails.height);
    for (let n = 0; n < data.length; n += 4)
        if (data[n] === 0x00 && data[n + 1] === 0x68 && data[n + 2] === 0xb5) return true;
    return false;
}"""


@pytest.mark.parametrize("view", ["Map", pytest.param("3-D", marks=pytest.mark.webgl)])
def test_the_stage_is_saved_as_a_picture(page: PageObject, view: str, tmp_path: Path) -> None:
    page.step_to(12)
    page.button(view).click()
    expect(page.page.locator(".deep" if view == "3-D" else ".flat")).to_be_visible()
    page.page.wait_for_function(_DRAWN)
    expect(page.page.locator(".stage [data-arrow='update']")).to_have_count(1 if view == "Map" else 0)
    box = page.page.locator("#stage .plot-host").bounding_box()
    assert box is not None
    heard = len(page.console_errors())
    with page.page.expect_download() as download:
        page.button("Save as a picture (PNG)").click()
    assert download.value.suggested_filename == "steepest-ravine-step-12.png"
    download.value.save_as(tmp_path / "stage.png")
    data = (tmp_path / "stage.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    legend = 34 + (22 if view == "Map" else 0)  # the arrows, which the map has, have their own line
    assert (width, height) == (2 * int(box["width"]), 2 * (int(box["height"]) + legend))
    # It contains both runs' colours and the surface, which has many colours.
    counted = page.page.evaluate(
        """async data => {
            const image = new Image();
            image.src = 'data:image/png;base64,' + data;
            await image.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.width, image.height];
            const context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            const { data: all } = context.getImageData(0, 0, image.width, image.height);
            const found = {};
            for (let n = 0; n < all.length; n += 4) {
                const colour = [all[n], all[n + 1], all[n + 2]].map(c => c.toString(16).padStart(2, '0')).join('');
                found[colour] = (found[colour] ?? 0) + 1;
            }
            return [found['0068b5'] ?? 0, found['c44e00'] ?? 0, Object.keys(found).length];
        }""",
        base64.b64encode(data).decode(),
    )
    # To save the surface is to read the WebGL canvas back, of which Chromium's software driver sometimes warns.
    page.ignore_console_errors(heard, "GPU stall due to ReadPixels")
    sgd, adam, colours = counted
    assert sgd > 500
    assert adam > 500
    assert colours > 300


# From now on `window.seen` is whether something has been on the page, however briefly.
_WATCH = """selector => {
    window.seen = false;
    const look = () => { window.seen ||= document.querySelector(selector)?.checkVisibility() ?? false; };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def test_the_first_minute_ticks_itself_off_and_goes_for_good(page: PageObject) -> None:
    guide = page.page.get_by_role("region", name="Three things to try")
    expect(guide).to_be_visible()
    done = guide.locator("li.ticked")
    expect(done).to_have_count(0)
    page.step_to(4)
    page.set_lr(0, "0.4")
    expect(guide.locator("[data-task=rate].ticked")).to_be_visible()
    page.play()
    expect(guide.locator("[data-task=why].ticked")).to_be_visible()
    # Done hints stay done.
    page.page.reload()
    page.wait_for_step(1)
    page.page.goto(page.page.url.split("#")[0])
    page.wait_for_step(2)
    expect(done).to_have_count(2)
    page.page.evaluate(_WATCH, ".guide [data-task=drag].ticked")  # it goes by itself, a few seconds after the last tick
    page.page.mouse.click(*page.map_point(1.5, -2.0))
    page.page.wait_for_function("() => window.seen")
    expect(guide).to_have_count(0)
    page.page.goto(page.page.url.split("#")[0])
    page.wait_for_step(2)
    expect(guide).to_have_count(0)


def test_the_first_minute_goes_well_after_convergence_and_in_another_ravine(open_page: OpenPage) -> None:
    page = open_page(stops=True)
    guide = page.page.get_by_role("region", name="Three things to try")
    page.page.get_by_label("Speed").press("End")
    page.wait_for("s => !s.playing && s.upToDate")
    assert page.state("verdict.code") == "converged"
    # Another rate shows little here: it is offered from the start.
    page.set_lr(0, "0.4")
    page.button("From the start with this rate").click()
    page.wait_for("s => s.experiment.edits.length === 0 && s.experiment.runs[0].optimizer.lr === 0.4")
    page.wait_for("s => s.track(0)?.divergedAt !== null && s.track(0).divergedAt < 200")
    expect(guide.locator("[data-task=rate].ticked")).to_be_visible()
    expect(guide.locator("[data-task=why].ticked")).to_be_visible()
    page.page.get_by_role("textbox", name="condition number").fill("100")
    page.page.get_by_role("textbox", name="condition number").press("Enter")
    expect(guide.locator("[data-task=rate]")).to_contain_text("above 0.02")


def start_at(page: PageObject, x: str, y: str) -> None:
    start = page.page.locator("section[aria-labelledby='start']")
    for name, value in (("x", x), ("y", y)):
        start.get_by_role("textbox", name=name, exact=True).fill(value)
        start.get_by_role("textbox", name=name, exact=True).press("Enter")
    page.wait_for("(s, y) => s.experiment.runs[0].start[1] === y", float(y))


@pytest.mark.parametrize("lands", [False, True], ids=["starts on the floor", "lands on the floor"])
def test_the_first_minute_succeeds_where_the_run_cannot_leave_the_floor(page: PageObject, lands: bool) -> None:
    rate = page.page.get_by_role("region", name="Three things to try").locator("[data-task=rate]")
    if lands:
        page.step_to(5)
        page.set_lr(0, "0.1")  # of κ = 10 it takes y to 0 at once, but for rounding
        page.wait_for("s => s.experiment.edits.length === 1")
        page.lr_field(0).blur()  # keys belong to the page again
        page.step_to(20)
        assert page.track(0)["params"][20][1] == 0
    else:
        page.pause()
        start_at(page, "-2.5", "0")
    expect(rate).to_have_text("At y = 0 only x can diverge: raise SGD’s learning rate above 2")
    page.set_lr(0, "2.5")
    page.play()
    # With all three done the line is gone soon.
    page.page.wait_for_function("() => /why|gone/.test(localStorage.getItem('steepest.guide'))")


def test_the_first_minute_is_not_shown_where_no_rate_fails(page: PageObject) -> None:
    guide = page.page.get_by_role("region", name="Three things to try")
    page.pause()
    start_at(page, "0", "0")
    expect(guide).to_have_count(0)
    start_at(page, "0", "1")
    expect(guide.locator("[data-task=rate]")).to_contain_text("above 0.2")


def test_the_first_minute_can_be_put_away_and_is_nowhere_else(
    page: PageObject, open_page: OpenPage, server_url: str
) -> None:
    guide = page.page.get_by_role("region", name="Three things to try")
    page.button("Close these hints").click()
    expect(guide).to_have_count(0)
    page.page.reload()
    page.wait_for_step(2)
    expect(guide).to_have_count(0)
    for query in ("/?present=1", "/?embed=1"):
        other = open_page(server_url + query)
        other.wait_for_step(2)
        expect(other.page.get_by_role("region", name="Three things to try")).to_have_count(0)


def test_nothing_moves_by_itself_for_who_asked_for_less_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    page.wait_for_step(3)
    longest = page.page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('*')].flatMap(one => {
            const { transitionDuration, animationDuration } = getComputedStyle(one);
            return `${transitionDuration},${animationDuration}`.split(',').map(parseFloat);
        }))"""
    )
    assert longest == 0
