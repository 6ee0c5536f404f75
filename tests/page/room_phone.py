"""A student's phone in a room for browser tests, what it is asked, and how its page is looked at."""

from typing import Any

from playwright.sync_api import Locator, Page, expect
from tests.classroom.documents import Json
from tests.page.page_object import PageObject
from tests.page.room_teacher import Teacher, two

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
