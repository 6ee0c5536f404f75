"""The backpropagation panel: the numbers of the course notes, node by node, and a net's gradients as in PyTorch."""

import json
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Locator, expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment, open_tab, pause_at_step
from tests.page.page_object import PageObject

from steepest.engine import advance
from steepest.engine.model_analysis.backprop import net_graph
from steepest.engine.preparation.prepare import prepare
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page

NOTES = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())["graph"]


def figure(panel: Locator, node: str, part: str) -> float | None:
    found = panel.locator(f"[data-node='{node}'] [data-{part}]")
    return float((found.text_content() or "").replace("−", "-")) if found.count() else None


def test_the_expression_of_the_notes_forward_and_back(page: PageObject) -> None:
    panel = open_tab(page, "Backpropagation")
    expect(panel.locator("[data-node]")).to_have_count(5)
    for node, value in NOTES["values"].items():
        assert (figure(panel, node, "value"), figure(panel, node, "gradient")) == (value, NOTES["gradients"][node])
    locals_shown = {
        label.get_attribute("data-edge"): label.text_content() for label in panel.locator("[data-edge]").all()
    }
    assert locals_shown == {"0-2": "1", "1-2": "1", "1-3": "1", "2-4": "2", "3-4": "3"}

    panel.get_by_role("button", name="To the beginning").click()
    expect(panel.locator("[data-value], [data-gradient]")).to_have_count(0)
    slider = panel.get_by_role("slider", name="Through the calculation")
    sentence = panel.locator("[data-sentence]")
    for _ in range(3):
        slider.press("ArrowRight")
    expect(sentence).to_have_text("c = a + b = 3")
    assert (figure(panel, "c", "value"), figure(panel, "d", "value")) == (3, None)
    for _ in range(3):
        panel.get_by_role("button", name="One node on").click()
    expect(sentence).to_have_text("∂e/∂e = 1: here the way back begins.")
    assert (figure(panel, "e", "gradient"), figure(panel, "c", "gradient")) == (1, None)
    for _ in range(3):
        slider.press("ArrowRight")
    expect(sentence).to_have_text("∂e/∂b = 2·1 + 3·1 = 5")
    expect(panel.get_by_role("button", name="One node on")).to_be_enabled()
    slider.press("End")
    expect(panel.get_by_role("button", name="One node on")).to_be_disabled()


def test_another_expression_other_values_and_an_error_at_its_column(page: PageObject) -> None:
    panel = open_tab(page, "Backpropagation")
    field = panel.get_by_role("textbox", name="Expression in letters")
    field.fill("x*y + sin(x)")
    value = panel.get_by_role("textbox", name="value of x")
    value.fill("0")
    value.press("Enter")
    expect(panel.locator("[data-node='x'] [data-value]")).to_have_text("0")
    assert figure(panel, "x", "gradient") == 2  # y + cos(x) with y = 1
    field.fill("(a + b)(b + 1")
    expect(panel.get_by_role("alert")).to_have_text("column 8: this ( is never closed; add )")
    field.fill("(a + b)(b + 1)")
    expect(panel.get_by_role("alert")).to_have_count(0)
    expect(panel.locator("[data-node='e'] [data-value]")).to_have_text("6")


def test_the_net_at_the_step_on_screen(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET)
    pause_at_step(page, 15)
    panel = open_tab(page, "Backpropagation")
    expect(panel).to_have_attribute("data-step", "15")
    panel.get_by_role("spinbutton").fill("7")
    panel.get_by_role("spinbutton").press("Enter")
    prepared = prepare(parse_experiment(NET))
    torch.set_num_threads(1)
    graph = net_graph(prepared, advance(prepared, None, 15)[1].runs[0].params, 7)
    expect(panel.locator("[data-node='x1'] [data-value]")).to_have_text(f"{graph.nodes[0].value:.3g}".replace("-", "−"))
    expect(panel.locator("[data-node]")).to_have_count(len(graph.nodes))
    for node in graph.nodes:
        assert figure(panel, node.name, "value") == pytest.approx(node.value, rel=0.06)
        assert figure(panel, node.name, "gradient") == pytest.approx(node.gradient, rel=0.06)
    panel.locator("[data-node='z1,1']").click()
    expect(panel.locator("li")).to_have_count(3)
    weights = panel.locator("li").all_inner_texts()
    assert weights[0].startswith("weight from x1: ")
    assert weights[2].startswith("bias: ")


def test_it_is_readable_on_a_phone(open_page: OpenPage, server_url: str) -> None:
    page = open_experiment(open_page, server_url, NET, viewport={"width": 390, "height": 844}, has_touch=True)
    panel = open_tab(page, "Backpropagation")
    picture = panel.locator(".scroll")
    expect(picture.locator("[data-node]")).to_have_count(16)
    wide, seen = picture.evaluate("one => [one.scrollWidth, one.clientWidth]")
    assert wide > seen  # it has its own scroll bar
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    name = picture.locator("[data-node='x1'] .value").bounding_box()
    assert name is not None
    assert name["height"] >= 10
