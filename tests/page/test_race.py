"""The race table: steps and gradient evaluations to a chosen loss, with the winner marked."""

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import surface_url

pytestmark = pytest.mark.page

SGD = {"id": "sgd", "lr": 0.15}
LBFGS = {"id": "lbfgs", "lr": 1.0, "max_iter": 5}


def test_steps_and_evaluations_to_a_chosen_loss(open_page: OpenPage, server_url: str) -> None:
    page = open_page(surface_url(server_url, {"id": "ravine"}, SGD, LBFGS, start=(-2.5, 2.5)))
    page.wait_for_step(60)
    page.pause()
    page.page.get_by_role("tab", name="Race").click()
    table = page.page.get_by_role("table")
    page.page.get_by_label("to a loss of").fill("0.001")
    page.page.get_by_label("to a loss of").press("Enter")
    losses = [page.track(run)["loss"] for run in (0, 1)]
    steps = [next(k for k, loss in enumerate(run) if loss <= 0.001) for run in losses]
    first, second = (table.locator(f"[data-racer='{run}']") for run in (0, 1))
    expect(first.get_by_role("cell").first).to_have_text(str(steps[0]))
    expect(first.get_by_role("cell").last).to_contain_text(str(steps[0]))  # one evaluation a step
    # L-BFGS needs fewer steps, but several evaluations for each.
    assert steps[1] < steps[0]
    expect(second.get_by_role("cell").first).to_have_text(f"★fewest{steps[1]}")
    count = int((second.get_by_role("cell").last.inner_text()).replace("★", "").replace("fewest", ""))
    assert 2 * steps[1] < count <= 6 * steps[1]
    assert violations(page.page) == []
    page.page.get_by_label("to a loss of").fill("-1")
    page.page.get_by_label("to a loss of").press("Enter")
    expect(first).to_contain_text(f"not by step {page.head()}")
