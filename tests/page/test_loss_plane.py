"""The loss plane: its numbers equal the engine's, and it follows the step."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment, pause_at_step
from tests.page.page_object import PageObject
from tests.page.test_accessibility import DISPLAYS

from steepest.engine import advance
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page

FULL = {**NET, "problem": {**NET["problem"], "batch": {"size": None}}}


def plane(page: PageObject) -> Any:
    return page.page.locator("section.plane")


def wait_for_plane(page: PageObject, step: int) -> None:
    """Waits for the plane at the step on screen, to stay: no answer to what was asked while playing is due."""
    page.page.locator(f"section.plane[data-step='{step}']:not([data-asking])").wait_for()


def percents(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"([\d.]+)\s%", text)]


def test_it_shows_the_paths_and_their_explained_variance(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, FULL)
    pause_at_step(page, 40)
    wait_for_plane(page, 40)
    expect(plane(page)).to_have_attribute("data-plane", "principal")
    whole, first, second = percents(page.page.locator("[data-share]").inner_text())
    assert 50 < whole <= 100
    assert abs(first + second - whole) < 0.2
    # Not three checkpoints, of which any plane holds all: the early steps, and the rest by the length of the path.
    points = re.search(r"computed from (\d+) of their points", page.page.locator("[data-share]").inner_text())
    assert points is not None
    assert int(points[1]) > 2 * 10
    # The loss shown is the recorded one: with a full batch it is that of the whole training part.
    said = float(page.page.locator("[data-loss]").get_attribute("data-loss") or "nan")
    assert said == pytest.approx(page.track(0)["loss"][40], rel=1e-3)
    # The plane goes through this point.
    assert page.page.locator("[data-on-plane]").get_attribute("data-on-plane") == f"{said:.4g}"
    expect(
        plane(page).get_by_role("img", name="through 25 parameters with the paths of 2 runs up to step 40")
    ).to_be_visible()
    expect(plane(page).locator("figure path")).to_have_count(4)


def test_it_follows_the_step_the_runs_and_the_kind(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, FULL)
    pause_at_step(page, 20)
    wait_for_plane(page, 20)
    page.page.locator("body").press("ArrowLeft")
    wait_for_plane(page, 19)
    plane(page).get_by_label("Plane", exact=True).select_option("one")
    expect(plane(page).locator("figure path")).to_have_count(2)
    plane(page).get_by_label("Plane", exact=True).select_option("random")
    expect(plane(page)).to_have_attribute("data-plane", "random")
    expect(plane(page)).to_have_attribute("data-centre", "19")
    page.page.locator("body").press("ArrowRight")
    wait_for_plane(page, 20)
    expect(plane(page)).to_have_attribute("data-centre", "19")
    page.button("Re-centre").click()
    expect(plane(page)).to_have_attribute("data-centre", "20")
    before = page.page.locator("[data-share]").inner_text()
    page.button("Other directions").click()
    expect(page.page.locator("[data-share]")).not_to_have_text(before)


def test_it_updates_while_playing_and_after_an_edit(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    page.wait_for_step(20)
    page.page.wait_for_function("() => Number(document.querySelector('section.plane')?.dataset.step) > 5")
    shown = int(plane(page).get_attribute("data-step") or 0)
    page.page.wait_for_function("at => Number(document.querySelector('section.plane').dataset.step) > at", arg=shown)
    page.set_lr(0, "0.1")
    page.wait_for("s => s.experiment.edits.length === 1")
    step = page.pause()
    wait_for_plane(page, step)


def test_a_linear_model_s_plane_is_its_closed_form(open_page: OpenPage, server_url: str) -> None:
    """Three parameters, so the picture is a plane. The loss at the run's point is computed from the data."""
    document = {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "regression_plane"},
            "model": {"id": "linear"},
            "loss": {"id": "mse"},
        },
        "runs": [{"optimizer": {"id": "sgd", "lr": 0.02}, "start": [1.0, -1.0, 0.5]}],
    }
    page = open_experiment(open_page, server_url, document)
    pause_at_step(page, 12)
    wait_for_plane(page, 12)
    losses = advance(parse_experiment(document), None, 12)[0].runs[0].loss
    said = float(page.page.locator("[data-loss]").get_attribute("data-loss") or "nan")
    assert said == pytest.approx(float(losses[12]), rel=1e-3)
    assert np.isfinite(said)


@pytest.mark.parametrize("display", ["dark", "phone dark zh"])
def test_axe_finds_nothing_in_the_model_panels(open_page: OpenPage, server_url: str, display: str) -> None:
    page = open_experiment(open_page, server_url, NET, **DISPLAYS[display])
    page.wait_for("s => s.last >= 5")
    page.page.locator(".play").click()
    page.wait_for("s => !s.playing")
    found: dict[str, list[str]] = {}
    page.page.locator("[data-share]").wait_for()
    plane(page).locator("select").select_option("random")
    expect(plane(page)).to_have_attribute("data-plane", "random")
    found["plane"] = violations(page.page)
    page.page.locator("#tab-backprop").click()
    expect(page.page.locator("section.backprop [data-node]")).to_have_count(16)
    found["backpropagation"] = violations(page.page)
    page.page.locator("#tab-check").click()
    expect(page.page.locator("section.check [data-parameter]")).to_have_count(25)
    found["gradient check"] = violations(page.page)
    assert {state: some for state, some in found.items() if some} == {}


def test_an_open_panel_covers_neither_picture(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)  # 1280 pixels wide
    page.page.locator("[data-share]").wait_for()
    page.page.locator("#tab-layers").click()
    expect(page.page.locator(".layers .sheet")).to_be_visible()
    page.page.wait_for_function(
        """() => {
            const sheet = document.querySelector('.layers .sheet').getBoundingClientRect();
            const [data, loss] = [...document.querySelectorAll('#stage .view')].map(one => one.getBoundingClientRect());
            return loss.right <= sheet.left && data.right <= loss.left && Math.abs(data.top - loss.top) < 1;
        }"""
    )
