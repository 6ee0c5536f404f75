"""The map of runs: whole in the end, each pixel the engine's own run, played by a click, in words, on a phone."""

import re
import struct
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.experiments import NET
from tests.page.page_object import PageObject, experiment_url
from tests.page.targets import targets_too_small

from steepest.engine import advance, sweep
from steepest.spec import parse_experiment, parse_sweep

pytestmark = pytest.mark.page

RAVINE: dict[str, Any] = {
    "version": 1,
    "engine": "compiled",
    "problem": {"kind": "surface", "id": "ravine", "params": {"kappa": 20}},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.05, "momentum": 0.3}, "start": [-2.5, 2.5]},
        {"optimizer": {"id": "adam", "lr": 0.05}, "start": [-2.5, 2.5]},
    ],
}
STEPS = 200


def open_map(page: PageObject, tab: str = "Map of runs") -> Locator:
    """Opens the panel, and returns the plot once the picture is whole."""
    page.page.get_by_role("tab", name=tab).click()
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    return page.page.get_by_role("application")


def words(page: PageObject, pattern: str) -> re.Match[str]:
    said = page.page.locator("[data-map-words]")
    expect(said).to_have_text(re.compile(pattern))
    found = re.search(pattern, said.inner_text())
    assert found
    return found


def outcome(experiment: dict[str, Any], run: int) -> dict[str, int]:
    """The engine's, of one run of an experiment."""
    alone = {**experiment, "runs": [experiment["runs"][run]], "edits": []}
    rate = alone["runs"][0]["optimizer"]["lr"]
    axis = {"set": "runs[0].optimizer.lr", "low": rate, "high": 2 * rate, "count": 2}
    found = sweep(parse_sweep({"version": 1, "experiment": alone, "axes": [axis], "steps": STEPS}))
    return {name: int(values[0]) for name, values in found.items()}


@pytest.mark.parametrize(("across", "status"), [(0.9, 2), (0.5, 1)])
def test_a_click_plays_the_run_of_that_pixel(open_page: OpenPage, server_url: str, across: float, status: int) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    plot = open_map(page)
    box = plot.bounding_box()
    assert box
    page.page.mouse.move(box["x"] + across * box["width"], box["y"] + 0.5 * box["height"])
    step = int(words(page, r"at step (\d+)$" if status == 2 else r"from step (\d+) on$")[1])
    page.page.mouse.down()
    page.page.mouse.up()
    page.wait_for("s => s.experiment.runs[0].optimizer.lr !== 0.05 && s.last >= 20")
    experiment = page.state("experiment")
    assert experiment["runs"][1]["optimizer"]["lr"] == 0.05, "the other run is as it was"
    assert outcome(experiment, 0) == {"status": status, "step": step, "minimum": -1 if status == 2 else 0}
    chunk, _ = advance(parse_experiment(experiment), None, 20, None)
    wanted = next(run.loss for run in chunk.runs if run.run == 0)
    losses = np.array(page.track(0)["loss"], np.float32)[: len(wanted)]
    assert losses.tobytes() == wanted.tobytes(), "the stage plays exactly that run"
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    page.button("Undo").first.click()
    page.wait_for("s => s.experiment.runs[0].optimizer.lr === 0.05")


def test_the_keyboard_and_a_screen_reader_have_the_map_too(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    plot = open_map(page)
    plot.focus()
    plot.press("ArrowRight")
    first = float(words(page, r"learning rate ([\d.]+), momentum 0\.(?:299|3|301)\b")[1])
    plot.press("Shift+ArrowRight")
    second = float(words(page, rf"learning rate (?!{re.escape(f'{first:g}')},)([\d.]+),")[1])
    assert 0.05 < first < second
    head = page.head()
    plot.press("Enter")
    page.wait_for("(s, rate) => Math.abs(s.experiment.runs[0].optimizer.lr / rate - 1) < 0.01", second)
    assert head >= 0
    plot.press("+")
    expect(page.button("Show all")).to_be_visible()
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    plot.press("0")
    expect(page.button("Show all")).to_have_count(0)
    assert violations(page.page) == []


def test_the_edge_of_divergence_lies_on_the_line_of_theory(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    plot = open_map(page)
    box = plot.bounding_box()
    assert box
    texts = page.page.locator("#runmap-sheet .formula").all_text_contents()
    assert texts == ["2/λmax", "2(1+μ)/λmax"]
    # At momentum 0.495, half-way up: where theory has the edge, and where the words say it is.
    path = page.page.locator("#runmap-sheet path.edge").last.get_attribute("d")
    assert path
    points = [tuple(map(float, point.split(","))) for point in path.removeprefix("M").split("L")]
    plot_left = page.page.locator("#runmap-sheet .map").bounding_box()
    assert plot_left
    edge, height = points[len(points) // 2]
    for beside, wanted in ((-6, r"from step \d+ on$|on its way"), (6, r"diverges at step|on its way")):
        page.page.mouse.move(plot_left["x"] + edge + beside, plot_left["y"] + height)
        words(page, wanted)
    page.page.mouse.move(plot_left["x"] + edge - 6, plot_left["y"] + height)
    below = float(words(page, r"learning rate ([\d.]+),")[1])
    page.page.mouse.move(plot_left["x"] + edge + 6, plot_left["y"] + height)
    above = float(words(page, rf"learning rate (?!{re.escape(f'{below:g}')},)([\d.]+),")[1])
    assert below < 2 * 1.495 / 20 < above


def test_starts_that_end_in_different_minima(open_page: OpenPage, server_url: str) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 0.01}, "start": [-1.0, -1.0]}
    himmelblau = {**RAVINE, "problem": {"kind": "surface", "id": "himmelblau"}, "runs": [run]}
    page = open_page(experiment_url(server_url, himmelblau))
    open_map(page)
    page.button("start x × start y").click()
    expect(page.page.get_by_text("at the minimum")).to_have_count(4)
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    plot = page.page.get_by_role("application")
    box = plot.bounding_box()
    assert box
    page.page.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for("s => s.experiment.runs[0].start[0] !== -1 && s.last > 20")
    assert outcome(page.state("experiment"), 0)["status"] == 1


def test_any_two_numbers_and_what_is_kept_of_each_run(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    open_map(page)
    page.button("learning rate × condition number").click()
    expect(page.page.get_by_role("combobox", name="up", exact=True)).to_have_value("problem.params.kappa")
    page.page.get_by_role("combobox", name="run", exact=True).select_option("2. Adam")
    page.page.get_by_role("combobox", name="colour").select_option("last loss")
    expect(page.page.locator("[data-map-key]")).to_contain_text("last loss")
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    plot = page.page.get_by_role("application")
    box = plot.bounding_box()
    assert box
    page.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    loss = float(
        words(page, r"condition number [\d.]+: loss ([\d.]+(?:e−?\d+)?) after 200 steps$")[1].replace("−", "-")
    )
    page.page.mouse.down()
    page.page.mouse.up()
    page.wait_for("s => s.experiment.problem.params.kappa !== 20 && s.last >= 20")
    experiment = page.state("experiment")
    assert experiment["runs"][0]["optimizer"]["lr"] == 0.05, (
        "the other run is on the new problem too, otherwise as it was"
    )
    alone = {**experiment, "runs": experiment["runs"][1:]}
    chunk, _ = advance(parse_experiment(alone), None, STEPS, None)
    assert chunk.runs[0].loss[STEPS] == pytest.approx(loss, rel=0.01)
    # The number that the other axis has: both change places.
    page.page.get_by_role("combobox", name="up", exact=True).select_option("learning rate")
    expect(page.page.get_by_role("combobox", name="to the right")).to_have_value("problem.params.kappa")
    assert violations(page.page) == []


def test_a_map_of_a_net(open_page: OpenPage, server_url: str) -> None:
    run = {"optimizer": {"id": "adam", "lr": 0.03}, "start": {"init": "normal", "std": 0.5}}
    page = open_page(experiment_url(server_url, {**NET, "engine": "compiled", "runs": [run]}))
    page.pause()
    page.page.get_by_role("tab", name="Map of runs").click()
    page.button("learning rate × initial scale").click()
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    page.page.get_by_role("application").focus()
    page.page.keyboard.press("ArrowUp")
    words(page, r"learning rate 0\.0[23]\d*, initial scale 0\.[56]\d*: loss [\d.]+ after 200 steps$")
    expect(page.button("learning rate × batch size")).to_be_visible()


def test_the_stage_follows_the_dot_while_it_is_dragged(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for("s => s.last >= 30")
    page.pause()
    page.seek(20)
    plot = open_map(page)
    dot = page.page.locator("[data-map-dot]")
    box, at = plot.bounding_box(), dot.bounding_box()
    assert box
    assert at
    mouse = page.page.mouse
    mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    mouse.down()
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.wait_for("s => s.experiment.runs[0].optimizer.lr < 0.03 && s.head === 20 && s.last >= 20")
    mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"], steps=5)
    page.wait_for("s => s.experiment.runs[0].optimizer.lr > 1 && s.experiment.runs[0].optimizer.momentum > 0.7")
    words(page, r": diverges at step \d+$")
    mouse.up()
    there = page.state("experiment")
    assert there["runs"][1]["optimizer"]["lr"] == 0.05
    page.button("Undo").first.click()
    page.wait_for("s => s.experiment.runs[0].optimizer.lr === 0.05")  # one drag is one change
    dot.focus()
    dot.press("ArrowRight")
    page.wait_for("s => s.experiment.runs[0].optimizer.lr > 0.05 && s.experiment.runs[0].optimizer.lr < 0.06")
    rate = page.state("experiment")["runs"][0]["optimizer"]["lr"]
    dot.press("Shift+ArrowLeft")
    page.wait_for("(s, rate) => s.experiment.runs[0].optimizer.lr < 0.7 * rate && s.head === 20", rate)
    assert page.head() == 20, "the arrows move the dot, and not the step on screen"
    assert violations(page.page) == []


def test_the_table_the_picture_and_the_link_of_a_view(open_page: OpenPage, server_url: str) -> None:
    page = open_page(experiment_url(server_url, RAVINE))
    page.wait_for("s => s.last >= 5")
    page.pause()
    plot = open_map(page)
    page.page.get_by_role("combobox", name="colour").select_option("last loss")
    page.page.get_by_role("combobox", name="run", exact=True).select_option("2. Adam")
    plot.focus()
    plot.press("+")
    expect(page.button("Show all")).to_be_visible()
    expect(page.page.locator("[data-map-key]")).to_contain_text("last loss")
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    with page.page.expect_download() as download:
        page.button("Table (CSV)").click()
    header, *rows = download.value.path().read_text().splitlines()
    assert header == "runs[0].optimizer.lr,runs[0].optimizer.betas[0],value"
    assert len(rows) == 160 * 160
    rate, beta, loss = map(float, rows[160 * 40 + 100].split(","))
    adam = {"optimizer": {"id": "adam", "lr": rate, "betas": [beta, 0.999]}, "start": [-2.5, 2.5]}
    chunk, _ = advance(parse_experiment({**RAVINE, "runs": [adam]}), None, STEPS, None)
    assert chunk.runs[0].loss[STEPS] == np.float32(loss)
    with page.page.expect_download() as download:
        page.button("Picture (PNG)").click()
    png = download.value.path().read_bytes()
    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG")
    assert min(width, height) > 900
    page.button("Link to this map").click()
    link = page.page.locator("[data-map-link]").input_value()
    assert re.search(r"#x=[\w-]+&step=\d+&hash=\w+&map=[\w-]+$", link), "an older page reads what stands before the map"
    other = open_page(link)
    expect(other.button("Show all")).to_be_visible()
    expect(other.page.get_by_role("combobox", name="run", exact=True)).to_have_value("1")
    expect(other.page.get_by_role("combobox", name="colour")).to_have_value("final_loss")
    assert other.state("experiment") == page.state("experiment")
    ticks = "#runmap-sheet .ticks text"
    expect(other.page.locator(ticks)).to_have_text(page.page.locator(ticks).all_text_contents())


def test_what_is_wrong_with_an_axis_stands_beside_it_in_the_language_of_the_page(
    open_page: OpenPage, server_url: str
) -> None:
    view = {"of": "ravine sgd runs[0].optimizer.lr runs[0].optimizer.momentum", "view": [[0.01, 1.0], [-0.5, 0.9]]}
    wanted = {"run": 0, "pair": None, "measure": None, "loss": None, "moved": view}
    packed = experiment_url("", wanted).removeprefix("#x=").removesuffix("&step=0")
    page = open_page(f"{experiment_url(server_url, RAVINE)}&map={packed}")
    expect(page.page.locator("#runmap-up-fault")).to_have_text(re.compile(r"^-0\.5 is outside"))
    page.button("中文").click()
    expect(page.page.locator("#runmap-up-fault")).to_have_text(re.compile(r"^-0\.5 超出范围"))
    page.button("显示全部").click()
    expect(page.page.locator("[data-map='whole']")).to_be_visible()
    expect(page.page.locator("#runmap-up-fault")).to_have_count(0)


def test_it_fits_a_phone_in_chinese_and_in_the_dark(open_page: OpenPage, server_url: str) -> None:
    size = {"width": 390, "height": 844}
    page = open_page(
        experiment_url(server_url, RAVINE),
        viewport=size,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        color_scheme="dark",
    )
    plot = open_map(page, "运行图谱")
    plot.scroll_into_view_if_needed()
    assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert targets_too_small(page.page) == []
    plot.tap()
    words(page, r"学习率 [\d.e−]+")
