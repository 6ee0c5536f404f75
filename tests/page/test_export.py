"""The Export menu saves working files, and the report opens from a file without any network."""

import csv
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.export.learners import learned
from tests.export.scripts import perform, recording
from tests.export.test_notebook import executed
from tests.page.page_object import PageObject

from steepest.export import export, export_text, read_weights, record
from steepest.spec import parse_experiment
from steepest.spec.text import Language

pytestmark = pytest.mark.page

RUNS: list[tuple[dict[str, Any], tuple[float, float]]] = [
    ({"id": "sgd", "lr": 0.25}, (-2.5, 2.5)),
    ({"id": "adam", "lr": 0.1}, (-2.5, 2.5)),
]


def saved(page: PageObject, name: str, folder: Path) -> Path:
    """Chooses an entry of the menu; returns the file that the browser saved."""
    page.button("Export").click()
    with page.page.expect_download() as download:
        page.page.get_by_role("menuitem", name=name).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    expect(page.page.get_by_role("menu", name="Export")).to_have_count(0)
    return path


# The script itself fails where it ends elsewhere; for a compiled run, within a tolerance.
@pytest.mark.parametrize(("engine", "words"), [("compiled", "recorded at"), ("eager", "as recorded")])
def test_the_saved_script_ends_at_the_same_parameters(
    page: PageObject, tmp_path: Path, engine: str, words: str
) -> None:
    if engine == "eager":
        page.page.get_by_text("Seed, precision, engine").click()
        page.page.locator("select#engine").select_option(engine)
        page.wait_for("s => !('engine' in s.experiment)")
    page.wait_for_step(12)
    page.pause()
    page.set_lr(0, "0.05")
    page.wait_for("s => s.experiment.edits.length === 1 && s.last > s.head")  # the edit has a step to act on
    path = saved(page, "Python script", tmp_path)
    assert path.name == "steepest-ravine.py"
    source = path.read_text(encoding="utf-8")
    printed = perform(source)
    assert printed.count(words) == len(page.state("experiment.runs"))
    said = re.search(r"(\d+) steps\.", source)
    assert said is not None
    assert page.head() <= int(said[1]) <= page.state("last")
    assert f"# Step {page.head()}: lr " in source
    assert " → 0.05.\n" in source


def test_the_saved_table_and_report(page: PageObject, tmp_path: Path, browser: Browser) -> None:
    page.wait_for_step(5)
    page.pause()
    path = saved(page, "CSV table", tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    track = page.track(0)
    mine = [row for row in rows if row["run"] == "0"]
    assert [float(row["loss"]) for row in mine[:5]] == pytest.approx(track["loss"][:5], rel=1e-6)
    report = saved(page, "HTML report", tmp_path)
    assert report.name == "steepest-ravine.html"
    context = browser.new_context(offline=True)
    opened = context.new_page()
    opened.goto(report.as_uri())
    expect(opened.locator(".plot .main-svg").first).to_be_attached()
    context.close()


def test_by_keyboard(page: PageObject) -> None:
    page.pause()
    head = page.head()
    button = page.button("Export")
    button.focus()
    button.press("Enter")
    menu = page.page.get_by_role("menu", name="Export")
    expect(menu.get_by_role("menuitem").nth(0)).to_be_focused()
    page.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem").nth(1)).to_be_focused()
    page.page.keyboard.press("End")
    expect(menu.get_by_role("menuitem").last).to_be_focused()
    page.page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem").nth(0)).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(button).to_be_focused()
    assert page.head() == head  # the arrow keys moved in the menu


def test_busy_and_then_an_error_are_shown(page: PageObject) -> None:
    page.pause()
    held: list[Any] = []
    page.page.route("**/api/export", lambda route: held.append(route))
    page.button("Export").click()
    menu = page.page.get_by_role("menu", name="Export")
    menu.get_by_role("menuitem").nth(1).click()
    expect(menu).to_have_attribute("aria-busy", "true")
    expect(menu).to_contain_text("Creating the file…")
    body = '{"op":"error","id":0,"code":"limit","message":"an export has at most 3 steps","field":"steps"}'
    page.wait_for_value(lambda: len(held), 1)
    held[0].fulfill(status=200, headers={"content-type": "text/csv"}, body="x")
    expect(menu).to_have_count(0)
    page.page.unroute("**/api/export")
    # Chromium writes a console message for a 400 from the network, so `fetch` is replaced.
    page.page.evaluate("body => { window.fetch = async () => new Response(body, { status: 400 }); }", body)
    page.button("Export").click()
    menu.get_by_role("menuitem").nth(1).click()
    expect(page.page.get_by_role("alert").filter(has_text="an export has at most 3 steps")).to_be_visible()
    expect(menu).to_have_attribute("aria-busy", "false")
    page.page.locator("h1").click()
    expect(menu).to_have_count(0)


def test_in_chinese(page: PageObject) -> None:
    page.button("中文").click()
    page.button("导出").click()
    expect(page.page.get_by_role("menuitem", name="HTML 报告")).to_be_visible()


# --- models ---

NET: dict[str, Any] = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle"},
        "model": {"id": "mlp", "params": {"hidden": [4], "activation": "tanh"}},
        "loss": {"id": "bce_logits"},
        "batch": {"size": 20},
    },
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.3}, "start": {"init": "default"}},
        {"optimizer": {"id": "adam", "lr": 0.05}, "start": {"init": "xavier"}},
    ],
}


def open_file(page: PageObject, folder: Path, document: dict[str, Any]) -> None:
    """Opens an experiment from a file."""
    file = folder / "net.json"
    file.write_text(json.dumps(document))
    choose_file(page, "Open a file…", file)
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.last > 0")
    if not page.state("playing"):
        page.play()


def choose_file(page: PageObject, button: str, file: Path) -> None:
    page.button("Share").click()
    with page.page.expect_file_chooser() as chooser:
        page.page.get_by_role("dialog", name="Share this experiment").get_by_role("button", name=button).click()
    chooser.value.set_files(file)
    expect(page.page.get_by_role("dialog", name="Share this experiment")).to_have_count(0)


def test_weights_are_saved_and_opened_and_a_pickle_is_refused(page: PageObject, tmp_path: Path) -> None:
    page.pause()
    page.button("Export").click()
    entry = page.page.get_by_role("menuitem", name="Weights")
    expect(entry).to_be_disabled()
    expect(entry).to_contain_text("Only models have weights")
    page.page.keyboard.press("Escape")
    open_file(page, tmp_path, NET)
    page.wait_for_step(6)
    page.pause()
    with page.page.expect_request("**/api/export") as asked:
        path = saved(page, "Weights", tmp_path)
    assert path.name == "steepest-circle-mlp.safetensors"
    made = record(parse_experiment(NET), 0)
    params = read_weights(path.read_bytes(), made.prepared)
    # Records that were granted before the pause may come after it.
    last = json.loads(asked.value.post_data or "")["steps"]
    assert last >= page.head()
    assert params == pytest.approx(page.track(0)["params"][last], rel=1e-6)

    page.seek(2)
    choose_file(page, "Open weights…", path)
    page.wait_for("s => s.experiment.edits.length === 1")
    (edit,) = page.state("experiment.edits")
    assert (edit["run"], edit["step"], edit["params"]) == (0, 2, params)

    before = len(page.console_errors())
    bad = tmp_path / "model.safetensors"
    bad.write_bytes(pickle.dumps({"weights": [1.0]}))
    choose_file(page, "Open weights…", bad)
    expect(page.page.get_by_role("alert")).to_contain_text("model.safetensors: this is a pickle, which may hold code")
    assert len(page.state("experiment.edits")) == 1
    page.wait_for_console_error(before, "400")  # Chromium itself writes the status to the console


def test_the_saved_notebook_of_a_net(page: PageObject, tmp_path: Path) -> None:
    open_file(page, tmp_path, NET)
    page.wait_for_step(3)
    page.pause()
    path = saved(page, "Jupyter notebook", tmp_path)
    assert path.name == "steepest-circle-mlp.ipynb"
    printed, _ = executed(json.loads(path.read_text(encoding="utf-8")))
    assert printed.count("as recorded") == 2


MODELS = {
    "line": lambda: learned("thermometer", steps=40),
    "map": lambda: learned("circle", batch={"size": 20}, split={"dev": 0.2}, steps=40),
    "images": lambda: learned("digits", data={"count": 100}, split={"dev": 0.2}, steps=12),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_report_of_a_model(browser: Browser, tmp_path: Path, name: str) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(export(MODELS[name](), "html"))
    console_errors: list[str] = []
    page = open_report(browser, file, console_errors)
    expect(page.locator("#parts .scatterlayer .js-line").first).to_have_attribute("d", LINE)
    fit = {
        "line": "#fit .scatterlayer .js-line",
        "map": "#fit0 .contourlayer path",
        "images": "#fit0 .heatmaplayer image",
    }
    expect(page.locator(fit[name]).first).to_be_attached()
    page.screenshot(path=tmp_path / f"report-{name}.png", full_page=True)
    page.context.close()
    assert console_errors == []


# --- the report ---

LINE = re.compile(".{11}")  # what an SVG path of more than one point has


def open_report(browser: Browser, file: Path, console_errors: list[str], **options: Any) -> Page:
    """Opens the report without network. Collects console errors."""
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 900}, **options)
    page = context.new_page()
    page.on("console", lambda message: console_errors.append(message.text))
    page.on("pageerror", lambda error: console_errors.append(str(error)))
    page.on("request", lambda request: console_errors.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    expect(page.locator(".plot:not(:has(.main-svg))")).to_have_count(0)  # its policy forbids `wait_for_function`
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("surface", ["ravine", "square"])
def test_the_report(browser: Browser, tmp_path: Path, surface: str, language: Language, scheme: str) -> None:
    runs = RUNS if surface == "ravine" else [(optimizer, (5.0,)) for optimizer, _ in RUNS]
    file = tmp_path / "report.html"
    file.write_text(export_text(recording(surface, runs, steps=120), "html", language), encoding="utf-8")
    console_errors: list[str] = []
    page = open_report(browser, file, console_errors, color_scheme=scheme)
    for name in ("map", "loss", "gradient", "curvature"):
        paths = page.locator(f"#{name} .scatterlayer .js-line")
        expect(paths.nth(1)).to_be_attached()
        expect(paths.last).to_have_attribute("d", LINE)
    if surface == "ravine":
        expect(page.locator("#map .contourlayer path").nth(5)).to_be_attached()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(245, 246, 248)" if scheme == "light" else "rgb(13, 17, 22)")
    colour = page.locator("#loss .scatterlayer .js-line").first.evaluate("line => getComputedStyle(line).stroke")
    assert colour == ("rgb(0, 104, 181)" if scheme == "light" else "rgb(93, 180, 245)")
    page.emulate_media(color_scheme="dark" if scheme == "light" else "light")
    expect(page.locator("#loss .scatterlayer .js-line").first).not_to_have_css("stroke", colour)
    page.screenshot(path=tmp_path / f"report-{surface}-{language}-{scheme}.png", full_page=True)
    page.context.close()
    assert console_errors == []


def test_a_printed_report_holds_everything(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    model = ("mlp", {"hidden": [4, 2]})
    file.write_bytes(export(learned("circle", model=model, runs=[{}, {}, {}], steps=5), "html"))
    console_errors: list[str] = []
    page = open_report(browser, file, console_errors)  # drawn for a wide window
    page.emulate_media(media="print")
    paper = 703  # CSS pixels between the margins of A4
    page.set_viewport_size({"width": paper, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") == paper
    expect(page.locator("tr", has_text="b7").locator("td")).to_have_count(4)
    expect(page.locator(".plot .main-svg:not([viewBox])")).to_have_count(0)
    cut = """element => element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight"""
    for each in page.locator("pre, .scroll").all():
        assert not each.evaluate(cut)
    for plot in page.locator(".plot").all():
        inside = """plot => [...plot.querySelectorAll('.main-svg')].every(svg => {
            const [box, place] = [svg.getBoundingClientRect(), plot.getBoundingClientRect()];
            return box.right <= place.right + 1 && box.bottom <= place.bottom + 1 && svg.hasAttribute('viewBox');
        })"""
        assert plot.evaluate(inside)
    page.context.close()
    assert console_errors == []


def test_a_hostile_report_runs_nothing(browser: Browser, tmp_path: Path) -> None:
    """Its Content-Security-Policy holds even if the file contains a script."""
    file = tmp_path / "report.html"
    source = export_text(recording("square", [({"id": "sgd", "lr": 0.25}, (5.0,))], steps=3), "html")
    hostile = "<script>window.ran = true</script><img src=x onerror='window.ran = true'><script src=http://x.invalid/></script>"
    file.write_text(source.replace("</main>", f"{hostile}</main>"), encoding="utf-8")
    console_errors: list[str] = []
    page = open_report(browser, file, console_errors)
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.reload()
    assert page.evaluate("window.ran") is None
    page.context.close()
