"""Fixtures: a running server with the built page, and a real browser."""

import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, expect, sync_playwright
from tests.page.browser import arguments, executable
from tests.page.page_object import PageObject, new_page
from tests.page.room_phone import SMALL
from tests.page.room_teacher import Teacher
from tests.server.running import Running

ROOT = Path(__file__).parents[2]

OpenPage = Callable[..., PageObject]
Phone = Callable[..., PageObject]
Launch = Callable[[bool], Browser]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Builds the page if its sources changed. Only one test process builds it."""
    with FileLock(tmp_path_factory.getbasetemp().parent / "page.lock"):
        subprocess.run(["make", "--silent", "backend/steepest/page/index.html"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    # An empty data folder: it holds only the files that a test uploads. On a busy machine a step may take long.
    data = tmp_path_factory.mktemp("data")
    running = Running(tmp_path_factory.mktemp("server"), workers=2, step_timeout=60, data=data)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def class_server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that phones can reach, as `steepest serve --class` starts it."""
    folder, data = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("class-data")
    running = Running(folder, workers=2, step_timeout=60, data=data, host="0.0.0.0", classroom=True)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def server_url(server: Running) -> str:
    """Base of links with an experiment."""
    return server.url


# For this package, not for the session: while Playwright runs, a test with its own event loop cannot run.
@pytest.fixture(scope="package")
def launch() -> Iterator[Launch]:
    """Starts a browser with or without WebGL, each at most once."""
    with sync_playwright() as playwright:

        @cache
        def launched(webgl: bool) -> Browser:
            return playwright.chromium.launch(executable_path=executable(), args=arguments(webgl=webgl))

        yield launched


@pytest.fixture
def browser(launch: Launch, request: pytest.FixtureRequest) -> Browser:
    return launch(request.node.get_closest_marker("webgl") is not None)


@pytest.fixture
def open_page(browser: Browser, server: Running) -> Iterator[OpenPage]:
    """Opens the page in a new browser context. At the end no page may have an error or a warning on its console."""
    pages: list[PageObject] = []

    def open_url(url: str | None = None, ready: str = "s => s.last > 0", **options: Any) -> PageObject:
        pages.append(new_page(browser, url or server.url, ready, **options))
        return pages[-1]

    yield open_url
    for page in pages:
        console_errors = page.console_errors()
        page.page.context.close()
        assert console_errors == []


@pytest.fixture
def page(open_page: OpenPage) -> PageObject:
    """The page with its default experiment, playing."""
    return open_page()


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
