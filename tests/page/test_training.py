"""Verdicts, charts and layer statistics of models in training."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, experiment_url
from tests.server.running import Running

from steepest.engine import RunRecords, advance, prepare
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page

HIGH = {"width": 1440, "height": 1100}  # all charts fit


def net(hidden: list[int], activation: str) -> dict[str, Any]:
    return {"id": "mlp", "params": {"hidden": hidden, "activation": activation}}


def document(
    dataset: dict[str, Any], model: dict[str, Any], loss: str, optimizer: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    """An experiment with one run."""
    start, run = changes.pop("start", {"init": "default"}), changes.pop("run", {})
    problem = {"kind": "learning", "dataset": dataset, "model": model, "loss": {"id": loss}, **changes}
    return {"version": 1, "problem": problem, "runs": [{"optimizer": optimizer, "start": start, **run}]}


CIRCLE = {"id": "circle"}
OVERFITS = document(
    {"id": "circle", "params": {"count": 60, "noise": 1.5}}, net([32, 32], "relu"), "bce_logits",
    {"id": "adam", "lr": 0.02}, split={"dev": 0.3},
)  # fmt: skip
VANISHES = document(CIRCLE, net([8] * 6, "sigmoid"), "bce_logits", {"id": "sgd", "lr": 0.3})
EXPLODES = document(
    CIRCLE, net([16] * 5, "relu"), "bce_logits", {"id": "sgd", "lr": 0.1},
    start={"init": "normal", "std": 2.0}, batch={"size": 10},
)  # fmt: skip
EDGE = document({"id": "noisy_curve"}, net([16], "tanh"), "mse", {"id": "sgd", "lr": 0.2})
SUMS = document(CIRCLE, net([4, 2], "tanh"), "bce_logits", {"id": "sgd", "lr": 0.1}, run={"zero_grad": False})
SMALL = document(CIRCLE, net([4, 2], "tanh"), "bce_logits", {"id": "sgd", "lr": 0.1}, split={"dev": 0.2, "test": 0.2})
DIGITS = document({"id": "digits"}, {"id": "softmax"}, "cross_entropy", {"id": "adam", "lr": 0.01}, batch={"size": 64})


def played(open_page: OpenPage, server: Running, experiment: dict[str, Any], **options: Any) -> PageObject:
    """Opens an experiment at the highest speed."""
    page = open_page(experiment_url(server.url, experiment), **options)
    page.page.get_by_label("Speed").press("End")
    return page


def at(page: PageObject, step: int) -> None:
    """Pauses at a step, once that step is recorded."""
    page.wait_for("(s, step) => s.last >= step", step)
    page.pause_if_playing()
    page.seek(step)


def recorded(experiment: dict[str, Any], steps: int) -> RunRecords:
    """The engine's records of the experiment."""
    return advance(prepare(parse_experiment(experiment)), None, steps)[0].runs[0]


def said(number: float, digits: int = 3) -> float:
    """The number as the page shows it, rounded to this many digits."""
    return float(f"{number:.{digits}g}")


def numbers(text: str) -> float:
    return float(text.strip().replace("−", "-"))


@pytest.mark.parametrize(
    ("experiment", "code", "words"),
    [
        (OVERFITS, "overfitting", "is overfitting: its loss on the development part was lowest at step"),
        (VANISHES, "vanishing", "has vanishing gradients: in "),
        (EXPLODES, "exploding", "has exploding gradients: "),
        (EDGE, "edge", "is at the edge of stability since step"),
        (SUMS, "summed", "never clears its gradient (zero_grad is off)"),
    ],
    ids=["overfitting", "vanishing", "exploding", "edge", "summed"],
)
def test_it_is_named(open_page: OpenPage, server: Running, experiment: dict[str, Any], code: str, words: str) -> None:
    page = played(open_page, server, experiment)
    verdict = page.wait_for_past_verdict(code)
    at(page, verdict["step"])
    assert words in page.wait_for_verdict(code)


def test_the_sharpness_settles_near_the_stability_limit(open_page: OpenPage, server: Running) -> None:
    page = open_page(experiment_url(server.url, EDGE), viewport=HIGH)
    page.page.evaluate("""() => {
        const before = CanvasRenderingContext2D.prototype.fillText;
        window.written = [];
        CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            window.written.push(text);
            return before.call(this, text, ...rest);
        };
    }""")
    page.page.get_by_label("Speed").press("End")
    at(page, 400)
    measures = recorded(EDGE, 400).metrics
    assert measures is not None
    sharpness = measures.sharpness[40]
    assert sharpness == pytest.approx(2 / 0.2, rel=0.1)
    page.page.evaluate("window.written = []")
    page.page.locator(".charts .column").hover(position={"x": 60, "y": 60})
    page.page.mouse.move(5, 5)
    page.page.wait_for_function("() => window.written.includes('2/lr = 10')")
    drawn = f"{sharpness:.4g}"
    page.page.wait_for_function("text => window.written.some(one => Number(one) === Number(text))", arg=drawn)


def test_the_layers_panel_shows_the_recorded_numbers(open_page: OpenPage, server: Running) -> None:
    page = played(open_page, server, SMALL)
    at(page, 37)
    page.page.get_by_role("tab", name="Layers").click()
    panel = page.page.locator("section.layers")
    expect(panel).to_have_attribute("data-layers", "30")
    records = recorded(SMALL, 40)
    measures = records.metrics
    assert measures is not None
    rows = panel.locator("tr[data-layer]")
    expect(rows).to_have_count(6)
    for place in range(6):
        norm, gradient, update = measures.layers[3, place].tolist()
        assert float(rows.nth(place).locator("[data-norm]").get_attribute("data-norm") or "") == norm
        assert float(rows.nth(place).locator("[data-gradient]").get_attribute("data-gradient") or "") == gradient
        ratio = float(rows.nth(place).locator("[data-ratio]").get_attribute("data-ratio") or "")
        assert ratio == pytest.approx(update / norm)
    shown = [
        numbers(one) for one in panel.locator(".numbers td").evaluate_all("all => all.map(one => one.firstChild.data)")
    ]
    assert shown == [said(one) for one in records.params[37].tolist()]
    gradients = [numbers(one) for one in panel.locator(".numbers .grad").all_inner_texts()]
    assert gradients == [said(one, 2) for one in records.grad[37].tolist()]
    assert violations(page.page) == []


def test_image_weights_are_shown_as_pictures(open_page: OpenPage, server: Running) -> None:
    page = played(open_page, server, DIGITS)
    at(page, 60)
    page.page.get_by_role("tab", name="Layers").click()
    pictures = page.page.locator("section.layers canvas")
    expect(pictures).to_have_count(10)
    expect(page.page.get_by_role("img", name="weights of 3")).to_be_visible()
    read = "all => all.map(one => [one.width, one.height, one.toDataURL()])"
    page.wait_for_value(lambda: len({picture for *_, picture in pictures.evaluate_all(read)}), 10)
    assert {(width, height) for width, height, _ in pictures.evaluate_all(read)} == {(8, 8)}


def test_tabs_are_chosen_by_keyboard(open_page: OpenPage, server: Running) -> None:
    page = played(open_page, server, SMALL)
    at(page, 20)
    step, layers = page.page.get_by_role("tab", name="Step"), page.page.get_by_role("tab", name="Layers")
    step.focus()
    page.page.keyboard.press("ArrowRight")
    expect(layers).to_be_focused()
    expect(layers).to_have_attribute("aria-selected", "true")
    assert page.head() == 20  # the arrow key moved the tab, not the step
    expect(page.page.get_by_role("tabpanel")).to_have_attribute("aria-labelledby", "tab-layers")
    page.page.keyboard.press("Home")
    expect(step).to_be_focused()
    page.page.keyboard.press("End")
    expect(step).not_to_be_focused()


def test_losses_of_all_parts_are_drawn(open_page: OpenPage, server: Running) -> None:
    page = open_page(experiment_url(server.url, SMALL), viewport=HIGH)
    page.page.evaluate("""() => {
        const before = CanvasRenderingContext2D.prototype.fillText;
        window.written = [];
        CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            window.written.push(text);
            return before.call(this, text, ...rest);
        };
    }""")
    page.page.get_by_label("Speed").press("End")
    at(page, 40)
    measures = recorded(SMALL, 40).metrics
    assert measures is not None
    page.page.evaluate("window.written = []")
    page.page.locator(".charts .column").hover(position={"x": 60, "y": 60})
    page.page.mouse.move(5, 5)
    for part, name in enumerate(("train", "dev", "test")):
        for value in (measures.losses[4, part], measures.accuracy[4, part]):
            assert np.isfinite(value)
            page.page.wait_for_function(
                """([name, value]) => window.written.some(one => one.startsWith(`${name} `)
                    && Math.abs(Number(one.slice(name.length + 1)) - value) <= 0.006 * value)""",
                arg=[name, value],
            )
