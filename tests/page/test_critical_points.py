"""Critical points on the map, of built-in surfaces and of the user's own functions."""

import itertools
import re

import pytest
from playwright.sync_api import expect
from tests.page.conftest import OpenPage
from tests.page.page_object import Json, PageObject

pytestmark = pytest.mark.page

# Null until the map has as many points as its legend counts: the legend is updated first.
_DRAWN = """() => {
    const trace = document.querySelector('.stage .js-plotly-plot')?.data?.find(one => one.name === 'critical points');
    const counts = [...document.querySelectorAll('.stage [data-kind]')].map(one => Number(one.dataset.count));
    if (trace?.x.length !== counts.reduce((sum, count) => sum + count, 0)) return null;
    return trace.x.map((x, n) => [x, trace.y[n], trace.text[n]]);
}"""


def drawn(page: PageObject) -> list[Json]:
    """x, y and text of each critical point on the map."""
    found: list[Json] = page.page.wait_for_function(_DRAWN).json_value()
    return found


def wait_for_counts(page: PageObject, **kinds: int) -> None:
    """Waits until the legend shows these kinds and counts."""
    for kind, count in kinds.items():
        expect(page.page.locator(f".stage [data-kind='{kind}']")).to_have_attribute("data-count", str(count))
    expect(page.page.locator(".stage [data-kind]")).to_have_count(len(kinds))


def test_the_critical_points_of_ones_own_function_appear_on_the_map(page: PageObject) -> None:
    page.choose_problem("expression")
    page.page.locator("#problem-params-expression").fill("x**4 - 2*x**2 + y**2")
    page.page.locator("#problem-params-expression").press("Enter")
    page.wait_for("s => s.experiment.problem.params.expression === 'x**4 - 2*x**2 + y**2'")
    wait_for_counts(page, minimum=2, saddle=1)
    found = sorted(drawn(page))
    assert [[round(x, 4), round(y, 4)] for x, y, _ in found] == [[-1, 0], [0, 0], [1, 0]]
    assert [words.split("<br>")[0] for _, _, words in found] == ["minimum", "saddle", "minimum"]
    assert found[0][2] == "minimum<br>x = −1<br>y = 0<br>f = −1"
    # In text, for screen readers.
    listed = page.page.get_by_role("list", name="Critical points in the picture").get_by_role("listitem")
    page.wait_for_value(
        lambda: sorted(listed.all_text_contents()),
        ["minimum, x = 1, y = 0, f = −1", "minimum, x = −1, y = 0, f = −1", "saddle, x = 0, y = 0, f = 0"],
    )


def test_hovering_shows_kind_position_and_value(page: PageObject) -> None:
    page.choose_problem("himmelblau")
    wait_for_counts(page, minimum=4, saddle=4, maximum=1)
    page.pause()
    assert len(drawn(page)) == 9
    x, y = page.map_point(-0.2708, -0.9230)
    moves = itertools.count()

    def words() -> str:
        """The label's, after one more move on the point: a map that is drawn again loses the label."""
        page.page.mouse.move(x + next(moves) % 2, y)
        return "".join(page.page.locator(".stage .hovertext").all_text_contents())

    page.wait_for_value(lambda: re.search("maximum.*f = 181.6", words()) is not None, True)


def test_a_moved_view_is_searched_again(page: PageObject) -> None:
    page.choose_problem("himmelblau")
    wait_for_counts(page, minimum=4, saddle=4, maximum=1)
    # The middle of the map contains only the maximum.
    for _ in range(3):
        page.button("Zoom in").click()
    wait_for_counts(page, maximum=1)
    page.button("Show all").click()
    wait_for_counts(page, minimum=4, saddle=4, maximum=1)


@pytest.mark.webgl
def test_points_on_the_curve_of_one_variable_and_in_three_dimensions(page: PageObject) -> None:
    page.choose_problem("square")
    wait_for_counts(page, minimum=1)
    [(x, y, words)] = drawn(page)
    assert (x, y) == (2, 0)
    assert words.startswith("minimum<br>")
    page.choose_problem("himmelblau")
    page.button("3-D").click()
    wait_for_counts(page, minimum=4, saddle=4, maximum=1)


def test_the_legend_in_chinese(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.page.get_by_role("combobox", name="问题").select_option("bounded_saddle")
    page.wait_for("s => s.experiment.problem.id === 'bounded_saddle'")
    wait_for_counts(page, minimum=2, saddle=1)
    expect(page.page.locator(".stage [data-kind='saddle']")).to_have_text(re.compile("^鞍点$"))
    assert sorted(words.split("<br>")[0] for _, _, words in drawn(page)) == ["极小点", "极小点", "鞍点"]
