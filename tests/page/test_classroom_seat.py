"""A student's phone in a room: joining, each activity, and what happens when something goes wrong."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.classroom.documents import Json
from tests.page.conftest import OpenPage, Phone
from tests.page.page_object import PageObject
from tests.page.room_phone import FIRST, LARGEST, ORDER, PLACE, SMALL, USUAL, answered, doing, fits
from tests.page.room_teacher import RAVINE, Teacher
from tests.page.targets import targets_too_small
from tests.server.proxy import free_port
from tests.server.running import Running

pytestmark = pytest.mark.page

# --- joining ---


def test_a_code_is_typed_in_any_case_and_a_wrong_one_says_so(
    browser: Browser, server: Running, teacher: Teacher
) -> None:
    context = browser.new_context(locale="en-US", **SMALL)
    page = context.new_page()
    page.goto(f"{server.url}/?room=")
    code = page.get_by_label("Code on the teacher’s screen")
    expect(code).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Type the code.")
    page.keyboard.type("AAAAAA")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("No lesson has this code")
    expect(code).to_be_focused()
    code.fill(f"{teacher.code[:3].lower()} {teacher.code[3:]}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-seat]")).to_be_visible()
    expect(page).to_have_url(f"{server.url}/?room={teacher.code}")
    assert fits(page)
    context.close()


def test_a_name_is_asked_for_where_the_teacher_wants_names_and_once_only(server: Running, browser: Browser) -> None:
    with Teacher(server, names=True) as teacher:
        context = browser.new_context(locale="en-US", **SMALL)
        page = context.new_page()
        page.goto(teacher.link)
        expect(page.get_by_label("Your name")).to_be_focused()
        page.keyboard.type("Ada")
        page.keyboard.press("Enter")
        who = page.locator("[data-seat]")
        expect(who).to_have_text("You are Ada")
        page.reload()
        expect(who).to_have_text("You are Ada")
        page.get_by_role("button", name="Change your name").click()
        page.keyboard.press("End")
        page.keyboard.type(" L.")
        page.keyboard.press("Enter")
        expect(who).to_have_text("You are Ada L.")
        teacher.until("seats", lambda part: [seat["name"] for seat in part["seats"]] == ["Ada L."])
        context.close()


def test_a_reload_is_the_same_seat_and_another_tab_takes_it_over(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    label = page.page.locator("[data-seat]").text_content()
    page.page.reload()
    expect(page.page.locator("[data-seat]")).to_have_text(label or "")
    other = page.page.context.new_page()
    other.goto(teacher.link)
    expect(other.locator("[data-seat]")).to_have_text(label or "")
    expect(page.page.locator("[data-left=elsewhere]")).to_be_visible()
    page.page.get_by_role("button", name="Continue here").click()
    expect(page.page.locator("[data-seat]")).to_have_text(label or "")
    expect(other.locator("[data-left=elsewhere]")).to_be_visible()
    teacher.until("counts", seats=1, connected=1)


def test_a_locked_room_lets_nobody_in_until_it_is_unlocked(phone: Phone, open_page: OpenPage, teacher: Teacher) -> None:
    inside = phone(teacher)
    teacher.do("lock", locked=True)
    outside = open_page(teacher.link, "s => true", **SMALL)
    expect(outside.page.get_by_role("alert")).to_contain_text("locked")
    expect(inside.page.locator("[data-seat]")).to_be_visible()
    teacher.do("lock", locked=False)
    outside.page.get_by_role("button", name="Try again").click()
    expect(outside.page.locator("[data-seat]")).to_be_visible()


def test_who_is_removed_and_what_has_ended_say_so(phone: Phone, teacher: Teacher) -> None:
    one, two = phone(teacher), phone(teacher, locale="zh-CN")
    seat = int(one.page.locator("[data-seat]").get_attribute("data-seat") or "0")
    teacher.do("remove", seat=seat)
    expect(one.page.locator("[data-left=removed]")).to_contain_text("removed this device")
    one.page.reload()
    expect(one.page.locator("[data-left=refused]")).to_contain_text("removed this device")
    expect(two.page.locator("[data-seat]")).to_be_visible()
    teacher.do("end")
    expect(two.page.locator("[data-left=ended]")).to_contain_text("本节课已结束")


# --- watching ---


def test_the_picture_follows_the_teacher(phone: Phone, teacher: Teacher) -> None:
    pages = [phone(teacher), phone(teacher, **USUAL)]
    teacher.begin("watch", RAVINE, 60)
    for page in pages:
        assert fits(doing(page, "watch").page)
        page.wait_for("s => s.last >= 0 && s.head === 0 && !s.playing")
    teacher.on("play", step=20, speed=0)
    for page in pages:
        page.wait_for("s => s.head === 20")
    teacher.on("play", step=20, speed=1)
    for page in pages:
        page.wait_for("s => s.playing && s.head > 20")
    teacher.on("play", step=55, speed=30)
    for page in pages:
        page.wait_for("s => s.head === 60 && !s.playing")
    assert pages[0].track() == pages[1].track()
    late = phone(teacher)
    late.wait_for("s => s.head === 60")


def test_a_change_of_the_teachers_keeps_what_came_before_it(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("watch", RAVINE, 200)
    teacher.on("play", step=30, speed=0)
    page.wait_for("s => s.head === 30")
    before = page.track()["loss"][:31]
    edited = {**RAVINE, "edits": [{"step": 30, "run": 0, "set": {"lr": 0.06}}]}
    teacher.on("update", experiment=edited, step=30)
    page.wait_for("s => s.experiment.edits.length === 1 && s.head === 30")
    teacher.on("play", step=80, speed=0)
    page.wait_for("s => s.head === 80")
    track = page.track()
    assert track["loss"][:31] == before
    assert [track["rates"][30], track["rates"][31]] == pytest.approx([0.02, 0.06])


@pytest.mark.parametrize("returns", [True, False])
def test_a_student_may_look_around_and_returns_where_the_teacher_wants_it(
    phone: Phone, teacher: Teacher, returns: bool
) -> None:
    page = phone(teacher)
    teacher.begin("watch", RAVINE, 200, returns=returns)
    doing(page, "watch")
    page.wait_for("s => s.last >= 0")
    page.page.get_by_role("button", name="Zoom in").click()
    zoomed = page.page.get_by_role("button", name="Show all")
    expect(zoomed).to_be_visible()
    teacher.on("play", step=15, speed=0)
    page.wait_for("s => s.head === 15")
    expect(zoomed).to_be_visible(visible=not returns)


def test_a_pause_covers_everything_and_takes_the_controls_away(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("predict", RAVINE, 60, question=FIRST)
    doing(page, "predict")
    teacher.do("pause", paused=True)
    expect(page.page.get_by_role("alert")).to_contain_text("Eyes up")
    expect(page.page.locator(".seat")).to_have_attribute("inert", "")
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("() => document.querySelector('.seat').contains(document.activeElement)") is False
    teacher.do("pause", paused=False)
    expect(page.page.get_by_role("button", name="Run 1")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_target_is_large_enough_for_a_finger_in_each_activity(
    phone: Phone, teacher: Teacher, locale: str
) -> None:
    page = phone(teacher, locale=locale, color_scheme="dark")
    activities: list[tuple[str, Json]] = [
        ("watch", {}),
        *(("predict", {"question": question}) for question in (FIRST, LARGEST, PLACE, ORDER)),
        ("explore", {"controls": ["lr", "momentum", "start"]}),
    ]
    for kind, fields in activities:
        teacher.begin(kind, RAVINE, 60, **fields)
        expect(page.page.locator(f"main[data-number='{teacher.activity}']")).to_be_visible()
        page.wait_for("s => s.last >= 0")
        assert targets_too_small(page.page, 5) == []
        assert fits(page.page)


# --- exploring ---


def test_a_seat_explores_with_what_the_teacher_ticked(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("explore", RAVINE, 80, run=1, controls=["lr"])
    main = doing(page, "explore")
    page.wait_for("s => s.head === 80 && !s.playing")
    assert fits(page.page)
    expect(main.locator(".params input[type=text]")).to_have_count(1)
    expect(main.get_by_role("button", name="Fork here")).to_have_count(0)
    assert page.page.locator("[data-sent=true]").count() == 0
    rate = main.locator(".params input[type=text]")
    main.get_by_role("button", name="To the start").click()
    rate.fill("0.05")
    rate.press("Enter")
    expect(page.page.locator("[data-sent=true]")).to_be_visible()
    teacher.until("counts", explored=1)
    teacher.until("cloud", lambda part: [entry["lr"] for entry in part["entries"]] == [0.05])
    page.page.reload()  # a phone that slept: its own experiment is there again
    page.wait_for("s => s.experiment && s.experiment.runs[1].optimizer.lr === 0.05")
    assert page.state("experiment.runs[0].optimizer.lr") == 0.02


def test_a_start_is_tapped_for_the_one_run(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher, **USUAL)
    teacher.begin("explore", RAVINE, 80, run=0, controls=["start", "momentum"])
    main = doing(page, "explore")
    page.wait_for("s => s.last >= 0")
    expect(main.locator(".params .number")).to_have_count(1)  # momentum
    x, y = page.map_point(2.0, 2.0)
    page.page.touchscreen.tap(x, y)
    page.wait_for("s => s.experiment.runs[0].start[0] > 1")
    assert page.state("experiment.runs[1].start") == [-2, 1]
    expect(page.page.locator("[data-sent=true]")).to_be_visible()
    main.get_by_role("button", name="Back to the teacher’s").click()
    page.wait_for("s => s.experiment.runs[0].start[0] === -2")


# --- connections ---


@pytest.mark.parametrize("activity", ["watch", "predict", "explore"])
def test_a_killed_server_loses_nothing_and_every_phone_is_where_it_was(
    built: None, browser: Browser, tmp_path: Path, activity: str
) -> None:
    settings: dict[str, Any] = {"port": free_port(), "data": tmp_path / "data", "workers": 1}
    server = Running(tmp_path, **settings)
    context = browser.new_context(locale="en-US", **SMALL)
    page = PageObject(context.new_page())
    try:
        with Teacher(server) as teacher:
            page.page.goto(teacher.link)
            expect(page.page.locator("[data-seat]")).to_be_visible()
            if activity == "watch":
                teacher.begin("watch", RAVINE, 60)
                teacher.on("play", step=25, speed=0)
                page.wait_for("s => s.head === 25")
            elif activity == "predict":
                teacher.begin("predict", RAVINE, 60, question=FIRST)
                page.page.get_by_role("button", name="Run 2").click()
                answered(page)
            else:
                teacher.begin("explore", RAVINE, 60, controls=["lr"])
                page.wait_for("s => s.head === 60")
                page.page.locator(".params input[type=text]").fill("0.05")
                page.page.keyboard.press("Enter")
                expect(page.page.locator("[data-sent=true]")).to_be_visible()
            server.process.kill()
        expect(page.page.locator(".connection.lost")).to_be_visible()
        if activity == "predict":  # an answer given meanwhile
            page.page.get_by_role("button", name="Run 1").click()
        server.process.wait()
        server.stop()
        server = Running(tmp_path, **settings)
        expect(page.page.locator(".connection[data-room=live]:not(.lost)")).to_be_visible()
        if activity == "watch":
            page.wait_for("s => s.head === 25 && s.connection === 'live'")
        elif activity == "predict":
            answered(page)
            expect(page.page.get_by_role("button", name="Run 1")).to_have_attribute("aria-pressed", "true")
        else:
            page.wait_for("s => s.connection === 'live'")
            page.page.reload()
            page.wait_for("s => s.experiment?.edits.length === 1 && s.experiment.edits[0].set.lr === 0.05")
    finally:
        context.close()
        server.stop()
