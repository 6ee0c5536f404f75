"""Accessibility check of an open page by axe-core, which is a development package of the page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# axe's default rules: WCAG 2.2 A and AA, and best practices.
_RUN = """async () => {
    const { violations, passes } = await axe.run(document, { resultTypes: ['violations'] });
    return {
        rules: passes.length,
        violations: violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ target, any, all, none }) =>
            `${target.join(' ')} (${[...any, ...all, ...none].map(check => check.message).join('; ')})`
        ).join(' | ')}`),
    };
}"""


def violations(page: Page, least: int = 21) -> list[str]:
    """Every violation on the page now. least: rules that apply to it; fewer where it shows hardly anything.

    The debugger injects axe, since the Content-Security-Policy refuses a script.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8") + "; null")
    found: dict[str, Any] = page.evaluate(_RUN)
    assert found["rules"] >= least  # axe did run
    return list(found["violations"])
