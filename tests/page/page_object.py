"""Page object: the actions of a user on the page, and reads of its state, for the tests."""

import base64
import json
import random
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

Json = Any

# Null until the canvases have a size and two reads in a row give the same point.
_SCREEN_POINT = """([plotArea, x, y, callId]) => {
    const plot = document.querySelector(`${plotArea} .js-plotly-plot`);
    const { xaxis, yaxis } = plot?._fullLayout ?? {};
    const canvases = [...document.querySelectorAll(`${plotArea} canvas`)];
    if (!xaxis || canvases.length === 0 || canvases.some(canvas => !canvas.style.width)) return null;
    const box = plot.getBoundingClientRect();
    const at = [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)];
    const before = window.__lastPoint;
    window.__lastPoint = [callId, ...at].join();
    return window.__lastPoint === before ? at : null;
}"""

# Timeout in milliseconds of every wait. It is long, because no test is about speed.
TIMEOUT_MS = 90_000


class PageObject:
    """One open page of Steepest."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._console_errors: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._console_errors.append(f"uncaught: {error}"))
        page.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._console_errors.append(f"{message.type}: {message.text} ({message.location['url']})")

    def console_errors(self) -> list[str]:
        """Errors and warnings of the console so far, uncaught exceptions included."""
        return list(self._console_errors)

    def ignore_console_errors(self, after: int, word: str) -> None:
        """Drops the expected messages: those after the first `after` that contain the word."""
        self._console_errors[after:] = [text for text in self._console_errors[after:] if word not in text]

    def wait_for_console_error(self, after: int, word: str) -> None:
        """Waits for an expected message, which may come later than what the page shows; drops it."""
        self.wait_for_value(lambda: any(word in text for text in self._console_errors[after:]), True)
        self.ignore_console_errors(after, word)

    # --- state: window.__steepest, read only ---

    def state(self, name: str) -> Json:
        return self.page.evaluate(f"window.__steepest?.{name}")

    def head(self) -> int:
        head: int = self.state("head")
        return head

    def track(self, run: int = 0) -> Json:
        return self.state(f"track({run})")

    def wait_for(self, condition: str, argument: Json = None) -> None:
        """Waits for a JavaScript condition, a function of window.__steepest and of the argument."""
        self.page.wait_for_function(
            f"argument => window.__steepest && ({condition})(window.__steepest, argument)", arg=argument
        )

    def wait_to_read(self, condition: str, argument: Json = None) -> Json:
        """Waits until a JavaScript function of window.__steepest and the argument returns something true; returns it.

        For what a new recording can replace: a second call may read another recording than the one waited for.
        """
        return self.page.wait_for_function(
            f"argument => window.__steepest && ({condition})(window.__steepest, argument)", arg=argument
        ).json_value()

    def wait_for_value(self, read: Callable[[], Json], wanted: Json) -> None:
        """Waits until `read()` returns the wanted value: for values that arrive late and are computed in Python."""
        for _ in range(TIMEOUT_MS // 100):
            if read() == wanted:
                return
            self.page.wait_for_timeout(100)
        assert read() == wanted

    def wait_frames(self, count: int = 30) -> None:
        """Waits for display frames, before a test asserts that something did not happen."""
        self.page.evaluate(
            """async count => {
                for (let n = 0; n < count; n++) await new Promise(resolve => requestAnimationFrame(resolve));
            }""",
            count,
        )

    def wait_for_step(self, step: int) -> None:
        self.wait_for("(s, step) => s.head >= step", step)

    def wait_for_verdict(self, code: str) -> str:
        """Waits until the page shows this verdict; returns its text."""
        return self._wait_for_sentence("(s, code) => s.verdict?.code === code", code)

    def wait_for_past_verdict(self, code: str, run: int = 0) -> Json:
        """Waits until a run has a verdict of this code, current or past; returns the first one."""
        return self.wait_to_read(
            "(s, [code, run]) => s.track(run)?.verdicts.find(one => one.code === code)", [code, run]
        )

    def wait_for_saddle(self) -> str:
        """Waits until the page shows the verdict of a saddle; returns its text."""
        return self._wait_for_sentence("s => s.verdict?.code === 'near' && s.verdict.kind === 'saddle'", None)

    def _wait_for_sentence(self, condition: str, argument: Json) -> str:
        """The text of the verdict that fulfils a condition. In one call: while it plays, the verdict changes."""
        text: str = self.wait_to_read(
            f"""(s, argument) => ({condition})(s, argument)
                && document.querySelector(`[data-verdict='${{s.verdict.code}}'] p`)?.innerText""",
            argument,
        )
        return text

    def verdict_text(self) -> str:
        return self.page.locator("[data-verdict] p").first.inner_text()

    def wait_for_marks(self, kind: str, steps: list[int]) -> None:
        """Waits until the timeline has marks of this kind at exactly these steps."""
        self.page.wait_for_function(
            """([kind, steps]) => [...document.querySelectorAll(`[data-mark~='${kind}']`)]
                .map(mark => mark.dataset.step).join() === steps.join()""",
            arg=[kind, steps],
        )

    def link(self) -> str:
        """The address of a paused page, once it holds the step and the experiment on screen."""
        self.page.wait_for_function("step => location.hash.endsWith(`step=${step}`)", arg=self.head())
        self.wait_for_value(lambda: contains(self.state("experiment"), linked_experiment(self._address())), True)
        return self._address()

    def _address(self) -> str:
        # `page.url` may still hold the previous address.
        address: str = self.page.evaluate("location.href")
        return address

    # --- actions ---

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def pause(self) -> int:
        """Pauses; waits until the texts describe the step on screen; returns that step."""
        self.button("Pause").click()
        self.wait_for("s => !s.playing && s.upToDate")
        return self.head()

    def pause_if_playing(self) -> None:
        """Pauses where it still plays: for runs that may all diverge, at which playing ends by itself at any moment."""
        # In one call: between a look and a click it may end, and the click would play again from the start.
        self.page.evaluate(
            """() => {
                const button = document.querySelector('.transport .play');
                button?.focus();
                if (window.__steepest.playing) button.click();
            }"""
        )
        self.wait_for("s => !s.playing && s.upToDate")

    def play(self, fast: bool = False) -> None:
        if fast:
            self.page.get_by_label("Speed").press("End")
        self.button("Play").click()

    def reconnect_now(self) -> None:
        """Tells the page that the network is back: it tries to connect at once instead of after its growing delay."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def step_to(self, step: int) -> None:
        """Pauses, goes to the start and steps forward with the arrow key."""
        self.pause_if_playing()
        self.page.locator("body").press("Home")
        for _ in range(step):
            self.page.locator("body").press("ArrowRight")
        self.wait_for("(s, step) => s.head === step && s.upToDate", step)

    def seek(self, step: int) -> None:
        """Goes to a recorded step by the timeline's slider."""
        self.page.get_by_role("slider", name="Step on screen").fill(str(step))
        self.wait_for("(s, step) => s.head === step && s.upToDate", step)

    def run_card(self, run: int) -> Locator:
        """The card of a run."""
        return self.page.locator(f"[data-run='{run}']")

    def lr_field(self, run: int) -> Locator:
        """The number field of the run's learning rate."""
        return self.run_card(run).get_by_role("textbox", name="learning rate", exact=True)

    def set_lr(self, run: int, value: str) -> None:
        self.lr_field(run).fill(value)
        self.lr_field(run).press("Enter")

    def choose_problem(self, name: str) -> None:
        before = self.state("experiment.problem.id")
        self.page.get_by_role("combobox", name="Problem").select_option(name)
        self.wait_for("(s, before) => s.experiment.problem.id !== before && s.last > 0", before)

    def map_point(self, x: float, y: float) -> tuple[float, float]:
        """CSS pixels of a point (x, y) of the map, once the map no longer moves."""
        return screen_point(self.page, ".stage .flat", x, y)


def screen_point(page: Page, plot: str, x: float, y: float) -> tuple[float, float]:
    """CSS pixels of a point (x, y) of a plot, once it no longer moves. plot: CSS selector of its container."""
    at: Sequence[float] = page.wait_for_function(_SCREEN_POINT, arg=[plot, x, y, random.random()]).json_value()
    return at[0], at[1]


def linked_experiment(link: str) -> Json:
    """The experiment in a link, without fields at their defaults."""
    packed = link.partition("#x=")[2].partition("&")[0]
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), wbits=-15))


def contains(whole: Json, part: Json) -> bool:
    """Whether `whole` has each value of `part` at the same place; lists must have the same length."""
    match part:
        case dict():
            return all(name in whole and contains(whole[name], value) for name, value in part.items())
        case list():
            return len(part) == len(whole) and all(map(contains, whole, part))
    return bool(part == whole)


def experiment_url(url: str, experiment: Json) -> str:
    """Link that opens the experiment at step 0 and plays it."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(experiment).encode()) + packer.flush()
    return f"{url}#x={base64.urlsafe_b64encode(packed).decode().rstrip('=')}&step=0"


def surface_url(url: str, problem: Json, *optimizers: Json, start: Sequence[float]) -> str:
    """Link to a surface with one run for each optimizer."""
    runs = [{"optimizer": optimizer, "start": list(start)} for optimizer in optimizers]
    return experiment_url(url, {"version": 1, "problem": {"kind": "surface", **problem}, "runs": runs})


def new_page(
    browser: Browser, url: str, ready: str = "s => s.last > 0", *, stops: bool = False, **options: Any
) -> PageObject:
    """Opens an address in a new browser context: without cookies or stored settings. ready: what it waits for.

    stops: playing stops by itself where all runs are at rest, as for a new visitor. Else the setting that it goes on is
    stored, so that a test can wait for any step.
    """
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-US", **options})
    if not stops:
        context.add_init_script(
            # A document without an origin, such as one that is not there yet, has no storage.
            "try { localStorage.getItem('steepest.rest') ?? localStorage.setItem('steepest.rest', 'goes on') } catch {}"
        )
    page = PageObject(context.new_page())
    page.page.goto(url)
    page.wait_for(ready)
    return page
