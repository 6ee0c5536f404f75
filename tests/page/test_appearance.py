"""The page as a whole: languages, themes, sizes, and names of controls."""

import re

import pytest
from playwright.sync_api import Page, expect
from tests.page.conftest import OpenPage
from tests.page.page_object import Json, PageObject

from steepest.protocol.catalog import catalog

pytestmark = pytest.mark.page

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# Latin words that Chinese readers use too, and that no catalog entry holds; names of keys as keyboards have them.
# `optimizer.zero_grad()` is code.
_EVERYWHERE = {"optimizer", "zero", "grad", "log", "Ctrl"}
_EVERYWHERE |= {"Steepest", "English", "torch", "cpu", "float", "lr", "PNG", "Shift", "Home", "End", "Esc", "Enter"}

_WORDS = """() => {
    const found = [];
    const walk = node => {
        for (const child of node.childNodes) {
            if (child.nodeType === Node.TEXT_NODE) found.push(child.textContent);
            else if (child.nodeType === Node.ELEMENT_NODE) {
                for (const name of ['aria-label', 'aria-valuetext', 'aria-description', 'title', 'placeholder', 'alt'])
                    if (child.hasAttribute(name)) found.push(child.getAttribute(name));
                walk(child);
            }
        }
    };
    walk(document.body);
    return found;
}"""


def english_left(page: Page) -> list[str]:
    """English words of three or more letters, in texts or labels, that the Chinese catalog does not contain."""
    known = set(re.findall(r"[A-Za-z]{3,}", " ".join(_chinese(catalog().model_dump())))) | _EVERYWHERE
    texts: list[str] = page.evaluate(_WORDS)
    return sorted({word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)} - known)


# The verdict and the charts have text: before that, there is no English to find.
_SPOKEN = """() => /[一-鿿]/.test(document.querySelector('[data-verdict] p')?.textContent ?? '')
    && document.querySelector('.charts .js-plotly-plot .main-svg') !== null"""


def wait_for_chinese(page: PageObject) -> None:
    """Waits until the page has its Chinese texts; then asserts that no English is left."""
    page.page.wait_for_function(_SPOKEN)
    page.wait_for_value(lambda: english_left(page.page), [])
    page.wait_frames()
    assert english_left(page.page) == []


def _chinese(value: Json) -> list[str]:
    """Every Chinese text of the catalog, and the menu words that are not translated."""
    if isinstance(value, dict):
        own = [value["zh"]] if set(value) == {"en", "zh"} else []
        return own + list(value.get("options", ())) + [text for item in value.values() for text in _chinese(item)]
    return [text for item in value for text in _chinese(item)] if isinstance(value, list | tuple) else []


def test_a_chinese_browser_gets_a_chinese_page(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.wait_for_step(3)
    assert page.page.evaluate("document.documentElement.lang") == "zh-CN"
    for summary in page.page.locator("summary").all():
        summary.click()
    page.page.get_by_role("button", name="暂停").click()
    page.wait_for("s => !s.playing && s.upToDate")
    wait_for_chinese(page)
    page.page.locator("[data-run='0'] input.field").first.fill("0.3")
    page.page.locator("[data-run='0'] input.field").first.press("Enter")
    page.wait_for("s => s.experiment.edits.length === 1")
    expect(page.page.locator("[data-mark~='edit']")).to_have_accessible_name(re.compile("^第 .* 步"))
    page.page.get_by_label("速度").press("End")
    page.page.get_by_role("button", name="播放", exact=True).click()
    assert "超过上限 2" in page.wait_for_verdict("diverged")
    wait_for_chinese(page)


def test_chinese_faults_and_saddles(open_page: OpenPage) -> None:
    page = open_page(locale="zh-CN")
    page.page.get_by_role("combobox", name="问题").select_option("bounded_saddle")
    page.wait_for("s => s.experiment.problem.id === 'bounded_saddle'")
    assert "鞍点" in page.wait_for_saddle()
    page.page.get_by_role("combobox", name="问题").select_option("expression")
    field = page.page.locator("#problem-params-expression")
    field.fill("x**2 + (y")
    expect(page.page.get_by_role("alert")).to_contain_text(re.compile("第 \\d+ 列："))
    wait_for_chinese(page)


def test_the_language_is_switched_and_remembered(page: PageObject) -> None:
    page.page.get_by_role("button", name="中文").click()
    expect(page.page.get_by_role("heading", name="正在发生什么")).to_be_visible()
    expect(page.page.locator("[data-verdict] [aria-live]")).to_contain_text(re.compile("[一-鿿]"))
    wait_for_chinese(page)
    page.page.reload()
    expect(page.page.get_by_role("heading", name="正在发生什么")).to_be_visible()
    page.page.get_by_role("button", name="English").click()
    expect(page.page.get_by_role("heading", name="What is happening")).to_be_visible()
    expect(page.page.locator("html")).to_have_attribute("lang", "en")


def test_server_messages_follow_the_chosen_language(page: PageObject) -> None:
    page.wait_for_step(5)
    page.page.get_by_role("button", name="中文").click()
    page.wait_for("(s, head) => s.head > head + 5", page.head())
    rate = page.page.locator("[data-run='0'] input.field").first
    rate.fill("-1")
    rate.press("Enter")
    expect(page.page.get_by_role("alert")).to_have_text(re.compile("^-1.* 超出范围"))


_CONTRASTS = """() => {
    const style = getComputedStyle(document.documentElement);
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = name => {
        canvas.fillStyle = style.getPropertyValue(name);
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (a, b) => {
        const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
        return (x + 0.05) / (y + 0.05);
    };
    return Object.fromEntries([
        ...['--text', '--muted', '--accent', '--danger', '--good'].map(name => [name, ratio(name, '--panel')]),
        ['--muted on ground', ratio('--muted', '--ground')],
        ['--text on selected', ratio('--text', '--selected')],
        ['--danger on its ground', ratio('--danger', '--danger-ground')],
        ['--on-accent', ratio('--on-accent', '--accent')],
        ...[0, 1, 2, 3, 4, 5, 6, 7].map(run => [`--run-${run}`, ratio(`--run-${run}`, '--panel')]),
    ]);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_themes(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    assert page.page.evaluate("document.documentElement.dataset.theme") == scheme
    ratios: dict[str, float] = page.page.evaluate(_CONTRASTS)
    # WCAG 2.2 AA: 4.5 for text, 3 for what is drawn.
    low = {name: ratio for name, ratio in ratios.items() if ratio < (3 if "run" in name else 4.5)}
    assert low == {}
    assert len(ratios) == 17


def test_the_theme_is_switched_and_remembered(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.page.evaluate(ground)
    html = page.page.locator("html")
    page.page.get_by_role("radio", name="Dark").check(force=True)
    expect(html).to_have_attribute("data-theme", "dark")
    assert page.page.evaluate(ground) != light
    page.page.reload()
    expect(html).to_have_attribute("data-theme", "dark")
    page.page.get_by_role("radio", name="As the system").check(force=True)
    expect(html).to_have_attribute("data-theme", "light")
    assert page.page.evaluate(ground) == light


def test_a_phone_shows_the_stage_first_and_the_transport_always(open_page: OpenPage) -> None:
    page = open_page(**PHONE)
    page.wait_for_step(3)
    width, inner = page.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= inner == 390

    def top(selector: str) -> float:
        found: float = page.page.evaluate("name => document.querySelector(name).getBoundingClientRect().top", selector)
        return found

    assert top("main > .stage") < top("main > .explain") < top("main > .charts") < top("main > .setup")
    play = page.button("Pause")
    for _ in range(2):
        box = play.bounding_box()
        assert box is not None
        assert 0 < box["y"] < 844 - box["height"]
        page.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    play.tap()
    page.wait_for("s => !s.playing")


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (1024, 768), (768, 1024), (360, 640)])
def test_no_size_scrolls_sideways(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    for part in (".stage", ".charts"):
        expect(page.page.locator(f"{part} .js-plotly-plot .main-svg").first).to_be_attached()
    page.wait_for_step(3)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    if size[0] >= 1280:
        assert page.page.evaluate("document.documentElement.scrollHeight") <= size[1]


def test_every_control_has_a_name(page: PageObject) -> None:
    page.pause()
    for summary in page.page.locator("summary").all():
        summary.click()
    used = ":is(button, input, select, textarea, [role=img], [role=slider])"
    open_now = page.page.locator(f"{used}:not(dialog:not([open]) *)")  # controls in a closed dialog have no name yet
    expect(open_now.nth(40)).to_be_attached()
    for element in open_now.all():
        expect(element).to_have_accessible_name(re.compile("."))
    twice = "ids => ids.filter((id, n) => ids.indexOf(id) !== n)"
    page.page.locator("body").press("?")
    expect(page.page.locator("dialog[open]")).to_be_visible()
    for element in page.page.locator(f"dialog[open] {used}").all():
        expect(element).to_have_accessible_name(re.compile("."))
    assert page.page.locator("main [id]").evaluate_all(f"all => ({twice})(all.map(one => one.id))") == []


@pytest.mark.webgl
def test_the_3d_view_opens_without_console_messages(page: PageObject) -> None:
    page.button("3-D").click()
    expect(page.page.get_by_role("img", name=re.compile("three dimensions"))).to_be_visible()
    page.wait_for_step(15)
    page.choose_problem("himmelblau")
    page.wait_for_step(5)
    page.button("Map").click()
    expect(page.page.get_by_role("img", name=re.compile("^Map"))).to_be_visible()


def test_nothing_is_fetched_from_another_host(open_page: OpenPage, browser: object) -> None:
    page = open_page()
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    page.wait_for_step(3)
    origin = page.page.evaluate("location.origin")
    assert len(asked) > 3
    assert [url for url in asked if not url.startswith((origin, "data:", "blob:"))] == []
