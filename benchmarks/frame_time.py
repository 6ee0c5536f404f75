"""Claim (c): script time per frame of the page with 5 runs of 2,000 steps, against the same scene in Plotly alone.

    python benchmarks/frame_time.py

Both draw the same synthetic recording in the same browser, one step more per frame, at the end of the recording, where
the paths are longest. Script time is the processor time of scripts in Chromium's trace (frame callbacks, timers,
promises), divided by the number of frames. Layout and paint are not included; they cost Plotly more, since its lines
are SVG. The two alternate; the ratio is the median over the rounds.
Goals: at most 4 ms per frame, and at least 20 times less than Plotly.
"""

import functools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from common import machine

FRONTEND = Path(__file__).parent.parent / "frontend"
STEPS = 2000
FRAMES = 40
ROUNDS = 3
# SwiftShader draws WebGL in software: a headless Chromium without a graphics card has no 3-D otherwise.
FLAGS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Logs nothing."""


@contextmanager
def bench_page() -> Iterator[str]:
    """Builds the bench page and serves it on a loopback port during the block; yields its address."""
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    with tempfile.TemporaryDirectory() as folder:
        build = [node, str(vite), "build", "--config", "vite.bench.config.ts", "--outDir", folder, "--emptyOutDir"]
        subprocess.run([*build, "--logLevel", "warn"], cwd=FRONTEND, check=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SilentHandler, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/bench.html?lasting&steps={STEPS}"
        finally:
            server.shutdown()
            server.server_close()


# The events of Chromium's trace that run scripts. They can be nested.
SCRIPTS = {"FireAnimationFrame", "TimerFire", "RunMicrotasks", "FunctionCall", "EvaluateScript", "EventDispatch"}


@dataclass
class Frames:
    """Milliseconds. script: mean processor time of scripts per frame; single: each frame by the page, sorted."""

    script: float
    single: list[float]


def script_time(events: list[dict[str, Any]]) -> float:
    """Processor milliseconds of the page's scripts in a trace. Nested events do not count again."""
    main = next((event["pid"], event["tid"]) for event in events if event["name"] == "FireAnimationFrame")
    scripts = [
        event
        for event in events
        if event["ph"] == "X" and event["name"] in SCRIPTS and (event["pid"], event["tid"]) == main
    ]
    total, end = 0.0, 0.0
    for event in sorted(scripts, key=lambda event: (event["ts"], -event["dur"])):
        if event["ts"] < end:
            continue
        end = event["ts"] + event["dur"]
        total += event["tdur"]
    return total / 1000


def measure(browser: Browser, address: str, first: int, heads: list[int]) -> Frames:
    """Opens the page at step `first`, waits until it is idle, and shows the steps `heads`, one per display frame."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}&head={first}")
    page.wait_for_selector("#app[data-ready] .js-plotly-plot .main-svg", state="attached")
    page.wait_for_timeout(1500)
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    single = page.evaluate("heads => window.bench.run(heads)", heads)
    trace = json.loads(browser.stop_tracing())
    page.close()
    if errors:
        raise RuntimeError(errors[0])
    return Frames(script_time(trace["traceEvents"]) / len(heads), sorted(single))


def print_times(name: str, renderer: str, rounds: list[Frames]) -> None:
    script = statistics.median(frames.script for frames in rounds)
    clock = statistics.median(statistics.median(frames.single) for frames in rounds)
    print(f"{name:18} {renderer:7} script {script:8.2f} ms/frame; wall clock, p50 {clock:8.2f} ms", flush=True)


def compare(browser: Browser, name: str, ours: str, plotly: str) -> None:
    """Prints the times of both renderers for one scene, and the ratio of their script times."""
    heads = list(range(STEPS - FRAMES + 1, STEPS + 1))
    pairs = [
        (measure(browser, ours, STEPS - FRAMES, heads), measure(browser, plotly, STEPS - FRAMES, heads))
        for _ in range(ROUNDS)
    ]
    print_times(name, "layer", [pair[0] for pair in pairs])
    print_times(name, "plotly", [pair[1] for pair in pairs])
    ratios = sorted(theirs.script / mine.script for mine, theirs in pairs)
    print(f"{name:18} ratio   {ratios[0]:.0f} .. {statistics.median(ratios):.0f} .. {ratios[-1]:.0f} times less script")


def main() -> None:
    print(f"# {machine()}")
    print(f"# 5 runs, steps {STEPS - FRAMES + 1}..{STEPS} one per frame, {ROUNDS} rounds, medians; processor time")
    with bench_page() as address, sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=system, args=["--no-sandbox", *FLAGS])
        print(f"# Chromium {browser.version}, headless, software rendering")
        compare(browser, "map", f"{address}&only=stage", f"{address}&only=stage&way=plotly")
        compare(browser, "map and charts", address, f"{address}&way=plotly")
        compare(browser, "3-D", f"{address}&only=stage&view=3d", f"{address}&way=plotly3d")
        back = list(range(STEPS - 1, STEPS - FRAMES - 1, -1))
        print_times("scrubbing back", "layer", [measure(browser, address, STEPS, back) for _ in range(ROUNDS)])
        fast = list(range(50, STEPS + 1, 50))
        print_times("50 steps a frame", "layer", [measure(browser, address, 0, fast) for _ in range(ROUNDS)])
        browser.close()


if __name__ == "__main__":
    main()
