"""A killed server or worker: the page continues at the same step, with the same numbers."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, screen_point
from tests.page.test_step_panel import adds_up, at_rest
from tests.server.running import Running

from steepest.engine import advance
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page


class KillableServer:
    """A server that a test may kill and start again at the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._starts = 0
        self.running = self._started(port=0)

    def kill(self) -> None:
        self.running.process.kill()
        self.running.process.wait()

    def start_again(self) -> None:
        self.running.stop()
        self.running = self._started(self.running.port)

    def _started(self, port: int) -> Running:
        self._starts += 1
        folder = self._folder / str(self._starts)
        folder.mkdir()
        return Running(folder, workers=1, port=port)


@pytest.fixture(scope="module")
def killable_server(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableServer]:
    server = KillableServer(tmp_path_factory.mktemp("killable"))
    try:
        yield server
    finally:
        server.running.stop()


@pytest.fixture
def killable(killable_server: KillableServer) -> KillableServer:
    """It runs, even if the test before has killed it."""
    if killable_server.running.process.poll() is not None:
        killable_server.start_again()
    return killable_server


def wait_until_loaded(page: PageObject) -> None:
    """Waits for everything that the page fetches late: after that it needs only the server's socket."""
    page.page.wait_for_selector(".katex")
    screen_point(page.page, ".stage .flat", 0, 0)
    screen_point(page.page, ".charts .column", 1, 1)
    page.page.wait_for_function("() => document.fonts.status === 'loaded'")


def engine_numbers(page: PageObject, run: int, records: int) -> list[list[float]]:
    """The engine's records of the page's experiment, computed in one call and without a server."""
    chunk, _ = advance(parse_experiment(page.state("experiment")), None, records - 1)
    found: list[list[float]] = chunk.runs[run].params.astype("f8").tolist()
    return found


def test_a_killed_server_comes_back_and_the_page_continues(open_page: OpenPage, killable: KillableServer) -> None:
    page = open_page(killable.running.url)
    page.wait_for_step(20)
    page.set_lr(1, "0.2")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.wait_for("(s, step) => s.head > step + 5", page.state("experiment.edits[0].step"))
    wait_until_loaded(page)
    killable.kill()
    expect(page.page.get_by_text("connection lost, reconnecting")).to_be_visible()
    page.wait_for("s => s.head === s.last")  # it plays the records that it has
    assert violations(page.page) == []  # no axe violation in this state
    held = page.state("last")
    before = [page.track(run)["params"] for run in (0, 1)]

    killable.start_again()  # the page finds it by itself
    expect(page.page.get_by_text("live", exact=True)).to_be_visible()
    page.wait_for("(s, held) => s.last > held + 10", held)
    page.pause()
    for run in (0, 1):
        params = page.track(run)["params"]
        assert params[: held + 1] == before[run]
        assert params == engine_numbers(page, run, len(params))


def test_a_killed_worker_is_not_noticed(open_page: OpenPage, killable: KillableServer) -> None:
    page = open_page(killable.running.url)
    page.wait_for_step(10)
    below = psutil.Process(killable.running.process.pid).children(recursive=True)
    parents = {process.ppid() for process in below}
    workers = [one for one in below if one.pid not in parents and "forkserver" in " ".join(one.cmdline())]
    assert len(workers) == 1
    held = page.state("last")
    workers[0].kill()
    page.wait_for("(s, held) => s.last > held + 15", held)
    page.pause()
    for run in (0, 1):
        params = page.track(run)["params"]
        assert params == engine_numbers(page, run, len(params))
    assert page.state("connection") == "live"
    assert "worker.lost" in killable.running.log()


def test_an_edit_without_a_connection_is_applied_after_reconnecting(
    open_page: OpenPage, killable: KillableServer
) -> None:
    page = open_page(killable.running.url)
    page.wait_for_step(10)
    wait_until_loaded(page)
    killable.kill()
    expect(page.page.get_by_text("connection lost, reconnecting")).to_be_visible()
    page.set_lr(0, "0.07")
    expect(page.lr_field(0)).to_have_value("0.07")
    killable.start_again()
    page.reconnect_now()
    page.wait_for("s => s.experiment.edits.length === 1 && s.experiment.edits[0].set.lr === 0.07")
    expect(page.lr_field(0)).to_have_value("0.07")


def test_the_step_in_numbers_stays_without_a_connection_and_follows_again(
    open_page: OpenPage, killable: KillableServer
) -> None:
    page = open_page(killable.running.url)
    page.wait_for_step(8)
    shown = at_rest(page, 4)
    before = shown.numbers("g_t")
    wait_until_loaded(page)
    killable.kill()
    expect(page.page.get_by_text("connection lost, reconnecting")).to_be_visible()
    page.page.locator("body").press("ArrowRight")
    page.wait_for("s => s.head === 5")
    assert shown.numbers("g_t") == before  # asked for, but not answered
    killable.start_again()
    page.reconnect_now()
    shown.at(5)
    adds_up(page, shown, 5)
