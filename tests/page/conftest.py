"""A started server with the built page, and a real browser that looks at it."""

import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright
from tests.page.browser import arguments, executable
from tests.page.looking import Looking, look
from tests.server.running import Running

ROOT = Path(__file__).parents[2]

Look = Callable[..., Looking]
Launch = Callable[[bool], Browser]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page as its sources are now; the Makefile knows whether it has to be built. One process builds it."""
    with FileLock(tmp_path_factory.getbasetemp().parent / "page.lock"):
        subprocess.run(["make", "--silent", "backend/steepest/page/index.html"], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    # A data folder of its own: with no files in it but those that a test sends.
    running = Running(tmp_path_factory.mktemp("server"), workers=2, data=tmp_path_factory.mktemp("data"))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def server_url(server: Running) -> str:
    """For addresses with something after them."""
    return server.url


# One a module, not one a session: while Playwright is at work, no test with an event loop of its own can run.
@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    """Starts a browser with or without WebGL, once each."""
    with sync_playwright() as playwright:

        @cache
        def launched(webgl: bool) -> Browser:
            return playwright.chromium.launch(executable_path=executable(), args=arguments(webgl=webgl))

        yield launched


@pytest.fixture
def browser(launch: Launch, request: pytest.FixtureRequest) -> Browser:
    return launch(request.node.get_closest_marker("webgl") is not None)


@pytest.fixture
def open_page(browser: Browser, server: Running) -> Iterator[Look]:
    """Opens the page in a browser of its own, as often as asked. Each one must stay without an error or a warning."""
    opened: list[Looking] = []

    def opens(url: str | None = None, **options: object) -> Looking:
        opened.append(look(browser, url or server.url, **options))
        return opened[-1]

    yield opens
    for looking in opened:
        complaints = looking.complaints()
        looking.page.context.close()
        assert complaints == []


@pytest.fixture
def page(open_page: Look) -> Looking:
    """The page in its opening state, playing."""
    return open_page()
