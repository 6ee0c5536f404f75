"""The verdicts: instability, saddles, valleys, plateaus, walls and ends, with text and remedy buttons."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import Json, PageObject, surface_url
from tests.server.running import Running

pytestmark = pytest.mark.page

Playing = Callable[..., PageObject]


@pytest.fixture
def playing(open_page: OpenPage, server: Running) -> Playing:
    """Opens an experiment: a problem, optimizers, and their start."""

    def open_surface(problem: Json, *optimizers: Json, start: tuple[float, float], locale: str = "en-US") -> PageObject:
        return open_page(surface_url(server.url, problem, *optimizers, start=start), locale=locale)

    return open_surface


def fast(page: PageObject) -> None:
    """Sets the highest speed."""
    page.page.get_by_label("Speed").press("End")


def remedies(page: PageObject) -> list[str]:
    """The buttons beside the verdict, once its remedy was tried."""
    said = page.page.locator("[data-verdict] .said[aria-busy=false]")
    expect(said).to_be_visible()
    return said.locator(".advice").get_by_role("button").all_inner_texts()


# --- steps that are too long ---


def test_a_rate_above_the_limit_is_unstable_and_the_button_fixes_it(page: PageObject) -> None:
    page.step_to(0)
    page.set_lr(0, "0.25")
    page.wait_for("s => s.experiment.runs[0].optimizer.lr === 0.25")
    why = (
        r"From step 0 on, lr × steepest curvature = 2\.5, above the limit 2: each step overshoots farther along "
        r"\(0, 1\)\. The largest stable rate here is 0\.2\."
    )
    page.play()
    assert re.fullmatch(rf"SGD: {why}", page.wait_for_verdict("unstable"))
    page.pause()
    page.wait_for_marks("unstable", [2])
    page.play(fast=True)
    sentence = page.wait_for_verdict("diverged")
    page.pause()
    diverged = page.track(0)["divergedAt"]
    assert re.fullmatch(rf"SGD diverged at step {diverged}; the last finite loss was \S+\. {why}", sentence)
    expect(page.run_card(0)).to_contain_text(f"diverged at step {diverged}")
    expect(page.page.locator("[data-mark~='diverged']").first).to_be_visible()
    # The other run continues; the last finite step can be read.
    page.wait_for("(s, step) => s.track(1).loss.length > step + 1", diverged)
    assert page.track(0)["loss"][diverged - 1] < float("inf")

    assert remedies(page) == ["Use 0.18"]
    tried = page.page.locator(".said .tried").inner_text()
    said = re.fullmatch(r"Tried for (\d+) steps: a loss of (\S+); without it the run diverges\.", tried)
    assert said
    page.button("Use 0.18").click()
    page.wait_for_verdict("converged")
    assert page.track(0)["divergedAt"] is None
    edits = page.state("experiment.edits")
    assert [(edit["run"], edit["set"]) for edit in edits] == [(0, {"lr": 0.18})]
    assert edits[0]["step"] < diverged
    assert page.state("verdict.loss") < 1e-3
    # What was said of the rehearsal is what the run does now.
    end = edits[0]["step"] + int(said[1])
    page.wait_for("(s, end) => s.track(0).loss.length > end", end)
    assert float(said[2]) == pytest.approx(page.track(0)["loss"][end], rel=0.01)


def test_below_the_limit_nothing_is_called_unstable(playing: Playing) -> None:
    page = playing({"id": "ravine"}, {"id": "sgd", "lr": 0.199}, start=(-2.5, 2.5))
    sentence = page.wait_for_verdict("oscillating")
    assert re.match(r"SGD has been swinging to and fro along \(0, −?1\) since step \d+; ", sentence)
    assert "Each swing is 0.99 times the one before: half as wide after 69 steps." in sentence
    assert [one["code"] for one in page.track(0)["verdicts"]].count("unstable") == 0


def test_momentum_has_its_own_limit(playing: Playing) -> None:
    page = playing({"id": "ravine"}, {"id": "sgd", "lr": 0.4, "momentum": 0.9}, start=(-2.5, 2.5))
    sentence = page.wait_for_verdict("unstable")
    assert "lr × steepest curvature = 4, above the limit 2(1 + μ) = 3.8 for momentum μ = 0.9:" in sentence
    page.button("Use 0.34").click()
    fast(page)
    page.wait_for_verdict("converged")


def test_an_adaptive_optimizer_is_measured_in_its_own_coordinates(playing: Playing) -> None:
    page = playing({"id": "ravine"}, {"id": "rmsprop", "lr": 1.0}, start=(-2.5, 2.5))
    fast(page)
    verdict = page.wait_for_past_verdict("unstable")
    page.pause()
    assert verdict["limit"]["law"] == "adaptive"
    page.seek(verdict["step"])
    sentence = page.wait_for_verdict("unstable")
    assert "The curvature is measured in the optimizer’s own rescaled coordinates." in sentence
    assert f"From step {verdict['limit']['since']} on, lr × steepest curvature = 2" in sentence
    assert len(remedies(page)) == 1
    assert remedies(page)[0].startswith("Use ")


def test_maximize_is_named_and_reversed(playing: Playing) -> None:
    page = playing({"id": "ravine"}, {"id": "sgd", "lr": 0.1, "maximize": True}, start=(-2.5, 2.5))
    fast(page)
    assert "It climbs (maximize is on), and this surface has no top." in page.wait_for_verdict("diverged")
    page.button("Turn maximize off").click()
    page.wait_for_verdict("converged")


def test_a_wall_belongs_to_the_function(playing: Playing) -> None:
    problem = {"id": "expression", "params": {"expression": "log(x) + y**2"}}
    page = playing(problem, {"id": "sgd", "lr": 0.3}, start=(1.5, 0.01))
    sentence = page.wait_for_verdict("diverged")
    assert "The step was a stable one: it is the function itself that has no finite value or slope there." in sentence
    assert remedies(page) == []


# --- critical points ---


def test_the_escape_from_a_saddle_is_predicted_and_counted(page: PageObject) -> None:
    page.choose_problem("bounded_saddle")
    stay_near_saddle(page)
    sentence = page.wait_for_saddle()
    assert sentence.startswith("SGD is near a saddle at (0, 0): the surface curves up one way and down another")
    near = page.state("verdict")
    assert "The steepest way down is along (0, 1). Each step multiplies the distance by 1.1" in sentence
    counted = page.head() - near["since"]
    steps = "1 step" if counted == 1 else f"{counted} steps"
    assert sentence.endswith(f": it should leave at about step {near['escape']}; {steps} here so far.")

    # The curvature axes cross at the saddle; the descending one is bright.
    page.wait_for_value(lambda: _colour(page, (0.0, 0.25)), _token(page, "--downhill"))
    page.wait_for_marks("near", [near["since"]])

    page.play()
    escaped = page.wait_for_past_verdict("escaped")
    page.pause()
    page.seek(escaped["step"])
    sentence = page.wait_for_verdict("escaped")
    assert abs(escaped["step"] - near["escape"]) <= 3
    took = escaped["step"] - near["since"]
    assert sentence.startswith(f"SGD left the saddle at (0, 0) after {took} steps")
    assert "predicted" in sentence
    page.wait_for_marks("escaped", [escaped["step"]])
    page.play(fast=True)
    assert "minimum at (0, 1), loss −0.25" in page.wait_for_verdict("converged")


def stay_near_saddle(page: PageObject) -> None:
    """Pauses where a run comes near a saddle, however far it has gone on meanwhile."""
    near = page.wait_to_read("s => s.track(0)?.verdicts.find(one => one.code === 'near' && one.kind === 'saddle')")
    page.pause()
    page.seek(near["step"])


def _colour(page: PageObject, at: tuple[float, float]) -> list[int]:
    """Red, green, blue and alpha of the upper canvas at a point of the map."""
    x, y = page.map_point(*at)
    found: list[int] = page.page.evaluate(
        """([x, y]) => {
            const canvas = [...document.querySelectorAll('.stage canvas')].at(-1);
            const box = canvas.getBoundingClientRect();
            const sharp = canvas.width / box.width;
            const sample = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
            sample.drawImage(canvas, (x - box.left) * sharp, (y - box.top) * sharp, 1, 1, 0, 0, 1, 1);
            return [...sample.getImageData(0, 0, 1, 1).data];
        }""",
        [x, y],
    )
    return found


def _token(page: PageObject, name: str) -> list[int]:
    found: list[int] = page.page.evaluate(
        """name => {
            const pen = document.createElement('canvas').getContext('2d');
            pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name) || '#d10f7e';
            pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
        }""",
        name,
    )
    return found


def test_exactly_on_the_ridge_a_nudge_helps(page: PageObject) -> None:
    page.choose_problem("bounded_saddle")
    page.page.get_by_role("combobox", name="Start from").select_option("1")
    page.wait_for("s => s.experiment.runs[0].start[1] === 0")
    page.wait_for("s => s.verdict?.code === 'near' && s.head > 30")
    assert "exactly on the ridge: nothing pushes it off" in page.verdict_text()
    page.button("Nudge it").click()
    fast(page)
    page.wait_for_past_verdict("escaped")
    assert "minimum at (0, 1), loss −0.25" in page.wait_for_verdict("converged")


def test_a_surface_without_a_minimum_is_named(page: PageObject) -> None:
    page.choose_problem("strict_saddle")
    page.page.get_by_label("Speed").press("End")
    page.wait_for_past_verdict("bottomless")
    sentence = page.wait_for_verdict("diverged")
    assert "This surface falls for ever; no learning rate helps." in sentence
    assert remedies(page) == []
    page.pause()
    verdict = page.wait_for_past_verdict("bottomless")
    page.seek(verdict["step"])
    sentence = page.wait_for_verdict("bottomless")
    assert f"SGD left the picture at step {verdict['since']} and falls at every step, without overshooting" in sentence
    assert remedies(page) == []


def test_an_own_function_without_a_minimum_is_named(playing: Playing) -> None:
    problem = {"id": "expression", "params": {"expression": "x**2 - y**2"}}
    page = playing(problem, {"id": "sgd", "lr": 0.1}, start=(1.5, 0.01))
    page.wait_for_past_verdict("escaped")
    assert "this surface falls for ever; no learning rate helps." in page.wait_for_verdict("bottomless")


# --- slow ---


def test_a_slow_valley_is_named_and_momentum_helps(playing: Playing) -> None:
    page = playing({"id": "ravine", "params": {"kappa": 100}}, {"id": "sgd", "lr": 0.015}, start=(-3.5, 0.2))
    sentence = page.wait_for_verdict("valley")
    assert "the surface curves 100 times as much across it as along it" in sentence
    assert "no rate beats (κ−1)/(κ+1) = 0.98 (rate 0.0198); momentum 0.669 with rate 0.033 leaves 0.829." in sentence
    button = page.page.get_by_role("button", name="Use momentum 0.669 and rate 0.033", exact=True)
    button.click()
    fast(page)
    page.wait_for_verdict("converged")
    edit = page.state("experiment.edits")[0]
    # With a factor of 0.985 per step it would take about 600 more steps.
    assert page.state("verdict.step") < edit["step"] + 200


def test_a_plateau_is_named(playing: Playing) -> None:
    problem = {"id": "expression", "params": {"expression": "1/(1 + exp(-6*x)) + 0*y"}}
    page = playing(problem, {"id": "sgd", "lr": 0.05}, start=(1.3, 0.0))
    assert re.search(
        r"SGD has been on a plateau since step \d+: the slope was \S+ at step \d+, where \S+ would lead evenly down to",
        page.wait_for_verdict("plateau"),
    )
    page.button("Use 0.5").click()
    page.wait_for("s => s.experiment.edits[0]?.set.lr === 0.5")


# --- languages and several runs ---


def test_verdicts_in_chinese(playing: Playing) -> None:
    page = playing({"id": "ravine"}, {"id": "sgd", "lr": 0.25}, start=(-2.5, 2.5), locale="zh-CN")
    sentence = page.wait_for_verdict("unstable")
    assert "学习率 × 最大曲率 = 2.5，超过上限 2" in sentence
    assert "最大的稳定学习率是 0.2" in sentence
    page.page.get_by_role("button", name="改用 0.18", exact=True).click()
    page.page.get_by_label("速度").press("End")
    assert "收敛" in page.wait_for_verdict("converged")


def test_the_selected_run_is_the_one_that_is_explained(page: PageObject) -> None:
    page.wait_for_step(40)
    page.button("Explain run 2: Adam").click()
    # The verdict changes a moment after the choice.
    expect(page.page.locator("[data-verdict] p").first).not_to_have_text(re.compile("^SGD"))
    page.wait_for("s => s.verdict && s.verdict.code !== 'converged'")
    page.page.get_by_label("Speed").press("End")
    assert page.wait_for_verdict("converged").startswith("Adam converged at step ")


def test_the_live_region_does_not_change_with_every_step(page: PageObject) -> None:
    page.choose_problem("bounded_saddle")
    stay_near_saddle(page)
    page.page.get_by_label("Speed").press("Home")  # one step per second: it stays at this verdict during the test
    page.play()
    heard = page.page.locator("[data-verdict] [aria-live]")
    expect(heard).to_contain_text("SGD is near a saddle")
    said = heard.inner_text()
    shown = page.verdict_text()
    page.wait_for("(s, shown) => document.querySelector('[data-verdict] p').innerText !== shown", shown)
    assert page.state("verdict.code") == "near"
    assert heard.inner_text() == said


# --- nothing out of the ordinary, and success ---


def test_it_says_how_far_a_run_has_come_and_what_it_reached_beside_the_others(playing: Playing) -> None:
    rates = ({"id": "sgd", "lr": 0.15}, {"id": "sgd", "lr": 0.005})
    page = playing({"id": "ravine"}, *rates, start=(-2.5, 2.5))
    page.step_to(0)
    assert page.verdict_text() == "SGD 1 is at its start, with a loss of 34.4."
    expect(page.page.locator(".reached")).to_have_count(0)
    page.step_to(40)
    losses = [page.track(run)["loss"] for run in (0, 1)]
    first = next(step for step, loss in enumerate(losses[0]) if loss < 1e-5)
    assert losses[0][40] > 1e-6
    assert min(losses[1]) > 1e-5
    expect(page.page.locator(".reached")).to_have_text(
        f"Reached: a loss below 1e−5, at step {first}. The others: SGD 2 not yet."
    )


@pytest.mark.parametrize(
    ("locale", "overshoots", "meaning"),
    [("en-US", "overshoots", "lands on the other side"), ("zh-CN", "越冲越远", "落到另一侧")],
)
def test_terms_are_explained_on_hover_focus_and_tap(
    playing: Playing, locale: str, overshoots: str, meaning: str
) -> None:
    page = playing({"id": "ravine"}, {"id": "sgd", "lr": 0.25}, start=(-2.5, 2.5), locale=locale)
    page.wait_for_verdict("unstable")
    page.page.keyboard.press(" ")
    page.wait_for("s => !s.playing && s.upToDate")
    term = page.page.locator("[data-verdict] [data-term=overshoot]")
    expect(term).to_have_text(overshoots)
    tip = page.page.get_by_role("tooltip")
    term.hover()
    expect(tip).to_contain_text(meaning)
    page.page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.page.mouse.move(2, 2)
    term.focus()
    expect(tip).to_contain_text(meaning)
    expect(term).to_have_accessible_description(re.compile(meaning))
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    page.page.locator("body").click(position={"x": 2, "y": 2})
    expect(tip).to_have_count(0)
    # Of the problem too.
    page.page.locator(".setup .about [data-term=kappa]").click()
    expect(tip).to_contain_text("κ")
