"""A typed function with parameters: each letter has a slider that remakes the surface."""

import math
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


NOTATIONS: dict[str, Callable[[float, float], float]] = {
    "x^2 + y²": lambda x, y: x**2 + y**2,
    "2x² + 3y^2": lambda x, y: 2 * x**2 + 3 * y**2,
    "|x| + |y|": lambda x, y: abs(x) + abs(y),
    "e^x + y^2": lambda x, y: math.exp(x) + y**2,
    "sin x + cos(y)": lambda x, y: math.sin(x) + math.cos(y),
    "f(x,y) = x y + x^4 + y^4": lambda x, y: x * y + x**4 + y**4,
    "z = (x + 1)(y − 1) + x^4 + y^4": lambda x, y: (x + 1) * (y - 1) + x**4 + y**4,
    "√(1 + x²) + 0.5y^2": lambda x, y: math.sqrt(1 + x**2) + 0.5 * y**2,
}


def test_functions_are_read_as_people_write_them(page: PageObject) -> None:
    page.choose_problem("expression")
    page.pause()
    field = page.page.get_by_role("textbox", name="function", exact=True)
    for text, value in NOTATIONS.items():
        field.fill(text)
        page.wait_for("(s, text) => s.experiment.problem.params.expression === text && s.last >= 0", text)
        expect(page.page.get_by_role("alert")).to_have_count(0)
        x, y = page.track(0)["params"][0]
        assert page.track(0)["loss"][0] == pytest.approx(value(x, y), rel=1e-5), text


def test_a_letter_becomes_a_slider_and_its_minima_are_marked(page: PageObject) -> None:
    page.choose_problem("expression")
    page.pause()
    field = page.page.get_by_role("textbox", name="function", exact=True)
    field.fill("x^4 - a*x^2 + y^2")
    page.wait_for("s => s.experiment.problem.params.a === 1")
    value = page.page.get_by_role("textbox", name="a", exact=True)
    slider = page.page.get_by_role("slider", name="a, slider")
    expect(value).to_have_value("1")
    minima = page.page.get_by_role("listitem").filter(has_text="minimum")
    expect(minima.first).to_contain_text("0.707")

    value.fill("2")
    value.press("Enter")
    page.wait_for("s => s.experiment.problem.params.a === 2")
    expect(minima.first).to_contain_text("x = −1, y = 0, f = −1")
    expect(minima.last).to_contain_text("x = 1, y = 0, f = −1")

    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + 0.7 * box["width"], middle)
    page.page.mouse.down()
    for share in (0.6, 0.4, 0.3):
        page.page.mouse.move(box["x"] + share * box["width"], middle)
        page.wait_for("s => s.experiment.problem.params.a !== 2")  # the surface is remade while the slider moves
    page.page.mouse.up()
    page.wait_for("s => s.experiment.problem.params.a < -1.5")
    expect(minima).to_have_count(1)
    page.page.locator("header").get_by_role("button", name="Undo").click()  # the whole drag
    page.wait_for("s => s.experiment.problem.params.a === 2")


def test_a_parameter_lasts_as_long_as_the_function_has_it(page: PageObject) -> None:
    page.choose_problem("expression")
    field = page.page.get_by_role("textbox", name="function", exact=True)
    field.fill("a*x^2 + n*y^2")
    page.wait_for("s => s.experiment.problem.params.n === 1")
    value = page.page.get_by_role("textbox", name="a", exact=True)
    value.fill("3")
    value.press("Enter")
    page.wait_for("s => s.experiment.problem.params.a === 3")
    field.fill("a*sin(x) + x^2 + y^2")  # sin has an n in it
    page.wait_for("s => s.experiment.problem.params.expression.includes('sin')")
    assert page.state("experiment.problem.params") == {"expression": "a*sin(x) + x^2 + y^2", "radius": 2, "a": 3}
    expect(page.page.get_by_role("alert")).to_have_count(0)
    field.fill("a + b")
    expect(field).to_have_accessible_description("Column 1: must use x or y: a constant has no slope to follow")
