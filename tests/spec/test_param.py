"""A declared value checks what is given for it, and says what it takes."""

import math
from typing import Any

import pytest

from steepest.spec import Boolean, Choice, Integer, Invalid, Number, Pair, String, Text, complete
from steepest.spec.param import AnyParam

WORDS: dict[str, Any] = {"title": Text("t", "题"), "help": Text("h", "助")}
RATE = Number(id="lr", default=0.1, minimum=0.0, maximum=10.0, above=True, low=1e-4, high=1.0, scale="log", **WORDS)
BETA = Number(id="beta", default=0.9, minimum=0.0, maximum=1.0, below=True, low=0.0, high=0.999, **WORDS)
EPS = Number(id="eps", default=None, minimum=0.0, maximum=1.0, low=0.0, high=1.0, optional=True, **WORDS)
WIDE = RATE.model_copy(update={"maximum": 1e6, "above": False})
TINY = Number(id="eps", default=0.1, minimum=1e-8, maximum=0.5, low=1e-8, high=0.5, **WORDS)
HUGE = TINY.model_copy(update={"minimum": 0.0, "maximum": 1e9})
COUNT = Integer(id="n", default=3, minimum=1, maximum=5, low=1, high=5, **WORDS)
FLAG = Boolean(id="nesterov", default=False, **WORDS)
WORD = Choice(id="line_search", default=None, options=("strong_wolfe",), optional=True, **WORDS)
BETAS = Pair(id="betas", first=BETA, second=BETA, **WORDS)
STEPS = Pair(
    id="steps", first=RATE, second=RATE.model_copy(update={"maximum": 50.0, "default": 9.0}), ordered=True, **WORDS
)
TYPED = String(id="expression", default="x", max_length=5, **WORDS)

REFUSED: list[tuple[AnyParam, object, str, str]] = [
    (RATE, 0.0, "lr", "0.0 is outside (0, 10]"),
    (RATE, -1, "lr", "-1 is outside (0, 10]"),
    (RATE, 10.000001, "lr", "10.000001 is outside (0, 10]"),
    (RATE, math.nan, "lr", "must be finite, in (0, 10]"),
    (RATE, math.inf, "lr", "must be finite, in (0, 10]"),
    (RATE, 10**400, "lr", "must be finite, in (0, 10]"),
    (RATE, True, "lr", "must be a number in (0, 10]"),
    (RATE, "0.1", "lr", "must be a number in (0, 10]"),
    (RATE, None, "lr", "must be a number in (0, 10]"),
    (RATE, [0.1], "lr", "must be a number in (0, 10]"),
    (BETA, 1.0, "beta", "1.0 is outside [0, 1)"),
    (WIDE, -1.0, "lr", "-1.0 is outside [0, 1000000]"),
    (TINY, 1.0, "eps", "1.0 is outside [1e-8, 0.5]"),
    (HUGE, -1.0, "eps", "-1.0 is outside [0, 1e9]"),
    (COUNT, 0, "n", "0 is outside [1, 5]"),
    (COUNT, 2.0, "n", "must be a whole number in [1, 5]"),
    (COUNT, True, "n", "must be a whole number in [1, 5]"),
    (FLAG, 1, "nesterov", "must be true or false"),
    (FLAG, None, "nesterov", "must be true or false"),
    (WORD, "wolfe", "line_search", "must be one of: strong_wolfe or null"),
    (WORD, 1, "line_search", "must be one of: strong_wolfe or null"),
    (BETAS, 0.9, "betas", "must be a list of two numbers"),
    (BETAS, "ab", "betas", "must be a list of two numbers"),
    (BETAS, [0.9], "betas", "must be a list of two numbers"),
    (BETAS, [0.9, 1.0], "betas[1]", "1.0 is outside [0, 1)"),
    (BETAS, [None, 0.5], "betas[0]", "must be a number in [0, 1)"),
    (STEPS, [0.5, 0.5], "steps", "the first must be less than the second"),
    (TYPED, 1, "expression", "must be text"),
    (TYPED, "x + y + z", "expression", "has 9 characters; at most 5 are read"),
]


@pytest.mark.parametrize(("param", "value", "field", "words"), REFUSED, ids=lambda value: str(value)[:20])
def test_refuses(param: AnyParam, value: object, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        param.check(value)
    assert (refused.value.field, refused.value.text.en) == (field, words)


@pytest.mark.parametrize(
    ("param", "value"),
    [
        (RATE, 10.0),
        (BETA, 0.0),
        (EPS, None),
        (EPS, 0.5),
        (COUNT, 5),
        (FLAG, True),
        (WORD, None),
        (WORD, "strong_wolfe"),
        (BETAS, [0.9, 0.999]),
        (STEPS, [0.5, 1.2]),
        (TYPED, "x**2"),
    ],
)
def test_accepts(param: AnyParam, value: object) -> None:
    assert param.check(value) == value


def test_a_whole_number_becomes_a_float_where_a_real_one_is_declared() -> None:
    assert isinstance(RATE.check(1), float)


def test_complete_fills_in_defaults_in_the_declared_order() -> None:
    assert complete((RATE, BETAS, EPS), {"eps": 0.5}) == {"lr": 0.1, "betas": [0.9, 0.9], "eps": 0.5}
    assert list(complete((RATE, FLAG), {"nesterov": True, "lr": 1.0})) == ["lr", "nesterov"]


def test_complete_names_unknown_and_known_params() -> None:
    with pytest.raises(Invalid, match=r"^rate: unknown; known here: lr, nesterov$"):
        complete((RATE, FLAG), {"rate": 0.1})
    with pytest.raises(Invalid, match=r"^rate: unknown; known here: none$"):
        complete((), {"rate": 0.1})
