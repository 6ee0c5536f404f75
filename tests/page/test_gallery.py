"""The galleries: every card opens and plays, computed numbers beside the notes', and predictions are checked."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject

from steepest.gallery import gallery
from steepest.gallery.card import Table

pytestmark = pytest.mark.page

NOTES = {note.id: note for note in gallery().notes}
PIECES = {piece.id: piece for piece in gallery().pieces}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def open_card(page: PageObject, card: str) -> None:
    page.page.locator("button.gallery").click()
    page.page.locator("#gallery-notes" if card in NOTES else "#gallery-pieces").click()
    page.page.locator(f"[data-card={card}]").click()
    expect(page.page.locator(f"[data-lesson={card}][data-begun=true]")).to_be_visible()


def wait_for_seen(page: PageObject, card: str) -> None:
    page.page.locator(".speed input").press("End")
    expect(page.page.locator(f"[data-lesson={card}][data-seen=true]")).to_be_visible()


def shares(cards: Iterable[str], size: int = 6) -> list[list[str]]:
    """Groups of cards that share a page: one page for each card would be slow."""
    names = list(cards)
    return [names[begin : begin + size] for begin in range(0, len(names), size)]


@pytest.mark.parametrize("cards", shares(NOTES), ids=lambda cards: cards[0])
def test_every_note_opens_and_plays_to_its_end(page: PageObject, cards: list[str]) -> None:
    for card in cards:
        open_card(page, card)
        note = NOTES[card]
        expect(page.page.locator(f"[data-lesson={card}]")).to_contain_text(note.look.en)
        wait_for_seen(page, card)
        page.wait_for("(s, step) => !s.playing && s.head === Math.min(step, s.last)", note.until)
        assert page.state("experiment")["problem"]["kind"] == note.experiment.problem.kind
        for table in note.tables:
            check_figures(page, table)


def check_figures(page: PageObject, table: Table) -> None:
    page.page.locator("[data-figures] summary").click()
    number = len(table.rows) * len(table.columns)
    expect(page.page.locator("[data-figures] td.ours")).to_have_count(number)
    if table.same:
        expect(page.page.locator("[data-figures] td.ours[data-same=true]")).to_have_count(number)
        expect(page.page.locator("[data-figures] .tally")).to_have_text(f"{number} of {number} equal")
    else:
        expect(page.page.locator("[data-figures] td.ours[data-same=false]").first).to_be_attached()


@pytest.mark.parametrize("cards", shares(PIECES), ids=lambda cards: cards[0])
def test_every_exercise_waits_for_a_prediction_plays_and_explains(page: PageObject, cards: list[str]) -> None:
    for card in cards:
        open_card(page, card)
        piece = PIECES[card]
        lesson = page.page.locator(f"[data-lesson={card}]")
        expect(lesson).to_contain_text(piece.ask.en)
        page.wait_for("s => !s.playing && s.head === 0")
        expect(lesson).not_to_contain_text(piece.explain.en)
        lesson.locator(".choices button").nth(piece.right).click()
        wait_for_seen(page, card)
        expect(lesson).to_contain_text(piece.explain.en)
        expect(lesson.get_by_role("status")).to_contain_text("Correct.")


def test_a_wrong_prediction_is_reported_and_the_right_one_marked(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    open_card(page, "raw_thermometer")
    piece = PIECES["raw_thermometer"]
    lesson = page.page.locator("[data-lesson=raw_thermometer]")
    expect(lesson).to_contain_text(piece.ask.zh)
    lesson.locator(".choices button").first.click()
    wait_for_seen(page, "raw_thermometer")
    expect(lesson.get_by_role("status")).to_contain_text("不完全对。")
    expect(lesson.locator("[data-right]")).to_have_text(re.compile(piece.choices[piece.right].zh))


def test_a_card_shows_its_map_of_runs_with_the_answer(page: PageObject) -> None:
    open_card(page, "which_valley")
    expect(page.page.locator("[data-map]")).to_have_count(0)
    page.page.locator("[data-lesson] .choices button").nth(1).click()
    expect(page.page.get_by_role("combobox", name="to the right")).to_have_value("runs[0].start[0]")
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    expect(page.page.locator("[data-map-key]").get_by_text("at the minimum")).to_have_count(4)


def test_a_panel_that_a_card_opened_closes_with_the_next_card(page: PageObject) -> None:
    about_layers = next(name for name, note in NOTES.items() if note.panel == "layers")
    about_nothing = next(name for name, note in NOTES.items() if note.panel is None)
    open_card(page, about_layers)
    expect(page.page.locator(".layers .sheet")).to_be_visible()
    for width, height in ((1280, 720), (1366, 768), (1440, 900), (1920, 1080)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_function(
            """() => {
                const sheet = document.querySelector('.layers .sheet').getBoundingClientRect();
                return sheet.top >= 0 && sheet.left >= 0 && sheet.right <= innerWidth && sheet.bottom <= innerHeight
                    && sheet.height >= 96;
            }"""
        )
    open_card(page, about_nothing)
    expect(page.page.locator(f"[data-lesson={about_nothing}]")).to_be_visible()
    expect(page.page.locator(".sheet:visible")).to_have_count(0)


def test_a_lesson_ends_with_another_problem_and_not_with_an_edit(page: PageObject) -> None:
    open_card(page, "thermometer")
    page.wait_for_step(3)
    page.set_lr(0, "0.00005")
    page.wait_for("s => s.experiment.edits.length === 1")
    expect(page.page.locator("[data-lesson=thermometer]")).to_be_visible()
    page.page.get_by_role("button", name="From the start").click()
    page.wait_for("s => s.experiment.edits.length === 0")
    page.page.get_by_role("button", name="Surface", exact=True).or_(
        page.page.get_by_role("tab", name="Surface", exact=True)
    ).or_(page.page.get_by_text("Surface", exact=True)).first.click()
    page.wait_for("s => s.experiment.problem.kind === 'surface'")
    expect(page.page.locator("[data-lesson]")).to_have_count(0)


def test_a_failed_request_is_reported_and_retried(open_page: OpenPage) -> None:
    page = open_page()
    heard = len(page.console_errors())
    page.page.route("**/api/gallery", lambda route: route.abort())
    page.page.locator("button.gallery").click()
    expect(page.page.get_by_role("alert")).to_contain_text("could not be loaded")
    page.page.unroute("**/api/gallery")
    page.page.get_by_role("button", name="Try again").click()
    expect(page.page.locator("[data-card]")).to_have_count(len(PIECES))
    page.ignore_console_errors(heard, "gallery")


@pytest.mark.parametrize("options", [{}, {**PHONE, "locale": "zh-CN", "color_scheme": "dark"}], ids=["desk", "phone"])
def test_axe_finds_nothing_in_the_gallery_and_in_a_lesson(open_page: OpenPage, options: dict[str, Any]) -> None:
    page = open_page(**options)
    page.page.locator("button.gallery").click()
    expect(page.page.locator("[data-card]").first).to_be_visible()
    assert violations(page.page) == []
    page.page.locator("[data-card=four_rates]").click()
    expect(page.page.locator("[data-lesson=four_rates][data-begun=true]")).to_be_visible()
    assert violations(page.page) == []
    page.page.locator(".choices button").first.click()
    wait_for_seen(page, "four_rates")
    assert violations(page.page) == []
    open_card(page, "square")
    wait_for_seen(page, "square")
    page.page.locator("[data-figures] summary").click()
    assert violations(page.page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_tabs_and_cards_by_keyboard(page: PageObject) -> None:
    page.page.locator("button.gallery").focus()
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("dialog")).to_be_visible()
    page.page.locator("#gallery-pieces").focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.locator("#gallery-notes")).to_be_focused()
    expect(page.page.locator("[data-card]")).to_have_count(len(NOTES))
    for _ in ("close", "topics", "card"):
        page.page.keyboard.press("Tab")
    expect(page.page.locator("[data-card]").first).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.page.locator("[data-lesson]")).to_be_focused()


@pytest.mark.parametrize("card", ["zero_grad", "forgotten_zero_grad"])
def test_the_run_without_zero_grad_is_badged_and_it_is_the_one_that_is_explained(page: PageObject, card: str) -> None:
    open_card(page, card)
    expect(page.page.locator("[data-badge=zero_grad]")).to_have_count(1)
    expect(page.run_card(1).locator("[data-badge=zero_grad]")).to_have_text("no zero_grad")
    if card in PIECES:
        page.page.locator(".choices button").first.click()
    wait_for_seen(page, card)
    assert page.wait_for_verdict("summed").startswith("SGD (no zero_grad) never clears its gradient")


def test_cards_have_pictures_and_are_found_by_topic(page: PageObject) -> None:
    page.page.locator("button.gallery").click()
    cards = page.page.locator("#gallery-cards [data-card]")
    expect(cards).to_have_count(len(PIECES))
    # A picture is made when its card is seen.
    expect(page.page.locator("[data-card=four_rates] [data-drawn=true] polyline.curve")).to_be_visible()
    runs = len(PIECES["local_minima"].experiment.runs)
    page.page.locator("[data-card=local_minima]").scroll_into_view_if_needed()
    expect(page.page.locator("[data-card=local_minima] polyline")).to_have_count(runs)
    colours = page.page.locator("[data-card=local_minima] canvas").evaluate(
        """canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 30
    assert page.page.locator("[data-card=edge] [data-drawn=true]").count() == 0

    names = "all => all.map(one => one.dataset.card)"
    batches = next(topic for topic in gallery().topics if topic.id == "batches")
    page.page.get_by_role("radio", name=batches.title.en).check()
    pieces = [card for card in PIECES if card in batches.cards]
    page.wait_for_value(lambda: cards.evaluate_all(names), pieces)
    expect(page.page.locator("[data-card=batch_noise] [data-drawn=true] circle").first).to_be_visible()
    expect(page.page.locator("[data-card=batch_noise]")).to_contain_text("Regression · Batches and noise")
    page.page.locator("#gallery-notes").click()
    notes = [card for card in NOTES if card in batches.cards]
    page.wait_for_value(lambda: cards.evaluate_all(names), notes)
    page.page.get_by_role("radio", name="All", exact=True).check()
    expect(cards).to_have_count(len(NOTES))
