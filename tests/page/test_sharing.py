"""The experiment in the address: whoever opens it gets the same trajectory."""

import pytest
from playwright.sync_api import expect
from tests.page.conftest import Look
from tests.page.looking import Looking

pytestmark = pytest.mark.page


def test_an_address_opened_elsewhere_gives_the_same_numbers(page: Looking, open_page: Look) -> None:
    page.choose_problem("himmelblau")
    page.until_step(10)
    step = page.pause()
    page.set_rate(1, "0.3")
    page.until("s => s.experiment.edits.length === 1")
    page.play()
    page.until("(s, step) => s.head > step + 10", step)
    step = page.pause()
    page.page.wait_for_function("step => location.hash.endsWith(`step=${step}`)", arg=step)

    other = open_page(page.page.url)
    other.until("(s, step) => s.head === step", step)
    assert other.state("playing") is False
    assert other.state("experiment") == page.state("experiment")
    for run in (0, 1):
        here, there = (one.track(run) for one in (page, other))
        for what in ("params", "loss"):
            assert there[what][: step + 1] == here[what][: step + 1]


def test_a_broken_address_is_said_and_the_opening_state_plays(open_page: Look, page: Looking) -> None:
    broken = open_page(page.page.url.split("#")[0] + "#x=notanexperiment")
    expect(broken.page.get_by_role("alert")).to_contain_text("cannot be read")
    broken.until_step(5)
    broken.page.get_by_role("button", name="Close this message").click()
    expect(broken.page.get_by_role("alert")).to_have_count(0)
