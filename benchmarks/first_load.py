"""Claim (e): the first load of the page: bytes received, and time to the first moving frame.

    python benchmarks/first_load.py

Each load uses a new browser context, on localhost. Bytes are counted by Chromium's network log, headers included, until
the stage moves; later requests (such as the 3-D surface) do not count. The first moving frame is the first display
frame in which the play head moves and the map is drawn, in milliseconds from navigation by the browser's clock.

The baseline, alternating in the same run: a page that only loads Plotly's whole bundle, as its documentation shows, and
draws one empty map. It is compressed in the same way and served by this program.
Goals: at most 700 KB, and at most 2 s.
"""

import functools
import gzip
import shutil
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from common import machine, server

BUNDLE = Path(__file__).parent.parent / "frontend" / "node_modules" / "plotly.js" / "dist" / "plotly.min.js"
ROUNDS = 7
FLAGS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")

# Runs before the page's own scripts. The canvases over the map get their size when Plotly has drawn it.
WATCH_FIRST_FRAME = """(() => {
    let shown = -1;
    const watch = () => {
        const head = window.__steepest?.head ?? 0;
        const ready = document.querySelector('#stage .js-plotly-plot ~ canvas')?.style.width;
        if (ready && shown >= 0 && head > shown) {
            // The next display frame shows what this script drew.
            requestAnimationFrame(() => { window.moving = performance.now(); });
            return;
        }
        if (ready && shown < 0) shown = head;
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
})()"""

PLOTLY_PAGE = """<!doctype html><meta charset="utf-8"><title>Plotly alone</title><div id="map"></div>
<script src="plotly.min.js"></script>
<script>
    Plotly.newPlot('map', [{ type: 'contour', z: [[0, 1], [1, 0]] }]).then(() =>
        requestAnimationFrame(() => { window.moving = performance.now(); }));
</script>"""


class GzipHandler(SimpleHTTPRequestHandler):
    """Serves files; the scripts are stored as gzip. Logs nothing."""

    def end_headers(self) -> None:
        if self.path.endswith(".js"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Logs nothing."""


@contextmanager
def plotly_alone() -> Iterator[str]:
    """Serves the baseline page during the block; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(PLOTLY_PAGE, encoding="utf-8")
        (Path(folder) / "plotly.min.js").write_bytes(gzip.compress(BUNDLE.read_bytes()))
        site = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(GzipHandler, directory=folder))
        threading.Thread(target=site.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{site.server_port}/"
        finally:
            site.shutdown()
            site.server_close()


def load(browser: Browser, address: str) -> tuple[float, dict[str, float]]:
    """Milliseconds from navigation to the first moving frame, and bytes received until then by file name."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.add_init_script(WATCH_FIRST_FRAME)
    network = context.new_cdp_session(page)
    names: dict[str, str] = {}
    received: dict[str, float] = {}

    def on_request(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"].rsplit("/", 1)[-1].split("?")[0] or "index.html"

    def on_finished(event: dict[str, Any]) -> None:
        received[names.get(event["requestId"], "?")] = event["encodedDataLength"]

    def on_socket_frame(event: dict[str, Any]) -> None:
        received["(socket)"] = received.get("(socket)", 0) + len(event["response"]["payloadData"]) * 3 / 4

    network.on("Network.requestWillBeSent", on_request)
    network.on("Network.loadingFinished", on_finished)
    network.on("Network.webSocketFrameReceived", on_socket_frame)
    network.send("Network.enable")
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.moving")
    moving: float = page.evaluate("() => window.moving")
    context.close()
    return moving, received


def main() -> None:
    print(f"# {machine()}")
    print(f"# {ROUNDS} new contexts each, alternating; medians")
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with server() as ours, plotly_alone() as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", *FLAGS])
        print(f"# Chromium {browser.version}, headless, software rendering")
        for address in (ours, bare):
            load(browser, address)  # the first load of each fills the file caches
        rounds = [(load(browser, ours + "/"), load(browser, bare)) for _ in range(ROUNDS)]
        browser.close()
    for name, loads in (("Steepest", [one for one, _ in rounds]), ("Plotly alone", [two for _, two in rounds])):
        times = sorted(time for time, _ in loads)
        sizes = [sum(received.values()) for _, received in loads]
        print(
            f"{name:13} {statistics.median(sizes) / 1000:6.0f} kB   first moving frame "
            f"{times[0]:5.0f} .. {statistics.median(times):5.0f} .. {times[-1]:5.0f} ms"
        )
    print("received until the page plays, in kB:")
    last = rounds[-1][0][1]
    for name, size in sorted(last.items(), key=lambda item: -item[1]):
        print(f"  {size / 1000:7.1f}  {name}")


if __name__ == "__main__":
    main()
