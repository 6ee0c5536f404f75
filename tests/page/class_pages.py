"""A class in real browsers: a teacher, a projector and students, and what each of them does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect
from tests.page.page_object import PageObject
from tests.server.running import Running

NOW = "section[data-now]"
MESSAGES = Path(__file__).parents[2] / "frontend/src/ui/i18n/messages"


@cache
def _chinese() -> dict[str, str]:
    """The Chinese of each message of the class that has no quotation mark, by its English."""
    texts = "".join((MESSAGES / f"{name}.ts").read_text("utf-8") for name in ("classroom", "classroom-teacher", "page"))
    return dict(re.findall(r"en: '([^']*)', zh: '([^']*)'", texts))


class ClassRoom:
    """The pages of one room. students: in the order of joining. asked: the hosts that all pages have asked."""

    def __init__(self, browser: Browser, server: Running, **options: Any) -> None:
        self._browser, self._server, self._options = browser, server, options
        self._pages: list[PageObject] = []
        self.students: list[Page] = []
        self.asked: set[str] = set()

    def words(self, english: str) -> str:
        """A message as the pages show it."""
        return _chinese()[english] if self._options.get("locale") == "zh-CN" else english

    # --- coming in ---

    def open(self, lesson: str | None, size: tuple[int, int] = (1440, 900)) -> None:
        """The teacher opens a room with a ready-made lesson, and the projector's window."""
        teacher = self._page(f"/?token={self._server.token}", size)
        teacher.click("[data-class]")
        if lesson:
            teacher.select_option("#class-first-lesson", lesson)
            teacher.wait_for_selector(f"[data-chosen={lesson}]")
        teacher.click("dialog[open] .button.primary")
        teacher.wait_for_selector("[data-room] [data-address]")
        self.teacher = teacher
        self.code = str(teacher.get_attribute("[data-room]", "data-room"))
        link = str(teacher.get_attribute("[data-screen]", "href"))
        # The link has the address that phones use; this machine may not reach itself by it.
        path = re.sub(r"^https?://[^/]+", "", link.removeprefix(self._server.url)) if "://" in link else "/" + link
        self.screen = self._page(path, (1280, 720))
        self.screen.wait_for_selector("[data-screen=join] [data-code]")

    def join(self, count: int) -> None:
        """Students come in by the link that the QR code has."""
        for _ in range(count):
            page = self._page(f"/?room={self.code}", (390, 780))
            page.wait_for_selector("[data-room=live]", state="attached")
            self.students.append(page)
        self.screen.wait_for_selector(f"[data-seats='{len(self.students)}']")

    def add(self, path: str, size: tuple[int, int], *, token: bool = False) -> Page:
        """One more page of somebody. token: it may open rooms, as the teacher's."""
        if token:
            address, _, fragment = path.partition("#")
            path = f"{address}?token={self._server.token}#{fragment}"
        return self._page(path, size)

    def _page(self, path: str, size: tuple[int, int]) -> Page:
        width, height = size
        options = {"viewport": {"width": width, "height": height}, "locale": "en-US", **self._options}
        page = PageObject(self._browser.new_context(**options).new_page())
        page.page.on("request", lambda request: self.asked.add(urlsplit(request.url.removeprefix("blob:")).netloc))
        self._pages.append(page)
        page.page.goto(self._server.url + path)
        return page.page

    # --- the lesson ---

    def next_step(self, number: int) -> str:
        """The teacher goes on to a step of the lesson. Returns its activity, which every page then shows."""
        before = self.teacher.get_attribute(NOW, "data-number")
        self.teacher.click("[data-next]")
        self.teacher.wait_for_selector(f"section[data-lesson-step='{number}']")
        # The room says which step it is before it says what the activity is; two in a row may be of one kind.
        begun = self.teacher.locator(f"{NOW}[data-number]:not([data-number='{before}'])")
        activity, kind = begun.evaluate("now => [now.dataset.number, now.dataset.now]")
        for page in (self.screen, *self.students):
            page.wait_for_selector(f"main[data-activity={kind}][data-number='{activity}']")
        return str(kind)

    def press(self, name: str) -> None:
        """A button of the present activity."""
        self.teacher.locator(NOW).get_by_role("button", name=self.words(name), exact=True).click()

    def predict(self) -> None:
        """Every student answers, each differently; then the question is closed, played and revealed."""
        for number, student in enumerate(self.students):
            answer(student, number)
        self.teacher.wait_for_selector(f"{NOW} [data-answered='{len(self.students)}']")
        self.screen.wait_for_selector(f"[data-answered='{len(self.students)}']")
        self.press("Close the question")
        self.teacher.wait_for_selector(f"{NOW}[data-phase=closed]")
        self.press("Play for all")
        self.moving(self.screen)
        self.press("Show the answers")
        for page in (self.screen, *self.students):
            page.wait_for_selector("[data-results]")
            page.wait_for_selector("[data-results] .pending", state="detached")
            expect(page.locator("[data-results] .failed")).to_have_count(0)
            expect(
                page.locator("[data-results] :is([data-right=true], [data-mark-of=truth], .truth)")
            ).not_to_have_count(0)

    def explore(self) -> None:
        """Every student changes something, and the projector shows all runs; then one of them alone."""
        for number, student in enumerate(self.students):
            change(student, number)
        everyone = len(self.students)
        self.teacher.wait_for_selector(f"{NOW} [data-explored='{everyone}']")
        self.screen.wait_for_selector(f"[data-cloud='{everyone}']")
        seat = self.teacher.locator(f"{NOW} .cloud [data-seat]").first.get_attribute("data-seat")
        self.teacher.locator(f"{NOW} .cloud [data-seat='{seat}']").click()  # wherever it stands in the list by now
        self.screen.wait_for_selector(f"[data-shown='{seat}']")
        self.press("All runs again")
        self.screen.wait_for_selector("[data-cloud]")

    def moving(self, page: Page) -> None:
        """Waits until a page's play head has left the start."""
        page.wait_for_function("() => window.__steepest.head > 0")

    def pause(self) -> int:
        """The teacher pauses; the step at which every page then rests."""
        self.teacher.get_by_role("button", name="Pause", exact=True).click()
        self.teacher.wait_for_function("() => !window.__steepest.playing")
        head = int(self.teacher.evaluate("window.__steepest.head"))
        self.rest(head)
        return head

    def rest(self, head: int) -> None:
        """Waits until every page rests at a step."""
        for page in (self.teacher, self.screen, *self.students):
            page.wait_for_function("head => window.__steepest.head === head && !window.__steepest.playing", arg=head)

    def close(self) -> list[str]:
        """Closes every page. Returns what was wrong on their consoles."""
        errors = [error for page in self._pages for error in page.console_errors()]
        for page in self._pages:
            page.page.context.close()
        return errors


# Texts that can be seen whose letters are smaller than so many pixels; of an exponent, the size of what it belongs to.
_SMALL = """least => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, around = document.createRange();
    around.selectNodeContents(text);
    const of = text.parentElement.closest('text') ?? text.parentElement;
    const { width, height } = around.getBoundingClientRect();
    const hidden = !of.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || of.closest('.hidden');
    if (hidden || width < 2 || height < 2 || !text.textContent.trim()) continue;
    if (parseFloat(getComputedStyle(of).fontSize) < least) found.push(text.textContent.trim());
  }
  return found;
}"""


def small_texts(page: Page, least: float) -> list[str]:
    """What can be read on a page in letters smaller than `least` pixels."""
    found: list[str] = page.evaluate(_SMALL, least)
    return found


@contextmanager
def class_room(browser: Browser, server: Running, *, quiet: bool = True, **options: Any) -> Iterator[ClassRoom]:
    """A room whose pages end without an error on their consoles and ask no other host: a class may have no internet.

    quiet: else they may have errors, as where a server dies.
    """
    room = ClassRoom(browser, server, **options)
    try:
        yield room
    finally:
        errors = room.close()
    assert errors == [] or not quiet
    assert room.asked - {""} == {urlsplit(server.url).netloc}  # data: has no host


def answer(student: Page, number: int) -> None:
    """Gives an answer of the kind that is asked for."""
    student.wait_for_selector("main[data-activity=predict]")
    options = student.locator("[data-option]")
    slider = student.locator(".answer input[type=range]")
    up = student.locator(".answer li button:first-of-type")
    fields = student.locator(".answer input.field")
    if options.count():
        options.nth(number % options.count()).click()
    else:
        if slider.count():
            _push(slider.first, 300 + 120 * number)
        elif up.count():
            up.nth(1 + number % (up.count() - 1)).click()
        else:
            for n in range(fields.count()):
                fields.nth(n).fill(str(0.5 * (number - n)))
                fields.nth(n).press("Enter")
        student.locator(".answer .send").click()
    student.wait_for_selector("[data-answered=true]")


def change(student: Page, number: int) -> None:
    """Changes what the teacher ticked, a number of the run, to one that no lesson begins with."""
    student.wait_for_selector("main[data-activity=explore]")
    main = student.locator("main[data-activity=explore]")
    field = main.locator("input.field").first
    field.fill(str([0.051, 0.151, 0.51, 0.251, 0.021][number % 5]))
    field.press("Enter")


def _push(slider: Locator, position: int) -> None:
    slider.evaluate(
        "(input, to) => { input.value = to; input.dispatchEvent(new Event('input', {bubbles: true})); }", position
    )
