"""The engine: which one makes the runs, and how to choose it."""

import pytest
from playwright.sync_api import Locator, expect
from tests.page.conftest import OpenPage
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
        ("zh-CN", "随机种子、精度与引擎", "编译", "PyTorch（即时执行）"),
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
