"""The data view: samples and predictions of the models, equal to PyTorch's at the step on screen."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import PageObject, experiment_url, screen_point

from steepest.engine import advance
from steepest.engine.recording.records import METRICS_PERIOD, RunRecords
from steepest.problems.catalog import datasets
from steepest.spec import parse_experiment

pytestmark = pytest.mark.page

SGD = {"id": "sgd", "lr": 0.1}
NET = {"id": "mlp", "params": {"hidden": [6], "activation": "tanh"}}


def learning(
    url: str, dataset: str, model: Any, loss: str, *optimizers: dict[str, Any], start: Any = None, **problem: Any
) -> str:
    """Link to an experiment on data, one run for each optimizer."""
    params = problem.pop("params", {})
    runs = [{"optimizer": optimizer, "start": start or {"init": "default"}} for optimizer in optimizers]
    chosen = {"dataset": {"id": dataset, "params": params}, "model": model, "loss": {"id": loss}, **problem}
    document = {"version": 1, "seed": 4, "problem": {"kind": "learning", **chosen}, "runs": runs}
    return experiment_url(url, document)


def recorded(page: PageObject, run: int = 0) -> RunRecords:
    """The engine's records of the page's experiment, up to the step on screen."""
    chunk, _ = advance(parse_experiment(page.state("experiment")), None, page.head(), every=1)
    return chunk.runs[run]


def fit_of(records: RunRecords, step: int) -> NDArray[np.float32]:
    assert records.fits is not None
    found: NDArray[np.float32] = records.fits.fit[records.fits.steps.tolist().index(step)]
    return found


def drawn(page: PageObject, run: int = 0) -> NDArray[np.float32]:
    """The fit on the stage, (g, outputs), once it belongs to the step on screen."""
    page.wait_for("(s, run) => s.fit(run)?.step === s.head", run)
    fit = page.state(f"fit({run})")
    return np.array(fit["values"], np.float32).reshape(fit["points"], fit["outputs"])


def words(page: PageObject) -> Locator:
    return page.page.locator("[data-described=data]")


def wait_for_description(page: PageObject, pattern: str, value: float, off: float) -> None:
    """Waits until the description matches the pattern and its number is within `off` of the value: it arrives late."""
    page.page.wait_for_function(
        """([pattern, value, off]) => {
            const match = document.querySelector('[data-described=data]')?.textContent.match(pattern);
            return match && Math.abs(Number(match[1]) - value) <= off;
        }""",
        arg=[pattern, value, off],
    )


OTHER_CANVAS = "was => document.querySelector('section.data canvas').toDataURL() !== was"


def canvas(page: PageObject) -> str:
    """The canvas below the samples."""
    found: str = page.page.evaluate("document.querySelector('section.data canvas').toDataURL()")
    return found


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """CSS pixels of a point of the data plot, once it no longer moves."""
    return screen_point(page, "section.data", x, y)


def shades(page: PageObject, places: list[tuple[float, float]]) -> list[tuple[int, int, int]]:
    """Red, green and blue of the background at points of the data plot."""
    at = [place(page.page, x, y) for x, y in places]
    found: list[tuple[int, int, int]] = page.page.evaluate(
        """places => {
            const canvas = document.querySelector('section.data canvas');
            const sample = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            [sample.canvas.width, sample.canvas.height] = [canvas.width, canvas.height];
            sample.drawImage(canvas, 0, 0);
            const { data } = sample.getImageData(0, 0, canvas.width, canvas.height);
            const box = canvas.getBoundingClientRect();
            const ratio = canvas.width / box.width;
            return places.map(([x, y]) => {
                const [column, row] = [(x - box.left) * ratio, (y - box.top) * ratio].map(Math.round);
                return [...data.subarray(4 * (row * canvas.width + column)).subarray(0, 3)];
            });
        }""",
        [list(one) for one in at],
    )
    return found


def test_the_thermometer_line_equals_pytorchs(open_page: OpenPage, server_url: str) -> None:
    runs = ({"id": "sgd", "lr": 0.01}, {"id": "adam", "lr": 0.3})
    address = learning(
        server_url, "thermometer", {"id": "linear"}, "mse", *runs, start=[1.0, 0.0], params={"scale": 0.1}
    )
    page = open_page(address)
    page.wait_for_step(12)
    page.pause()
    for run in range(2):
        records = recorded(page, run)
        assert np.array_equal(drawn(page, run), fit_of(records, page.head()))
    w, b = recorded(page).params[-1]
    place(page.page, 0, 0)
    low, high = page.page.evaluate("document.querySelector('section.data .js-plotly-plot')._fullLayout.xaxis.range")
    line = drawn(page)[:, 0]
    np.testing.assert_allclose(line[[0, -1]], [w * low + b, w * high + b], rtol=1e-5, atol=1e-5)
    expect(words(page)).to_contain_text(f"{line[0]:.4g} at")


def test_the_decision_map_changes_while_playing_and_shows_the_models_classes(
    open_page: OpenPage, server_url: str
) -> None:
    address = learning(server_url, "circle", NET, "bce_logits", {"id": "adam", "lr": 0.1}, SGD, batch={"size": 20})
    page = open_page(address)
    place(page.page, 0, 0)
    page.wait_for_step(3)
    early = canvas(page)
    page.wait_for_step(25)
    page.page.wait_for_function(OTHER_CANVAS, arg=early)
    page.pause()
    said = drawn(page).reshape(48, 48)
    assert np.array_equal(drawn(page), fit_of(recorded(page), page.head()))
    at = np.linspace(-6, 6, 48)
    cells = [(24, 24), (5, 5), (40, 8), (10, 40), (30, 20), (3, 44)]
    sure = [(row, column) for row, column in cells if abs(said[row, column] - 0.5) > 0.1]
    assert sure
    places = [(at[column], at[row]) for row, column in sure]
    page.wait_for_value(
        lambda: [green > red for red, green, _ in shades(page, places)], [bool(said[cell] > 0.5) for cell in sure]
    )
    before = canvas(page)
    page.page.get_by_role("combobox", name="Run to show").select_option("1")
    page.page.wait_for_function(OTHER_CANVAS, arg=before)
    other = drawn(page, 1).reshape(48, 48)
    assert not np.array_equal(other, said)
    assert np.array_equal(drawn(page, 1), fit_of(recorded(page, 1), page.head()))


def test_pass_or_fail_crosses_one_half_where_the_parameters_predict(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "pass_or_fail", {"id": "logistic"}, "bce", {"id": "sgd", "lr": 1.0}))
    page.page.get_by_label("Speed").fill("39")  # 96 steps a second
    page.wait_for_step(30)
    page.pause()
    probability = drawn(page)[:, 0]
    w, b = recorded(page).params[-1]
    hours = np.linspace(0, 10, 201)
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-(w * hours + b))), rtol=1e-4)
    wait_for_description(page, r"0\.5 at hours = (\d+\.\d+)", float(-b / w), 0.02)
    place(page.page, 0, 0)
    layout = page.page.evaluate(
        "(({ xaxis, yaxis, shapes }) => [xaxis.range, yaxis.showgrid, shapes.length])"
        "(document.querySelector('section.data .js-plotly-plot')._fullLayout)"
    )
    assert layout == [[0, 10], True, 1]  # grid and the line at one half


def test_the_description_follows_a_late_fit(open_page: OpenPage, server_url: str) -> None:
    held: list[Callable[[], None]] = []
    holds = True

    def hold_fits(socket: WebSocketRoute) -> None:
        def answered(message: str | bytes) -> None:
            if holds and isinstance(message, bytes) and b"\xa2op\xa3fit" in message[:16]:
                held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        socket.connect_to_server().on_message(answered)

    page = open_page()
    page.page.route_web_socket("**", hold_fits)
    page.page.goto(learning(server_url, "noisy_curve", NET, "mse", {"id": "adam", "lr": 0.05}))
    page.page.reload()
    page.wait_for("s => s.experiment?.problem.kind === 'learning' && s.last > 0")
    page.pause()
    page.play(fast=True)
    page.wait_for_step(150)
    page.pause()
    records = recorded(page)

    def said(step: int) -> str:
        return f"{fit_of(records, step)[0, 0]:.4g} at"

    def shown() -> int:
        """The step of the stored fit that is drawn."""
        page.wait_for("s => s.fit(0) !== null")
        return int(page.state("fit(0)")["step"])

    for step in range(100, 150):  # to one without a stored fit, whose words differ from those of the stored fit before
        page.seek(step)
        before = shown()
        if said(step) != said(before):
            break
    else:
        pytest.fail("every step has a stored fit with the words of its own")
    expect(words(page)).to_contain_text(said(before))
    while not held:
        page.page.wait_for_timeout(20)
    expect(words(page)).to_contain_text(said(before))
    holds = False  # the held fit may be that of another step; this one may still arrive
    while held:
        held.pop()()
    expect(words(page)).to_contain_text(said(step))


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (390, 844)])
def test_a_confusion_matrix_of_ten_classes_fits(open_page: OpenPage, server_url: str, size: tuple[int, int]) -> None:
    address = learning(
        server_url, "digits", {"id": "softmax"}, "cross_entropy", {"id": "sgd", "lr": 0.1}, split={"test": 0.2}
    )
    page = open_page(address, viewport={"width": size[0], "height": size[1]})
    page.wait_for_step(12)
    page.page.locator(".play").click()
    page.button("Confusion").click()
    expect(page.page.locator("[data-confusion] tbody tr")).to_have_count(10)
    expect(page.page.locator("[data-confusion] caption")).to_contain_text("test part, 359 samples")
    page.page.wait_for_function(
        """() => {
            const box = document.querySelector('[data-confusion] .scroll');
            return box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1;
        }"""
    )


def test_the_confusion_matrix_counts_every_development_sample(open_page: OpenPage, server_url: str) -> None:
    address = learning(
        server_url, "moons", NET, "bce_logits", {"id": "adam", "lr": 0.05}, split={"dev": 0.25}, batch={"size": 20}
    )
    page = open_page(address)
    page.wait_for_step(12)
    step = page.pause() // METRICS_PERIOD * METRICS_PERIOD
    page.button("Confusion").click()
    table = page.page.locator("[data-confusion]")
    expect(table).to_have_attribute("data-step", str(step))
    cells = [[int(cell) for cell in row.locator("td").all_inner_texts()] for row in table.locator("tbody tr").all()]
    measures = recorded(page).metrics
    assert measures is not None
    assert cells == measures.confusion[measures.steps.tolist().index(step)].astype(int).tolist()
    assert sum(map(sum, cells)) == 50
    expect(table.locator("caption")).to_contain_text("development part, 50 samples")
    page.button("Samples").click()
    expect(table).to_have_count(0)


def test_scrubbing_shows_the_fit_at_that_step(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "noisy_curve", NET, "mse", {"id": "adam", "lr": 0.05}))
    page.pause()
    page.play(fast=True)
    page.wait_for_step(150)
    page.pause()
    records = recorded(page)
    for step in (7, 123, 64):  # with and without a stored fit
        page.seek(step)
        assert np.array_equal(drawn(page), fit_of(records, step))
    # The same after a pause, when no new step and no new record arrives.
    page.page.get_by_label("Speed").press("Home")
    page.seek(100)
    page.play()
    page.wait_for_step(101)
    step = page.pause()
    assert np.array_equal(drawn(page), fit_of(records, step))


def test_pictures_are_marked_right_and_wrong(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "digits", {"id": "softmax"}, "cross_entropy", {"id": "sgd", "lr": 0.5}))
    page.wait_for_step(8)
    page.pause()
    fit = drawn(page)
    assert fit.shape == (64, 10)
    assert np.array_equal(fit, fit_of(recorded(page), page.head()))
    digits = datasets()["digits"]
    data = digits.make(**digits.complete({}))
    chosen = np.arange(64) * len(data.targets) // 64
    right = int((fit.argmax(1) == data.targets.numpy()[chosen]).sum())
    expect(words(page)).to_contain_text(f"{right} of 64 pictures right")


def test_clicked_points_are_trained_on(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "points", {"id": "logistic"}, "bce", {"id": "sgd", "lr": 0.5}))
    points = "experiment.problem.dataset.params.points"
    page.page.get_by_text("class 1", exact=True).first.click()
    page.page.mouse.click(*place(page.page, 3.0, -4.0))
    page.wait_for("s => s.experiment.problem.dataset.params.points.length === 7 && s.last > 0")
    x, y, each = page.state(points)[-1]
    assert (x, y, each) == (pytest.approx(3.0, abs=0.05), pytest.approx(-4.0, abs=0.05), 1)
    bar = page.page.get_by_role("group", name="Place points")
    bar.get_by_role("button", name="Undo").click()
    page.wait_for("s => s.experiment.problem.dataset.params.points.length === 6 && s.last > 0")
    bar.get_by_role("button", name="Clear").click()
    expect(bar.get_by_role("status")).to_have_text("No points. Click on the plot to place the first.")
    page.page.mouse.click(*place(page.page, 1.0, 1.0))
    page.wait_for("s => s.experiment.problem.dataset.params.points.length === 1 && s.last > 0")
    page.wait_for_step(2)


def test_points_are_placed_by_keyboard(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "points", {"id": "logistic"}, "bce", {"id": "sgd", "lr": 0.5}))
    points = "experiment.problem.dataset.params.points"
    cross = page.page.get_by_role("application", name="Place points by key")
    expect(cross).to_be_visible()
    before = page.state(points)
    page.page.get_by_role("radio", name="class 1").focus()
    page.page.keyboard.press("Space")
    for _ in range(3):  # past Undo, which is disabled, and Clear
        if not cross.evaluate("one => one === document.activeElement"):
            page.page.keyboard.press("Tab")
    expect(cross).to_be_focused()
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowLeft", "ArrowLeft"):
        page.page.keyboard.press(key)
    status = cross.get_by_role("status")
    expect(status).to_contain_text(f"{len(before)} points")
    page.page.keyboard.press("Enter")
    page.wait_for("(s, n) => s.experiment.problem.dataset.params.points.length === n && s.last > 0", len(before) + 1)
    expect(status).to_contain_text(f"{len(before) + 1} points")
    x, y, each = page.state(points)[-1]
    # 1/40 of the width left of the centre, 1/8 of the height above it.
    ranges = page.page.evaluate(
        "() => { const { xaxis, yaxis } = document.querySelector('.data .js-plotly-plot')._fullLayout;"
        " return [...xaxis.range, ...yaxis.range]; }"
    )
    left, right, bottom, top = ranges
    assert x == pytest.approx((left + right) / 2 - (right - left) / 40, abs=0.02)
    assert y == pytest.approx((bottom + top) / 2 + (top - bottom) / 8, abs=0.02)
    assert each == 1
    # The lines cross at the point, also if the plot's layout has changed.
    page.page.wait_for_function(
        """([x, y]) => {
            const plot = document.querySelector('.data .js-plotly-plot');
            const { left, top } = plot.getBoundingClientRect();
            const { xaxis, yaxis } = plot._fullLayout;
            const lines = [...document.querySelectorAll('.crosshair .line')];
            const [upright, across] = lines.map(one => one.getBoundingClientRect());
            return Math.abs(upright.left - left - xaxis._offset - xaxis.l2p(x)) < 2
                && Math.abs(across.top - top - yaxis._offset - yaxis.l2p(y)) < 2;
        }""",
        arg=[x, y],
    )
    page.page.keyboard.press("Backspace")
    page.wait_for("(s, n) => s.experiment.problem.dataset.params.points.length === n && s.last > 0", len(before))
    assert page.state(points) == before
    expect(cross).to_be_focused()
    assert violations(page.page) == []


def test_the_data_plot_is_saved_as_a_picture(open_page: OpenPage, server_url: str) -> None:
    page = open_page(learning(server_url, "circle", NET, "bce_logits", SGD))
    place(page.page, 0, 0)
    step = page.pause()
    with page.page.expect_download() as download:
        page.button("Save the picture of the data").click()
    assert download.value.suggested_filename == f"steepest-circle-mlp-data-step-{step}.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_in_chinese_on_a_phone_data_and_loss_are_stacked(open_page: OpenPage, server_url: str) -> None:
    address = learning(server_url, "pass_or_fail", {"id": "logistic"}, "bce", SGD)
    page = open_page(address, viewport={"width": 390, "height": 800}, locale="zh-CN")
    place(page.page, 0, 0)
    expect(words(page)).to_contain_text("3 个样本：训练 3 个")
    data = page.page.locator("section.data").bounding_box()
    loss = page.page.locator(".stage .flat").bounding_box()
    assert data is not None
    assert loss is not None
    assert loss["y"] >= data["y"] + data["height"] - 1
    assert data["width"] > 330
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_data_view(open_page: OpenPage, server_url: str, scheme: str) -> None:
    address = learning(server_url, "points", {"id": "logistic"}, "bce", SGD, {"id": "adam", "lr": 0.1})
    page = open_page(address, color_scheme=scheme)
    place(page.page, 0, 0)
    page.wait_for_step(11)
    page.pause()
    assert violations(page.page) == []
    page.button("Confusion").click()
    expect(page.page.locator("[data-confusion] tbody tr")).to_have_count(2)
    assert violations(page.page) == []
