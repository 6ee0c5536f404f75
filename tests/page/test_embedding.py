"""The page in a frame of another site: its content, small sizes, and the sites that may embed it."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.page.conftest import OpenPage
from tests.server.running import Running

pytestmark = pytest.mark.page


@pytest.fixture
def course(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Another site. Returns its folder and its origin."""
    folder = tmp_path / "course"
    folder.mkdir()
    handler = partial(type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None}), directory=folder)
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield folder, f"http://127.0.0.1:{site.server_port}"
    finally:
        site.shutdown()
        site.server_close()


@pytest.mark.parametrize("size", [(400, 300), (640, 480), (900, 560)])
def test_a_frame_shows_stage_and_transport_uncropped(
    open_page: OpenPage, server_url: str, size: tuple[int, int]
) -> None:
    width, height = size
    page = open_page(f"{server_url}/?embed=1", viewport={"width": width, "height": height})
    page.wait_for_step(4)
    expect(page.button("Zoom in")).to_be_visible()
    assert page.page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    ) == [
        width,
        height,
    ]
    for gone in (".setup", ".charts", "header .tools"):
        expect(page.page.locator(gone)).to_have_count(0)
    sentence = page.page.locator(".explain")
    expect(sentence).to_be_visible() if height > 400 else expect(sentence).to_be_hidden()
    stage = page.page.locator("#stage").bounding_box()
    assert stage is not None
    assert stage["height"] > 0.6 * height
    boxes = []
    for name in ("Pause", "One step back", "One step forward", "Save as a picture (PNG)", "3-D", "Zoom in"):
        box = page.button(name).bounding_box()
        assert box is not None, name
        boxes.append((name, box))
    link = page.page.get_by_role("link", name="Open in Steepest").bounding_box()
    assert link is not None
    boxes.append(("link", link))
    for n, (name, one) in enumerate(boxes):
        assert one["x"] >= 0, name
        assert one["y"] >= 0, name
        assert one["x"] + one["width"] <= width, name
        assert one["y"] + one["height"] <= height, name
        for other_name, other in boxes[n + 1 :]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart, (name, other_name)
    page.pause()


def test_the_link_to_the_whole_page_keeps_the_experiment(open_page: OpenPage, server_url: str) -> None:
    page = open_page(f"{server_url}/?embed=1", viewport={"width": 640, "height": 480})
    page.wait_for_step(4)
    expect(page.page.locator("#stage .js-plotly-plot .main-svg").first).to_be_attached()
    page.page.mouse.click(*page.map_point(1.0, -1.5))
    page.wait_for("s => Math.abs(s.experiment.runs[0].start[0] - 1) < 0.05 && s.head > 3")
    page.pause()
    experiment = page.state("experiment")
    link = page.page.get_by_role("link", name="Open in Steepest")
    link.hover()
    expect(link).to_have_attribute("href", re.compile(rf"#x=.*&step={page.head()}$"))
    with page.page.context.expect_page() as opened:
        link.click()
    whole = opened.value
    whole.wait_for_function("() => window.__steepest?.last > 0")
    assert whole.evaluate("() => window.__steepest.experiment") == experiment
    assert "embed" not in whole.evaluate("() => location.search")
    expect(whole.locator(".setup")).to_be_visible()


def framed(browser: Browser, folder: Path, origin: str, address: str) -> bool:
    """Whether a page of the other site can show the address in a frame."""
    (folder / "index.html").write_text(
        f'<!doctype html><title>A course</title><iframe src="{address}" width="400" height="300"></iframe>'
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin)
    try:
        # A refused frame holds the browser's own error page.
        while not (page.frames[-1].url.startswith("chrome-error:") or page.frames[-1].locator(".play").count()):
            page.wait_for_timeout(100)
        return page.frames[-1].locator(".play").count() == 1
    finally:
        context.close()


def test_another_site_can_embed_it_only_if_the_setting_names_it(
    server: Running, browser: Browser, tmp_path: Path, course: tuple[Path, str]
) -> None:
    folder, origin = course
    assert not framed(browser, folder, origin, f"{server.url}/?embed=1")  # the setting's default names no other site
    naming = Running(tmp_path, workers=1, frame_ancestors=f"self,{origin}")
    try:
        assert framed(browser, folder, origin, f"{naming.url}/?embed=1")
    finally:
        naming.stop()
