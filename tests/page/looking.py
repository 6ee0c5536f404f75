"""A page that is looked at: what a person does with it, and what it says, in the words of the tests."""

import base64
import json
import random
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

Json = Any

# The canvases have their size once a plot can be pointed at; the place counts once two looks find it the same.
_PLACE = """([where, x, y, look]) => {
    const plot = document.querySelector(`${where} .js-plotly-plot`);
    const { xaxis, yaxis } = plot?._fullLayout ?? {};
    const canvases = [...document.querySelectorAll(`${where} canvas`)];
    if (!xaxis || canvases.length === 0 || canvases.some(canvas => !canvas.style.width)) return null;
    const box = plot.getBoundingClientRect();
    const at = [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)];
    const before = window.__looked;
    window.__looked = [look, ...at].join();
    return window.__looked === before ? at : null;
}"""

# Milliseconds until something that must happen counts as not happening: long, since no test is about how fast it is.
PATIENCE = 90_000


class Looking:
    """One open page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(f"uncaught: {error}"))
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def complaints(self) -> list[str]:
        """Every error and warning of the console so far."""
        return list(self._complaints)

    def forgive(self, heard: int, word: str) -> None:
        """What was heard after the first `heard` was meant to happen, where it has the word; the rest stays."""
        self._complaints[heard:] = [one for one in self._complaints[heard:] if word not in one]

    # --- what it says: window.__steepest, to be read only ---

    def state(self, name: str) -> Json:
        return self.page.evaluate(f"window.__steepest?.{name}")

    def head(self) -> int:
        head: int = self.state("head")
        return head

    def track(self, run: int = 0) -> Json:
        return self.state(f"track({run})")

    def until(self, condition: str, argument: Json = None) -> None:
        """Waits for a JavaScript condition, a function of what window.__steepest is and of the argument."""
        self.page.wait_for_function(
            f"argument => window.__steepest && ({condition})(window.__steepest, argument)", arg=argument
        )

    def until_equal(self, read: Callable[[], Json], wanted: Json) -> None:
        """Waits until what is read of the page is what is wanted: for what comes a moment late and is reckoned here."""
        for _ in range(PATIENCE // 100):
            if read() == wanted:
                return
            self.page.wait_for_timeout(100)
        assert read() == wanted

    def let_frames_pass(self, count: int = 30) -> None:
        """For what must not come: by then it would have, had the page been about to."""
        self.page.evaluate(
            """async count => {
                for (let n = 0; n < count; n++) await new Promise(resolve => requestAnimationFrame(resolve));
            }""",
            count,
        )

    def until_step(self, step: int) -> None:
        self.until("(s, step) => s.head >= step", step)

    def until_verdict(self, code: str) -> str:
        """Waits until the page names it; returns the sentence."""
        self.until("(s, code) => s.verdict?.code === code", code)
        return self.sentence()

    def until_said(self, code: str, run: int = 0) -> Json:
        """Waits until a verdict is among those of a run, however long it held; returns the first of that code."""
        self.until("(s, [code, run]) => s.track(run)?.verdicts.some(one => one.code === code)", [code, run])
        return next(verdict for verdict in self.track(run)["verdicts"] if verdict["code"] == code)

    def until_saddle(self) -> str:
        """Waits until the page names a saddle; returns the sentence."""
        self.until("s => s.verdict?.code === 'near' && s.verdict.kind === 'saddle'")
        return self.sentence()

    def sentence(self) -> str:
        return self.page.locator("[data-verdict] p").first.inner_text()

    def until_marked(self, kind: str, steps: list[int]) -> None:
        """Waits until these are the steps of the timeline's marks that show a kind of event."""
        self.page.wait_for_function(
            """([kind, steps]) => [...document.querySelectorAll(`[data-mark~='${kind}']`)]
                .map(mark => mark.dataset.step).join() === steps.join()""",
            arg=[kind, steps],
        )

    def link(self) -> str:
        """The address, at rest: it comes to hold the step on screen a moment after it."""
        self.page.wait_for_function("step => location.hash.endsWith(`step=${step}`)", arg=self.head())
        # Not what Playwright last heard of it, which may be the address before.
        link: str = self.page.evaluate("location.href")
        return link

    # --- what a person does ---

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def pause(self) -> int:
        """Returns the step on screen, which is at rest, with what is told of it."""
        self.button("Pause").click()
        self.until("s => !s.playing && s.told")
        return self.head()

    def play(self, fast: bool = False) -> None:
        if fast:
            self.page.get_by_label("Speed").press("End")
        self.button("Play").click()

    def go_to(self, step: int) -> None:
        """From the start, one step at a time, at rest."""
        if self.state("playing"):
            self.pause()
        self.page.locator("body").press("Home")
        for _ in range(step):
            self.page.locator("body").press("ArrowRight")
        self.until("(s, step) => s.head === step && s.told", step)

    def seek(self, step: int) -> None:
        """To any recorded step, by the timeline."""
        self.page.get_by_role("slider", name="Step on screen").fill(str(step))
        self.until("(s, step) => s.head === step && s.told", step)

    def run(self, run: int) -> Locator:
        """The card of a run."""
        return self.page.locator(f"[data-run='{run}']")

    def rate(self, run: int) -> Locator:
        """The number field of a run's learning rate."""
        return self.run(run).get_by_role("textbox", name="learning rate", exact=True)

    def set_rate(self, run: int, value: str) -> None:
        self.rate(run).fill(value)
        self.rate(run).press("Enter")

    def choose_problem(self, name: str) -> None:
        before = self.state("experiment.problem.id")
        self.page.get_by_role("combobox", name="Problem").select_option(name)
        self.until("(s, before) => s.experiment.problem.id !== before && s.last > 0", before)

    def on_map(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the map is on the screen, in CSS pixels. Waits for the map, and until nothing moves it."""
        return place_in(self.page, ".stage .flat", x, y)


def place_in(page: Page, where: str, x: float, y: float) -> tuple[float, float]:
    """Where a point of a plot is on the screen, in CSS pixels, once it stays there. where: what holds it, in CSS."""
    at: Sequence[float] = page.wait_for_function(_PLACE, arg=[where, x, y, random.random()]).json_value()
    return at[0], at[1]


def address(url: str, problem: Json, *optimizers: Json, start: Sequence[float]) -> str:
    """Where the page plays an experiment of one's own: a surface, and a run an optimizer."""
    runs = [{"optimizer": optimizer, "start": list(start)} for optimizer in optimizers]
    experiment = {"version": 1, "problem": {"kind": "surface", **problem}, "runs": runs}
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(experiment).encode()) + packer.flush()
    return f"{url}#x={base64.urlsafe_b64encode(packed).decode().rstrip('=')}&step=0"


def look(browser: Browser, url: str, **options: Any) -> Looking:
    """Opens an address in a browser without a past."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **options})
    looking = Looking(context.new_page())
    looking.page.goto(url)
    looking.until("s => s.last > 0")
    return looking
