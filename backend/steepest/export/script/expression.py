"""The user's expression as statements of plain Python and torch that do the very same operations in the same order.

Printed from the parsed tree, never from the text. The order matters to the last bit: autograd adds up gradients in the
order in which their operations were made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from steepest.export.script.literals import call, number
from steepest.export.script.sources import Sources
from steepest.problems.expression import FUNCTIONS, Tree, compile_tree
from steepest.problems.expression.tree import Call, Negative, Number, Operation, Variable, variables

_LIMIT = 100  # characters of an expression on one line
_EXACT = 2**53  # whole numbers below it are the same as float and as int
_SUM, _PRODUCT, _NEGATIVE, _POWER, _ATOM = range(5)
_SIMPLE = re.compile(r"-*([A-Za-z_][\w.]*|\d[\d.]*(e-?\d+)?)")
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


@dataclass(frozen=True)
class _Piece:
    """text: source. level: how tightly its outermost operation binds. leaf: a name or number, made by no operation."""

    text: str
    level: int = _ATOM
    leaf: bool = False


class Printer:
    """Prints one tree. statements: what must run before the last expression, indented by four."""

    def __init__(self, sources: Sources, device: str) -> None:
        self._sources = sources
        self._where = "" if device == "cpu" else ", device=device"
        self._parts = 0
        self.statements: list[str] = []

    def result(self, tree: Tree) -> str:
        """All statements, the last of which returns the value."""
        piece = self._write(tree)
        return "\n".join([*self.statements, f"    return {piece.text}"])

    def _write(self, tree: Tree) -> _Piece:
        if not variables(tree):
            return self._constant(tree)
        match tree:
            case Variable(name):
                return _Piece(name, leaf=True)
            case Negative(arg):
                return self._fitting([arg], lambda parts: _negative(parts[0]))
            case Operation(sign, left, right):
                return self._fitting([left, right], lambda parts: _operation(sign, *parts))
            case Call(name, args):
                function = self._sources.use(FUNCTIONS[name].apply)
                return self._call(function, args)
            case Number():
                raise AssertionError  # a number has no variables

    def _call(self, function: str, args: tuple[Tree, ...]) -> _Piece:
        pieces = self._several(list(args), lift=True)
        text = f"{function}({', '.join(piece.text for piece in pieces)})"
        if len(text) <= _LIMIT:
            return _Piece(text)
        pieces = [self._spilled(piece) for piece in pieces]
        text = f"{function}({', '.join(piece.text for piece in pieces)})"
        if len(text) <= _LIMIT:
            return _Piece(text)
        name = self._name()
        self.statements.append(call(f"{name} = {function}(", [piece.text for piece in pieces], "    "))
        return _Piece(name, leaf=True)

    def _fitting(self, args: list[Tree], join: Callable[[list[_Piece]], _Piece]) -> _Piece:
        pieces = self._several(args)
        piece = join(pieces)
        if len(piece.text) > _LIMIT:
            pieces[0] = self._spilled(pieces[0])
            piece = join(pieces)
        if len(piece.text) > _LIMIT:
            piece = join([self._spilled(each) for each in pieces])
        return piece

    def _several(self, args: list[Tree], lift: bool = False) -> list[_Piece]:
        """The arguments in order: where a later one needs statements, those before it become statements too."""
        pieces: list[_Piece] = []
        for arg in args:
            before, self.statements = self.statements, []
            piece = self._write(arg)
            inner, self.statements = self.statements, before
            if inner:
                pieces = [self._spilled(each) for each in pieces]
                self.statements += inner
            if lift and not variables(arg):
                piece = _Piece(f"torch.tensor({piece.text}, dtype=dtype{self._where})", leaf=True)
            pieces.append(piece)
        return pieces

    def _spilled(self, piece: _Piece) -> _Piece:
        if piece.leaf:
            return piece
        name = self._name()
        self.statements.append(f"    {name} = {piece.text}")
        return _Piece(name, leaf=True)

    def _name(self) -> str:
        self._parts += 1
        return f"part_{self._parts}"

    def _constant(self, tree: Tree) -> _Piece:
        """As it was typed where Python's own arithmetic comes to the very same number, else that number."""
        (value,) = compile_tree(tree).steps
        assert isinstance(value, float)
        try:
            same = repr(float(_python(tree))) == repr(value)
        except (ArithmeticError, NotImplementedError):
            same = False
        if same:
            text, level = _typed(tree)
            if "math." in text:
                self._sources.need_import("math", "import math")
            return _Piece(text, level, leaf=True)
        return _Piece(number(value), _NEGATIVE if number(value).startswith("-") else _ATOM, leaf=True)


def _negative(arg: _Piece) -> _Piece:
    """With brackets around a power, as ruff has it, though Python needs none."""
    return _Piece(f"-({arg.text})" if arg.level == _POWER else f"-{_within(arg, _NEGATIVE)}", _NEGATIVE)


def _operation(sign: str, left: _Piece, right: _Piece) -> _Piece:
    level = _LEVELS[sign]
    if sign == "**":
        whole = re.fullmatch(r"-?\d+", left.text)  # torch has another power for a whole number as base
        text = f"{left.text}.0" if whole else left.text
        base = text if left.level == _ATOM else f"({text})"
        exponent = f"({right.text})" if right.level == _POWER else _within(right, _NEGATIVE)
        hugged = left.level == _ATOM and _simple(left) and _simple(right)
        return _Piece(f"{base}**{exponent}" if hugged else f"{base} ** {exponent}", _POWER)
    return _Piece(f"{_within(left, level)} {sign} {_within(right, level + 1)}", level)


def _within(piece: _Piece, level: int) -> str:
    return piece.text if piece.level >= level else f"({piece.text})"


def _simple(piece: _Piece) -> bool:
    """Whether a power is written without spaces around this operand: a name or a number, its sign included."""
    return _SIMPLE.fullmatch(piece.text) is not None


def _typed(tree: Tree) -> tuple[str, int]:
    """A constant as Python source, and how tightly it binds."""
    match tree:
        case Number(value, text):
            if text in ("pi", "e"):
                return f"math.{text}", _ATOM
            return (str(int(value)) if _whole(value) else number(value)), _ATOM
        case Negative(arg):
            negative = _negative(_Piece(*_typed(arg)))
            return negative.text, negative.level
        case Operation(sign, left, right):
            pieces = [_Piece(*_typed(side), leaf=True) for side in (left, right)]
            joined = _operation(sign, *pieces)
            return joined.text, joined.level
    raise NotImplementedError


def _python(tree: Tree) -> float | int:
    """What Python makes of that source. Raises ArithmeticError or NotImplementedError where it had better not try."""
    match tree:
        case Number(value, text):
            return int(value) if text not in ("pi", "e") and _whole(value) else value
        case Negative(arg):
            return -_python(arg)
        case Operation(sign, left, right):
            a, b = _python(left), _python(right)
            return _exactly(sign, a, b)
    raise NotImplementedError


def _exactly(sign: str, a: float | int, b: float | int) -> float | int:
    x, y = float(a), float(b)
    if sign == "**":
        power: float | complex = x**y  # the base is written as a float
        if isinstance(power, complex) or abs(power) >= _EXACT:
            raise NotImplementedError
        return power
    if sign == "/":
        return x / y
    value = x + y if sign == "+" else x - y if sign == "-" else x * y
    if isinstance(a, int) and isinstance(b, int):
        if abs(value) >= _EXACT:
            raise NotImplementedError
        return int(value)
    return value


def _whole(value: float) -> bool:
    return abs(value) < 1e15 and value == int(value)
