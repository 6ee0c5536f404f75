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


def test_a_slider_dragged_while_playing_changes_the_path(page: PageObject) -> None:
    page.wait_for_step(5)
    slider = page.run_card(1).get_by_role("slider", name="learning rate, slider")
    box = slider.bounding_box()
    assert box is not None
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    for share in (0.55, 0.6, 0.65, 0.7):
        page.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.page.wait_for_timeout(250)
    page.page.mouse.up()
    # The last value of the slider is the last edit.
    rate = float(page.lr_field(1).input_value())
    page.wait_for(
        "(s, rate) => s.playing && s.experiment.edits.length >= 2 && s.experiment.edits.at(-1).set.lr === rate", rate
    )
    edits = page.state("experiment.edits")
    rates = [edit["set"]["lr"] for edit in edits]
    assert rates == sorted(rates)
    assert all(edit["run"] == 1 for edit in edits)
    page.wait_for("(s, step) => s.head > step + 5", edits[-1]["step"])
    expect(page.lr_field(1)).to_have_value(f"{rates[-1]:g}")


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
