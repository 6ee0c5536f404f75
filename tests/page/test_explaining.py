"""What is happening: divergence, saddles, convergence, in words and with a way out."""

import re

import pytest
from playwright.sync_api import expect
from tests.page.looking import Looking

pytestmark = pytest.mark.page


def test_a_rate_above_the_limit_is_named_diverged_and_its_button_cures_it(page: Looking) -> None:
    page.go_to(0)
    page.set_rate(0, "0.25")
    page.until("s => s.experiment.runs[0].optimizer.lr === 0.25")
    page.play(fast=True)
    sentence = page.until_verdict("diverged_rate")
    page.pause()
    diverged = page.track(0)["divergedAt"]
    assert re.fullmatch(
        rf"SGD diverged at step {diverged}; the last finite loss was \S+\. lr × steepest curvature = 2\.5, above the "
        r"limit 2: each step overshoots farther along \(0, 1\)\. Here, rates below 0\.2 are stable\.",
        sentence,
    )
    expect(page.run(0)).to_contain_text(f"diverged at step {diverged}")
    assert page.marks("diverged") != []
    # The other run went on; the last finite step is there to read.
    assert len(page.track(1)["loss"]) > diverged + 1
    assert page.track(0)["loss"][diverged - 1] < float("inf")

    page.button("Use 0.18").click()
    page.until_verdict("converged")
    assert page.track(0)["divergedAt"] is None
    edits = page.state("experiment.edits")
    assert [(edit["run"], edit["set"]) for edit in edits] == [(0, {"lr": 0.18})]
    assert edits[0]["step"] < diverged
    assert page.state("verdict.loss") < 1e-3


def test_the_saddle_is_named_and_left(page: Looking) -> None:
    page.choose_problem("bounded_saddle")
    sentence = page.until_saddle()
    assert sentence.startswith("SGD is near a saddle at (0, 0): the surface curves up one way and down another")
    assert "Downhill is along (0, 1)." in sentence
    assert re.search(r"= 1\.\d+: about \d+ more steps to get away\.", sentence)
    assert len(page.marks("saddle")) >= 1
    page.page.get_by_label("Speed").press("End")
    sentence = page.until_verdict("converged")
    assert "minimum at (0, 1), loss −0.25" in sentence


def test_exactly_on_the_ridge_nothing_helps(page: Looking) -> None:
    page.choose_problem("bounded_saddle")
    page.page.get_by_role("combobox", name="Start from").select_option("1")
    page.until("s => s.experiment.runs[0].start[1] === 0")
    page.until("s => s.verdict?.code === 'near' && s.head > 30")
    assert "exactly on the ridge" in page.sentence()


def test_a_surface_without_a_bottom_is_told_apart(page: Looking) -> None:
    page.choose_problem("strict_saddle")
    page.page.get_by_label("Speed").press("End")
    sentence = page.until_verdict("diverged_falls")
    assert "This surface falls for ever; no learning rate helps." in sentence
    expect(page.page.get_by_role("button", name=re.compile("^Use "))).to_have_count(0)


def test_the_selected_run_is_the_one_that_is_explained(page: Looking) -> None:
    page.until_step(40)
    page.button("Explain run 2: Adam").click()
    page.until("s => s.verdict?.code === 'looking' || s.verdict?.code === 'near'")
    assert not page.sentence().startswith("SGD")
    page.page.get_by_label("Speed").press("End")
    assert page.until_verdict("converged").startswith("Adam converged at step ")


def test_what_is_read_aloud_does_not_change_with_every_step(page: Looking) -> None:
    page.choose_problem("bounded_saddle")
    page.until_saddle()
    heard = page.page.locator("[data-verdict] [aria-live]")
    expect(heard).to_contain_text("saddle")
    said = heard.inner_text()
    shown = page.sentence()
    page.until("(s, shown) => document.querySelector('[data-verdict] p').innerText !== shown", shown)
    assert page.state("verdict.code") == "near"
    assert heard.inner_text() == said
