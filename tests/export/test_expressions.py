"""The user's own function as plain torch: the same operations in the same order, so the same bits; and nothing else."""

import ast
import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.export.scripts import own, perform, script, unformatted
from tests.problems.test_expression_property import expressions

from steepest.export.script.literals import comment, literal, number, plain, quoted
from steepest.problems.expression import MAX_LENGTH

CHOSEN = {
    "x**2 - y**2 + sin(3*x)": "return x**2 - y**2 + torch.sin(3 * x)",
    "-x**2": "return -(x**2)",
    "(-x)**2 + (x + y)**2": "return (-x) ** 2 + (x + y) ** 2",
    "x - (y - (x - y))": "return x - (y - (x - y))",
    "x/(y/x)": "return x / (y / x)",
    "2**-x": "return 2.0**-x",
    "x**2**y": "return x ** (2.0**y)",
    "(x**2)**2": "return (x**2) ** 2",
    "2*pi*x": "return 2 * math.pi * x",
    "x**(1/3)": "return x ** (1 / 3)",
    "sqrt(2)*x": "return 1.4142135623730951 * x",
    "9**9**9*x": "return torch.inf * x",
    "x/0": "return x / 0",
    "(0/0)*x": "return torch.nan * x",
    "(10+0)**20*x": "return 1e20 * x",
    "(-2)**x": "return (-2.0) ** x",
    "(1 + 2)**x*y": "return (1 + 2) ** x * y",
    "min(x, 1, y)": "return smallest(x, torch.tensor(1, dtype=dtype), y)",
    "hypot(x, 2*pi)": "return hypot(x, torch.tensor(2 * math.pi, dtype=dtype))",
    "123456789012345678901234567890*x": "return 1.2345678901234568e29 * x",
}


@pytest.mark.parametrize("typed", CHOSEN)
def test_chosen_ones(typed: str) -> None:
    for dtype in ("float32", "float64"):
        source = script(own(typed, dtype=dtype))
        assert f"    {CHOSEN[typed]}\n" in source
        perform(source)


def long(sign: str, term: str) -> str:
    text = term
    while len(text) + len(term) + 3 <= MAX_LENGTH and text.count(term) < 25:
        text += f" {sign} {term}"
    return text


LONG = [
    long("+", "sin(x*y)**2"),
    long("*", "(1 + 0.01*x)"),
    long("-", "x*cos(y)/3"),
    "max(" + ", ".join(["x", "y"] * 60) + ")",
    "max(" + ", ".join(["sin(x)", "y**2"] * 14) + ") * x",
    "x + (" * 25 + "y" + ")" * 25 + " * sin(x + y)",
    "sin(x)*("
    + long("+", "exp(x)")[:200].rsplit(" + ", 1)[0]
    + ")/("
    + long("+", "cos(y)")[:200].rsplit(" + ", 1)[0]
    + ")",
]


@pytest.mark.parametrize("n", range(len(LONG)))
def test_long_ones_are_cut_into_statements(n: int, tmp_path: Path) -> None:
    made = own(LONG[n], dtype="float64")
    source = script(made)
    perform(source)
    assert unformatted([source], tmp_path) == ""
    assert max(len(line) for line in source.splitlines() if "as it was typed" not in line) <= 120


@pytest.mark.parametrize("a", [2.0, -3.0, 0.1, -0.0, 1e-7])
def test_parameters_are_written_as_numbers(a: float, tmp_path: Path) -> None:
    made = own("a*x^2 + y^2/(a^2 + 1) + x^(2a) - sin(a)", dtype="float64", a=a)
    source = script(made)
    perform(source)
    assert f"with a = {a!r}" in source
    assert unformatted([source], tmp_path) == ""


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions)
def test_any_expression_ends_at_the_same_bits(typed: str) -> None:
    perform(script(own(typed, dtype="float64", steps=3)))


def test_any_expression_is_laid_out_as_ruff_would(tmp_path: Path) -> None:
    sources: list[str] = []

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(expressions)
    def collect(typed: str) -> None:
        sources.append(script(own(typed, steps=1)))

    collect()
    assert unformatted(sources, tmp_path) == ""


HOSTILE = [
    'x"""\nimport os',
    "x\nimport os",
    "x\rimport os",
    "x\u2028import os\u2029import os\x85import os\x0cimport os\x0bimport os",
    "x\\\nimport os",
    "x' + __import__('os') + '",
    '"; import os; "',
    "\\",
    "\\N{NULL}",
    "{__import__}",
    "# -*- coding: utf-7 -*-",
    "\x00",
    "\u202e\u200b",
]


@given(st.one_of(st.sampled_from(HOSTILE), st.text()))
def test_text_cannot_leave_its_comment_or_its_string(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    source = f"{comment(text)}\nfound = {quoted(text)}\n"
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Assign)
    assert statement.value.value == plain(text).replace('"', "'")  # type: ignore[attr-defined]
    kinds = {token.type for token in tokenize.generate_tokens(io.StringIO(source).readline)}
    expected = {tokenize.COMMENT, tokenize.NL, tokenize.NAME, tokenize.OP, tokenize.STRING, tokenize.NEWLINE}
    assert kinds == expected | {tokenize.ENDMARKER}


@given(st.floats(width=64))
def test_numbers_read_back(value: float) -> None:
    import torch

    again = eval(number(value), {"torch": torch})
    assert repr(again) == repr(value)


def test_values_as_torch_takes_them() -> None:
    assert literal([None, 1e-3]) == "(None, 0.001)"
    assert literal("strong_wolfe") == '"strong_wolfe"'
    assert literal(True) == "True"
    assert literal(1e22) == "1e22"
