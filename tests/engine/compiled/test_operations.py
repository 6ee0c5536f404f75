"""Every lowered operation against torch: on special values, and in random graphs of them."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from tests.engine.compiled.catalog_cases import NAMES, VARIANTS, on_data, on_surface
from tests.engine.compiled.kernel_of import by_kernel, operations, traced
from torch import Tensor, fx
from torch.nn import functional as F

from steepest.engine import prepare
from steepest.engine.compiled.elementwise import RULES
from steepest.engine.compiled.structural import STRUCTURAL
from steepest.engine.compiled.trace import toy_state, trace_loss, trace_update
from steepest.spec import parse_experiment

DTYPES = [torch.float32, torch.float64]

EXPONENTS = (0, 1, 2, 3, 0.5, -0.5, -1, -2, 4, 1.7, -3)
UNARY: dict[str, Callable[[Tensor], Tensor]] = {
    **{
        name: getattr(torch, name)
        for name in (
            *("neg", "abs", "sign", "reciprocal", "sqrt", "rsqrt", "relu", "sigmoid", "exp", "expm1", "log", "log1p"),
            *("erf", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "clone"),
        )
    },
    "leaky_relu": F.leaky_relu,
    "gelu": F.gelu,
    "softplus": F.softplus,
    "logsigmoid": F.logsigmoid,
    "clamp": lambda x: x.clamp(-1.0, 2.0),
    "clamp_min": lambda x: x.clamp_min(0.5),
    "clamp_max": lambda x: x.clamp_max(0.5),
    "rsub": lambda x: torch.rsub(x, 1.5),
    "add number": lambda x: x + 0.1,
    "sub scaled": lambda x: torch.sub(x, x, alpha=0.3),
    "div number": lambda x: x / 3,
    "scaled sum": lambda x: torch.add(x, x, alpha=3),
    **{f"power {exponent}": partial(torch.pow, exponent=exponent) for exponent in EXPONENTS},
}
BINARY: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    **{
        name: getattr(torch, name)
        for name in ("add", "sub", "mul", "div", "maximum", "minimum", "hypot", "lt", "le", "gt", "ge", "eq", "ne")
    },
    "pow": torch.pow,
    "both": lambda a, b: torch.logical_and(a > 0, b > 0),
    "both bits": lambda a, b: (a > 0) & (b > 0),
    "not": lambda a, b: torch.logical_not(a > b),
    "choice": lambda a, b: torch.where(a > 0, a, b),
    "lerp near": lambda a, b: torch.lerp(a, b, 0.1),
    "lerp far": lambda a, b: torch.lerp(a, b, 0.9),
    "addcmul": lambda a, b: torch.addcmul(a, a, b, value=-0.3),
    "addcdiv": lambda a, b: torch.addcdiv(a, a, b, value=-0.3),
}


# Torch's vector code fuses the last multiplication and the sum, so that no product overflows there; kernels do not.
UNFUSED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"addcmul": lambda a, b: a + (a * -0.3) * b}

# Rules for what torch's tracer replaces by other operations, at present.
SPARE = {"_unsafe_view", "clamp_min", "detach", "empty_permuted", "ones_like", "rsub", "zeros_like"}


def special(dtype: torch.dtype) -> list[float]:
    about = torch.finfo(dtype)
    sizes = [0.0, about.smallest_normal / 3, about.tiny, 1e-3, 0.5, 1.0, 2.0, 3.7, 1e4, about.max, float("inf")]
    return [*sizes, *(-size for size in sizes), float("nan")]


def agree(found: Tensor, *torchs: Tensor, ulps: float = 4.0) -> None:
    """NaN, infinities and the signs of zeros as torch's, and numbers nearly so. torchs: any of them is right."""
    if found.dtype == torch.bool:
        assert any(torch.equal(found, each) for each in torchs)
        return
    value = found.numpy()
    about = torch.finfo(found.dtype)
    right = np.zeros(value.shape, bool)
    for each in torchs:
        wanted = each.numpy()
        with np.errstate(all="ignore"):
            near = np.abs(value - wanted) <= ulps * (about.eps * np.abs(wanted) + about.smallest_normal * about.eps)
        same = np.where(wanted == 0, np.signbit(value) == np.signbit(wanted), True)
        right |= (np.isnan(value) & np.isnan(wanted)) | (value == wanted) & same
        right |= np.isfinite(value) & np.isfinite(wanted) & near & (same | (value != 0))
    assert right.all(), [tuple(each.numpy()[~right][:5] for each in (found, *torchs)), np.flatnonzero(~right)[:5]]


def one_by_one(function: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """Torch's scalar code, which differs from its vector code in places."""
    return torch.cat([function(*(each[n : n + 1] for each in inputs)) for n in range(len(inputs[0]))])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_an_operation_of_one_number_on_special_values(name: str, dtype: torch.dtype) -> None:
    x = torch.tensor(special(dtype), dtype=dtype)
    agree(by_kernel(UNARY[name], x), UNARY[name](x), one_by_one(UNARY[name], x))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_an_operation_of_two_numbers_on_special_values(name: str, dtype: torch.dtype) -> None:
    a, b = (torch.tensor(each, dtype=dtype) for each in zip(*product(special(dtype), special(dtype)), strict=True))
    unfused = UNFUSED.get(name, BINARY[name])
    agree(by_kernel(BINARY[name], a, b), BINARY[name](a, b), one_by_one(BINARY[name], a, b), unfused(a, b))


MATRIX = {
    "sum": lambda x: x.sum(),
    "sum of rows": lambda x: x.sum(1),
    "sum of columns": lambda x: x.sum(0, keepdim=True),
    "mean": lambda x: x.mean(),
    "mean of columns": lambda x: x.mean(0),
    "transposed": lambda x: x.t() * 2,
    "product": lambda x: x.t() @ x,
    "rows": lambda x: x[1:4] + x[0],
    "flat": lambda x: x.reshape(-1) + 1,
    "softmax": lambda x: torch.log_softmax(x, 1),
    "joined": lambda x: torch.cat([x[0, :1], x.select(0, 2)[1:3]]) * 1.5,
    "spread": lambda x: x[0].expand(3, x.shape[1]) * x[:3],
    "mask": lambda x: x.index_put([x < 0], torch.zeros((), dtype=x.dtype)),
    "columns": lambda x: x[:5].gather(1, torch.arange(5)[:, None]),
    "put": lambda x: x[:5].scatter(1, torch.arange(5)[:, None], 2.5),
    "linear": lambda x: F.linear(x, x[:3], x[0, :3]),
    "double": lambda x: x.double() + 1,
    "squeezed": lambda x: x[:, :1].squeeze(1) + 1,
    "full": lambda x: x + torch.full_like(x, 0.3) + torch.ones_like(x) + torch.zeros_like(x),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", MATRIX)
def test_an_operation_on_matrices(name: str, dtype: torch.dtype) -> None:
    x = torch.randn(7, 5, dtype=dtype, generator=torch.Generator().manual_seed(3))
    found, wanted = by_kernel(MATRIX[name], x), MATRIX[name](x)
    torch.testing.assert_close(found, wanted, rtol=20 * torch.finfo(dtype).eps, atol=20 * torch.finfo(dtype).eps)
    x[2, 3] = float("nan")
    x[4, 1] = -float("inf")
    found, wanted = by_kernel(MATRIX[name], x), MATRIX[name](x)
    assert torch.equal(found.isnan(), wanted.isnan())
    assert torch.equal(found.isinf(), wanted.isinf())


def graphs_of_the_product() -> Iterator[fx.Graph]:
    """Of a classifier and of each optimizer's update, beside which the tests above have few operations."""
    for name, model, loss in (("moons", "softmax", "cross_entropy"), ("circle", "mlp", "bce_logits")):
        prepared = prepare(parse_experiment(on_data(name, "sgd", model, loss)))
        yield trace_loss(prepared.problem, prepared.dtype, 5)
    optimizers: list[dict[str, Any]] = [*({"id": name} for name in NAMES), *VARIANTS.values()]
    for optimizer in optimizers:
        config = prepare(parse_experiment(on_surface("beale", optimizer))).plans[0].config
        state = toy_state(config.optimizer, config.values, torch.float32)
        yield trace_update(config.optimizer, config.values, state, torch.float32).graph


def test_every_rule_is_tried() -> None:
    x = torch.ones(2)
    seen = set().union(
        *(operations(traced(function, x)) for function in UNARY.values()),
        *(operations(traced(function, x, x)) for function in BINARY.values()),
        *(operations(traced(function, torch.ones(7, 5))) for function in MATRIX.values()),
        *(operations(graph) for graph in graphs_of_the_product()),
    )
    assert (set(RULES) | set(STRUCTURAL)) - seen == SPARE
