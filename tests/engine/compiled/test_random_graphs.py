"""Random expressions and random graphs of torch's operations, by kernels and by torch."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.compiled.catalog_cases import experiment
from tests.engine.compiled.kernel_of import run, traced
from torch import Tensor

from steepest.engine import check_engine, prepare
from steepest.spec import Invalid, parse_experiment

# ---- expressions, as a user types them -------------------------------------------------------------------------------

NUMBERS = st.sampled_from(["0.5", "1", "2", "3", "0.1", "7.25", "1e-3", "pi"])
FUNCTIONS = ("sin", "cos", "tanh", "atan", "exp", "abs", "sqrt", "log", "sinh", "cosh", "asin", "acos", "tan")


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda each: f"({' '.join(each)})")
    power = st.tuples(inner, st.sampled_from(["2", "3", "0.5", "-1", "1.5"])).map(
        lambda each: f"({each[0]})**{each[1]}"
    )
    call = st.tuples(st.sampled_from(FUNCTIONS), inner).map(lambda each: f"{each[0]}({each[1]})")
    return binary | power | call | inner.map(lambda each: f"-({each})")


EXPRESSIONS = st.recursive(st.sampled_from(["x", "y"]) | NUMBERS, _combined, max_leaves=8)
POINTS = st.tuples(*[st.floats(-3, 3, allow_subnormal=False)] * 2)


def _agrees(expression: str, point: tuple[float, float], dtype: str) -> None:
    problem = {"kind": "surface", "id": "expression", "params": {"expression": expression}}
    written = experiment(problem, {"id": "adam", "lr": 0.01}, list(point), dtype=dtype)
    try:
        prepared = prepare(parse_experiment(written))
    except Invalid:  # such as an expression without a variable
        return
    (found,) = check_engine(prepared, None, 3)
    assert found.within, (expression, point, found.differences)


QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
LONG = settings(QUICK, max_examples=1000)


@QUICK
@given(EXPRESSIONS, POINTS, st.sampled_from(["float32", "float64"]))
def test_random_expressions(expression: str, point: tuple[float, float], dtype: str) -> None:
    _agrees(expression, point, dtype)


@pytest.mark.long
@LONG
@given(EXPRESSIONS, POINTS, st.sampled_from(["float32", "float64"]))
def test_many_random_expressions(expression: str, point: tuple[float, float], dtype: str) -> None:
    _agrees(expression, point, dtype)


# ---- graphs of operations on matrices --------------------------------------------------------------------------------

ROWS, COLUMNS = 6, 5
Function = Callable[[Tensor, Tensor], Tensor]

# Each from two matrices (ROWS, COLUMNS) of numbers of moderate size to another one.
LAYERS: dict[str, Function] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / (1 + b * b),
    "tanh": lambda a, b: torch.tanh(a),
    "sigmoid": lambda a, b: torch.sigmoid(a),
    "relu": lambda a, b: torch.relu(a),
    "gelu": lambda a, b: torch.nn.functional.gelu(a),
    "softplus": lambda a, b: torch.nn.functional.softplus(a),
    "log_softmax": lambda a, b: torch.log_softmax(a, 1),
    "max": torch.maximum,
    "min": torch.minimum,
    "where": lambda a, b: torch.where(a > b, a, b * 0.5),
    "clamp": lambda a, b: a.clamp(-0.7, 0.9),
    "mm": lambda a, b: a @ (b.t() @ a) / 10,
    "bias": lambda a, b: a + b.mean(0),
    "centred": lambda a, b: a - a.mean(1, keepdim=True),
    "scaled": lambda a, b: a / (1 + b.abs().sum(1, keepdim=True)),
    "lerp": lambda a, b: torch.lerp(a, b, 0.3),
    "addcmul": lambda a, b: torch.addcmul(a, a, b, value=0.2),
    "power": lambda a, b: (1 + a * a) ** 0.7,
    "sin": lambda a, b: torch.sin(a) + torch.cos(b),
    "log": lambda a, b: torch.log1p(a * a),
    "sqrt": lambda a, b: torch.sqrt(1 + a * a),
}
# Each step: an operation, and which of the values so far it takes.
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(LAYERS)), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=7
)


def _function(steps: list[tuple[str, int, int]]) -> Function:
    def made(a: Tensor, b: Tensor) -> Tensor:
        values = [a, b]
        for name, first, second in steps:
            values.append(LAYERS[name](values[first % len(values)], values[second % len(values)]))
        return values[-1]

    return made


def _matrices(seed: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(ROWS, COLUMNS, generator=generator), torch.randn(ROWS, COLUMNS, generator=generator)


def _graph_agrees(steps: list[tuple[str, int, int]], seed: int) -> None:
    """The kernel's float32 is about as near to torch's float64 as torch's float32 is."""
    function = _function(steps)

    def with_gradient(a: Tensor, b: Tensor) -> Tensor:
        gradient, value = torch.func.grad_and_value(lambda x: function(x, b).square().mean())(a)
        return gradient + value

    single = _matrices(seed)
    found = run(traced(with_gradient, *single), *single)
    wanted = with_gradient(*single)
    exact = with_gradient(*(each.double() for each in single))
    size = float(exact.abs().max())
    error = float((wanted.double() - exact).abs().max())
    if not (math.isfinite(size) and math.isfinite(error)):
        return
    assert float((found.double() - exact).abs().max()) <= 8 * error + 200 * torch.finfo(torch.float32).eps * size, steps


@QUICK
@given(STEPS, st.integers(0, 1000))
def test_random_graphs(steps: list[tuple[str, int, int]], seed: int) -> None:
    _graph_agrees(steps, seed)


@pytest.mark.long
@LONG
@given(STEPS, st.integers(0, 1000))
def test_many_random_graphs(steps: list[tuple[str, int, int]], seed: int) -> None:
    _graph_agrees(steps, seed)
