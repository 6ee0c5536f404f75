"""A film of the stage, as a file that plays."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.experiments import NET, open_experiment, pause_at_step
from tests.page.page_object import PageObject
from tests.page.webm import Film, Picture, decode, read_film

pytestmark = pytest.mark.page


def film_of(page: PageObject, folder: Path, label: str = "Export") -> tuple[str, Film, list[Picture]]:
    """Saves the film of a paused page; its file name, the file's frames, and its pictures."""
    page.button(label).click()
    with page.page.expect_download() as download:
        page.page.locator("[data-film]").click()
    download.value.save_as(folder / "film.webm")
    film = read_film((folder / "film.webm").read_bytes())
    return download.value.suggested_filename, film, decode(page.page, film)


def test_the_stage_is_saved_as_a_film_of_the_path_as_it_grows(page: PageObject, tmp_path: Path) -> None:
    page.wait_for_step(12)
    pause_at_step(page, 12)
    name, film, pictures = film_of(page, tmp_path)
    assert name == "steepest-ravine-step-12.webm"
    assert len(pictures) == len(film.frames) > 12
    # Two seconds of steps and one of rest, if not all pictures could be made in time.
    assert film.frames[-1][0] - film.frames[0][0] > 1500
    assert all(picture.width >= 400 and picture.height >= 300 for picture in pictures)
    # The legend has both runs' colours from the start, and their paths grow.
    first, last = pictures[0], pictures[-1]
    assert first.first > 10
    assert last.first > 1.3 * first.first
    assert last.second > 1.1 * first.second
    # The page is as it was.
    page.wait_for("s => s.head === 12 && !s.playing")


def test_a_film_of_data_and_loss_and_one_that_is_cancelled(
    open_page: OpenPage, server_url: str, tmp_path: Path
) -> None:
    page = open_experiment(open_page, server_url, NET, locale="zh-CN")
    page.wait_for_step(5)
    page.page.get_by_role("button", name="暂停").click()
    page.wait_for("s => !s.playing")
    page.page.locator("body").press("Home")
    page.wait_for("s => s.head === 0")
    page.page.get_by_role("button", name="导出").click()
    entry = page.page.locator("[data-film]")
    expect(entry).to_have_attribute("aria-disabled", "true")
    expect(entry).to_contain_text("请先播放几步")
    page.page.keyboard.press("Escape")
    for _ in range(5):
        page.page.locator("body").press("ArrowRight")
    page.wait_for("s => s.head === 5")
    page.page.get_by_role("button", name="导出").click()
    entry.click()
    expect(entry).to_contain_text("再按一次取消")
    entry.click()
    expect(entry).to_contain_text("第 5 步")
    expect(entry).to_have_attribute("data-film", "")
    page.page.keyboard.press("Escape")
    _, film, pictures = film_of(page, tmp_path, "导出")
    assert len(pictures) > 5
    stage = page.page.locator("#stage").bounding_box()
    assert stage is not None
    assert pictures[0].width / pictures[0].height == pytest.approx(stage["width"] / (stage["height"] + 34), rel=0.05)
    assert film.codec in ("V_VP8", "V_VP9")
    # The first picture has no path yet: it waits for the loss plane of its own step.
    assert pictures[-1].second > 2 * pictures[0].second


@pytest.mark.webgl
def test_a_film_of_the_surface_in_three_dimensions(page: PageObject, tmp_path: Path) -> None:
    page.wait_for_step(8)
    pause_at_step(page, 8)
    page.button("3-D").click()
    expect(page.page.locator("#stage .deep canvas").first).to_be_visible()
    page.page.wait_for_function("() => document.querySelector('#stage .deep .heights, #stage .heights')")
    page.wait_frames(30)
    heard = len(page.console_errors())
    _, _, pictures = film_of(page, tmp_path)
    page.ignore_console_errors(heard, "GPU stall due to ReadPixels")
    assert len(pictures) > 5
    assert pictures[-1].first > pictures[0].first + 50
