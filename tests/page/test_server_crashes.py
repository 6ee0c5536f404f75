"""A killed server or worker: the page continues at the same step, with the same numbers."""

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject
from tests.server.running import Running

from steepest.engine import advance
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page


@pytest.fixture
def own_server(built: None, tmp_path: Path) -> Iterator[Running]:
    """A server that the test may kill."""
    running = Running(tmp_path, workers=1)
    yield running
    running.stop()


def wait_until_loaded(page: PageObject) -> None:
    """Waits for everything that the page fetches late: after that it needs only the server's socket."""
    page.page.wait_for_selector(".katex")
    page.page.wait_for_function("() => document.fonts.status === 'loaded'")


def engine_numbers(page: PageObject, run: int, records: int) -> list[list[float]]:
    """The engine's records of the page's experiment, computed in one call and without a server."""
    chunk, _ = advance(parse_experiment(page.state("experiment")), None, records - 1)
    found: list[list[float]] = chunk.runs[run].params.astype("f8").tolist()
    return found


def test_a_killed_server_comes_back_and_the_page_continues(
    open_page: OpenPage, own_server: Running, tmp_path: Path
) -> None:
    page = open_page(own_server.url)
    page.wait_for_step(20)
    page.set_lr(1, "0.2")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.wait_for("(s, step) => s.head > step + 5", page.state("experiment.edits[0].step"))
    wait_until_loaded(page)
    own_server.process.send_signal(signal.SIGKILL)
    expect(page.page.get_by_text("connection lost, reconnecting")).to_be_visible()
    page.wait_for("s => s.head === s.last")  # it plays the records that it has
    assert violations(page.page) == []  # no axe violation in this state
    held = page.state("last")
    before = [page.track(run)["params"] for run in (0, 1)]

    again = tmp_path / "again"
    again.mkdir()
    revived = Running(again, workers=1, port=own_server.port)
    try:
        expect(page.page.get_by_text("live", exact=True)).to_be_visible()
        page.wait_for("(s, held) => s.last > held + 10", held)
        page.pause()
        for run in (0, 1):
            params = page.track(run)["params"]
            assert params[: held + 1] == before[run]
            assert params == engine_numbers(page, run, len(params))
    finally:
        revived.stop()


def test_a_killed_worker_is_not_noticed(open_page: OpenPage, own_server: Running) -> None:
    page = open_page(own_server.url)
    page.wait_for_step(10)
    below = psutil.Process(own_server.process.pid).children(recursive=True)
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
    assert "worker.lost" in own_server.log()


def test_an_edit_without_a_connection_is_applied_after_reconnecting(
    open_page: OpenPage, own_server: Running, tmp_path: Path
) -> None:
    page = open_page(own_server.url)
    page.wait_for_step(10)
    wait_until_loaded(page)
    own_server.process.send_signal(signal.SIGKILL)
    expect(page.page.get_by_text("connection lost, reconnecting")).to_be_visible()
    page.set_lr(0, "0.07")
    expect(page.lr_field(0)).to_have_value("0.07")
    again = tmp_path / "again"
    again.mkdir()
    revived = Running(again, workers=1, port=own_server.port)
    try:
        page.wait_for("s => s.experiment.edits.length === 1 && s.experiment.edits[0].set.lr === 0.07")
        expect(page.lr_field(0)).to_have_value("0.07")
    finally:
        revived.stop()
