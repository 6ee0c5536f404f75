"""Access to the page by a token link, through a proxy, and after the machine slept."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, new_page
from tests.server.proxy import free_port, proxied
from tests.server.running import Running

pytestmark = pytest.mark.page


@pytest.fixture(scope="module")
def guarded(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on all addresses, so with a token. The tests reach it as localhost."""
    running = Running(tmp_path_factory.mktemp("guarded"), host="0.0.0.0", workers=1)
    try:
        yield running
    finally:
        running.stop()


def test_the_link_opens_the_page_and_its_token_is_gone_from_the_address(open_page: OpenPage, guarded: Running) -> None:
    link = f"http://localhost:{guarded.port}/?token={guarded.token}"
    first = open_page(link)
    first.wait_for_step(3)
    assert guarded.token not in first.page.evaluate("location.href")
    assert guarded.token not in str(first.page.evaluate("[document.cookie, history.length, document.referrer]"))
    first.page.goto(f"http://localhost:{guarded.port}/")  # the cookie is enough from now on
    first.wait_for("s => s.last > 0")


def test_the_link_may_be_clicked_on_a_page_of_another_site(browser: Browser, guarded: Running) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    tab = context.new_page()
    tab.set_content(f"<a href='http://localhost:{guarded.port}/?token={guarded.token}'>our course</a>")
    tab.get_by_text("our course").click()
    page = PageObject(tab)
    page.wait_for("s => s.last > 0")
    assert page.console_errors() == []
    context.close()


def test_without_the_token_a_message_in_both_languages(browser: Browser, guarded: Running) -> None:
    context = browser.new_context()
    page = context.new_page()
    reply = page.goto(f"http://localhost:{guarded.port}/")
    assert reply is not None
    assert reply.status == 401
    expect(page.locator("body")).to_contain_text("opens by its link")
    expect(page.locator("body")).to_contain_text("请用服务器启动时给出的链接打开")
    context.close()


def test_fault_59_the_page_plays_below_a_path_behind_tls(
    browser: Browser, built: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("site")
    port, inner = free_port(), free_port()
    public = f"https://localhost:{port}/steepest"
    running = Running(folder, port=inner, workers=1, public_url=public, trusted_proxies="127.0.0.1")
    try:
        with proxied(folder, port, inner):
            page = new_page(browser, f"{public}/?token={running.token}", ignore_https_errors=True)
            page.wait_for_step(5)
            address = page.page.evaluate("location.href")
            assert address.startswith(f"{public}/")
            assert running.token not in address
            assert page.console_errors() == []
            page.page.context.close()
    finally:
        running.stop()


class Asleep:
    """Freezes the browser's pages, as when the machine sleeps: no timer, frame or message arrives."""

    def __init__(self, browser: Browser) -> None:
        session = browser.new_browser_cdp_session()
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        session.detach()
        self._pages = [process["id"] for process in processes if process["type"] == "renderer"]

    def sleep(self, seconds: float) -> float:
        """Returns how long they slept at least, in seconds."""
        for pid in self._pages:
            os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        try:
            time.sleep(seconds)
            return time.monotonic() - began
        finally:
            for pid in self._pages:
                os.kill(pid, signal.SIGCONT)


def test_fault_39_a_page_that_slept_goes_on_where_it_was_and_nothing_has_piled_up(
    browser: Browser, page: PageObject
) -> None:
    page.page.get_by_label("Speed").fill("39")
    page.wait_for_step(10)
    speed = 96  # steps per second
    pages = Asleep(browser)
    began, before = time.monotonic(), page.head()
    slept = pages.sleep(4)
    head = page.head()
    awake = time.monotonic() - began - slept
    # A frame counts a quarter of a second at most: the one that was under way, and the one in which it wakes up. The
    # four seconds that it slept, 384 steps, count for nothing.
    assert head - before <= speed * (awake + 2 * 0.25) + 1, (before, head, awake)
    # Compiled steps are granted at most 240 ahead of the head: the server makes no step that nobody asked for.
    assert page.state("last - window.__steepest.head") <= 240, (before, head)
    page.wait_for("(s, step) => s.head > step", head + speed)
    assert page.state("last - window.__steepest.head") <= 240
