"""What a teacher does in a room beside giving a ready-made lesson, and a server that dies under all its screens."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.page.class_pages import NOW, ClassRoom, answer, change, class_room
from tests.server.proxy import free_port, proxied
from tests.server.running import Running


def own_address(link: str) -> str:
    """The path of a link that names the address which phones use; this machine may not reach itself by it."""
    return re.sub(r"^https?://[^/]+", "", link)


def follow(room: ClassRoom, kind: str) -> None:
    room.teacher.wait_for_selector(f"{NOW}[data-now={kind}]")
    for page in (room.screen, *room.students):
        page.wait_for_selector(f"main[data-activity={kind}]")


def go_to(teacher: Page, activity: str) -> int:
    """Begins the lesson's first step with an activity; its number."""
    steps = teacher.locator("section[data-lesson] ol li")
    steps.first.wait_for(state="attached")
    teacher.locator("section[data-lesson] summary").first.click()
    number = next(n for n in range(steps.count()) if activity in (steps.nth(n).text_content() or "").lower())
    steps.nth(number).locator("button").first.click()
    return number


@pytest.mark.timeout(300)
def test_a_question_of_every_kind_is_made_on_the_page(browser: Browser, class_server: Running) -> None:
    """The default experiment: a race on a map, for which every question can be asked."""
    with class_room(browser, class_server) as room:
        room.open(None)
        room.join(1)
        begin = room.teacher.locator("section", has=room.teacher.locator("[data-begin]"))
        begin.locator("summary").click()
        begin.get_by_label("Last step").fill("40")
        ask = begin.locator("#class-ask")
        kinds = ["arrives", "diverges", "lowest", "lr", "loss", "steps", "place", "order"]
        expect(ask.locator("option")).to_have_count(len(kinds))
        assert ask.locator("option").evaluate_all("all => all.map(one => one.value)") == kinds
        for number, kind in enumerate(kinds):
            ask.select_option(kind)
            words = f"My question {number}?"
            begin.locator("#class-words").fill(words)
            begin.locator("[data-begin]").click()
            room.teacher.wait_for_selector(f"{NOW}[data-now=predict][data-phase=open]")
            for page in (room.teacher, room.screen, room.students[0]):
                expect(page.get_by_text(words).first).to_be_visible()
            answer(room.students[0], 0)
            room.teacher.wait_for_selector(f"{NOW} [data-answered='1']")
            room.press("Close the question")
            room.teacher.wait_for_selector(f"{NOW}[data-phase=closed]")
            room.press("Show the answers")
            for page in (room.screen, room.students[0]):
                page.wait_for_selector("[data-results]")
                page.wait_for_selector("[data-results] .pending", state="detached")


def test_one_seats_run_is_sent_to_all_and_names_are_shown_and_hidden(browser: Browser, class_server: Running) -> None:
    with class_room(browser, class_server) as room:
        room.open("rate")
        room.join(2)
        go_to(room.teacher, "explore")
        follow(room, "explore")
        for number, student in enumerate(room.students):
            change(student, number)
        room.screen.wait_for_selector("[data-cloud='2']")

        room.teacher.get_by_text("Seats (2)").click()
        room.teacher.get_by_label("Ask for names, and show them").check()
        for student, name in zip(room.students, ("Ada", "Grace"), strict=True):
            student.get_by_role("button", name="Change your name").click()
            student.get_by_label("Your name").fill(name)
            student.keyboard.press("Enter")
        cloud = room.teacher.locator(f"{NOW} .cloud")
        ada = cloud.locator("[data-seat]", has_text="Ada")
        ada.click()
        expect(room.screen.locator("[data-shown] .who")).to_contain_text("Ada")
        room.teacher.get_by_label("Hide names here").check()
        expect(room.teacher.locator("li[data-seat]").first).not_to_contain_text(re.compile("Ada|Grace"))
        room.teacher.get_by_label("Ask for names, and show them").uncheck()
        expect(room.screen.locator("[data-shown] .who")).not_to_contain_text("Ada")

        room.press("to watch")
        follow(room, "watch")
        for page in (room.teacher, room.screen, *room.students):
            page.wait_for_function("() => JSON.stringify(window.__steepest.experiment).includes('0.051')")


def test_a_second_teacher_screen_and_the_report_as_a_page(
    browser: Browser, class_server: Running, tmp_path: Path
) -> None:
    with class_room(browser, class_server) as room:
        room.open("rate")
        room.join(1)
        room.teacher.get_by_text("Screens, report, end").click()
        link = own_address(room.teacher.get_by_label("Copy the link of a second teacher screen").input_value())
        second = room.add(link, (1280, 800))
        second.wait_for_selector(f"[data-room='{room.code}'] [data-next]")
        step = go_to(second, "predict")
        follow(room, "predict")
        for screen in (room.teacher, second):
            screen.wait_for_selector(f"section[data-lesson-step='{step}']")
            screen.wait_for_selector(f"{NOW}[data-now=predict]")
        answer(room.students[0], 0)
        second.wait_for_selector(f"{NOW} [data-answered='1']")
        with room.teacher.expect_download() as download:
            room.teacher.get_by_role("button", name="as a page").click()
        file = tmp_path / "report.html"
        download.value.save_as(file)
        report = browser.new_page()
        report.goto(file.as_uri())
        expect(report.get_by_text(room.code).first).to_be_visible()
        assert {"Seats: 1", "Answers: 1"} <= set(report.inner_text("body").splitlines())
        report.close()


def test_a_lesson_in_a_link_is_chosen_when_it_is_opened(browser: Browser, class_server: Running) -> None:
    with class_room(browser, class_server) as room:
        room.open("saddles")
        plan = room.teacher.locator("section[data-lesson]")
        plan.locator("summary").first.click()
        room.teacher.evaluate("navigator.clipboard.writeText = async text => { window.copied = text; }")
        plan.get_by_role("button", name="Copy a link").click()
        room.teacher.wait_for_function("() => window.copied")
        link = room.teacher.evaluate("window.copied")
        other = room.add(own_address(link), (1280, 800), token=True)
        other.wait_for_selector("dialog[open] [data-chosen=saddles]")
        other.locator("dialog[open] .button.primary").click()
        other.wait_for_selector("section[data-lesson=saddles]")


def test_an_open_card_is_a_lesson_at_one_click(browser: Browser, class_server: Running) -> None:
    with class_room(browser, class_server) as room:
        page = room.add("/", (1440, 900), token=True)
        page.get_by_role("button", name="Gallery").click()
        page.locator("#gallery-cards [data-card]").first.click()
        card = str(page.get_attribute("section[data-lesson]", "data-lesson"))
        page.click("[data-class]")
        page.wait_for_selector(f"dialog[open] [data-chosen='card-{card.replace('_', '-')}']")


@pytest.mark.timeout(300)
def test_a_class_comes_in_below_a_path_behind_tls(built: None, browser: Browser, tmp_path: Path) -> None:
    port, inner = free_port(), free_port()
    public = f"https://localhost:{port}/steepest"
    server = Running(
        tmp_path,
        port=inner,
        workers=1,
        classroom=True,
        data=tmp_path / "data",
        public_url=public,
        trusted_proxies="127.0.0.1",
    )
    server.url = public
    try:
        with proxied(tmp_path, port, inner), class_room(browser, server, ignore_https_errors=True) as room:
            room.open("rate")
            room.join(1)
            go_to(room.teacher, "predict")
            follow(room, "predict")
            answer(room.students[0], 0)
            room.screen.wait_for_selector("[data-answered='1']")
            for page in (room.teacher, room.screen, *room.students):
                assert page.url.startswith(f"{public}/")
    finally:
        server.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("activity", ["watch", "predict", "explore"])
def test_a_killed_server_leaves_teacher_projector_and_phones_where_they_were(
    built: None, browser: Browser, tmp_path: Path, activity: str
) -> None:
    settings: dict[str, Any] = {
        "port": free_port(),
        "data": tmp_path,
        "workers": 2,
        "host": "0.0.0.0",
        "classroom": True,
    }
    server = Running(tmp_path, **settings)
    try:
        with class_room(browser, server, quiet=False) as room:
            room.open("rate")
            room.join(2)
            step = go_to(room.teacher, activity)
            follow(room, activity)
            if activity == "watch":
                room.teacher.get_by_label("Speed").press("Home")
                room.press("Play for all")
                for page in (room.screen, *room.students):
                    room.moving(page)
                head = room.pause()
            elif activity == "predict":
                for number, student in enumerate(room.students):
                    answer(student, number)
                room.screen.wait_for_selector("[data-answered='2']")
            else:
                for number, student in enumerate(room.students):
                    change(student, number)
                room.screen.wait_for_selector("[data-cloud='2']")
            server.process.kill()
            expect(room.teacher.locator(".counts[data-connection=lost]")).to_be_visible()
            expect(room.screen.locator(".band.lost")).to_be_visible()
            server.process.wait()
            server.stop()
            server = Running(tmp_path, **settings)
            expect(room.teacher.locator(".counts[data-connection=live]")).to_be_visible()
            expect(room.screen.locator(".band.lost")).to_have_count(0)
            for student in room.students:
                expect(student.locator(".connection[data-room=live]:not(.lost)")).to_be_attached()
            if activity == "watch":
                room.rest(head)
            elif activity == "predict":
                room.screen.wait_for_selector("[data-answered='2']")
                for student in room.students:
                    expect(student.locator("[data-answered=true]")).to_be_attached()
            else:
                room.screen.wait_for_selector("[data-cloud='2']")
                expect(room.teacher.locator(f"{NOW} .cloud [data-seat]")).to_have_count(2)
            expect(room.teacher.locator("section[data-lesson]")).to_have_attribute("data-lesson-step", str(step))
    finally:
        server.stop()
