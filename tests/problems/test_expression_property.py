"""Case 26: random allowed expressions against NumPy in float64 and against finite differences."""

import ast
import itertools
import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from steepest.problems.expression import (
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_NODES,
    PARAMETERS,
    Program,
    compile_tree,
    latex,
    parse,
    with_numbers,
)
from steepest.spec import Invalid

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

# The reference: NumPy's own functions over Python's own grammar.
BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide, ast.Pow: np.power,
}  # fmt: skip
REFERENCE: dict[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs,
    "sigmoid": lambda t: np.exp(-np.logaddexp(0.0, -t)),
    "relu": lambda t: np.maximum(t, 0.0),
    "softplus": lambda t: np.logaddexp(0.0, t),
    "min": lambda *args: np.minimum.reduce(np.broadcast_arrays(*args)),
    "max": lambda *args: np.maximum.reduce(np.broadcast_arrays(*args)),
    "hypot": np.hypot,
}  # fmt: skip
SMOOTH = sorted({"sin", "cos", "atan", "sinh", "cosh", "tanh", "exp", "sigmoid", "softplus"})

numbers = st.one_of(
    st.integers(0, 20).map(str), st.floats(0.01, 100).map(lambda t: f"{t:.3f}"), st.sampled_from(["pi", "e", "1e-3"])
)
leaves = st.one_of(st.sampled_from(["x", "y"]), numbers)


def call(name: str, args: list[str]) -> str:
    return f"{name}({', '.join(args)})"


def grown(functions: list[str]) -> Callable[[st.SearchStrategy[str]], st.SearchStrategy[str]]:
    def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        calls = [
            st.lists(inner, min_size=FUNCTIONS[name].least, max_size=FUNCTIONS[name].most or 4).map(partial(call, name))
            for name in functions
        ]
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(inner, st.sampled_from(["0", "1", "2", "3", "-1", "0.5"])).map(lambda t: f"({t[0]})**{t[1]}"),
            inner.map(lambda a: f"-{a}"),
            *calls,
        )

    return grow


def with_variable(text: str) -> str:
    return text if re.search(r"\b[xy]\b", text) else f"x + {text}"


expressions = st.recursive(leaves, grown(sorted(FUNCTIONS)), max_leaves=8).map(with_variable)
smooth_expressions = st.recursive(leaves, grown(SMOOTH), max_leaves=6).map(with_variable)

quick = settings(max_examples=150, deadline=None, derandomize=True)
coordinates = st.floats(-3, 3, allow_nan=False)


def reference(node: ast.expr, names: dict[str, Any]) -> Any:
    """NumPy's value of what Python's own parser made of the text; numbers are float64 from the start."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return np.float64(number)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -reference(operand, names)
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](reference(left, names), reference(right, names))
        case ast.Call(func=ast.Name(id=name), args=args):
            return REFERENCE[name](*(reference(arg, names) for arg in args))
    raise AssertionError(ast.dump(node))


def expected(text: str, x: Array, y: Array) -> Array:
    names = {"x": x, "y": y, "pi": np.float64(math.pi), "e": np.float64(math.e)}
    with np.errstate(all="ignore"):
        return np.asarray(np.broadcast_to(reference(ast.parse(text, mode="eval").body, names), x.shape))


def compiled(text: str) -> Program:
    try:
        tree = parse(text)
    except Invalid as error:
        refused = error.text.en
    else:
        return compile_tree(tree)
    # Generated text can be too large and nothing else.
    assert any(words in refused for words in ("too long", "nested", "at most")), refused
    raise UnsatisfiedAssumption


X, Y = (grid.ravel() for grid in np.meshgrid(np.linspace(-2.7, 2.9, 7), np.linspace(-2.3, 3.1, 6)))


@quick
@given(expressions)
def test_case_26_values_agree_with_numpy(text: str) -> None:
    program = compiled(text)
    found = program(torch.from_numpy(X), torch.from_numpy(Y)).numpy()
    wanted = expected(text, X, Y)
    # Where the function is ill-conditioned in its own arguments no two libraries agree: how far it moves when they do
    # by one part in 10^14 says how many digits can be asked for.
    nudged = [expected(text, X * (1 + s), Y * (1 + t)) for s, t in itertools.product((0, 1e-14, -1e-14), repeat=2)]
    with np.errstate(all="ignore"):
        spread = np.max(np.abs(np.stack(nudged) - wanted), axis=0)
        distance = np.abs(found - wanted)
    steady = np.isfinite(wanted) & np.isfinite(spread) & np.isfinite(found)
    assert np.all(distance[steady] <= 1e-12 * np.abs(wanted[steady]) + 100 * spread[steady] + 1e-13)
    # Non-finite where the reference is, unless that hangs on the last bit (spread is then not finite, or huge).
    for odd in np.flatnonzero(~np.isfinite(wanted) & (np.isnan(spread))):
        near = np.array([n[odd] for n in nudged])
        if not np.isfinite(near).any():
            assert not np.isfinite(found[odd])


@quick
@given(smooth_expressions, coordinates, coordinates)
def test_case_26_slopes_agree_with_finite_differences(text: str, x: float, y: float) -> None:
    program = compiled(text)
    at = torch.tensor([x, y], dtype=torch.float64, requires_grad=True)
    value = program(*at.unbind())
    assume(bool(value.isfinite()))  # at the hole of x / x there is no slope, whatever its two sides say
    grad = torch.autograd.grad(value, at)[0].numpy()
    for n in range(2):
        estimates = []
        for h in (1e-3, 5e-4, 2.5e-4):
            steps = np.array([-2.0, -1.0, 1.0, 2.0]) * h
            points = np.tile([x, y], (4, 1))
            points[:, n] += steps
            values = program(*torch.from_numpy(points).unbind(-1)).numpy()
            with np.errstate(all="ignore"):
                estimates.append((values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h))
        wanted = estimates[-1]
        with np.errstate(all="ignore"):
            error = np.ptp(estimates)  # what the method itself says of its accuracy
            size = np.abs(values).max()
        if np.isfinite(error) and np.isfinite(wanted) and error <= 1e-4 * abs(wanted) + 1e-6:
            assert abs(grad[n] - wanted) <= 4 * error + 1e-6 * abs(wanted) + 1e-11 * size + 1e-9


@quick
@given(expressions, st.sampled_from([torch.float32, torch.float64]))
def test_case_26_nothing_raises_whatever_the_point(text: str, dtype: torch.dtype) -> None:
    program = compiled(text)
    special = [0.0, -0.0, 1.0, -1.0, 1e38, -1e38, 1e-45, math.inf, -math.inf, math.nan]
    at = torch.tensor(list(itertools.product(special, repeat=2)), dtype=dtype, requires_grad=True)
    values = program(*at.unbind(-1))
    assert values.shape == (100,)
    assert values.dtype == dtype
    (grad,) = torch.autograd.grad(values.sum(), at)
    assert grad.shape == at.shape


@quick
@given(expressions)
def test_latex_is_balanced_and_made_of_the_allow_list_only(text: str) -> None:
    try:
        formula = latex(parse(text))
    except Invalid:
        assume(False)
    assert formula.count("{") == formula.count("}")
    assert formula.count(r"\left") == formula.count(r"\right")
    words = set(re.findall(r"\\([A-Za-z]+)", formula))
    templates = " ".join(function.latex for function in FUNCTIONS.values())
    assert words <= {*re.findall(r"\\([A-Za-z]+)", templates), "left", "right", "frac", "cdot", "pi"}


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(max_size=MAX_LENGTH + 10),
        st.text(alphabet="xy()+-*/., 0123456789eE_sincoglmaxpqrt^=", max_size=80),
        st.lists(
            st.sampled_from(["x", "y", "(", ")", "+", "-", "*", "**", "/", ",", "sin", "max", "2", ".5", " ", "1e3"]),
            max_size=40,
        ).map("".join),
    )
)
def test_any_text_is_an_expression_or_a_refusal_with_a_column(text: str) -> None:
    try:
        tree = parse(text)
    except Invalid as error:
        refused = error
    else:
        numbers = with_numbers(tree, dict.fromkeys(PARAMETERS, 2.0))
        assert compile_tree(numbers)(torch.ones(3), torch.ones(3)).shape == (3,)
        return
    assert refused.field == "expression"
    assert refused.column is not None
    assert 1 <= refused.column <= len(text) + 1
    assert "cannot be read" not in refused.text.en  # the scan knows the whole grammar; Python's parser finds no more
    assert "is not part of an expression" not in refused.text.en


def test_the_generator_makes_what_the_limits_allow() -> None:
    # A property test that assumes everything away would pass: most of what is generated must be read.
    read = 0

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(expressions)
    def count(text: str) -> None:
        nonlocal read
        try:
            parse(text)
            read += 1
        except Invalid:
            pass

    count()
    assert read > 80
    assert sorted(REFERENCE) == sorted(FUNCTIONS)
    with pytest.raises(Invalid):
        parse("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1))
    with pytest.raises(Invalid):
        parse("+".join(["x"] * MAX_NODES))
