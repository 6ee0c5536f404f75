"""Setup of an experiment on data: data sets, models, batches, starts, uploaded tables, and refused values."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from tests.page.axe import violations
from tests.page.conftest import OpenPage
from tests.page.page_object import Json, PageObject
from tests.page.targets import targets_too_small
from tests.page.test_appearance import wait_for_chinese

from steepest.problems import datasets

pytestmark = pytest.mark.page

FILES = {name: entry for name, entry in datasets().items() if entry.stored}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def data(page: PageObject) -> PageObject:
    """The page after a click on Data."""
    page.button("Data").click()
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.last > 0")
    return page


def menu(page: PageObject, part: str) -> Locator:
    return page.page.locator(f"#chosen-{part}")


def choose(page: PageObject, part: str, name: str) -> None:
    menu(page, part).select_option(name)
    page.wait_for("(s, [part, id]) => s.experiment.problem[part].id === id && s.last > 0", [part, name])


def problem(page: PageObject) -> Json:
    return page.state("experiment.problem")


def field(page: PageObject, name: str) -> Locator:
    return page.page.locator(".setup").get_by_role("textbox", name=name, exact=True)


def type_in(page: PageObject, name: str, value: str) -> None:
    field(page, name).fill(value)
    field(page, name).press("Enter")


def test_data_plays_at_once_and_the_surface_is_kept(page: PageObject) -> None:
    page.wait_for_step(2)
    page.set_lr(0, "0.12")
    page.wait_for("s => s.experiment.edits.some(edit => edit.set.lr === 0.12)")
    before = page.state("experiment")
    page.button("Data").click()
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.head > 3")
    assert [run["optimizer"]["id"] for run in page.state("experiment.runs")] == ["sgd", "adam"]
    assert page.track(0)["loss"][3] < page.track(0)["loss"][0]
    expect(page.page.locator(".kinds button").last).to_have_attribute("aria-pressed", "true")
    page.button("Surface").click()
    page.wait_for("s => s.experiment.problem.kind === 'surface' && s.last > 0")
    assert page.state("experiment") == before


def test_every_data_set_trains_with_its_defaults(data: PageObject) -> None:
    choices = menu(data, "dataset").locator("option")
    expect(choices).to_have_count(len(datasets()))
    options = choices.evaluate_all("options => options.map(option => option.value)")
    assert options == list(datasets())
    for name in options:
        if name in FILES:
            continue
        menu(data, "dataset").select_option(name)
        # The losses together with their experiment: the data set that is open already is opened anew, with no records.
        experiment, losses = data.wait_to_read(
            """(s, name) => {
                const { experiment } = s;
                const { loss } = s.track(0);
                return experiment.problem.dataset.id === name && loss.length > 5 && [experiment, loss];
            }""",
            name,
        )
        entry = datasets()[name]
        assert experiment["problem"]["model"]["id"] == entry.known_model.id
        assert experiment["problem"]["loss"]["id"] == entry.known_loss.id
        assert experiment["runs"][0]["optimizer"]["lr"] == entry.known_lr
        assert losses[5] < losses[0], name
        expect(data.page.locator(".setup [role=alert]")).to_have_count(0)
    assert len(options) - len(FILES) >= 15


@pytest.mark.parametrize("name", sorted(set(FILES) - {"csv"}))
def test_missing_files_are_named_and_the_experiment_continues(data: PageObject, name: str) -> None:
    before = problem(data)
    menu(data, "dataset").select_option(name)
    expected = {"mnist": "train-images-idx3-ubyte", "cifar10": "data_batch_1.bin"}[name]
    expect(menu(data, "dataset")).to_have_accessible_description(re.compile(re.escape(expected)))
    data.wait_for("(s, head) => s.head > head", data.head())
    assert problem(data) == before
    data.button("Back to it").click()
    expect(menu(data, "dataset")).to_have_value("thermometer")
    expect(data.page.locator(".setup [role=alert]")).to_have_count(0)


def test_hidden_layers_are_added_widened_and_removed(data: PageObject) -> None:
    choose(data, "dataset", "circle")
    expect(data.page.get_by_text("33 parameters", exact=True)).to_be_visible()
    data.button("Add layer").click()
    data.wait_for("s => s.experiment.problem.model.params.hidden.join() === '8,8' && s.last > 0")
    expect(data.page.get_by_text("105 parameters", exact=True)).to_be_visible()
    data.button("Wider: layer 2").click()
    data.wait_for("s => s.experiment.problem.model.params.hidden.join() === '8,9'")
    type_in(data, "Width of layer 1", "3")
    data.wait_for("s => s.experiment.problem.model.params.hidden.join() === '3,9'")
    data.button("Remove layer 1").click()
    data.wait_for("s => s.experiment.problem.model.params.hidden.join() === '9' && s.last > 0")
    data.button("Remove layer 1").click()
    data.wait_for("s => s.experiment.problem.model.params.hidden.length === 0 && s.last > 0")
    expect(data.page.get_by_text("No hidden layer.")).to_be_visible()
    for layers in range(1, 7):
        data.button("Add layer").click()
        data.wait_for("(s, n) => s.experiment.problem.model.params.hidden.length === n", layers)
    expect(data.button("Add layer")).to_have_count(0)


def test_a_refused_width_is_kept_beside_the_reason(data: PageObject) -> None:
    choose(data, "dataset", "circle")
    width = field(data, "Width of layer 1")
    type_in(data, "Width of layer 1", "65")
    expect(width).to_have_accessible_description("must be a whole number in [1, 64]")
    expect(width).to_have_value("65")
    assert problem(data)["model"]["params"]["hidden"] == [8]
    data.wait_for("(s, head) => s.head > head", data.head())
    type_in(data, "Width of layer 1", "many")
    expect(width).to_have_accessible_description("Type a whole number.")
    type_in(data, "Width of layer 1", "64")
    data.wait_for("s => s.experiment.problem.model.params.hidden.join() === '64'")
    expect(data.page.locator(".setup [role=alert]")).to_have_count(0)


def test_a_model_and_then_a_matching_loss_are_chosen(data: PageObject) -> None:
    choose(data, "dataset", "circle")
    menu(data, "model").select_option("logistic")
    expect(menu(data, "loss")).to_have_accessible_description(re.compile("^bce_logits takes .*, and this model gives "))
    assert problem(data)["model"]["id"] == "mlp"
    menu(data, "loss").select_option("bce")
    data.wait_for("s => s.experiment.problem.model.id === 'logistic' && s.last > 0")
    assert problem(data)["loss"]["id"] == "bce"
    expect(data.page.locator(".setup [role=alert]")).to_have_count(0)
    menu(data, "loss").select_option("mse")
    expect(menu(data, "loss")).to_have_accessible_description(re.compile("^mse is not for classification"))
    data.button("Back to it").click()
    expect(menu(data, "loss")).to_have_value("bce")


def test_batches_split_and_penalties(data: PageObject) -> None:
    choose(data, "dataset", "circle")
    data.page.get_by_text("Batches, split, penalties").click()
    type_in(data, "batch size", "10")
    data.wait_for("s => s.experiment.problem.batch.size === 10 && s.last > 3")
    data.page.get_by_role("combobox", name="sampling", exact=True).select_option("replacement")
    data.wait_for("s => s.experiment.problem.batch.sampling === 'replacement'")
    type_in(data, "for development", "0.2")
    type_in(data, "for the test", "0.1")
    data.wait_for(
        "s => s.experiment.problem.split.dev === 0.2 && s.experiment.problem.split.test === 0.1 && s.last > 3"
    )
    expect(data.page.get_by_text("training 70 % · development 20 % · test 10 %", exact=True)).to_be_visible()
    type_in(data, "L2 penalty", "0.01")
    data.wait_for("s => s.experiment.problem.penalty.l2 === 0.01 && s.last > 3")
    expect(data.page.locator("summary", has_text="batches of 10 · 70/20/10 · L2 0.01")).to_be_visible()

    type_in(data, "batch size", "1000")
    expect(field(data, "batch size")).to_have_accessible_description(re.compile("there are 140 training samples"))
    assert problem(data)["batch"]["size"] == 10
    data.button("All samples at every step").click()
    data.wait_for("s => s.experiment.problem.batch.size === null")
    type_in(data, "for development", "0.9")
    expect(field(data, "for development")).to_have_accessible_description("must be at most 0.8")
    assert problem(data)["split"]["dev"] == 0.2


def test_a_start_is_drawn_in_other_ways_and_drawn_again(data: PageObject) -> None:
    choose(data, "dataset", "plane")
    start = data.page.get_by_role("combobox", name="Start of the parameters").last
    first = data.track(0)["params"][0]
    data.button("Draw again").last.click()
    data.wait_for("s => s.experiment.runs.every(run => run.start.draw === 1) && s.last > 0")
    assert data.track(0)["params"][0] != first
    assert data.track(0)["params"][0] == data.track(1)["params"][0]
    start.select_option("normal")
    data.wait_for("s => s.experiment.runs.every(run => run.start.init === 'normal') && s.last > 0")
    deviation = field(data, "deviation").last
    deviation.fill("0.5")
    deviation.press("Enter")
    data.wait_for("s => s.experiment.runs.every(run => run.start.std === 0.5) && s.last > 0")
    deviation.fill("-1")
    deviation.press("Enter")
    expect(deviation).to_have_accessible_description(re.compile("greater than 0"))
    start.select_option("zeros")
    data.wait_for("s => s.experiment.runs.every(run => run.start.init === 'zeros') && s.last > 0")
    assert data.track(0)["params"][0] == [0.0, 0.0]
    start.select_option("written")
    data.wait_for("s => Array.isArray(s.experiment.runs[0].start) && s.last > 0")
    field(data, "w1").last.fill("0.25")
    field(data, "w1").last.press("Enter")
    data.wait_for("s => s.experiment.runs.every(run => run.start.join() === '0.25,0') && s.last > 0")
    assert data.track(1)["params"][0] == [0.25, 0.0]
    # Another model has a different number of parameters.
    data.page.get_by_role("checkbox", name="bias").check()
    data.wait_for("s => s.experiment.runs.every(run => run.start.init === 'default') && s.last > 0")
    assert len(data.track(0)["params"][0]) == 3


def test_the_address_reopens_the_experiment(data: PageObject, open_page: OpenPage) -> None:
    choose(data, "dataset", "moons")
    data.button("Add layer").click()
    data.wait_for("s => s.experiment.problem.model.params.hidden.length === 2 && s.head > 4")  # at step 0 it plays
    data.pause()
    link = data.link()
    assert "#x=" in link
    assert len(link.partition("#")[2]) < 600
    again = open_page(link)
    again.wait_for("(s, head) => s.head === head", data.head())
    assert again.state("experiment") == data.state("experiment")
    head = data.head()
    assert again.track(1)["loss"][: head + 1] == data.track(1)["loss"][: head + 1]
    expect(again.page.locator(".kinds button").last).to_have_attribute("aria-pressed", "true")


def test_placed_points_are_counted_and_undone(data: PageObject) -> None:
    choose(data, "dataset", "points")
    expect(data.page.get_by_text("6 of at most 500 points")).to_be_visible()
    data.page.get_by_text("Show as a table").click()
    expect(data.page.get_by_role("columnheader", name="class")).to_be_visible()
    expect(data.page.locator(".setup tbody tr")).to_have_count(6)
    data.button("Remove the last point").click()
    data.wait_for("s => s.experiment.problem.dataset.params.points.length === 5 && s.last > 0")
    data.button("Remove all points").click()
    expect(data.page.locator(".setup [role=alert]")).to_have_text("needs at least one point")
    assert len(problem(data)["dataset"]["params"]["points"]) == 5
    # They are gone from the plot as well.
    expect(data.button("Clear")).to_be_disabled()


# --- uploaded tables ---


def send(page: PageObject, folder: Path, name: str, content: bytes) -> None:
    file = folder / name
    file.write_bytes(content)
    page.page.locator(".setup input[type=file]").set_input_files(str(file))


NUMBERS = b"hours,sleep,grade\n" + b"".join(b"%d,%d,%d\n" % (n, 9 - n % 4, 2 * n + n % 3) for n in range(12))
TEXTS = b"length,width,kind\n" + b"".join(b"%d,%d,%s\n" % (n, n % 5, [b"ant", b"bee"][n // 6]) for n in range(12))


PRICES = b"area,rooms,price\n" + b"".join(
    b"%d,%d,%d\n" % (40 + 9 * n, 1 + n // 4, 3000 * (40 + 9 * n) + 20_000 * (n % 5)) for n in range(20)
)


def test_large_targets_are_offered_to_be_scaled_and_then_learned(data: PageObject, tmp_path: Path) -> None:
    menu(data, "dataset").select_option("csv")
    send(data, tmp_path, "houses.csv", PRICES)
    data.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 5")
    data.page.get_by_label("Optimizer of run 1").select_option("adam")
    offer = data.page.locator("[data-advice=scale]")
    expect(offer).to_have_text("Scale the target")
    expect(data.page.locator(".advice")).to_contain_text(
        "The target’s numbers are far from 1. Tried from the start for "
    )
    offer.click()
    data.wait_for("s => s.experiment.problem.dataset.params.standardize_target === true && s.last > 200")
    assert data.state("experiment.runs[0].optimizer.id") == "adam"
    assert data.track(0)["loss"][200] < 0.2  # of the variance
    expect(offer).to_have_count(0)


def test_an_uploaded_table_is_trained_on(data: PageObject, tmp_path: Path) -> None:
    before = problem(data)
    menu(data, "dataset").select_option("csv")
    expect(data.button("Choose a CSV file …")).to_be_visible()
    assert problem(data) == before  # it continues until a file is chosen
    send(data, tmp_path, "marks <b>.csv", NUMBERS)
    data.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 5")
    expect(data.page.get_by_text("marks <b>.csv: 12 rows, 3 columns")).to_be_visible()
    assert problem(data)["model"]["id"] == "linear"
    assert data.track(0)["loss"][5] < data.track(0)["loss"][0]
    assert re.fullmatch("[0-9a-f]{64}", problem(data)["dataset"]["params"]["file"])

    target = data.page.get_by_role("combobox", name="column to predict")
    target.select_option("hours")
    data.wait_for("s => s.experiment.problem.dataset.params.target === 'hours' && s.last > 5")

    # Texts are classes: they need another model and loss.
    send(data, tmp_path, "insects.csv", TEXTS)
    data.wait_for("s => s.experiment.problem.loss.id === 'cross_entropy' && s.last > 5")
    expect(data.page.get_by_text("insects.csv: 12 rows, 3 columns")).to_be_visible()
    expect(target).to_have_value("")
    # It is kept while another data set is chosen.
    choose(data, "dataset", "circle")
    choose(data, "dataset", "csv")
    expect(data.page.get_by_text("insects.csv: 12 rows, 3 columns")).to_be_visible()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n3\n", "row 3"),
        (b"PK\x03\x04\x00\x00binary", "a zip or Excel file: save it as CSV"),
        (b"a,b\n" + b"1,2\n" * 1_250_000, "5.0 MB; at most 5 MB"),
    ],
    ids=["empty", "ragged", "Excel", "too large"],
)
def test_an_unreadable_table_is_reported_beside_the_button(
    data: PageObject, tmp_path: Path, content: bytes, expected: str
) -> None:
    before = problem(data)
    menu(data, "dataset").select_option("csv")
    heard = len(data.console_errors())
    send(data, tmp_path, "bad.csv", content)
    expect(data.page.locator("#csv-fault")).to_have_text(re.compile(expected))
    assert problem(data) == before
    send(data, tmp_path, "good.csv", NUMBERS)
    data.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 0")
    expect(data.page.locator("#csv-fault")).to_have_count(0)
    # The browser itself writes one line for a refused request; there is no other message.
    data.ignore_console_errors(heard, "400")


def test_repairs_of_a_table_are_reported(data: PageObject, tmp_path: Path) -> None:
    menu(data, "dataset").select_option("csv")
    send(data, tmp_path, "gaps.csv", NUMBERS + b"\n,5,7\n")
    data.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 0")
    data.page.get_by_text("Corrections").click()
    expect(data.page.locator(".csv li", has_text="empty cell")).to_be_visible()


PEOPLE = b"id;height;note;sex\n" + b"".join(
    b"%d;1,%d5;note %d;%s\n" % (n + 1, n % 10, n, [b"f", b"m"][n % 2]) for n in range(30)
)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_it_is_said_what_becomes_of_each_column(open_page: OpenPage, tmp_path: Path, locale: str) -> None:
    page = open_page(locale=locale)
    page.page.locator(".kinds button").last.click()
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.last > 0")
    page.page.locator("#chosen-dataset").select_option("csv")
    send(page, tmp_path, "people.csv", PEOPLE)
    page.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 5")
    lines = page.page.locator(".csv details").first.locator("li")
    page.page.locator(".csv summary").first.click()
    expect(lines).to_have_count(4)
    expected = {
        "en-US": ["id: left out: it numbers the rows", "height: numbers", "note: 30 different texts", "sex: 2 kinds"],
        "zh-CN": ["id: 已略去：它只是各行的编号", "height: 数值", "note: 30 行中有 30 种文本", "sex: 2 种文本"],
    }[locale]
    for line, words in zip(lines.all(), expected, strict=True):
        expect(line).to_contain_text(words)
    # What tells rows apart cannot be predicted.
    target = page.page.locator("#csv-target option")
    expect(target).to_have_count(3)
    assert target.evaluate_all("options => options.map(each => each.value)") == ["", "height", "sex"]
    assert page.state("experiment.problem.loss.id") == "cross_entropy"


# --- languages and sizes ---


@pytest.mark.parametrize("display", ["zh", "phone", "dark"])
def test_chinese_phone_and_dark_theme(open_page: OpenPage, display: str) -> None:
    displays: dict[str, dict[str, Any]] = {"zh": {"locale": "zh-CN"}, "phone": PHONE, "dark": {"color_scheme": "dark"}}
    page = open_page(**displays[display])
    page.page.locator(".kinds button").last.click()
    page.wait_for("s => s.experiment.problem.kind === 'learning' && s.last > 0")
    found: dict[str, list[str]] = {}
    for name in ("spiral", "digits", "points"):
        choose(page, "dataset", name)
        page.wait_for("s => s.last > 3")
        page.page.evaluate("() => document.querySelectorAll('.setup details').forEach(one => (one.open = true))")
        if display == "zh":
            wait_for_chinese(page)
        if display == "phone":
            assert targets_too_small(page.page) == [], name
            assert page.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        found[name] = violations(page.page)
    menu(page, "dataset").select_option("mnist")
    expect(page.page.locator("#chosen-dataset-fault")).to_be_visible()
    found["missing files"] = violations(page.page)
    menu(page, "dataset").select_option("csv")
    expect(page.page.locator(".csv")).to_be_visible()
    found["a table to come"] = violations(page.page)
    if display == "zh":
        wait_for_chinese(page)
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


KINDS = [b"airplane", b"automobile", b"hummingbird", b"caterpillar", b"deer", b"frog", b"horse-drawn carriage", b"ship"]
NAMES = b"a,b,c,kind\n" + b"".join(b"%d,%d,%d,%s\n" % (n % 8, n % 5, n % 3, KINDS[n % 8]) for n in range(80))


def test_a_confusion_matrix_of_long_names_fits(data: PageObject, tmp_path: Path) -> None:
    menu(data, "dataset").select_option("csv")
    send(data, tmp_path, "kinds.csv", NAMES)
    data.wait_for("s => s.experiment.problem.dataset.id === 'csv' && s.last > 5")
    table = data.page.locator("[data-confusion]")
    expect(table.locator("tbody tr")).to_have_count(8)
    for width, height in ((1280, 720), (1920, 1080), (390, 844)):
        data.page.set_viewport_size({"width": width, "height": height})
        data.page.wait_for_function(
            """() => {
                const box = document.querySelector('[data-confusion] .scroll');
                return box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1;
            }"""
        )
