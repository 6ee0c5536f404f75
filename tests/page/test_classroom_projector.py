"""What a projector shows of a room, at 1280×720: whole, and in letters that are read from the back row."""

import pytest
from playwright.sync_api import Locator, expect
from tests.classroom.documents import Json
from tests.page.class_pages import answer, small_texts
from tests.page.conftest import OpenPage, Phone
from tests.page.room_phone import FIRST, LARGEST, ORDER, PLACE, THERMOMETER, USUAL, doing, fits, whole
from tests.page.room_teacher import RAVINE, Teacher, two

pytestmark = pytest.mark.page

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
