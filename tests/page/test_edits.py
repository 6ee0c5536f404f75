"""Edits of a running experiment."""

import re

import pytest
from playwright.sync_api import expect
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def test_a_moved_slider_changes_the_path_and_marks_the_timeline(page: PageObject) -> None:
    page.wait_for_step(15)
    step = page.pause()
    before = [page.track(run)["params"] for run in (0, 1)]
    page.run_card(0).get_by_role("slider", name="learning rate, slider").press("ArrowLeft")
    page.wait_for("s => s.experiment.edits.length === 1")
    rate = page.state("experiment.edits[0].set.lr")
    assert 0.14 < rate < 0.15
    assert page.state("experiment.edits[0].step") == step
    page.play()
    page.wait_for("(s, step) => s.head > step + 10", step)
    page.pause()
    after = [page.track(run)["params"] for run in (0, 1)]
    # The path changes only after the step on screen, and only that of this run.
    assert after[0][: step + 1] == before[0][: step + 1]
    x = [params[step][0] for params in (before[0], after[0])]
    assert x[0] == x[1]
    assert after[0][step + 1][0] == pytest.approx(x[0] * (1 - rate), rel=1e-5)
    assert after[1][: step + 1] == before[1][: step + 1]
    page.wait_for_marks("edit", [step])
    expect(page.lr_field(0)).to_have_value(f"{rate:g}")


def test_a_dragged_slider_makes_one_edit_when_it_is_let_go(page: PageObject) -> None:
    page.wait_for_step(5)
    slider = page.run_card(1).get_by_role("slider", name="learning rate, slider")
    box = slider.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    for share in (0.55, 0.6, 0.65, 0.7):
        page.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.wait_frames(10)
    rate = float(page.lr_field(1).input_value())
    assert page.state("experiment.edits") == []
    page.page.mouse.up()
    page.wait_for("(s, rate) => s.playing && s.experiment.edits[0]?.set.lr === rate", rate)
    edits = page.state("experiment.edits")
    assert [edit["run"] for edit in edits] == [1]
    page.wait_for("(s, step) => s.head > step + 5", edits[0]["step"])
    expect(page.lr_field(1)).to_have_value(f"{rate:g}")
    page.page.keyboard.press("Control+z")
    page.wait_for("s => s.experiment.edits.length === 0")


def test_escape_takes_a_drag_back(page: PageObject) -> None:
    page.step_to(5)
    slider = page.run_card(0).get_by_role("slider", name="learning rate, slider")
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 0.8 * box["width"], middle)
    page.page.keyboard.press("Escape")
    page.page.mouse.move(box["x"] + 0.9 * box["width"], middle)
    page.page.mouse.up()
    page.wait_frames()
    assert page.state("experiment.edits") == []
    expect(page.lr_field(0)).to_have_value("0.15")


def test_the_rate_spans_two_decades_and_goes_beyond(page: PageObject) -> None:
    page.step_to(5)
    card = page.run_card(0)
    slider = card.get_by_role("slider", name="learning rate, slider")
    zones = card.locator("[data-limit]")
    # The ravine's largest curvature is 10: plain descent swings above 0.1 and diverges above 0.2.
    expect(zones).to_have_attribute("data-limit", "0.2")
    expect(zones).to_have_attribute("data-swing", "0.1")
    expect(slider).to_have_accessible_description(
        "Here: steady below 0.1, swings but settles up to 0.2, diverges above."
    )
    slider.press("End")
    page.wait_for("s => s.experiment.edits[0]?.set.lr === 1.5")
    card.get_by_role("button", name="Show higher rates").click()
    assert page.state("experiment.edits[0].set.lr") == 1.5
    slider.press("End")
    page.wait_for("s => s.experiment.edits[0]?.set.lr === 15")
    page.set_lr(0, "0.0004")
    page.wait_for("s => s.experiment.edits[0]?.set.lr === 0.0004")
    slider.press("Home")
    page.wait_for("s => s.experiment.edits[0]?.set.lr === 0.00015")
    # With momentum, which is on the card, the limit is another at once.
    momentum = card.get_by_role("textbox", name="momentum", exact=True)
    momentum.fill("0.5")
    momentum.press("Enter")
    expect(zones).to_have_attribute("data-limit", "0.3")


def test_a_slider_moved_at_step_0_changes_the_run_and_makes_no_edit(page: PageObject) -> None:
    page.step_to(0)
    page.set_lr(0, "0.12")
    page.wait_for("s => s.experiment.runs[0].optimizer.lr === 0.12")
    assert page.state("experiment.edits") == []


def test_another_optimizer_takes_over_at_the_step_on_screen(page: PageObject) -> None:
    page.step_to(9)
    page.run_card(0).get_by_role("combobox", name="Optimizer of run 1").select_option("rmsprop")
    page.wait_for("s => s.experiment.edits.length === 1")
    edit = page.state("experiment.edits[0]")
    assert (edit["step"], edit["optimizer"]["id"]) == (9, "rmsprop")
    expect(page.page.locator("[data-mark~='edit']")).to_have_accessible_name("Step 9. RMSprop: now RMSprop")
    page.page.locator("body").press("ArrowLeft")
    expect(page.run_card(0).get_by_role("combobox", name="Optimizer of run 1")).to_have_value("sgd")


def test_a_refused_value_is_named_beside_its_field(page: PageObject) -> None:
    page.step_to(12)
    before = page.track(0)["params"][:13]
    page.run_card(0).get_by_text("More settings").click()
    momentum = page.run_card(0).get_by_role("textbox", name="momentum", exact=True)
    momentum.fill("-3")
    momentum.press("Enter")
    expect(momentum).to_have_attribute("aria-invalid", "true")
    expect(momentum).to_have_accessible_description("-3 is outside [0, 10]")
    expect(momentum).to_have_value("-3")
    assert page.state("experiment.edits") == []
    assert page.track(0)["params"][:13] == before
    momentum.fill("abc")
    momentum.press("Enter")
    expect(page.run_card(0).get_by_role("alert")).to_have_text("Type a number, such as 0.1 or 1e-3.")
    momentum.fill("0.5")
    momentum.press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    assert page.state("experiment.edits[0].set") == {"momentum": 0.5}
    expect(page.run_card(0).get_by_role("alert")).to_have_count(0)


def test_two_refused_values_are_both_named(page: PageObject) -> None:
    page.choose_problem("expression")
    field = page.page.get_by_role("textbox", name="function", exact=True)
    field.fill("x**2 + (y")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.set_lr(0, "-1")
    expect(page.lr_field(0)).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("^Column 8: "))
    page.set_lr(0, "0.1")
    expect(page.lr_field(0)).to_have_attribute("aria-invalid", "false")
    field.fill("x**2 + y**2")
    page.wait_for("s => s.experiment.problem.params.expression === 'x**2 + y**2'")
    expect(page.page.get_by_role("alert")).to_have_count(0)


def test_every_kind_of_param_has_its_control(page: PageObject) -> None:
    page.step_to(3)
    adam = page.run_card(1)
    adam.get_by_text("More settings").click()
    adam.get_by_role("textbox", name="beta 1").fill("0.5")
    adam.get_by_role("textbox", name="beta 1").press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    assert page.state("experiment.edits[0].set.betas") == [0.5, 0.999]
    adam.get_by_role("checkbox", name="AMSGrad").check()
    page.wait_for("s => s.experiment.edits[0].set.amsgrad === true")
    adam.get_by_role("combobox", name="Optimizer of run 2").select_option("lbfgs")
    page.wait_for("s => s.experiment.edits[0].optimizer?.id === 'lbfgs'")
    adam.get_by_role("textbox", name="history", exact=True).fill("7.5")
    adam.get_by_role("textbox", name="history", exact=True).press("Enter")
    expect(adam.get_by_role("alert")).to_have_text("Type a whole number.")
    adam.get_by_role("textbox", name="history", exact=True).fill("7")
    adam.get_by_role("textbox", name="history", exact=True).press("Enter")
    page.wait_for("s => s.experiment.edits[0].optimizer.history_size === 7")
    adam.get_by_role("combobox", name="line search").select_option("strong_wolfe")
    page.wait_for("s => s.experiment.edits[0].optimizer.line_search_fn === 'strong_wolfe'")
    adam.get_by_role("combobox", name="line search").select_option(label="none")
    page.wait_for("s => s.experiment.edits[0].optimizer.line_search_fn === null")


def test_runs_are_added_duplicated_hidden_and_removed(page: PageObject) -> None:
    page.page.get_by_role("button", name="Add run").click()
    page.wait_for("s => s.experiment.runs.length === 3")
    third = page.state("experiment.runs[2]")
    assert third["optimizer"]["id"] not in ("sgd", "adam")
    assert third["start"] == page.state("experiment.runs[0].start")
    page.button("Hide run 2").click()
    expect(page.button("Show run 2")).to_be_visible()
    page.button("Duplicate run 1").click()
    page.wait_for("s => s.experiment.runs.length === 4")
    assert [run["optimizer"]["id"] for run in page.state("experiment.runs")][:3] == ["sgd", "sgd", "adam"]
    # A hidden run stays hidden at its new position; two runs of one optimizer have different names.
    expect(page.button("Show run 3")).to_be_visible()
    expect(page.button("Explain run 2: SGD 2")).to_be_visible()
    page.button("Remove run 1").click()
    page.wait_for("s => s.experiment.runs.length === 3")
    expect(page.button("Show run 2")).to_be_visible()
    for _ in range(5):
        count = page.state("experiment.runs.length")
        page.page.get_by_role("button", name="Add run").click()
        page.wait_for("(s, count) => s.experiment.runs.length === count + 1", count)
    expect(page.page.get_by_role("button", name="Add run")).to_have_count(0)
    page.wait_for_step(5)


def test_all_changes_can_be_undone(page: PageObject) -> None:
    page.step_to(10)
    before = page.track(0)["params"][:11]
    page.set_lr(0, "0.01")
    page.wait_for("s => s.experiment.edits.length === 1")
    page.button("Undo all changes").click()
    page.wait_for("s => s.experiment.edits.length === 0 && s.last >= 0")
    page.step_to(10)
    assert page.track(0)["params"][:11] == before
    expect(page.button("Undo all changes")).to_have_count(0)
