"""Faults 22 and 28: markup in the input is shown as text, and non-finite numbers as gaps."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page.page_object import PageObject, surface_url

pytestmark = pytest.mark.page

OpenPage = Callable[..., PageObject]

INJECTED = "<img src=x onerror=window.__hurt=1>"


@pytest.mark.webgl
@pytest.mark.parametrize(
    ("expression", "start"),
    [
        ("x**2 + y**2", (2.0, 1.0)),  # to infinity
        ("log(x) + y**2", (0.4, 1.0)),  # to NaN
        ("-exp(x) + y**2", (2.0, 1.0)),  # to minus infinity
    ],
)
def test_case_22_non_finite_numbers_are_drawn_as_gaps(
    open_page: OpenPage, server_url: str, expression: str, start: tuple[float, float]
) -> None:
    problem: Any = {"id": "expression", "params": {"expression": expression}}
    page = open_page(
        surface_url(server_url, problem, {"id": "sgd", "lr": 5.0}, {"id": "adam", "lr": 0.01}, start=start)
    )
    page.wait_for("s => s.track(0).divergedAt !== null")
    at = page.track(0)["divergedAt"]
    page.wait_for("(s, at) => s.track(1).loss.length > at + 1", at)  # the other run continues
    page.pause_if_playing()  # the other one may diverge as well
    page.seek(at)
    expect(page.page.locator("[data-verdict='diverged']")).to_be_visible()
    for view in ("3-D", "Map"):
        page.page.get_by_role("button", name=view, exact=True).or_(
            page.page.get_by_role("radio", name=view, exact=True)
        ).first.click()
        expect(page.page.locator(".stage .js-plotly-plot")).to_be_visible()
    # The page still works: back to the start, and an edit. `open_page` fails on any console message.
    page.seek(0)
    assert page.head() == 0


def test_case_28_typed_markup_is_shown_as_text(open_page: OpenPage, server_url: str) -> None:
    page = open_page(server_url)
    page.choose_problem("expression")
    field = page.page.locator("#problem-params-expression")
    field.fill(INJECTED)
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    assert page.page.evaluate("window.__hurt") is None


@pytest.mark.parametrize("place", ["problem", "optimizer"])
def test_case_28_an_address_with_markup_is_refused_with_a_message(
    open_page: OpenPage, server_url: str, place: str
) -> None:
    problem: Any = {"id": INJECTED if place == "problem" else "square"}
    optimizer = {"id": "sgd"} if place == "problem" else {"id": INJECTED}
    page = open_page(surface_url(server_url, problem, optimizer, start=(1.0,)))
    refusal = page.page.get_by_role("alert")
    expect(refusal.first).to_be_visible()
    expect(refusal.first).to_contain_text("onerror")
    assert page.page.evaluate("document.querySelectorAll('img[src=x]').length") == 0
    assert page.page.evaluate("window.__hurt") is None
    assert page.state("experiment") is not None  # the default experiment plays
