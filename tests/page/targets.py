"""What can be pressed on the page, and whether a finger can."""

from playwright.sync_api import Page
from tests.page.page_object import Json

# Everything that can be pressed, with its target box: that of the label if the input itself is hidden.
_TARGETS = """() => [...document.querySelectorAll('button, select, summary, a[href], input')].flatMap(one => {
    if (one.matches('.skip, [data-term]')) return []; // a term is part of a line; its own test is below
    // A hidden input without a label has a button beside it that opens it. A label is pressed as a whole.
    const shown = one.matches('.hidden, [hidden], label > [type=radio]') ? one.closest('label') : one;
    if (!shown) return [];
    const { x, y, width, height } = shown.getBoundingClientRect();
    if (!shown.checkVisibility() || width === 0) return [];
    const name = one.getAttribute('aria-label') || one.id || one.textContent.trim() || one.type;
    return [{ name, kind: one.type ?? one.tagName, x, y, width, height }];
})"""


def targets_too_small(page: Page, least: int = 30) -> list[Json]:
    """Targets that are too small for a finger, once there are more than `least`: some come with what they belong to.

    Check boxes are left out: their label can be pressed as well.
    """
    page.wait_for_function(f"least => ({_TARGETS})().length > least", arg=least)
    targets: list[Json] = page.evaluate(_TARGETS)
    small = [one for one in targets if one["height"] < 39.5 and one["kind"] != "checkbox"]
    narrow = [one for one in targets if one["width"] < 39.5 and one["kind"] not in ("checkbox", "range")]
    return small + narrow
