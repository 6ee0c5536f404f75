"""Prints a user's expression as Python and torch source with the same operations in the same order.

The source is printed from the parsed tree, never copied from the text. The order matters to the last bit: autograd sums
gradients in the order in which the operations were created.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.export.script.literals import call, number
from steepest.export.script.sources import Sources
from steepest.problems.expression import FUNCTIONS, Tree, compile_tree
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Variable, variables

_MAX_LENGTH = 100  # characters of an expression on one line
_MAX_EXACT = 2**53  # smaller integers are equal as float and as int
_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(5)  # how tightly operations bind
_SIMPLE = re.compile(r"-*([A-Za-z_][\w.]*|\d[\d.]*(e-?\d+)?)")
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": lambda base, exponent: float(base) ** exponent,  # `_operation` writes the base as a float
}


@dataclass(frozen=True)
class _Source:
    """Source of an expression.

    level: how tightly its outermost operation binds.
    leaf: a name or a constant, not the result of an operation.
    """

    text: str
    level: int = _ATOM
    leaf: bool = False


class ExpressionWriter:
    """Prints one tree. statements: lines that must run before the last expression, indented by four."""

    def __init__(self, sources: Sources, device: str) -> None:
        self._sources = sources
        self._device = "" if device == "cpu" else ", device=device"
        self._parts = 0
        self.statements: list[str] = []

    def body(self, tree: Tree) -> str:
        """All statements, the last of which returns the value."""
        result = self._write(tree)
        return "\n".join([*self.statements, f"    return {result.text}"])

    def _write(self, tree: Tree) -> _Source:
        if not variables(tree):
            return self._constant(tree)
        match tree:
            case Variable(name):
                return _Source(name, leaf=True)
            case Negative(arg):
                return self._fit([arg], lambda parts: _negative(parts[0]))
            case Operation(sign, left, right):
                return self._fit([left, right], lambda parts: _operation(sign, *parts))
            case Call(name, args):
                return self._call(self._sources.use(FUNCTIONS[name].apply), args)
            case Number():
                raise AssertionError  # a number has no variables

    def _call(self, function: str, args: tuple[Tree, ...]) -> _Source:
        parts = self._in_order(args, as_tensors=True)
        for _ in range(2):
            text = f"{function}({', '.join(part.text for part in parts)})"
            if len(text) <= _MAX_LENGTH:
                return _Source(text)
            parts = [self._assign(part) for part in parts]
        name = self._new_name()
        self.statements.append(call(f"{name} = {function}(", [part.text for part in parts], "    "))
        return _Source(name, leaf=True)

    def _fit(self, args: Sequence[Tree], join: Callable[[list[_Source]], _Source]) -> _Source:
        """The operation; where it is too long, first its left operand and then all become statements."""
        parts = self._in_order(args)
        source = join(parts)
        if len(source.text) > _MAX_LENGTH:
            parts[0] = self._assign(parts[0])
            source = join(parts)
        if len(source.text) > _MAX_LENGTH:
            source = join([self._assign(each) for each in parts])
        return source

    def _in_order(self, args: Sequence[Tree], as_tensors: bool = False) -> list[_Source]:
        """The arguments; where one needs statements, those before it become statements too, to keep the order."""
        parts: list[_Source] = []
        for arg in args:
            before, self.statements = self.statements, []
            part = self._write(arg)
            inner, self.statements = self.statements, before
            if inner:
                parts = [self._assign(each) for each in parts]
                self.statements += inner
            if as_tensors and not variables(arg):
                part = _Source(f"torch.tensor({part.text}, dtype=dtype{self._device})", leaf=True)
            parts.append(part)
        return parts

    def _assign(self, part: _Source) -> _Source:
        """A name for it, assigned in a statement."""
        if part.leaf:
            return part
        name = self._new_name()
        self.statements.append(f"    {name} = {part.text}")
        return _Source(name, leaf=True)

    def _new_name(self) -> str:
        self._parts += 1
        return f"part_{self._parts}"

    def _constant(self, tree: Tree) -> _Source:
        """As it was typed, if Python computes exactly the same number, else that number."""
        (value,) = compile_tree(tree).steps
        assert isinstance(value, float)
        try:
            typed = repr(float(_evaluate(tree))) == repr(value)
        except (ArithmeticError, NotImplementedError):
            typed = False
        if not typed:
            return _Source(number(value), _NEGATIVE if number(value).startswith("-") else _ATOM, leaf=True)
        source = _as_typed(tree)
        if "math." in source.text:
            self._sources.need_import("math", "import math")
        return _Source(source.text, source.level, leaf=True)


def _negative(arg: _Source) -> _Source:
    """With brackets around a power, as ruff formats it, though Python needs none."""
    return _Source(f"-({arg.text})" if arg.level == _POWER else f"-{_within(arg, _NEGATIVE)}", _NEGATIVE)


def _operation(sign: str, left: _Source, right: _Source) -> _Source:
    level = _LEVELS[sign]
    if sign == "**":
        whole = re.fullmatch(r"-?\d+", left.text)  # torch computes powers of an integer base differently
        text = f"{left.text}.0" if whole else left.text
        base = text if left.level == _ATOM else f"({text})"
        exponent = f"({right.text})" if right.level == _POWER else _within(right, _NEGATIVE)
        # Ruff writes no spaces around the sign between names and numbers.
        close = left.level == _ATOM and all(_SIMPLE.fullmatch(each.text) for each in (left, right))
        return _Source(f"{base}**{exponent}" if close else f"{base} ** {exponent}", _POWER)
    return _Source(f"{_within(left, level)} {sign} {_within(right, level + 1)}", level)


def _within(part: _Source, level: int) -> str:
    return part.text if part.level >= level else f"({part.text})"


def _as_typed(tree: Tree) -> _Source:
    """A constant without calls as Python source."""
    match tree:
        case Number(value, text):
            if text in ("pi", "e"):
                return _Source(f"math.{text}")
            written = str(int(value)) if _is_whole(value) else number(value)
            return _Source(written, _NEGATIVE if written.startswith("-") else _ATOM)  # the value of a parameter
        case Negative(arg):
            return _negative(_as_typed(arg))
        case Operation(sign, left, right):
            return _operation(sign, _as_typed(left), _as_typed(right))
    raise NotImplementedError


def _evaluate(tree: Tree) -> float | int:
    """The value of that source in Python. Raises ArithmeticError, or NotImplementedError where it may not be exact."""
    match tree:
        case Number(value, text):
            return int(value) if text not in ("pi", "e") and _is_whole(value) else value
        case Negative(arg):
            return -_evaluate(arg)
        case Operation(sign, left, right):
            value = _ARITHMETIC[sign](_evaluate(left), _evaluate(right))
            if isinstance(value, complex) or ((isinstance(value, int) or sign == "**") and abs(value) >= _MAX_EXACT):
                raise NotImplementedError
            found: float | int = value
            return found
    raise NotImplementedError


def _is_whole(value: float) -> bool:
    return abs(value) < 1e15 and value == int(value)
