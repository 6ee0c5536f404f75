"""axe-core on an open page: what it finds wrong, in words. It comes from the page's development packages."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

# WCAG 2.2 A and AA, and what axe calls best practice.
_RUN = """async () => {
    const { violations, passes } = await axe.run(document, { resultTypes: ['violations'] });
    return {
        rules: passes.length,
        violations: violations.map(({ id, help, nodes }) => `${id}: ${help} ${nodes.map(({ target, any, all, none }) =>
            `${target.join(' ')} (${[...any, ...all, ...none].map(check => check.message).join('; ')})`
        ).join(' | ')}`),
    };
}"""


def violations(page: Page) -> list[str]:
    """Every violation of the page as it stands. It is put in through the debugger, past the page's own policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8") + "; null")
    found: dict[str, Any] = page.evaluate(_RUN)
    assert found["rules"] > 20  # it did look
    return list(found["violations"])
