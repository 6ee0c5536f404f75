"""A full server in the browser: the page says so and its place in the queue, and an idle one comes back by itself."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import surface_url
from tests.page.test_server_crashes import engine_numbers
from tests.server.running import Running

pytestmark = pytest.mark.page

QUEUE = {
    "en-GB": "The server is full: you are number {} in the queue",
    "zh-CN": "服务器已满：您排在第 {} 位",
}

StartServer = Callable[..., Running]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts a server with settings. A test names it before `open_page`, so that the pages are closed first."""
    servers: list[Running] = []

    def start(**settings: Any) -> Running:
        servers.append(Running(tmp_path, workers=1, step_timeout=60, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
@pytest.mark.parametrize("locale", QUEUE)
def test_a_full_server_is_waited_for_in_its_queue(
    built: None, start_server: StartServer, open_page: OpenPage, tmp_path: Path, locale: str, look: str
) -> None:
    options: dict[str, object] = {"locale": locale, "color_scheme": "dark" if look == "dark" else "light"}
    if look == "phone":
        options |= {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    said = QUEUE[locale]
    server = start_server(max_sessions=1, idle_seconds=3600)
    with server.live() as holder:
        assert holder.open()["op"] == "opened"
        pages = [open_page(server.url, "s => s.connection === 'waiting'", **options) for _ in range(2)]
        for place, page in enumerate(pages, start=1):
            expect(page.page.locator("main").get_by_text(said.format(place))).to_be_visible()
            expect(page.page.locator("header [data-connection]")).to_have_text(said.format(place))
            assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits"
            page.page.screenshot(path=tmp_path / f"full-{locale}-{look}-{place}.png")
            assert violations(page.page) == []
        holder.ask(op="close")
        pages[0].wait_for_step(20)
        expect(pages[1].page.locator("main").get_by_text(said.format(1))).to_be_visible()
        assert pages[0].state("connection") == "live"
        pages[0].page.goto("about:blank")
        pages[1].wait_for_step(20)


def test_an_idle_page_gives_its_place_to_another_and_goes_on_where_it_was(
    built: None, start_server: StartServer, open_page: OpenPage, tmp_path: Path
) -> None:
    server = start_server(max_sessions=1, idle_seconds=0.5)
    first = open_page(server.url)
    first.wait_for_step(20)
    step = first.pause()
    # As many steps as a server makes, each by PyTorch itself: it is at work until it is told otherwise.
    runs = ({"id": "sgd", "lr": 0.001}, {"id": "adam", "lr": 0.001})
    second = open_page(
        surface_url(server.url, {"id": "beale"}, *runs, start=(1.0, 1.0)).replace("step=0", "step=100000")
    )
    second.wait_for_step(10)  # the first one was released
    assert (first.state("connection"), first.state("fault"), first.head()) == ("live", None, step)
    held = first.state("last")
    before = [first.track(run)["params"] for run in (0, 1)]

    first.play()
    expect(first.page.locator("header [data-connection]")).to_have_text(QUEUE["en-GB"].format(1))
    first.page.screenshot(path=tmp_path / "waiting-with-experiment.png")
    second.page.locator("body").press("Home")  # it needs no further steps
    first.wait_for("(s, held) => s.last > held + 10", held)
    expect(first.page.locator("header [data-connection]")).to_have_text("live")
    first.pause()
    for run in (0, 1):
        params = first.track(run)["params"]
        assert params[: held + 1] == before[run]
        assert params == engine_numbers(first, run, len(params))


def test_an_edit_brings_a_released_experiment_back(
    built: None, start_server: StartServer, open_page: OpenPage, tmp_path: Path
) -> None:
    server = start_server(max_sessions=1, idle_seconds=0.5)
    page = open_page(server.url)
    page.wait_for_step(20)
    page.pause()
    with server.live() as other:
        while other.open()["op"] != "opened" and other.reply()["op"] != "opened":
            pass
    page.set_lr(1, "0.2")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.play()
    page.wait_for("(s, step) => s.head > step + 5", page.state("experiment.edits[0].step"))
    assert page.state("fault") is None


def test_a_server_that_takes_no_further_socket_is_full_not_lost(
    built: None, start_server: StartServer, open_page: OpenPage, tmp_path: Path
) -> None:
    server = start_server(client_sockets=1)
    with server.live() as holder:
        assert holder.open()["op"] == "opened"
        page = open_page(server.url, "s => s.connection === 'full'")
        expect(page.page.locator("main").get_by_text("The server is full, trying again")).to_be_visible()
        page.page.screenshot(path=tmp_path / "no-socket.png")
    page.wait_for_step(10)
