"""A question on a student's phone: the answer of each kind, and the results beside the truth."""

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.class_pages import answer
from tests.page.conftest import Phone
from tests.page.room_phone import FIRST, LARGEST, ORDER, PLACE, USUAL, answered, doing, fits, reveal
from tests.page.room_teacher import RAVINE, Teacher
from tests.page.targets import targets_too_small

pytestmark = pytest.mark.page


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
