"""Experiments in links and files: opening one gives the same trajectory."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def test_an_address_opened_elsewhere_gives_the_same_numbers(page: PageObject, open_page: OpenPage) -> None:
    page.choose_problem("himmelblau")
    page.wait_for_step(10)
    step = page.pause()
    page.set_lr(1, "0.3")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.play()
    page.wait_for("(s, step) => s.head > step + 10", step)
    step = page.pause()

    other = open_page(page.link())
    other.wait_for("(s, step) => s.head === step", step)
    assert other.state("playing") is False
    assert other.state("experiment") == page.state("experiment")
    for run in (0, 1):
        here, there = (one.track(run) for one in (page, other))
        for what in ("params", "loss"):
            assert there[what][: step + 1] == here[what][: step + 1]


def test_a_broken_address_is_reported_and_the_default_experiment_plays(open_page: OpenPage, page: PageObject) -> None:
    broken = open_page(page.page.url.split("#")[0] + "#x=notanexperiment")
    expect(broken.page.get_by_role("alert")).to_contain_text("cannot be read")
    broken.wait_for_step(5)
    broken.page.get_by_role("button", name="Close this message").click()
    expect(broken.page.get_by_role("alert")).to_have_count(0)


def shared(page: PageObject) -> Locator:
    """Opens Share; returns its popover."""
    page.button("Share").click()
    popover = page.page.get_by_role("dialog", name="Share this experiment")
    expect(popover).to_be_visible()
    return popover


def at_rest_with_an_edit(page: PageObject) -> int:
    page.wait_for_step(6)
    page.pause()
    page.set_lr(1, "0.3")
    page.wait_for("s => s.experiment.edits.length === 1")
    step = page.head() + 10
    page.play()
    page.wait_for_step(step)
    return page.pause()


def test_a_link_opened_in_another_browser_shows_the_same_hash(
    page: PageObject, open_page: OpenPage, tmp_path: Path
) -> None:
    step = at_rest_with_an_edit(page)
    popover = shared(page)
    link = popover.get_by_label("Link").input_value()
    sign = popover.locator("[data-hash]").inner_text()
    assert re.fullmatch(r"[0-9a-f]{10}", sign)
    assert link.endswith(f"&step={step}&hash={sign}")

    other = open_page(link)
    other.wait_for("(s, step) => s.head === step", step)
    expect(other.page.locator("[data-claim='same']")).to_contain_text(sign)
    expect(shared(other).locator("[data-hash]")).to_have_text(sign)

    document = tmp_path / "shared.json"
    document.write_text(json.dumps(page.state("experiment")))
    ran = subprocess.run(
        [sys.executable, "-m", "steepest", "run", str(document), "--steps", str(step), "--every", "1000", "--hash"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == f"hash {sign}, records 0 to {step}\n"


def test_a_link_keeps_the_colours_and_shapes_of_the_runs(page: PageObject, open_page: OpenPage) -> None:
    def looks(shown: PageObject) -> list[tuple[str, str]]:
        """Colour and shape of each run on its card."""
        return [
            (marker.evaluate("svg => getComputedStyle(svg).fill"), marker.locator("path").get_attribute("d") or "")
            for marker in shown.page.locator("[data-run] .marker svg").all()
        ]

    page.pause()
    before = looks(page)
    page.run_card(0).get_by_role("button", name="Remove run 1").click()
    page.wait_for("s => s.experiment.runs.length === 1")
    assert looks(page) == before[1:]
    link = shared(page).get_by_label("Link").input_value()
    assert link.endswith("&marks=1")
    other = open_page(link)
    assert looks(other) == before[1:]
    # A reload keeps them too, through the address.
    page.page.wait_for_function("() => location.hash.endsWith('&marks=1')")
    page.page.reload()
    page.wait_for("s => s.experiment?.runs.length === 1 && s.last >= 0")
    assert looks(page) == before[1:]


def test_numbers_that_differ_from_the_senders_are_reported(page: PageObject, open_page: OpenPage) -> None:
    at_rest_with_an_edit(page)
    link = shared(page).get_by_label("Link").input_value()
    other = open_page(re.sub(r"hash=.*", "hash=0123456789", link))
    alert = other.page.locator("[data-claim='differs']")
    expect(alert).to_contain_text("other device or version")
    expect(alert).to_contain_text("0123456789")
    alert.get_by_role("button", name="Close this message").click()
    expect(alert).to_have_count(0)


def test_the_link_is_copied_without_a_secure_context(page: PageObject) -> None:
    page.wait_for_step(3)
    page.pause()
    page.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    popover = shared(page)
    # The status element must exist before its text, or a screen reader does not read it.
    expect(popover.get_by_role("status")).to_be_empty()
    popover.get_by_role("button", name="Copy the link").click()
    expect(popover.get_by_role("button", name="Copied")).to_be_visible()
    selected = page.page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]")
    assert selected == [0, len(popover.get_by_label("Link").input_value())]
    page.page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(page.button("Share")).to_be_focused()


def test_a_saved_file_is_opened_again(page: PageObject, open_page: OpenPage, tmp_path: Path) -> None:
    at_rest_with_an_edit(page)
    with page.page.expect_download() as download:
        shared(page).get_by_role("button", name="Save as a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "ravine-sgd-adam.steepest.json"

    other = open_page()
    before = other.state("experiment")
    assert before != page.state("experiment")
    with other.page.expect_file_chooser() as chooser:
        shared(other).get_by_role("button", name="Open a file…").click()
    chooser.value.set_files(file)
    other.wait_for("s => s.experiment.edits.length === 1")
    assert other.state("experiment") == page.state("experiment")


def dropped(page: PageObject, name: str, text: str) -> None:
    page.page.evaluate(
        """([name, text]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], name));
            for (const kind of ['dragenter', 'dragover', 'drop']) {
                document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        [name, text],
    )


def test_a_file_is_dropped_and_an_invalid_one_is_refused_by_name(page: PageObject) -> None:
    page.wait_for_step(3)
    before = page.state("experiment")
    refusals = [
        ("model.pt", "PK\x03\x04", "model.pt is not a JSON document."),
        ("list.json", "[1, 2]", "list.json is JSON, and holds no experiment."),
        ("new.json", json.dumps({**before, "version": 2}), "new.json was made by a newer Steepest: it has version 2"),
        ("odd.json", json.dumps({**before, "seed": -1}), "odd.json: seed: must be at least 0"),
    ]
    for name, text, words in refusals:
        dropped(page, name, text)
        expect(page.page.get_by_role("alert").filter(has_text=name)).to_contain_text(words)
        assert page.state("experiment") == before
    dropped(page, "good.json", json.dumps({**before, "seed": 5}))
    page.wait_for("s => s.experiment.seed === 5")
    expect(page.page.get_by_role("alert")).to_have_count(0)


def test_a_too_long_link_is_offered_as_a_file(page: PageObject) -> None:
    page.wait_for_step(3)
    experiment = page.state("experiment")
    edits = [
        {"step": k, "run": 0, "params": [0.1 + k * 0.7310585786 % 1, 0.2 + k * 0.6180339887 % 1]} for k in range(600)
    ]
    dropped(page, "many.json", json.dumps({**experiment, "edits": edits}))
    page.wait_for("s => s.experiment.edits.length === 600 && s.last > 0")
    popover = shared(page)
    expect(popover).to_contain_text("Save it as a file instead")
    expect(popover.get_by_label("Link")).to_have_count(0)
    expect(popover.locator("[data-hash]")).to_have_text(re.compile(r"^[0-9a-f]{10}$"))


def test_an_oversized_experiment_is_refused_and_the_page_continues(page: PageObject) -> None:
    page.wait_for_step(3)
    before = page.state("experiment")
    edits = [{"step": k, "run": 0, "params": [0.12345678901234566, 0.12345678901234566]} for k in range(1000)]
    dropped(page, "huge.json", json.dumps({**before, "edits": edits}))
    expect(page.page.get_by_role("alert")).to_contain_text("larger than the server takes in one message")
    page.wait_for("s => s.connection === 'live'")
    assert page.state("experiment") == before
    page.wait_for_step(page.head() + 10)
