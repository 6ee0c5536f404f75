"""The gradient check panel: the thermometer's gradient by three methods, and the error as a function of delta."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment, open_tab, pause_at_step
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page

NOTES = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())["thermometer"]
THERMOMETER: dict[str, Any] = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "thermometer"},
        "model": {"id": "linear"},
        "loss": {"id": "mse"},
    },
    "runs": [{"optimizer": {"id": "sgd", "lr": 1e-4}, "start": [1.0, 0.0]}],
}


def row(panel: Locator, name: str) -> list[float]:
    cells = panel.locator(f"[data-parameter='{name}'] td").all_inner_texts()
    return [float(cell.replace("−", "-")) for cell in cells]


def worst(panel: Locator) -> float:
    return float(panel.locator("[data-worst]").get_attribute("data-worst") or "nan")


def slide_to(panel: Locator, power: float) -> None:
    panel.get_by_role("slider", name="delta of the central difference").fill(str(power))
    expect(panel).to_have_attribute("data-delta", f"{10**power:.3g}".replace("1e-05", "0.00001"))


def test_the_thermometer_of_the_notes(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, THERMOMETER)
    pause_at_step(page, 0)
    panel = open_tab(page, "Gradient check")
    expect(panel).to_have_attribute("data-checked", "0")
    expect(panel).to_have_attribute("data-delta", "0.1")
    for name, printed in zip(("w", "b"), NOTES["rows"][0]["gradient"], strict=True):
        autograd, central, analytic, _ = row(panel, name)
        assert autograd == central == analytic == pytest.approx(printed, rel=5e-6)  # six digits are shown
    # The loss is a parabola: there is no dip in the curve of errors, and none is described.
    expect(panel.locator("[data-shape=rounding]")).to_contain_text("exact here, as for any parabola")


def test_the_error_depends_on_delta(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    pause_at_step(page, 10)
    panel = open_tab(page, "Gradient check")
    expect(panel).to_have_attribute("data-checked", "10")
    expect(panel.locator("[data-parameter]")).to_have_count(25)
    coarse = worst(panel)
    slide_to(panel, -2)
    fine = worst(panel)
    assert 50 < coarse / fine < 200  # proportional to delta squared
    slide_to(panel, -5)
    assert worst(panel) < 1e-8
    expect(panel.locator("[data-shape=dip]")).to_contain_text("Right of the least error")
    label = panel.get_by_role("img").get_attribute("aria-label") or ""
    assert "Relative error of central differences against delta" in label
    page.page.locator("body").click(position={"x": 1, "y": 1})
    page.page.locator("body").press("ArrowRight")
    expect(panel).to_have_attribute("data-checked", "11")
    recorded = page.track(0)
    assert len(recorded["params"][11]) == 25


def test_it_works_on_surfaces_too(page: PageObject) -> None:
    page.step_to(3)
    panel = open_tab(page, "Gradient check")
    expect(panel).to_have_attribute("data-checked", "3")
    autograd, central, _ = row(panel, "x")
    assert central == pytest.approx(autograd, rel=1e-2)
