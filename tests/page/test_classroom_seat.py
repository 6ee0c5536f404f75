"""A student's phone in a room: joining, each activity, and what happens when something goes wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.classroom.documents import Json
from tests.page.axe import violations
from tests.page.class_pages import answer, small_texts
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject
from tests.page.room_teacher import RAVINE, Teacher, two
from tests.page.targets import targets_too_small
from tests.server.proxy import free_port
from tests.server.running import Running

pytestmark = pytest.mark.page

SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
USUAL: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

FIRST: Json = {
    "kind": "choose",
    "ask": two("Which is first below 0.1?", "哪个最先低于 0.1？"),
    "options": [
        {"label": two("Run 1", "运行 1"), "when": [{"what": "arrives", "run": 0, "below": 0.1}]},
        {"label": two("Run 2", "运行 2"), "when": [{"what": "arrives", "run": 1, "below": 0.1}]},
        {"label": two("Another one", "另一个"), "when": []},
    ],
}
LARGEST: Json = {
    "kind": "number",
    "ask": two("The largest rate?", "最大学习率？"),
    "of": "lr",
    "low": 0.001,
    "high": 1.0,
}
PLACE: Json = {"kind": "place", "ask": two("Where does run 1 end?", "运行 1 停在哪里？"), "run": 0}
ORDER: Json = {"kind": "order", "ask": two("Order them by loss.", "按损失排序。"), "by": "loss"}

THERMOMETER: Json = {
    "version": 1,
    "engine": "compiled",
    "problem": {
        "kind": "learning",
        "dataset": {"id": "thermometer"},
        "model": {"id": "linear"},
        "loss": {"id": "mse"},
    },
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.0001}, "start": [1.0, 0.0]}],
}

Phone = Callable[..., PageObject]


@pytest.fixture
def teacher(server: Running) -> Iterator[Teacher]:
    with Teacher(server) as one:
        yield one


@pytest.fixture
def phone(open_page: OpenPage) -> Phone:
    def joined(teacher: Teacher, **options: object) -> PageObject:
        page = open_page(teacher.link, "s => true", **{**SMALL, **options})
        expect(page.page.locator("[data-seat]")).to_be_visible()
        return page

    return joined


def doing(page: PageObject, activity: str) -> Locator:
    """The activity's part of the page, once it is there."""
    main = page.page.locator(f"main[data-activity={activity}]")
    expect(main).to_be_visible()
    return main


def fits(page: Page) -> bool:
    fitting: bool = page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    return fitting


def answered(page: PageObject) -> None:
    expect(page.page.locator(".status[data-answered=true]")).to_be_visible()


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


# --- questions ---


def reveal(teacher: Teacher, page: PageObject) -> Locator:
    """Closes the question, plays it and reveals; the results, once the truth is among them."""
    teacher.on("close")
    expect(page.page.get_by_text("The question is closed.")).to_be_visible()
    teacher.on("play", step=60, speed=0)
    page.wait_for("s => s.head === 60")
    expect(page.page.locator("[data-results]")).to_have_count(0)
    teacher.on("reveal")
    results = page.page.locator("[data-results]")
    expect(results).to_be_visible()
    expect(results.get_by_text("Computing what happens…")).to_have_count(0)
    assert fits(page.page)
    return results


def test_one_of_several_is_chosen_changed_and_compared_with_the_truth(phone: Phone, teacher: Teacher) -> None:
    page, other = phone(teacher), phone(teacher, **USUAL)
    teacher.begin("predict", RAVINE, 60, question=FIRST)
    assert fits(doing(page, "predict").page)
    doing(other, "predict")
    assert page.head() == 0
    page.page.get_by_role("button", name="Run 1").focus()
    page.page.keyboard.press("Enter")
    answered(page)
    teacher.until("counts", answered=1)
    page.page.get_by_role("button", name="Run 2").click()
    expect(page.page.get_by_role("button", name="Run 2")).to_have_attribute("aria-pressed", "true")
    expect(page.page.get_by_role("button", name="Run 1")).to_have_attribute("aria-pressed", "false")
    other.page.get_by_role("button", name="Run 1").click()
    teacher.until("counts", answered=2)
    answered(page)
    page.page.reload()  # a phone that slept
    expect(page.page.get_by_role("button", name="Run 2")).to_have_attribute("aria-pressed", "true")
    results = reveal(teacher, page)
    expect(results.locator("[data-right=true]").first).to_have_text("Right")
    expect(results.locator("li[data-option='1']")).to_contain_text("What happened")
    expect(results.locator("li[data-option='1']")).to_contain_text("Your answer")
    expect(results.locator("li[data-option='0']")).to_contain_text("1 of 2")
    expect(other.page.locator("[data-results] .verdict")).to_have_text("Not this time")


def test_a_number_is_typed_or_slid_and_stands_in_the_histogram(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("predict", RAVINE, 60, question=LARGEST)
    main = doing(page, "predict")
    send = main.get_by_role("button", name="Send answer")
    expect(send).to_be_disabled()
    field = main.get_by_label("Your number", exact=True)
    field.fill("7")
    field.press("Enter")
    expect(main.locator(".number [id$=fault]")).to_contain_text("From 0.001 to 1")
    expect(send).to_be_disabled()
    slider = main.get_by_role("slider", name="Your number")
    slider.focus()
    page.page.keyboard.press("Home")
    page.page.keyboard.press("ArrowRight")
    field.fill("0.08")
    field.press("Enter")
    send.focus()
    page.page.keyboard.press("Enter")
    answered(page)
    expect(main.locator(".status")).to_contain_text("0.08")
    teacher.until("counts", answered=1)
    results = reveal(teacher, page)
    figure = results.get_by_role("img")
    expect(figure).to_have_accessible_name("1 answer, median 0.08, What happened: 0.2, Your answer: 0.08")
    expect(results.locator(".bars i[data-count='1']")).to_have_count(1)


def test_a_place_is_tapped_or_typed_and_is_a_dot_on_the_map(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("predict", RAVINE, 60, question=PLACE)
    main = doing(page, "predict")
    x, y = page.map_point(1.0, 0.5)
    page.page.touchscreen.tap(x, y)
    fields = main.locator(".point input")
    expect(fields.first).not_to_have_value("")
    assert [float(one) for one in fields.evaluate_all("all => all.map(one => one.value)")] == pytest.approx(
        [1.0, 0.5], abs=0.1
    )
    fields.first.fill("-0.5")
    fields.nth(1).fill("0")
    fields.nth(1).press("Enter")
    main.get_by_role("button", name="Send answer").click()
    answered(page)
    expect(main.locator(".status")).to_contain_text("(−0.5, 0)")
    results = reveal(teacher, page)
    expect(results.locator("[data-mark-of=truth]")).to_contain_text("(−")
    expect(results.locator("[data-mark-of=mine]")).to_contain_text("(−0.5, 0)")
    expect(results.locator("[data-mark-of=class]")).to_contain_text("1 answer")


def test_an_order_is_made_with_buttons_and_the_keyboard(phone: Phone, teacher: Teacher) -> None:
    page = phone(teacher)
    teacher.begin("predict", RAVINE, 60, question=ORDER)
    main = doing(page, "predict")
    expect(main.get_by_role("button", name="Send answer")).to_be_enabled()  # the order as it is listed is an answer
    up = main.get_by_role("button", name="Move Adam, rate 0.1 up")
    up.focus()
    page.page.keyboard.press("Enter")
    expect(main.get_by_text("Adam, rate 0.1: place 2 of 3")).to_be_attached()
    expect(up).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(main.locator("ol li").first).to_contain_text("Adam")
    expect(main.get_by_role("button", name="Move Adam, rate 0.1 down")).to_be_focused()  # it cannot go up any more
    main.get_by_role("button", name="Send answer").click()
    answered(page)
    results = reveal(teacher, page)
    losses = [page.track(run)["loss"][60] for run in range(3)]
    best_first = sorted(range(3), key=losses.__getitem__)
    expect(results.locator("ol li")).to_have_count(3)
    found = results.locator("ol li").evaluate_all("all => all.map(one => Number(one.dataset.run))")
    assert found == best_first
    expect(results.locator("li[data-order='2,0,1']")).to_contain_text("Your answer")


@pytest.mark.parametrize(
    ("locale", "scheme"), [("zh-CN", "dark"), pytest.param("en-US", "light", marks=pytest.mark.long)]
)
def test_every_question_and_its_results_fit_the_smallest_phone(
    phone: Phone, teacher: Teacher, locale: str, scheme: str
) -> None:
    """Width, targets of a finger, and what axe finds, before and after the answers are shown."""
    page = phone(teacher, locale=locale, color_scheme=scheme)
    for question in (FIRST, LARGEST, PLACE, ORDER):
        teacher.begin("predict", RAVINE, 60, question=question)
        expect(page.page.locator(f"main[data-number='{teacher.activity}']")).to_be_visible()
        answer(page.page, 0)
        answered(page)
        assert violations(page.page) == [], question["kind"]
        teacher.on("close")
        teacher.on("reveal")
        expect(page.page.locator("[data-results]")).to_be_visible()
        expect(page.page.locator("[data-results] .pending")).to_have_count(0)
        assert fits(page.page), question["kind"]
        assert targets_too_small(page.page, 5) == [], question["kind"]
        assert violations(page.page) == [], question["kind"]


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


def test_data_and_map_are_whole_on_a_phone_and_on_a_projector(
    phone: Phone, teacher: Teacher, open_page: OpenPage
) -> None:
    page = phone(teacher, **USUAL)
    size = {"width": 1280, "height": 720}
    projector = open_page(f"{teacher.link}&screen={teacher.screen}", "s => true", viewport=size).page
    for activity, fields in (("explore", {"controls": ["lr"]}), ("watch", {})):
        teacher.begin(activity, THERMOMETER, 60, **fields)
        main = doing(page, activity)
        for place, side_by_side in ((main, False), (projector.locator("main"), activity == "watch")):
            expect(place).to_have_attribute("data-number", str(teacher.activity))
            loss = place.locator(".stage .loss")
            expect(loss.locator(".js-plotly-plot")).to_be_visible()
            # The class's runs are on the map alone.
            data_there = 0 if activity == "explore" and place is not main else 1
            expect(place.locator(".stage .data .js-plotly-plot")).to_have_count(data_there)
            assert whole(loss)
            if side_by_side:
                data, curve = (locator.bounding_box() for locator in (place.locator(".stage .data"), loss))
                assert data is not None
                assert curve is not None
                assert data["x"] + data["width"] <= curve["x"] + 1
        if activity == "explore":
            expect(main.get_by_role("slider", name="learning rate")).to_be_in_viewport(ratio=1)
        assert fits(page.page)
        assert fits(projector)


LONG = "Which of these runs has the lowest loss after sixty steps, and why? "
LONGEST: Json = {
    "kind": "choose",
    "ask": two((LONG * 6)[:400], ("六十步之后，哪一个运行的损失最低？" * 24)[:400]),
    "options": [
        {
            "label": two((f"Option {n + 1}: " + LONG * 2)[:120], (f"选项{n + 1}：" + "损失最低的运行" * 20)[:120]),
            "when": [{"what": "lowest", "run": n % 3}],
        }
        for n in range(8)
    ],
}


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.long)])
def test_every_question_and_its_results_can_be_read_on_a_projector(
    phone: Phone, teacher: Teacher, open_page: OpenPage, language: str
) -> None:
    page = phone(teacher, **USUAL)
    options = {"locale": {"en": "en-US", "zh": "zh-CN"}[language], "viewport": {"width": 1280, "height": 720}}
    projector = open_page(f"{teacher.link}&screen={teacher.screen}", "s => true", **options).page
    for question in (FIRST, LARGEST, PLACE, ORDER, LONGEST):
        teacher.begin("predict", RAVINE, 60, question=question)
        main = projector.locator(f"main[data-number='{teacher.activity}']")
        expect(main.locator(".ask")).to_have_text(question["ask"][language])
        # Long options take the place of the map.
        expect(main.locator(".stage .js-plotly-plot")).to_have_count(0 if question is LONGEST else 1)
        expect(page.page.locator(f"main[data-number='{teacher.activity}']")).to_be_visible()
        answer(page.page, 0)
        expect(main.locator("[data-answered='1']")).to_be_visible()

        def can_be_read(*parts: str, main: Locator = main) -> None:
            for part in main.locator(", ".join((".ask", ".line", *parts))).all():
                assert whole(part), part
            assert main.locator(".ask").evaluate("one => one.scrollHeight <= one.clientHeight + 1")
            assert small_texts(projector, 720 / 50) == []
            assert fits(projector)

        can_be_read("ol li", ".answered", ".bar")
        teacher.on("close")
        teacher.on("reveal")
        expect(main.locator("[data-results]")).to_be_visible()
        expect(main.locator("[data-results] .pending")).to_have_count(0)
        expect(main.locator("[data-results] .failed")).to_have_count(0)
        can_be_read("[data-results] ul:not(.hidden) li", "[data-results] ol li", "[data-results] .about")


def whole(picture: Locator) -> bool:
    """Whether nothing around a picture cuts it."""
    cut: bool = picture.evaluate(
        """element => {
            const { bottom, right } = element.getBoundingClientRect();
            for (let up = element.parentElement; up !== document.body; up = up.parentElement) {
                if (getComputedStyle(up).overflow === 'visible') continue;
                const box = up.getBoundingClientRect();
                if (box.bottom < bottom - 1 || box.right < right - 1) return true;
            }
            return false;
        }"""
    )
    return not cut


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
