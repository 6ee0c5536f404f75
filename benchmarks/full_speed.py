"""The page at full speed: steps and frames a second and memory, and the time until a spiral is learned.

    python benchmarks/full_speed.py

Opens each experiment in Chromium, sets the highest speed and plays to the server's last step, several times, so that
memory is read after each recording. Then compiled and eager runs of a 2-8-8-1 net learn the spiral (Adam, all samples,
no pause), each until its loss is below 0.01; the two alternate.
Goals: 60 frames a second, and memory that does not grow from one recording to the next.
"""

import base64
import json
import shutil
import time
import zlib
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from common import machine, server

Json = dict[str, Any]

RECORDINGS = 2
ROUNDS = 3
LEARNED = 0.01
LONGEST = 120.0  # seconds of one recording
# As in frame_time.py, without WebGL: software would spend most of the time on it.
FLAGS = ("--no-sandbox", "--disable-gpu-compositing", "--disable-accelerated-2d-canvas")

WATCH_FRAMES = """() => {
    window.frames_ms = [];
    let before = performance.now();
    const watch = () => {
        const now = performance.now();
        window.frames_ms.push(now - before);
        before = now;
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
}"""


def spiral(hidden: list[int], *optimizers: str, engine: str = "compiled", batch: int | None = 10) -> Json:
    problem = {
        "kind": "learning",
        "dataset": {"id": "spiral"},
        "model": {"id": "mlp", "params": {"hidden": hidden, "activation": "tanh"}},
        "loss": {"id": "bce_logits"},
        "batch": {"size": batch},
    }
    runs = [{"optimizer": {"id": name, "lr": 0.01}, "start": {"init": "default"}} for name in optimizers]
    return {"version": 1, "engine": engine, "problem": problem, "runs": runs}


def beale() -> Json:
    runs = [{"optimizer": {"id": name, "lr": 0.001}, "start": [1.0, 1.5]} for name in ("sgd", "adam")]
    return {"version": 1, "engine": "compiled", "problem": {"kind": "surface", "id": "beale"}, "runs": runs}


EXPERIMENTS = {
    "Beale, SGD and Adam": beale(),
    "2-4-2-1 net, SGD and Adam": spiral([4, 2], "sgd", "adam"),
    "2-8-8-1 net, SGD and Adam": spiral([8, 8], "sgd", "adam"),
}


def link(address: str, experiment: Json) -> str:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(experiment).encode()) + packer.flush()
    return f"{address}/#x={base64.urlsafe_b64encode(packed).decode().rstrip('=')}&step=0"


def resident() -> float:
    """Megabytes of the largest renderer process."""
    sizes = [0.0]
    for process in Path("/proc").iterdir():
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                sizes.append(float((process / "statm").read_text().split()[1]) * 4096 / 2**20)
        except OSError:  # no process, or one that has ended
            continue
    return max(sizes)


def metrics(tools: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}


def open_at_full_speed(page: Page, address: str, experiment: Json) -> None:
    page.goto("about:blank")
    page.goto(link(address, experiment))
    page.wait_for_function("() => window.__steepest?.last > 0")
    page.get_by_label("Speed").press("End")


def full_speed(browser: Browser, address: str, name: str, experiment: Json) -> None:
    """Plays and prints some recordings, all in one tab."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    for _ in range(RECORDINGS):
        open_at_full_speed(page, address, experiment)
        page.evaluate(WATCH_FRAMES)
        began, first, scripts = time.perf_counter(), page.evaluate("window.__steepest.head"), metrics(tools)
        page.wait_for_function("() => !window.__steepest.playing", timeout=1000 * LONGEST)
        seconds, steps = time.perf_counter() - began, page.evaluate("window.__steepest.head") - first
        frames: list[float] = page.evaluate("window.frames_ms")
        script = metrics(tools)["ScriptDuration"] - scripts["ScriptDuration"]
        tools.send("HeapProfiler.collectGarbage")
        print(
            f"{name:26} {steps:7} steps, {steps / seconds:7,.0f}/s; {len(frames) / seconds:4.1f} frames/s, "
            f"p50 {median(frames):4.1f} p95 {sorted(frames)[int(0.95 * len(frames))]:5.1f} max {max(frames):5.1f} ms; "
            f"script {1000 * script / len(frames):4.1f} ms a frame; "
            f"heap {metrics(tools)['JSHeapUsedSize'] / 2**20:3.0f} MB, resident {resident():4.0f} MB",
            flush=True,
        )
    page.close()


def learn(page: Page, address: str, engine: str) -> float:
    """Seconds from full speed until the loss is low."""
    open_at_full_speed(page, address, spiral([8, 8], "adam", engine=engine, batch=None))
    began = time.perf_counter()
    page.wait_for_function(
        "limit => window.__steepest.track(0).loss.at(-1) < limit", arg=LEARNED, timeout=1000 * LONGEST, polling=50
    )
    return time.perf_counter() - began


def main() -> None:
    print(f"# {machine()}")
    with server() as address, sync_playwright() as playwright:
        system = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=system, args=[*FLAGS])
        for name, experiment in EXPERIMENTS.items():
            full_speed(browser, address, name, experiment)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        pairs = [(learn(page, address, "compiled"), learn(page, address, "eager")) for _ in range(ROUNDS)]
        ratios = sorted(eager / compiled for compiled, eager in pairs)
        compiled, eager = (median(pair[n] for pair in pairs) for n in (0, 1))
        print(f"spiral to a loss of {LEARNED}: compiled {compiled:.2f} s, eager {eager:.2f} s, "
              f"ratio {ratios[0]:.1f} .. {median(ratios):.1f} .. {ratios[-1]:.1f}")  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main()
