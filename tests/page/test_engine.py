"""The engine: which one makes the runs, and how to choose it."""

import math

import pytest
from playwright.sync_api import Browser, Locator, WebSocketRoute, expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, Json, open_experiment
from tests.page.page_object import PageObject, linked_experiment, surface_url

pytestmark = pytest.mark.page

BEALE = {"id": "beale"}
SGD = {"id": "sgd", "lr": 0.001}


def engine_menu(page: PageObject, summary: str = "Seed, precision, engine") -> Locator:
    """Opens the part of the column with the menu of engines; returns it."""
    page.page.get_by_text(summary).click()
    return page.page.locator("select#engine")


def shown(page: PageObject) -> Locator:
    """The engine in the header, of the selected run."""
    return page.page.locator("header [data-engine]")


@pytest.mark.parametrize(
    ("locale", "summary", "compiled", "eager"),
    [
        ("en-US", "Seed, precision, engine", "compiled", "PyTorch (eager)"),
        ("zh-CN", "随机种子、精度、引擎与播放", "编译", "PyTorch（即时执行）"),
    ],
)
def test_a_new_experiment_is_compiled_and_can_be_switched(
    open_page: OpenPage, locale: str, summary: str, compiled: str, eager: str
) -> None:
    page = open_page(locale=locale)
    expect(shown(page)).to_have_text(compiled)
    menu = engine_menu(page, summary)
    menu.select_option("eager")
    page.wait_for("s => !('engine' in s.experiment) && s.last > 0")
    expect(shown(page)).to_have_text(eager)
    card = page.run_card(1)
    card.locator("summary").click()
    expect(card.locator("[data-engine]")).to_have_text(eager)
    menu.select_option("compiled")
    page.wait_for("s => s.experiment.engine === 'compiled' && s.last > 0")
    expect(card.locator("[data-engine]")).to_have_text(compiled)


def test_a_link_without_the_field_stays_eager_until_another_problem_is_chosen(
    open_page: OpenPage, server_url: str
) -> None:
    page = open_page(surface_url(server_url, BEALE, SGD, start=[1.0, 1.0]))
    expect(shown(page)).to_have_text("PyTorch (eager)")
    assert "engine" not in page.state("experiment")
    page.pause()
    assert "engine" not in linked_experiment(page.link())
    page.choose_problem("himmelblau")
    assert page.state("experiment.engine") == "compiled"
    expect(shown(page)).to_have_text("compiled")
    page.wait_for("s => s.playing || s.last > 0")
    if page.state("playing"):
        page.pause()
    assert linked_experiment(page.link())["engine"] == "compiled"


def test_each_run_says_what_makes_it(page: PageObject) -> None:
    page.wait_for_step(3)
    page.pause()
    page.run_card(1).get_by_role("combobox", name="Optimizer of run 2").select_option("lbfgs")
    page.page.locator("[data-run='1'] .marker").click()
    expect(shown(page)).to_have_text("PyTorch (eager)")
    page.page.locator("[data-run='0'] .marker").click()
    expect(shown(page)).to_have_text("compiled")
    page.button("Share").click()
    engines = page.page.locator("[data-engines]")
    expect(engines).to_have_text("run 1: compiled · run 2: PyTorch (eager)")


def test_a_beginner_sees_the_spiral_learn_at_the_first_speed(page: PageObject) -> None:
    page.button("Data").click()
    page.wait_for("s => s.experiment.problem.kind === 'learning'")
    page.page.get_by_role("combobox", name="Data set").select_option("spiral")
    page.wait_for("s => s.experiment.problem.dataset.id === 'spiral' && s.last > 0")
    expect(shown(page)).to_have_text("compiled")
    expect(page.page.locator(".transport .rate")).to_have_text("60 steps/s")
    # Ten seconds at 60 steps a second.
    page.wait_for("s => s.last >= 600")
    for run in (0, 1):
        assert min(page.track(run)["loss"][:600]) < 0.1


@pytest.mark.parametrize("experiment", [NET, {**NET, "engine": "compiled"}], ids=["eager", "compiled"])
def test_a_recording_at_full_speed_has_every_step(open_page: OpenPage, server_url: str, experiment: Json) -> None:
    page = open_experiment(open_page, server_url, experiment)
    page.page.get_by_label("Speed").press("End")
    last = 10_000 if "engine" in experiment else 300
    page.wait_for("(s, last) => s.head >= last", last)
    head = page.pause()
    for run in (0, 1):
        track = page.track(run)
        assert len(track["loss"]) > head
        assert len(track["params"]) == len(track["loss"])
        assert all(math.isfinite(loss) for loss in track["loss"])
    # The charts show as many steps as were played.
    expect(page.page.get_by_role("slider", name="Step on screen")).to_have_value(str(head))


@pytest.mark.parametrize(
    ("locale", "label", "words"),
    [
        ("en-US", "Check against eager: run 1", "Steps 0 to"),
        ("zh-CN", "与即时执行核对：运行 1", "第 0 至"),
    ],
)
def test_a_compiled_run_is_checked_against_pytorch(open_page: OpenPage, locale: str, label: str, words: str) -> None:
    page = open_page(locale=locale)
    page.wait_for_step(20)
    card = page.run_card(0)
    card.locator("summary").click()
    card.get_by_role("button", name=label).click()
    result = card.locator("[data-checked]")
    expect(result).to_have_attribute("data-checked", "within")
    expect(result).to_contain_text(words)
    # It is about the experiment that was checked.
    page.page.locator("[data-run='0'] input[type='range']").first.press("ArrowRight")
    page.wait_for("s => s.experiment.edits.length === 1")
    expect(result).to_have_count(0)


def test_a_run_of_pytorch_itself_has_nothing_to_check(open_page: OpenPage, server_url: str) -> None:
    page = open_page(surface_url(server_url, BEALE, SGD, start=[1.0, 1.0]))
    card = page.run_card(0)
    card.locator("summary").click()
    expect(card.locator("[data-engine]")).to_have_text("PyTorch (eager)")
    expect(card.get_by_role("button", name="Check against eager: run 1")).to_have_count(0)


@pytest.mark.parametrize(("locale", "words"), [("en-US", "compiling the step…"), ("zh-CN", "正在编译这一步……")])
def test_the_page_says_when_its_records_wait_for_a_kernel(
    browser: Browser, server_url: str, locale: str, words: str
) -> None:
    context = browser.new_context(locale=locale)
    to_page: list[WebSocketRoute] = []
    held: list[str | bytes] = []
    holds = False

    def between(socket: WebSocketRoute) -> None:
        def answered(message: str | bytes) -> None:
            if holds:
                held.append(message)
            else:
                socket.send(message)

        socket.connect_to_server().on_message(answered)
        to_page.append(socket)

    context.route_web_socket("**/api/live", between)
    page = PageObject(context.new_page())
    page.page.goto(server_url)
    page.wait_for_step(3)
    page.page.locator("body").press("Space")
    page.wait_for("s => !s.playing")
    state = page.page.locator("[data-connection]")
    before = state.inner_text()
    holds = True  # the records that it had asked for before the pause may still be on their way, and would end it
    to_page[-1].send('{"op": "compiling", "revision": 1}')
    expect(state).to_have_text(words)
    # The next records end it.
    holds = False
    while held:
        to_page[-1].send(held.pop(0))
    page.page.locator("body").press("Space")
    expect(state).to_have_text(before)
    assert page.console_errors() == []
    context.close()
