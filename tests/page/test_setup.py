"""Setup: the problem, the user's own function, and the starts of the runs."""

import pytest
from playwright.sync_api import expect
from tests.page.page_object import PageObject

pytestmark = pytest.mark.page


def test_own_function_with_an_error_shows_the_column_and_keeps_the_plot(page: PageObject) -> None:
    page.choose_problem("expression")
    page.wait_for_step(3)
    field = page.page.get_by_role("textbox", name="function", exact=True)
    before = page.track(0)["params"][:3]
    field.fill("x**2 - y**2 + sinn(3*x)")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.page.get_by_role("alert")).to_contain_text("Column 15: ")
    expect(page.page.get_by_role("alert")).to_contain_text("sinn")
    # The caret is under the wrong word: fourteen letters from the left.
    assert page.page.locator(".caret").evaluate("caret => getComputedStyle(caret).getPropertyValue('--column')") == "14"
    assert page.state("experiment.problem.params.expression") == "x**2 - y**2"
    assert page.track(0)["params"][:3] == before
    page.wait_for("(s, head) => s.head > head", page.head())

    field.fill("x**2 + 3*y**2 + sin(3*x)")
    page.wait_for("s => s.experiment.problem.params.expression === 'x**2 + 3*y**2 + sin(3*x)'")
    expect(page.page.get_by_role("alert")).to_have_count(0)
    page.wait_for_step(5)


def test_a_function_of_x_alone_is_a_curve_and_back(page: PageObject) -> None:
    page.choose_problem("expression")
    field = page.page.get_by_role("textbox", name="function", exact=True)
    field.fill("x**4 - x**2")
    page.wait_for("s => s.experiment.runs.every(run => run.start.length === 1)")
    expect(page.page.get_by_role("textbox", name="y", exact=True)).to_have_count(0)
    expect(page.page.get_by_role("button", name="3-D")).to_have_count(0)
    page.wait_for_step(5)
    field.fill("x**4 - x**2 + y**2")
    page.wait_for("s => s.experiment.runs.every(run => run.start.length === 2)")
    page.wait_for_step(5)


def test_the_typed_function_is_kept_while_another_problem_is_chosen(page: PageObject) -> None:
    page.choose_problem("expression")
    page.page.get_by_role("textbox", name="function", exact=True).fill("x**2 + y**4")
    page.wait_for("s => s.experiment.problem.params.expression === 'x**2 + y**4'")
    page.choose_problem("beale")
    page.choose_problem("expression")
    assert page.state("experiment.problem.params.expression") == "x**2 + y**4"


def test_the_surfaces_own_params_are_controls(page: PageObject) -> None:
    kappa = page.page.get_by_role("textbox", name="condition number", exact=True)
    kappa.fill("12")
    kappa.press("Enter")
    page.wait_for("s => s.experiment.problem.params.kappa === 12")
    kappa.fill("0.5")
    kappa.press("Enter")
    expect(kappa).to_have_accessible_description("0.5 is outside [1, 10000]")
    assert page.state("experiment.problem.params.kappa") == 12


def test_every_surface_plays(page: PageObject) -> None:
    menu = page.page.get_by_role("combobox", name="Problem")
    expect(menu.locator("option[value=expression]")).to_be_attached()
    surfaces = menu.locator("option").evaluate_all("options => options.map(option => option.value)")
    assert len(surfaces) >= 20
    for surface in surfaces:
        menu.select_option(surface)
        # Both in one call: the surface that is open already is opened anew, with no records.
        track = page.wait_to_read(
            "(s, id) => s.experiment.problem.id === id && s.track(0).loss.length > 3 && s.track(0)", surface
        )
        assert track["divergedAt"] is None


def test_a_click_on_the_map_is_a_start_for_all(page: PageObject) -> None:
    page.wait_for_step(2)
    page.page.mouse.click(*page.map_point(1.5, -2.0))
    page.wait_for("s => Math.abs(s.experiment.runs[0].start[0] - 1.5) < 0.05")
    starts = [run["start"] for run in page.state("experiment.runs")]
    assert starts[0] == starts[1]
    assert starts[0] == pytest.approx([1.5, -2.0], abs=0.05)
    page.wait_for("(s, start) => s.track(0)?.params[0]?.[0] === Math.fround(start)", starts[0][0])
    assert page.state("experiment.edits") == []
    expect(page.page.get_by_role("combobox", name="Start from")).to_have_value("-1")


def test_a_dragged_point_moves_the_parameters(page: PageObject) -> None:
    page.step_to(6)
    at = page.track(1)["params"][6]
    page.page.mouse.move(*page.map_point(*at))
    page.page.mouse.down()
    page.page.mouse.move(*page.map_point(2.0, 1.0), steps=5)
    page.page.mouse.up()
    page.wait_for("s => s.experiment.edits.length === 1")
    edit = page.state("experiment.edits[0]")
    assert (edit["step"], edit["run"]) == (6, 1)
    assert edit["params"] == pytest.approx([2.0, 1.0], abs=0.05)
    expect(page.page.locator("[data-mark~='edit']")).to_have_accessible_name(
        f"Step 6. Adam: moved to ({edit['params'][0]:.3g}, {edit['params'][1]:.3g})"
    )


def test_a_start_can_be_typed_and_chosen(page: PageObject) -> None:
    start = page.page.locator("section[aria-labelledby='start']")
    start.get_by_role("textbox", name="x", exact=True).fill("3")
    start.get_by_role("textbox", name="x", exact=True).press("Enter")
    page.wait_for("s => s.experiment.runs.every(run => run.start[0] === 3 && run.start[1] === 2.5)")
    page.page.get_by_role("combobox", name="Start from").select_option("1")
    page.wait_for("s => s.experiment.runs.every(run => run.start[0] === -3.5)")
    # A single run can start elsewhere.
    page.run_card(1).get_by_text("More settings").click()
    page.run_card(1).get_by_role("textbox", name="y", exact=True).fill("-1")
    page.run_card(1).get_by_role("textbox", name="y", exact=True).press("Enter")
    page.wait_for("s => s.experiment.runs[1].start[1] === -1 && s.experiment.runs[0].start[1] === 0.2")
    expect(page.page.get_by_role("combobox", name="Start from")).to_have_value("several")


def test_seed_and_number_format(page: PageObject) -> None:
    page.page.get_by_text("Seed, precision, engine").click()
    page.page.get_by_label("Number format").select_option("float64")
    page.wait_for("s => s.experiment.dtype === 'float64'")
    seed = page.page.get_by_role("textbox", name="Seed", exact=True)
    seed.fill("-1")
    seed.press("Enter")
    expect(seed).to_have_attribute("aria-invalid", "true")
    seed.fill("7")
    seed.press("Enter")
    page.wait_for("s => s.experiment.seed === 7")
