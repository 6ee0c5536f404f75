"""A verdict in plain sentences, from its words: as the page says them (`frontend/src/ui/verdict-words/`)."""

import ast
import math
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from steepest.engine.diagnosis.words import Include, Sentence, verdict_words
from steepest.engine.recording.verdict import Verdict
from steepest.export.report.words import word
from steepest.spec import Text, counted
from steepest.spec.text import Language

Scope = Mapping[str, Any]

_PLACE = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")
_ROUNDING = 1e-6  # of the largest eigenvalue: smaller ones are shown as 0

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.Gt: operator.gt, ast.LtE: operator.le, ast.GtE: operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
}  # fmt: skip
_EXTREMES: dict[str, Callable[[Iterable[float]], float]] = {"max": max, "min": min}


def sentences(verdict: Verdict, language: Language, *, name: str, now: int, loss: float, first_loss: float) -> str:
    """The verdict's sentences. name: of its run. now: the step they are said at; loss: the run's there."""
    scope = {**verdict.model_dump(), "name": name, "now": now, "loss_now": loss, "loss_first": first_loss}
    gap = "" if language == "zh" else " "
    return gap.join(said for said in _file(verdict.code, scope, language) if said)


def _file(file: str, scope: Scope, language: Language) -> list[str]:
    words = verdict_words()[file]
    said: list[str] = []
    for group in words.sentences:
        if not isinstance(group, Include):
            said.append(_choose(group, scope, words.parts, language))
        elif _holds(group.when, scope):
            said += _file(group.include, scope, language)
    return said


def _choose(
    group: Sequence[Sentence], scope: Scope, parts: Mapping[str, Sequence[Sentence]], language: Language
) -> str:
    """The first of a group that holds, with its places filled; empty where none does."""
    found = next((sentence for sentence in group if _holds(sentence.when, scope)), None)
    if found is None:
        return ""

    def fill(place: re.Match[str]) -> str:
        source, form = place.groups()
        if source in parts:
            return _choose(parts[source], scope, parts, language)
        return _formatted(_evaluate(_parsed(source), scope), form, language)

    return _PLACE.sub(fill, Text(found.en, found.zh).in_language(language))


def _holds(when: str | None, scope: Scope) -> bool:
    return when is None or _true(_evaluate(_parsed(when), scope))


@cache
def _parsed(source: str) -> ast.expr:
    return ast.parse(source.strip(), mode="eval").body


def _true(value: Any) -> bool:
    """As the page has it: a list is true, NaN is not."""
    return isinstance(value, list | tuple) or (bool(value) and value == value)


def _number(value: Any) -> float:
    """As the page has it: 0 for None."""
    return 0.0 if value is None else float(value)


def _evaluate(node: ast.expr, scope: Scope) -> Any:
    """The value of an expression of the words. A name without a value, and a field of such a one, are None."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return scope.get(name)
        case ast.Attribute(value=inner, attr=name):
            whole = _evaluate(inner, scope)
            return whole.get(name) if isinstance(whole, Mapping) else None
        case ast.BoolOp(op=op, values=values):
            value = None
            for each in values:
                value = _evaluate(each, scope)
                if _true(value) == isinstance(op, ast.Or):
                    break
            return value
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _true(_evaluate(inner, scope))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_number(_evaluate(inner, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compare(op, _evaluate(left, scope), _evaluate(right, scope))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _number(_evaluate(left, scope)), _number(_evaluate(right, scope))
            return _divided(one, other) if isinstance(op, ast.Div) else _ARITHMETIC[type(op)](one, other)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            given = [_evaluate(each, scope) for each in arguments]
            if name == "len":
                return len(given[0])
            listed = given[0] if len(given) == 1 and isinstance(given[0], list | tuple) else given
            return abs(_number(listed[0])) if name == "abs" else _EXTREMES[name](map(_number, listed))
    raise AssertionError(ast.dump(node))  # the tests read every file of words


def _compare(op: ast.cmpop, left: Any, right: Any) -> bool:
    if isinstance(op, ast.Eq | ast.NotEq):
        return bool((left == right) == isinstance(op, ast.Eq))
    return _COMPARISONS[type(op)](_number(left), _number(right))


def _divided(one: float, other: float) -> float:
    if other != 0:
        return one / other
    return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one) * math.copysign(1, other)


def _formatted(value: Any, form: str | None, language: Language) -> str:
    match form:
        case "count":
            return f"{_number(value):.16g}"
        case "direction":
            return _point(value, 2)
        case "eigenvalues":
            largest = max(map(abs, value))
            return ", ".join(shown(0.0 if abs(each) <= _ROUNDING * largest else each) for each in value)
        case "factor":
            return _factor(_number(value))
        case "halving":  # after how many steps half is left
            return _steps(max(1, math.ceil(math.log(0.5) / math.log(value))), language)
        case "kind":
            return word(f"kind.{value}", language)
        case "steps":
            return _steps(math.floor(_number(value) + 0.5), language)
        case "two":
            return shown(_number(value), 2)
    if isinstance(value, str):
        return value
    return _point(value) if isinstance(value, list | tuple) else shown(_number(value))


def _steps(count: int, language: Language) -> str:
    return word("step.count", language, count=count, of_steps=counted(count, "step"))


def shown(value: float, digits: int = 3) -> str:
    """A number for a sentence: few digits, a true minus sign, exponents as in code."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    exact = Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), ROUND_HALF_UP)
    size = abs(value)
    text = _exponential(rounded) if size >= 1e5 or size < 1e-4 else f"{rounded.normalize():f}"
    return text.replace("-", "−")


def _exponential(value: Decimal) -> str:
    plain = value.normalize()
    mantissa = f"{plain.scaleb(-plain.adjusted()).normalize():f}"
    return f"{mantissa}e{plain.adjusted()}"


def _factor(value: float) -> str:
    """A factor, with enough digits to show how it differs from 1."""
    difference = abs(value - 1)
    if not 1e-14 < difference < 0.01:
        return shown(value)
    places = 1 - math.floor(math.log10(difference))
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP).normalize():f}"


def _point(values: Sequence[float], digits: int = 3) -> str:
    parts = [shown(each, digits) for each in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
