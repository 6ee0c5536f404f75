"""A class as its teacher and its projector see it, with real browsers for everyone."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.page.axe import violations
from tests.page.class_pages import NOW, ClassRoom, answer, change, class_room, small_texts
from tests.page.conftest import OpenPage
from tests.server.running import Running


def test_a_server_for_this_machine_alone_says_the_command(open_page: OpenPage) -> None:
    page = open_page().page
    page.click("[data-class]")
    page.wait_for_selector("dialog[open] [data-command]")
    assert page.inner_text("[data-command]") == 'make run ARGS="--class"'
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")


def finish(room: ClassRoom, tmp_path: Path) -> None:
    """Eyes up, the report, and the end."""
    room.teacher.locator("[data-room] h2").click()
    room.teacher.keyboard.press("e")
    for page in (room.screen, *room.students):
        page.get_by_text(room.words("Eyes up")).first.wait_for()
    room.teacher.wait_for_selector("[data-room] > button[aria-pressed=true]")  # the key changes what its page shows
    room.teacher.keyboard.press("e")
    room.screen.get_by_text(room.words("Eyes up")).wait_for(state="detached")
    room.teacher.get_by_text(room.words("Screens, report, end")).click()
    with room.teacher.expect_download() as download:
        room.teacher.get_by_role("button", name=room.words("as a table (CSV)")).click()
    table = tmp_path / "report.csv"
    download.value.save_as(table)
    assert len(table.read_text().splitlines()) > len(room.students)
    room.teacher.get_by_role("button", name=room.words("End the lesson")).click()
    room.teacher.get_by_role("button", name=room.words("End it"), exact=True).click()
    room.screen.wait_for_selector("[data-screen=ended]")
    for student in room.students:
        student.get_by_text(room.words("The lesson is over. Thank you for taking part.")).wait_for()


def give(room: ClassRoom) -> list[str]:
    """Goes through the whole lesson. Returns the activities."""
    plan = room.teacher.locator("section[data-lesson] ol li")
    plan.first.wait_for(state="attached")
    steps = plan.count()
    kinds = []
    for number in range(steps):
        kinds.append(room.next_step(number))
        match kinds[-1]:
            case "watch":
                room.press("Play for all")
                for page in (room.teacher, room.screen, *room.students):
                    room.moving(page)
            case "predict":
                room.predict()
            case "explore":
                room.explore()
    return kinds


@pytest.mark.timeout(600)
def test_a_whole_lesson_with_a_projector_and_three_students(
    browser: Browser, class_server: Running, tmp_path: Path
) -> None:
    with class_room(browser, class_server) as room:
        room.open("rate")
        room.join(3)
        kinds = give(room)
        assert len(kinds) == 8
        assert set(kinds) == {"watch", "predict", "explore"}
        finish(room, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("lesson", ["rate", "scaling", "momentum", "saddles", "adam", "overfitting"])
def test_every_lesson_with_five_students(
    browser: Browser, class_server: Running, lesson: str, locale: str, tmp_path: Path
) -> None:
    with class_room(browser, class_server, locale=locale) as room:
        room.open(lesson)
        room.join(5)
        give(room)
        finish(room, tmp_path)


def test_phones_follow_what_the_teacher_plays_and_changes(browser: Browser, class_server: Running) -> None:
    with class_room(browser, class_server) as room:
        room.open("momentum")
        room.join(1)
        assert room.next_step(0) == "watch"
        room.teacher.get_by_label("Speed").press("Home")  # or it ends before a slow phone moves
        room.press("Play for all")
        room.moving(room.students[0])
        room.pause()
        rate = room.teacher.locator("[data-run='0'] input.field").first
        rate.fill("0.07")
        rate.press("Enter")
        for page in (room.screen, room.students[0]):
            page.wait_for_function("() => JSON.stringify(window.__steepest.experiment).includes('0.07')")


def test_a_lesson_is_made_saved_and_opened_on_the_page(browser: Browser, class_server: Running, tmp_path: Path) -> None:
    with class_room(browser, class_server) as room:
        room.open(None)
        teacher = room.teacher
        begin = teacher.locator("section", has=teacher.locator("[data-begin]"))
        begin.locator("summary").click()
        begin.get_by_role("button", name="Add to the lesson").click()
        teacher.wait_for_selector("section[data-lesson='my-lesson']")
        begin.get_by_role("button", name="Explore", exact=True).click()
        begin.get_by_role("button", name="Add to the lesson").click()
        plan = teacher.locator("section[data-lesson]")
        plan.locator("ol li").nth(1).wait_for(state="attached")
        plan.locator("summary").first.click()
        # Its words: title, notes, minutes, and the order of its steps.
        plan.get_by_text("Change the lesson").click()
        editor = plan.locator("details.editor")
        first, second = editor.locator("fieldset").nth(0), editor.locator("fieldset").nth(1)
        for field, words in (
            (editor.get_by_label("Title").first, "Rates"),
            (first.get_by_label("Your notes"), "Ask why."),
            (first.get_by_label("minutes"), "12"),
        ):
            field.fill(words)
            field.press("Tab")
        second.get_by_role("button", name="Earlier").click()
        expect(editor.locator("fieldset").nth(1).get_by_label("Your notes")).to_have_value("Ask why.")
        with teacher.expect_download() as download:
            plan.get_by_role("button", name="Save as a file").click()
        file = tmp_path / "lesson.json"
        download.value.save_as(file)
        lesson = json.loads(file.read_text())
        assert [step["activity"]["kind"] for step in lesson["steps"]] == ["explore", "predict"]
        assert lesson["title"]["en"] == "Rates"
        assert [step["notes"] and step["notes"]["en"] for step in lesson["steps"]] == [None, "Ask why."]
        assert [step["minutes"] for step in lesson["steps"]] == [5, 12]
        lesson["steps"].reverse()
        lesson["id"] = "opened-again"
        file.write_text(json.dumps(lesson))
        plan.locator("input[type=file]").set_input_files(file)
        teacher.wait_for_selector("section[data-lesson='opened-again']")
        teacher.click("[data-next]")
        teacher.wait_for_selector(f"{NOW}[data-now=predict][data-phase=open]")


def test_nobody_else_joins_a_locked_room_and_a_removed_seat_is_out(browser: Browser, class_server: Running) -> None:
    with class_room(browser, class_server) as room:
        room.open("rate")
        room.join(1)
        room.teacher.get_by_text("Seats (1)").click()
        room.teacher.get_by_label("Lock: nobody else can join").check()
        room.screen.get_by_text("Nobody else can join now").wait_for()
        room.teacher.locator("section li[data-seat] button").click()
        room.students[0].get_by_text("The teacher has removed this device from the lesson.").wait_for()
        room.screen.wait_for_selector("[data-seats='0']")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("scheme", "locale"), [("dark", "zh-CN"), pytest.param("light", "en-US", marks=pytest.mark.long)]
)
def test_axe_finds_nothing_on_any_page_of_a_class(
    browser: Browser, class_server: Running, scheme: str, locale: str
) -> None:
    with class_room(browser, class_server, color_scheme=scheme, locale=locale) as room:

        def look(state: str, least: int = 21) -> None:
            for page in (room.teacher, room.screen, *room.students):
                assert violations(page, least) == [], (state, page.url)
            # A fiftieth of the picture's height: a letter that is read from six times that height away.
            assert small_texts(room.screen, 720 / 50) == [], state

        room.open("momentum")
        room.join(1)
        look("joined")
        for number in range(4):
            kind = room.next_step(number)
            look(kind)
            if kind == "predict":
                answer(room.students[0], number)
                room.teacher.wait_for_selector(f"{NOW} [data-answered='1']")
                look("answered")
                room.press("Close the question")
                room.teacher.wait_for_selector(f"{NOW}[data-phase=closed]")
                room.press("Show the answers")
                for page in (room.screen, *room.students):
                    page.wait_for_selector("[data-results]")
                    page.wait_for_selector("[data-results] .pending", state="detached")
                look("revealed")
            elif kind == "explore":
                change(room.students[0], number)
                room.screen.wait_for_selector("[data-cloud='1']")
                look("explored")
        for fold in room.teacher.locator("[data-room] summary").all():
            fold.click()
        look("all of the panel")
        room.teacher.locator("[data-room] h2").click()
        room.teacher.keyboard.press("e")
        room.students[0].locator(".eyes").wait_for()
        look("eyes up", least=11)  # a dimmed phone has little on it
