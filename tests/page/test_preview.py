"""What would come at a value that is being dragged: dashed on charts and map, before it is let go."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET
from tests.page.page_object import PageObject, experiment_url, screen_point

pytestmark = pytest.mark.page

RAVINE: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "ravine"},
    "engine": "compiled",
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.02}, "start": [-3.0, 2.0]},
        {"optimizer": {"id": "adam", "lr": 0.05}, "start": [-3.0, 2.0]},
    ],
}
WORDS = "what would come at this value"

# How many pixels of the uppermost canvas of a plot have a run's colour, between two shares of its width.
PIXELS = """([plot, left, right]) => {
    const canvas = [...document.querySelectorAll(`${plot} canvas`)].at(-1);
    const { width, height } = canvas;
    const copy = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(left * width, 0, (right - left) * width, height);
    let count = 0;
    for (let n = 0; n < data.length; n += 4) {
        const channels = data.slice(n, n + 3);
        if (data[n + 3] > 100 && Math.max(...channels) - Math.min(...channels) > 60) count++;
    }
    return count;
}"""
MAP, AHEAD = [".stage .flat", 0, 1], [".charts .column", 0.5, 0.95]  # of the charts: what is ahead of the play head


def wait_until_drawn(page: PageObject) -> None:
    """Waits until the charts have their canvases, and the map where there is one."""
    screen_point(page.page, ".charts .column", 1, 1)
    if page.state("experiment.problem.kind") == "surface":
        page.map_point(0.0, 0.0)


def dragged(page: PageObject, run: int) -> Callable[[float], None]:
    """Takes hold of the slider of a run's learning rate; returns what moves it to a share of its width."""
    slider = page.run_card(run).get_by_role("slider").first
    slider.hover()  # scrolls there, and waits until it no longer moves
    box = slider.bounding_box()
    assert box is not None
    mouse = page.page.mouse

    def move(share: float) -> None:
        mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)

    thumb = float(slider.input_value()) / float(slider.get_attribute("max") or 1)
    move(0.02 + 0.96 * thumb)
    mouse.down()
    return move


def words(page: PageObject, plot: str) -> Locator:
    return page.page.locator(f"{plot} [data-ghost]")


def ghost(page: PageObject, condition: str = "true", argument: Any = None) -> Any:
    """The first ghost, once it fulfils a condition on `g`."""
    return page.wait_to_read(f"(s, a) => (g => g && ({condition}) && g)(s.ghosts[0])", argument)


def test_a_dragged_rate_shows_what_would_come_until_it_is_let_go(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for_step(30)
    step = page.pause()
    wait_until_drawn(page)
    before = [page.page.evaluate(PIXELS, where) for where in (MAP, AHEAD)]
    assert page.state("ghosts") == []
    held = page.lr_field(0).input_value()
    move = dragged(page, 0)
    move(0.55)
    expect(page.lr_field(0)).not_to_have_value(held)
    rate = float(page.lr_field(0).input_value())
    # On the ravine a step of gradient descent multiplies x by 1 - lr.
    at_this_rate = "Math.abs(g.params[2] / g.params[0] - (1 - a[1])) < 1e-4"
    found = ghost(page, f"g.steps[0] === a[0] && g.steps.at(-1) >= a[0] + 200 && {at_this_rate}", [step, rate])
    assert found["run"] == 0
    assert found["diverged"] is False
    for plot in (".stage", ".charts"):
        expect(words(page, plot)).to_have_text(WORDS)
    x = found["params"][0::2]
    assert x[1] == pytest.approx(x[0] * (1 - rate), rel=1e-5)
    assert x[0] == pytest.approx(page.track(0)["params"][step][0], rel=1e-6)
    for where, count in zip((MAP, AHEAD), before, strict=True):
        page.page.wait_for_function(f"([where, count]) => ({PIXELS})(where) > count + 100", arg=[where, count])
    # The value is an edit too, as before; let go, its records are those that the ghost has shown.
    page.page.mouse.up()
    page.wait_for("s => s.ghosts.length === 0")
    expect(words(page, ".stage")).to_have_count(0)
    expect(words(page, ".charts")).to_have_count(0)
    page.wait_for("(s, [step, rate]) => s.experiment.edits.at(-1)?.set.lr === rate", [step, rate])
    last = ghost_free_losses(page, step + 20)
    assert last[step : step + 20] == pytest.approx(found["loss"][:20], rel=1e-6)


def ghost_free_losses(page: PageObject, until: int) -> list[float]:
    page.play()
    page.wait_for("(s, until) => s.head > until", until)
    page.pause()
    losses: list[float] = page.track(0)["loss"]
    return losses


def test_a_rate_too_large_shows_where_it_would_diverge(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for_step(20)
    step = page.pause()
    move = dragged(page, 0)
    move(0.97)
    found = ghost(page, "g.diverged")
    end = found["steps"][-1]
    assert step < end < step + 200
    for plot in (".stage", ".charts"):
        expect(words(page, plot)).to_have_text(f"{WORDS} run 1 would diverge at step {end}")
    page.page.mouse.up()
    page.wait_for("s => s.ghosts.length === 0")


def test_it_follows_the_play_head_while_playing(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for_step(5)
    move = dragged(page, 1)
    move(0.6)
    first = ghost(page)["steps"][0]
    later = ghost(page, "g.steps[0] > a + 10", first)
    assert later["run"] == 1
    assert page.state("playing")
    page.page.keyboard.press("Escape")
    page.wait_for("s => s.ghosts.length === 0")
    page.page.mouse.up()


def test_at_step_0_the_rate_is_dragged_too(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.step_to(0)
    move = dragged(page, 0)
    for share in (0.5, 0.55, 0.6):
        move(share)
        page.wait_frames(2)
    rate = float(page.lr_field(0).input_value())
    found = ghost(page, "Math.abs(g.params[2] / g.params[0] - (1 - a)) < 1e-5", rate)
    assert found["steps"][0] == 0
    page.page.mouse.up()
    page.wait_for("s => s.ghosts.length === 0")
    page.wait_for("(s, rate) => s.experiment.runs[0].optimizer.lr === rate", rate)


def test_a_dragged_start_shows_the_paths_of_all_runs_from_there(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.step_to(0)
    page.page.mouse.move(*page.map_point(-3.0, 2.0))
    page.page.mouse.down()
    target = page.map_point(1.0, -2.0)
    page.page.mouse.move(*target, steps=5)
    page.wait_for("s => s.ghosts.length === 2 && s.ghosts.every(g => Math.abs(g.params[0] - 1) < 0.1)")
    expect(words(page, ".stage")).to_have_text(WORDS)
    # Escape leaves the start where it was.
    page.page.keyboard.press("Escape")
    page.wait_for("s => s.ghosts.length === 0")
    page.page.mouse.up()
    page.wait_frames()
    assert page.state("experiment.runs[0].start") == [-3.0, 2.0]
    assert page.state("ghosts") == []


def test_a_dragged_point_shows_the_path_of_its_run(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for_step(10)
    step = page.pause()
    page.run_card(1).get_by_role("button", name="Explain run 2: Adam").click()
    x, y = page.track(1)["params"][step]
    page.page.mouse.move(*page.map_point(x, y))
    page.page.mouse.down()
    page.page.mouse.move(*page.map_point(2.0, 2.5), steps=5)
    found = ghost(page, "Math.abs(g.params[0] - 2) < 0.1")
    assert (found["run"], found["steps"][0]) == (1, step)
    page.page.mouse.up()
    page.wait_for("s => s.ghosts.length === 0 && s.experiment.edits.length === 1")
    assert page.state("experiment.edits[0].params") == pytest.approx(found["params"][:2], abs=0.05)


def test_an_eager_experiment_has_none(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, {**RAVINE, "engine": "eager"}))
    page.wait_for_step(10)
    page.pause()
    move = dragged(page, 0)
    move(0.6)
    page.wait_frames()
    assert page.state("ghosts") == []
    page.page.mouse.up()
    page.wait_for("s => s.experiment.edits.length === 1")


@pytest.mark.parametrize("at_the_edge", [False, True])
def test_a_net_has_its_loss_ahead(open_page: OpenPage, server_url: str, at_the_edge: bool) -> None:
    page = open_page(experiment_url(server_url, {**NET, "engine": "compiled"}))
    page.wait_for_step(10)
    head = page.pause()
    if at_the_edge:
        # The axis ends at 100, 200, 500 or 1000 steps, and makes room for what would come.
        # By steps: at rest hardly more is recorded than what is on screen.
        edge = next(step for step in (98, 198, 498, 998) if step >= head)
        for key, times in (("Shift+ArrowRight", (edge - head) // 10), ("ArrowRight", (edge - head) % 10)):
            for _ in range(times):
                page.page.locator("body").press(key)
        page.wait_for("(s, edge) => s.head === edge && s.upToDate", edge)
    wait_until_drawn(page)
    before = page.page.evaluate(PIXELS, AHEAD)
    move = dragged(page, 0)
    move(0.7)
    found = ghost(page)
    assert found["params"] == []
    expect(words(page, ".charts")).to_have_text(WORDS)
    page.wait_for_value(lambda: page.page.evaluate(PIXELS, AHEAD) > before + 50, True)
    page.page.mouse.up()
    page.wait_for("s => s.ghosts.length === 0")


def test_the_words_are_in_the_language_of_the_page(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE), locale="zh-CN")
    page.wait_for_step(10)
    dragged(page, 0)(0.56)
    expect(words(page, ".stage")).to_have_text("按此值将会出现的走势")
    page.page.mouse.up()
    expect(words(page, ".stage")).to_have_count(0)
