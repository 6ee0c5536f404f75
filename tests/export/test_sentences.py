"""The report's sentences are those of the page: cases of frontend/src/ui/verdict-words/verdict-text.test.ts."""

import math
from typing import Any

import pytest

from steepest.engine.diagnosis.detectors import verdict_kinds
from steepest.export.report.sentences import sentences, shown
from steepest.spec.text import Language

KINDS = {kind.model_fields["code"].default: kind for kind in verdict_kinds()}

LIMIT = {
    "since": 12, "law": "plain", "product": 2.31, "limit": 2, "curvature": 23.1, "direction": [0.97, 0.22],
    "largest": 0.0866, "momentum": 0,
}  # fmt: skip
NEAR = {
    "step": 5, "since": 5, "kind": "saddle", "at": [0, 0], "eigenvalues": [-1, 2], "downhill": [0, 1], "law": "plain",
    "factor": 1.1, "escape": 45, "stuck": False,
}  # fmt: skip
SWING = {
    "step": 8, "since": 4, "direction": [0, 1], "factor": 0.9, "swing": 0.25, "half": None, "law": None,
    "momentum": None,
}  # fmt: skip
VALLEY = {
    "step": 30, "since": 20, "direction": [1, 0], "condition": 100, "factor": 0.9912, "advice": "rate",
    "best_rate": 0.0198, "best_factor": 0.9802, "momentum_rate": 0.0331, "momentum": 0.669, "momentum_factor": 0.818,
}  # fmt: skip
ESCAPED = {"step": 46, "since": 5, "kind": "saddle", "at": [0, 0]}


def say(code: str, fields: dict[str, Any], now: int = 17, language: Language = "en") -> str:
    verdict = KINDS[code].model_validate(fields)
    return sentences(verdict, language, name="SGD", now=now, loss=0.5, first_loss=2.0)


@pytest.mark.parametrize(
    ("code", "fields", "now", "expected"),
    [
        (
            "unstable",
            {"step": 14, "limit": LIMIT},
            17,
            "From step 12 on, lr × steepest curvature = 2.31, above the limit 2: each step overshoots farther along "
            "(0.97, 0.22). The largest stable rate here is 0.0866.",
        ),
        (
            "unstable",
            {"step": 14, "limit": {**LIMIT, "law": "heavy_ball", "momentum": 0.9, "limit": 3.8}},
            17,
            "above the limit 2(1 + μ) = 3.8 for momentum μ = 0.9:",
        ),
        (
            "unstable",
            {"step": 14, "limit": {**LIMIT, "law": "nesterov", "momentum": 0.9, "limit": 3.8 / 2.8}},
            17,
            "above the limit 2(1 + μ)/(1 + 2μ) = 1.36 for Nesterov momentum μ = 0.9:",
        ),
        ("near", NEAR, 17, "it should leave at about step 45; 12 steps here so far."),
        ("near", NEAR, 6, "1 step here so far."),
        ("near", NEAR, 50, "it should have left at about step 45; 45 steps here so far."),
        ("near", {**NEAR, "eigenvalues": [-1e-3, 100]}, 17, "(λ = −0.001, 100)"),
        ("near", {**NEAR, "factor": 1.00002}, 17, "multiplies the distance by 1.00002:"),
        ("escaped", {**ESCAPED, "escape": 45}, 50, "SGD left the saddle at (0, 0) after 41 steps (predicted 40)."),
        ("escaped", {**ESCAPED, "escape": 46}, 50, "SGD left the saddle at (0, 0) after 41 steps, as predicted."),
        ("escaped", {**ESCAPED, "escape": None}, 50, "SGD left the saddle at (0, 0) after 41 steps."),
        ("oscillating", SWING, 17, "Each swing is 0.9 times the one before: half as wide after 7 steps."),
        ("oscillating", {**SWING, "factor": 0.3}, 17, "half as wide after 1 step."),
        ("valley", VALLEY, 40, "(κ−1)/(κ+1) = 0.98 (rate 0.0198); momentum 0.669 with rate 0.0331 leaves 0.818."),
        ("valley", {**VALLEY, "advice": "momentum"}, 40, "(rate 0.0198). The curvature changes along the way"),
        (
            "valley",
            {**VALLEY, "factor": 0.99987},
            40,
            "each step leaves 0.99987 of the distance: half of it after 5332 steps.",
        ),
    ],
)
def test_verdicts_are_said_as_the_page_says_them(code: str, fields: dict[str, Any], now: int, expected: str) -> None:
    assert expected in say(code, fields, now)


def test_in_chinese() -> None:
    assert "还剩距离的 0.99987，5332 步后剩一半" in say("valley", {**VALLEY, "factor": 0.99987}, language="zh")
    assert "鞍点" in say("near", NEAR, language="zh")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (1.0, "1"), (-2.5, "−2.5"), (0.125, "0.125"), (1234.5, "1230"), (99999.0, "100000"),
        (100000.0, "1e5"), (123456.0, "1.23e5"), (3.2e38, "3.2e38"), (0.0001, "0.0001"), (0.0000999, "9.99e−5"),
        (5.2412e-7, "5.24e−7"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (0.2, "0.2"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: float, text: str) -> None:
    assert shown(value) == text
