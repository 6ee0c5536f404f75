"""From nothing to a page that plays: bytes over the wire, and time to the first moving frame.

    python benchmarks/first_load.py

Each load is a browser context without a past, on localhost. Bytes are what Chromium's network log says came in, headers
included, until the stage moves; what comes later (the 3-D surface when it is wanted) is not part of it. The first
moving frame is the display frame in which the play head first moves while the map stands under it, by the browser's
clock from navigation.

The baseline, taking turns in the same run: a page that does nothing but load Plotly's whole bundle, the way its own
documentation shows, compressed alike and served by the same program, and draw one empty map.
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

from started import machine, server

BUNDLE = Path(__file__).parent.parent / "frontend" / "node_modules" / "plotly.js" / "dist" / "plotly.min.js"
ROUNDS = 7
FLAGS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")

# Put in before the page's own scripts. The layers over the map get their size when Plotly has drawn it.
MOVING = """(() => {
    let shown = -1;
    const look = () => {
        const head = window.__steepest?.head ?? 0;
        const ready = document.querySelector('#stage .js-plotly-plot ~ canvas')?.style.width;
        if (ready && shown >= 0 && head > shown) {
            // The frame that shows it is the one after the script that drew it.
            requestAnimationFrame(() => { window.moving = performance.now(); });
            return;
        }
        if (ready && shown < 0) shown = head;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})()"""

BARE = """<!doctype html><meta charset="utf-8"><title>Plotly alone</title><div id="map"></div>
<script src="plotly.min.js"></script>
<script>
    Plotly.newPlot('map', [{ type: 'contour', z: [[0, 1], [1, 0]] }]).then(() =>
        requestAnimationFrame(() => { window.moving = performance.now(); }));
</script>"""


class Packed(SimpleHTTPRequestHandler):
    """Serves files that lie there as gzip, and says nothing of each request."""

    def end_headers(self) -> None:
        if self.path.endswith(".js"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Nothing."""


@contextmanager
def plotly_alone() -> Iterator[str]:
    """The address of the baseline page, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(BARE, encoding="utf-8")
        (Path(folder) / "plotly.min.js").write_bytes(gzip.compress(BUNDLE.read_bytes()))
        site = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Packed, directory=folder))
        threading.Thread(target=site.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{site.server_port}/"
        finally:
            site.shutdown()
            site.server_close()


def load(browser: Browser, address: str) -> tuple[float, dict[str, float]]:
    """Milliseconds from navigation to the first moving frame, and bytes by file until then."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    page = context.new_page()
    page.add_init_script(MOVING)
    network = context.new_cdp_session(page)
    names: dict[str, str] = {}
    received: dict[str, float] = {}

    def asked(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"].rsplit("/", 1)[-1].split("?")[0] or "index.html"

    def finished(event: dict[str, Any]) -> None:
        received[names.get(event["requestId"], "?")] = event["encodedDataLength"]

    def framed(event: dict[str, Any]) -> None:
        received["(socket)"] = received.get("(socket)", 0) + len(event["response"]["payloadData"]) * 3 / 4

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", finished)
    network.on("Network.webSocketFrameReceived", framed)
    network.send("Network.enable")
    page.goto(address, wait_until="commit")
    page.wait_for_function("() => window.moving")
    moving: float = page.evaluate("() => window.moving")
    context.close()
    return moving, received


def main() -> None:
    print(f"# {machine()}")
    print(f"# {ROUNDS} fresh contexts each, taking turns; medians")
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with server() as ours, plotly_alone() as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", *FLAGS])
        print(f"# Chromium {browser.version}, headless, software rendering")
        for address in (ours, bare):
            load(browser, address)  # the first of each warms up the server's files
        rounds = [(load(browser, ours + "/"), load(browser, bare)) for _ in range(ROUNDS)]
        browser.close()
    for name, loads in (("Steepest", [one for one, _ in rounds]), ("Plotly alone", [two for _, two in rounds])):
        times = sorted(time for time, _ in loads)
        sizes = [sum(received.values()) for _, received in loads]
        print(
            f"{name:13} {statistics.median(sizes) / 1000:6.0f} kB   first moving frame "
            f"{times[0]:5.0f} .. {statistics.median(times):5.0f} .. {times[-1]:5.0f} ms"
        )
    print("what comes until the page plays, in kB:")
    last = rounds[-1][0][1]
    for name, size in sorted(last.items(), key=lambda item: -item[1]):
        print(f"  {size / 1000:7.1f}  {name}")


if __name__ == "__main__":
    main()
