"""The user's own function: what is read, what is refused, in which words and at which column."""

import ast
import inspect
import math
import pickle
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from steepest import spec
from steepest.problems import SurfaceProblem, prepare_problem, surfaces
from steepest.problems.expression import (
    CONSTANTS,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    PARAMETERS,
    VARIABLES,
    Tree,
    compile_tree,
    latex,
    parse,
    with_numbers,
)
from steepest.problems.expression.functions import SURFACE
from steepest.problems.expression.notation import plain
from steepest.problems.expression.parse import check_size, to_tree
from steepest.problems.expression.scan import scan
from steepest.problems.expression.tree import Number, Operation, Variable
from steepest.spec import Invalid


def problem(text: str, **params: object) -> SurfaceProblem:
    given = {"expression": text, **params}
    made = prepare_problem(spec.SurfaceProblem.model_validate({"kind": "surface", "id": "expression", "params": given}))
    assert isinstance(made, SurfaceProblem)
    return made


def assert_quick(action: Callable[[], object]) -> None:
    """Under 10 ms of this process's time; the best of three, since the first call of a torch function loads things."""
    times = []
    for _ in range(3):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    assert min(times) < 0.010


def error_of(text: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        parse(text)
    return caught.value


def refusal(text: str) -> Invalid:
    """The error, after a look at what every one must have."""
    assert_quick(lambda: error_of(text))
    error = error_of(text)
    assert error.field == "expression"
    assert error.column is not None
    assert 1 <= error.column <= min(len(text), MAX_LENGTH) + 1
    assert error.text.en
    assert error.text.zh
    for words in (error.text.en, error.text.zh):
        words.encode()  # can be sent: no lone surrogate
        assert words.isprintable()
        assert len(words) < 400
    return error


def numbered(text: str, **values: float) -> Tree:
    """The tree with numbers for its parameters: 1 where none is given."""
    return with_numbers(parse(text), {**dict.fromkeys(PARAMETERS, 1.0), **values})


def value(text: str, x: float, y: float = 0.5, dtype: torch.dtype = torch.float64) -> float:
    at = torch.tensor([x, y], dtype=dtype)
    return float(compile_tree(numbered(text))(*at))


def slopes(text: str, x: float, y: float = 0.5) -> list[float]:
    at = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
    grad: Tensor = torch.autograd.grad(compile_tree(parse(text))(*at.unbind()), at)[0]
    return [float(g) for g in grad]


# ---- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2 - y**2", 3.75),
        ("-x**2", -4.0),
        ("(-x)**2", 4.0),
        ("2**-x", 0.25),
        ("x**y**2", 2**0.25),
        ("--x", 2.0),
        ("+x", 2.0),
        ("x/y/2", 2.0),
        ("x - y - 1", 0.5),
        ("1e-3*x", 0.002),
        (".5*x + 2.*y", 2.0),
        ("pi*x + e", 2 * math.pi + math.e),
        ("  x +\ty ", 2.5),
        ("max(x, y, 3)", 3.0),
        ("min(x, y, -x)", -2.0),
        ("hypot(x, 1.5)", 2.5),
        ("sin(x)**2 + cos(x)**2", 1.0),
        ("relu(-x) + relu(x)", 2.0),
        ("sigmoid(x - 2)", 0.5),
        ("softplus(x - 2)", math.log(2)),
        ("abs(-x)", 2.0),
        ("log(exp(x))", 2.0),
        ("sqrt(x*8)", 4.0),
        ("atan(tan(y)) + asin(sin(y)) + acos(cos(y))", 1.5),
        ("cosh(y)**2 - sinh(y)**2 + tanh(0*x)", 1.0),
    ],
)
def test_values(text: str, expected: float) -> None:
    assert value(text, 2.0) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "strict"),
    [
        ("x^2", "x**2"),
        ("x² − y³", "x**2 - y**3"),
        ("x⁻¹⁰", "x**-10"),
        ("2x", "2*x"),
        ("2xy", "2*x*y"),
        ("x y", "x*y"),
        ("(x)(y)", "(x)*(y)"),
        ("2(x+1)y", "2*(x + 1)*y"),
        ("x(y + 1)", "x*(y + 1)"),
        ("2πx", "2*pi*x"),
        ("3 + 2sin(x)", "3 + 2*sin(x)"),
        ("|x|", "abs(x)"),
        ("2|x| + |y - 1|x", "2*abs(x) + abs(y - 1)*x"),
        ("||x| - 1|", "abs(abs(x) - 1)"),
        ("e^x", "exp(x)"),
        ("e^(-x²)", "exp(-x**2)"),
        ("sin x", "sin(x)"),
        ("sin 2x + cos y", "sin(2*x) + cos(y)"),
        ("sin x cos y", "sin(x)*cos(y)"),
        ("sin x^2", "sin(x**2)"),
        ("sin^2 x + sin²x", "2*sin(x)**2"),
        ("sin^2(x)y", "sin(x)**2*y"),
        ("sin cos x", "sin(cos(x))"),
        ("sin -x", "sin(-x)"),
        ("ln x + ln(y)", "log(x) + log(y)"),
        ("arctan x", "atan(x)"),
        ("√x + 2√(x + 1)y", "sqrt(x) + 2*sqrt(x + 1)*y"),
        ("√x y", "sqrt(x)*y"),
        ("1/2x", "x/2"),
        ("-x^2", "-(x**2)"),
        ("f(x,y) = x^2 + y^2", "x**2 + y**2"),
        ("f(x) = x^2", "x**2"),
        ("z = 100(y - x²)² + (1 − x)²", "100*(y - x**2)**2 + (1 - x)**2"),
        ("(x + 1)·(y÷2)", "(x + 1)*(y/2)"),
        ("max(x，y)", "max(x, y)"),
        ("hypot(x, y)^2", "hypot(x, y)**2"),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(text: str, strict: str) -> None:
    for x, y in ((2.0, 0.5), (0.3, 1.7)):
        assert value(text, x, y) == pytest.approx(value(strict, x, y), rel=1e-14)


@pytest.mark.parametrize(
    "text", ["x**2 - y**2", "max(x, y, 3)", "  x +\ty ", "1e-3*x", "-x**-2", "sin(x)**2 + abs(-x)"]
)
def test_what_is_in_the_strict_notation_keeps_every_column(text: str) -> None:
    written, columns = plain(text, SURFACE)
    assert written.split() == text.split()
    pairs = [
        (character, text[column - 1]) for character, column in zip(written, columns, strict=True) if character != " "
    ]
    assert all(character == typed for character, typed in pairs)
    assert [column for character, column in zip(written, columns, strict=True) if character != " "] == [
        n for n, character in enumerate(text, 1) if character not in " \t"
    ]


@pytest.mark.parametrize(
    ("text", "x", "expected"),
    [
        ("x**2", -3.0, -6.0),
        ("x**2", 0.0, 0.0),
        ("x**3", -2.0, 12.0),
        ("x**1", 0.0, 1.0),
        ("x**0", 0.0, 0.0),
        ("x**0", -2.0, 0.0),
        ("x**-1", 2.0, -0.25),
        ("x**(1+1)", -3.0, -6.0),
        ("x**2.0", -3.0, -6.0),
        ("x**0.5", 4.0, 0.25),
        ("x**y", 4.0, 0.25),
        ("2**x", 3.0, 8 * math.log(2)),
        ("abs(x)", 0.0, 0.0),
        ("abs(x)", -1.0, -1.0),
        ("relu(x)", 0.0, 0.0),
        ("max(x, 0)", 0.0, 0.5),
        ("min(x, -x)", 0.0, 0.0),
        ("hypot(x, 0*y)", 0.0, 0.0),
        ("hypot(x, 0)", -2.0, -1.0),
        ("softplus(x)", 0.0, 0.5),
        ("softplus(x)", 1000.0, 1.0),
        ("sigmoid(x)", -1000.0, 0.0),
    ],
)
def test_slopes_at_the_points_where_they_go_wrong(text: str, x: float, expected: float) -> None:
    assert slopes(text, x)[0] == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("text", ["x**2", "x**3", "x**2 + x**1 + x**0", "hypot(x, y)**2", "softplus(x)", "(x - y)**4"])
def test_second_derivatives_are_finite_at_zero(text: str) -> None:
    at = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    (grad,) = torch.autograd.grad(compile_tree(parse(text))(*at.unbind()), at, create_graph=True)
    for g in grad:
        (row,) = torch.autograd.grad(g, at, retain_graph=True)
        assert row.isfinite().all()


def test_every_name_of_the_list_works() -> None:
    for name in VARIABLES:
        parse(name)
    for name, number in CONSTANTS.items():
        assert value(f"x - x + {name}", 1.0) == pytest.approx(number)
    for function in FUNCTIONS.values():
        assert math.isfinite(value(function.usage, 0.5))


# ---- the surface -----------------------------------------------------------------------------------------------------


def test_two_variables_make_a_surface_and_x_alone_a_curve() -> None:
    surface, curve, flat = problem("x**2 - y**2"), problem("x**4 - x", radius=3.0), problem("y**2")
    assert (surface.dim, curve.dim, flat.dim) == (2, 1, 2)
    assert curve.scene.names == ("x",)
    assert curve.scene.bounds == ((-3.0, 3.0),)
    assert surface.scene.names == ("x", "y")
    assert surface.scene.bounds == ((-2.0, 2.0), (-2.0, 2.0))
    assert surface.scene.formula == "x^{2} - y^{2}"
    points = torch.randn(3, 4, 1, dtype=torch.float64)
    torch.testing.assert_close(curve.loss_at(points), points[..., 0] ** 4 - points[..., 0])
    # What does not depend on x has the slope 0 along x, and every point's own value.
    points = torch.randn(5, 2, dtype=torch.float64, requires_grad=True)
    values = flat.loss_at(points)
    assert values.shape == (5,)
    (grad,) = torch.autograd.grad(values.sum(), points)
    torch.testing.assert_close(grad, torch.stack([torch.zeros(5).double(), 2 * points[:, 1]], 1).detach())


def test_the_default_is_the_plain_saddle() -> None:
    default = surfaces()["expression"].problem({})
    points = torch.randn(10, 2)
    saddle = surfaces()["strict_saddle"].problem({})
    torch.testing.assert_close(default.loss_at(points), saddle.loss_at(points))


def test_a_refusal_comes_with_its_path_and_column_through_the_catalog() -> None:
    with pytest.raises(Invalid) as caught:
        problem("x^2 + (y")
    assert (caught.value.field, caught.value.column) == ("params.expression", 7)
    with pytest.raises(Invalid) as caught:
        problem("x" * 501)
    assert (caught.value.field, caught.value.column) == ("params.expression", 501)
    with pytest.raises(Invalid) as caught:
        problem("x", radius=-1.0)
    assert caught.value.field == "params.radius"


def test_a_program_can_be_sent_to_another_process() -> None:
    program = compile_tree(parse("max(sin(x)**2, 0, y) + sigmoid(y)/3"))
    again = pickle.loads(pickle.dumps(program))
    at = torch.randn(2, 5)
    assert torch.equal(program(*at), again(*at))


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "write a function"),
        (" \t ", 1, "write a function"),
        ("3", 1, "must use x or y"),
        ("  2*pi", 3, "must use x or y"),
        ("x 2", 3, "operator is missing"),
        ("2 3x", 3, "operator is missing"),
        ("2foo(x)", 2, "only decimal numbers"),
        ("(x)2", 4, "operator is missing"),
        ("x + sin", 5, "write sin(x)"),
        ("sinn(x)", 1, "did you mean sin?"),
        ("x + foo(x)", 5, "known here: x, y, pi, e, sin"),
        ("pow(x, 2)", 1, "write x**y"),
        ("X", 1, "write x"),
        ("floor(x)", 1, "gradient of floor is 0"),
        ("x + zw", 5, "unknown name zw; write z*w for a product"),
        ("x + foo", 5, "unknown name foo"),
        ("a + b", 1, "must use x or y"),
        ("x = 2", 3, "no equation"),
        ("x < 2", 3, "no equation"),
        ("x.real", 2, "a dot belongs inside a number"),
        ("max(x)", 1, "takes 2 or more arguments, not 1"),
        ("hypot(x, y, 1)", 1, "takes 2 arguments, not 3"),
        ("x + sin(x, y)", 5, "takes 1 argument, not 2"),
        ("sin()", 1, "takes 1 argument, not 0"),
        ("max(x, y,)", 10, "a value is missing before )"),
        ("max(x,, y)", 7, "a value is missing before ,"),
        ("x,5", 2, "write 0.5 with a dot"),
        ("(x, y)", 3, "comma only separates"),
        ("()", 2, "a value is missing before )"),
        ("(x", 1, "never closed"),
        ("x)", 2, "closes no bracket"),
        ("x) + (y", 2, "closes no bracket"),
        ("x +", 4, "ends too early"),
        ("x * / y", 5, "a value is missing before /"),
        ("x***2", 4, "a value is missing before *"),
        ("*x", 1, "a value is missing before *"),
        ("x // 2", 3, "write / to divide"),
        ("x % 2", 3, "/100"),
        ("007*x", 1, "write 7"),
        ("00.5*x", 1, "write 0.5"),
        ("1..2*x", 3, "operator is missing"),
        ("x² + (y", 6, "never closed"),
        ("2xy + |x", 7, "this | is never closed"),
        ("f(x, y) = 2xy +", 16, "ends too early"),
        ("sin 2x + foo y", 10, "unknown name foo"),
        ("|x| + 007y", 7, "write 7"),
        ("x² = 4", 4, "no equation"),
        ("sin^-1 x", 1, "write sin(x)"),
        ("x。5", 2, "write . instead"),
        ("max（x, y）", 4, "write the plain ("),
        ("ｘ + 1", 1, "write the plain x"),
        ("x +\n1", 4, "one line"),
        ("x # note", 3, "no meaning"),
        ("1" * 41 + "*x", 1, "a number of 41 characters"),
    ],
)
def test_a_mistake_is_named_with_its_column_and_what_would_be_right(text: str, column: int, words: str) -> None:
    error = refusal(text)
    assert (error.column, words in error.text.en) == (column, True), error


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9 + x",
        "2**(2**(2**99)) + x",
        "x**1e9",
        "exp(exp(exp(x)))",
        "x**(9**9**9)",
        "(9**9**9)**x",
        "10**400*x",
        "1e400*x",
        "x**" + "9" * 40,
    ],
)
def test_case_23_huge_numbers_are_floats_and_quick(text: str) -> None:
    assert_quick(lambda: slopes(text, 20.0))
    grad = slopes(text, 20.0)
    assert value(text, 20.0) == math.inf
    assert not all(math.isfinite(slope) for slope in grad) or grad == [1.0, 0.0]  # the slope of inf + x is 1
    assert value(text, 20.0, dtype=torch.float32) == math.inf


@pytest.mark.parametrize("text", ["1<<10**9", '"a"*10**9', "x<<2", "x>>1", "x&1", "x|1", "~x", "x@y"])
def test_case_23_operators_of_integers_and_strings_are_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("x.__class__", 2),
        ("().__class__.__bases__", 2),
        ("__import__('os').system('ls')", 12),
        ("__import__", 1),
        ("__builtins__", 1),
        ("x[0]", 2),
        ("x[::2]", 2),
        ("lambda: x", 7),
        ("lambda x", 1),
        ("(x := 1)", 4),
        ("[x for x in y]", 1),
        ("{x}", 1),
        ("{1: x}", 1),
        ("f'{x}'", 2),
        ("max(*x)", 5),
        ("max(**x)", 5),
        ("max(x, key=y)", 11),
        ("'text'", 1),
        ("b'bytes'", 2),
        ("x + 1J", 6),
        ("...", 1),
        ("x...", 2),
        ("x + …", 5),
        ("True", 1),
        ("None", 1),
        ("x if y else 1", 3),
        ("x and y", 3),
        ("not x", 1),
        ("x in y", 3),
        ("x is y", 3),
        ("x == y", 3),
        ("x; y", 2),
        ("import os", 1),
        ("await x", 1),
        ("yield", 1),
        ("eval(x)", 1),
        ("exec(x)", 1),
        ("open(x)", 1),
        ("torch.sin(x)", 1),
        ("ｅval(x)", 1),
        ("𝐱 + 1", 1),
        ("sın(x)", 2),
        ("x\u200b+1", 2),
        ("\u202ex", 1),
        ("x\\", 2),
        ("0x10*x", 2),
        ("0b1*x", 2),
        ("1_000*x", 2),
        ("x!", 2),
        ("x?", 2),
        ("$x", 1),
        ("`x`", 1),
    ],
)
def test_case_24_everything_else_of_python_is_refused_with_its_column(text: str, column: int) -> None:
    assert refusal(text).column == column


@pytest.mark.parametrize(
    "text",
    [
        "x.real", "x[0]", "lambda: x", "(x := 1)", "[x for x in y]", "(x for x in y)", "f'{x}'", "max(*x)", "max(**x)",
        "max(x, key=y)", "'a'", "b'a'", "1j", "...", "True", "None", "x if y else 1", "x and y", "not x", "~x",
        "x < y", "x // y", "x % y", "x @ y", "x << y", "x & y", "eval(x)", "sin(x)(y)", "x.sin(y)", "zw", "{x}",
        "{x: y}", "[x]", "(x, y)", "sin", "max", "x()",
    ],
)  # fmt: skip
def test_case_24_the_allow_list_alone_refuses_them_too(text: str) -> None:
    # `scan` has refused all of these before; the parser does not rely on it.
    with pytest.raises(Invalid) as caught:
        to_tree(ast.parse(text, mode="eval").body, text, 1)
    assert caught.value.column is not None


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("x" * 501, 501),
        ("x" * 10_000_000, 501),
        ("x" + "+x" * 5_000, 501),
        ("-" * 100_000 + "x", 501),
        ("(" * 100_000, 501),
        ("9" * 4301, 501),
        ("x" + "+x" * 100, 201),
        ("(" * 31 + "x" + ")" * 31, 31),
        ("sin(" * 31 + "x" + ")" * 31, 124),
        ("-" * 31 + "x", 31),
        ("-+" * 200 + "x", 31),
        ("**".join("x" * 31), 91),
        ("sin(-(" * 14 + "sin(-x)" + "))" * 14, 90),
        ("9" * 400, 1),
        ("x\0", 2),
        ("\0", 1),
        ("\ud800", 1),
        ("x + \udfff", 5),
        ("\x1b[31m", 1),
        ("(" * 400, 31),
        ("[" * 400, 1),
        (")" * 400, 1),
        ("x(" * 200, 62),
        ("," * 400, 1),
        ("sin " * 100, 125),
        ("1e" + "9" * 400, 1),
        ("a" * 500, 1),
        ("." * 500, 1),
    ],
    ids=lambda v: ascii(v)[:30],
)
def test_case_25_limits_come_before_deep_work(text: str, column: int) -> None:
    assert refusal(text).column == column


def test_case_25_nothing_deep_is_begun_when_a_limit_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(ast, "parse", never)
    for text in ("x" * 501, "x" + "+x" * 100, "(" * 31 + "x" + ")" * 31, "-" * 31 + "x", "1" * 41, "x\0", "ｅval(x)"):
        refusal(text)


def test_case_25_the_limits_themselves_are_allowed() -> None:
    assert value("x" + "+x" * 99 + " " * 301, 1.0) == 100.0  # 500 characters, 199 parts, one flat sum
    assert len("x" + "+x" * 99 + " " * 301) == MAX_LENGTH
    assert value("-x" + "+x" * 99, 1.0) == 98.0  # 200 parts
    assert MAX_NODES == 200
    assert value("(" * MAX_DEPTH + "x" + ")" * MAX_DEPTH, 3.0) == 3.0
    assert value("tanh(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1), 0.0) == 0.0
    assert value("**".join("x" * MAX_DEPTH), 1.0) == 1.0
    assert latex(parse("+".join(["x*y"] * 50))) == " + ".join(["xy"] * 50)


@pytest.mark.parametrize("error", [RecursionError, MemoryError, SyntaxError, ValueError, UnicodeEncodeError])
def test_case_25_whatever_a_python_raises_is_a_refusal(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def raises(*_: object, **__: object) -> None:
        raise error("utf-8", "x", 0, 1, "no") if error is UnicodeEncodeError else error("no")

    monkeypatch.setattr(ast, "parse", raises)
    assert refusal("x + y").column == 1


def test_case_25_a_caller_near_the_end_of_its_stack_gets_a_refusal_or_a_tree() -> None:
    def deep(levels: int) -> str:
        if levels:
            return deep(levels - 1)
        try:
            parse("x" + "+x" * 99)
        except Invalid as error:
            return error.text.en
        return "tree"

    here = len(inspect.stack())
    outcomes = set()
    for left in range(60, 260, 10):
        try:
            outcomes.add(deep(sys.getrecursionlimit() - here - left))
        except RecursionError:
            continue  # the stack ended before the parser's own first lines
    assert outcomes <= {"tree", "cannot be read; write it more simply"}
    assert "tree" in outcomes


def test_check_size_counts_without_recursion() -> None:
    with pytest.raises(Invalid):
        check_size(ast.parse("x" + "+x" * 150, mode="eval").body, 1)
    with pytest.raises(Invalid):
        check_size(ast.parse("-" * 60 + "x", mode="eval").body, 1)


@pytest.mark.parametrize(
    ("text", "x", "expected", "slope"),
    [
        ("sqrt(x)", -1.0, math.nan, math.nan),
        ("sqrt(x)", 0.0, 0.0, math.inf),
        ("sqrt(-1) + x", 1.0, math.nan, 1.0),
        ("log(x)", 0.0, -math.inf, math.inf),
        ("log(x)", -1.0, math.nan, -1.0),  # torch's slope of log is 1 / x everywhere
        ("log(0)*x", 1.0, -math.inf, -math.inf),
        ("1/x", 0.0, math.inf, -math.inf),
        ("1/0 + x", 1.0, math.inf, 1.0),
        ("0/0*x", 1.0, math.nan, math.nan),
        ("x**-1", 0.0, math.inf, -math.inf),
        ("x**0.5", -1.0, math.nan, math.nan),
        ("asin(x)", 2.0, math.nan, math.nan),
        ("acos(x)", 1.0, 0.0, -math.inf),
        ("abs(x)", 0.0, 0.0, 0.0),
        ("max(x, 0)", 0.0, 0.0, 0.5),
        ("max(x, x)", 1.0, 1.0, 1.0),
        ("max(x, x, x)", 1.0, 1.0, 1.0),
        ("min(x, 0)", 0.0, 0.0, 0.5),
        ("hypot(x, 0)", 0.0, 0.0, 0.0),
        ("relu(log(x))", -1.0, math.nan, -1.0),
        ("cosh(x)", 1000.0, math.inf, math.inf),
    ],
)
def test_case_26_outside_its_domain_a_function_is_flagged_and_never_raises(
    text: str, x: float, expected: float, slope: float
) -> None:
    np.testing.assert_equal(value(text, x), expected)
    np.testing.assert_equal(slopes(text, x)[0], slope)


# ---- LaTeX -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x**2 - y**2", "x^{2} - y^{2}"),
        ("2*x*y", "2xy"),
        ("2*3*x", r"2 \cdot 3x"),
        ("x*.5", r"x \cdot 0.5"),
        ("pi*x", r"\pi x"),
        ("2*pi*x", r"2\pi x"),
        ("e**x", "e^{x}"),
        ("exp(-x**2)", "e^{-x^{2}}"),
        ("exp(x)**2", r"\left(e^{x}\right)^{2}"),
        ("1/(1 + exp(-x))", r"\frac{1}{1 + e^{-x}}"),
        ("sin(x)**2", r"\sin^{2}\left(x\right)"),
        ("sqrt(x**2 + y**2)", r"\sqrt{x^{2} + y^{2}}"),
        ("abs(x - y)", r"\left|x - y\right|"),
        ("max(x, 0, -y)", r"\max\left(x, 0, -y\right)"),
        ("x - (y + 1)", r"x - \left(y + 1\right)"),
        ("x - (y - 1)", r"x - \left(y - 1\right)"),
        ("(x + y)*(x - y)", r"\left(x + y\right)\left(x - y\right)"),
        ("-(x + y)", r"-\left(x + y\right)"),
        ("-x*y", "-xy"),
        ("x*-y", r"x\left(-y\right)"),
        ("x + -y", r"x + \left(-y\right)"),
        ("(x + 1)**2", r"\left(x + 1\right)^{2}"),
        ("-x**2", "-x^{2}"),
        ("(-x)**2", r"\left(-x\right)^{2}"),
        ("(x**2)**3", r"\left(x^{2}\right)^{3}"),
        ("x**y**2", "x^{y^{2}}"),
        ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        ("1e-3*x", "10^{-3}x"),
        ("2.5e6*x", r"2.5 \cdot 10^{6}x"),
        ("log(x)", r"\ln\left(x\right)"),
        ("sigmoid(x)", r"\sigma\left(x\right)"),
    ],
)
def test_latex(text: str, expected: str) -> None:
    assert latex(parse(text)) == expected


def test_columns_stay_those_of_the_text_behind_leading_blanks() -> None:
    assert parse("   x + 1.50") == Operation("+", Variable("x"), Number(1.5, "1.50"))
    scan("   x")


def refused_at(text: str) -> int | None:
    """The column of the error; None where there is none."""
    try:
        value(text, 0.5)
    except Invalid as error:
        return error.column or 0
    return None


def test_any_text_is_read_or_refused_at_one_of_its_columns() -> None:
    random = Random(0)
    parts = [*"xy25.()|+-*/^² √πe,=", "sin ", "cos", "ln ", "abs(", "max(", "f(x)="]
    for _ in range(5_000):
        text = "".join(random.choices(parts, k=random.choice([3, 6, 12, 40])))
        column = refused_at(text)
        assert column is None or 1 <= column <= len(text) + 1


# ---- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a*x^2 + y^2", {"a": 3.0}, 12.25),
        ("ax² + by", {"a": 2.0, "b": -1.0}, 7.5),
        ("2ax", {"a": 5.0}, 20.0),
        ("a(x + 1)", {"a": 5.0}, 15.0),
        ("sin ax", {"a": 0.5}, math.sin(1.0)),
        ("x^n", {"n": 3.0}, 8.0),
        ("x**-p", {"p": 1.0}, 0.5),
        ("f(x, y) = k x", {"k": 4.0}, 8.0),
        ("axy + c", {"a": 2.0, "c": 1.0}, 3.0),
        ("a^2 x", {"a": -3.0}, 18.0),
    ],
)
def test_other_letters_are_numbers(text: str, values: dict[str, float], expected: float) -> None:
    tree = numbered(text, **values)
    assert float(compile_tree(tree)(torch.tensor(2.0), torch.tensor(0.5))) == pytest.approx(expected)


def test_a_parameter_keeps_its_name_in_the_formula() -> None:
    assert latex(numbered("a*x^2 + b y", a=-2.0, b=7.0)) == "ax^{2} + by"


def test_a_problem_has_the_values_of_its_parameters() -> None:
    made = problem("a*x^2 + b*y^2", a=3)
    assert made.values == {"expression": "a*x^2 + b*y^2", "radius": 2.0, "a": 3.0, "b": 1.0}
    assert made.document.model_dump()["params"]["a"] == 3.0
    assert float(made.loss_at(torch.tensor([1.0, 2.0]))) == 7.0
    assert problem("a*x^2").dim == 1


@pytest.mark.parametrize(
    ("params", "field", "words"),
    [
        ({"text": "x^2", "a": 1.0}, "a", "there is no a in the function"),
        ({"text": "a*x^2", "a": "2"}, "a", ""),
        ({"text": "a*x^2", "a": 1e9}, "a", "outside"),
        ({"text": "a*x^2", "aa": 1.0}, "aa", ""),
        ({"text": "x^2", "y": 1.0}, "y", ""),
        ({"text": "x + a + b + c + d + f + g + h + i + j"}, "expression", "at most 8"),
    ],
)
def test_parameters_are_as_strict_as_any_param(params: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        problem(**params)
    assert caught.value.field == f"params.{field}"
    assert words in caught.value.text.en
    assert caught.value.text.zh
