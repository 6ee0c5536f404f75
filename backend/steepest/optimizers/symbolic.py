r"""Symbolic arithmetic: a term has its LaTeX in symbols, its LaTeX with numbers put in, and its value.

    eta, g = leaf(r"\eta", 0.1), leaf("g_t", [3.0, -4.0])
    step = -eta * g
    step.symbols.text, step.numbers.text, step.value
    # r"-\eta\,g_t", r"-0.1 \cdot (3,\ -4)", array([-0.3, 0.4])

A rule written once gives all three. Values are float64: numbers (), vectors (n,), written as tuples, or matrices
(n, n). Products, quotients, roots and powers of vectors are elementwise.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]

FIGURES = 5  # significant figures of every number
MAX_WRITTEN, HEAD = 6, 3  # a longer vector is abbreviated to its first three numbers and its last
COMMA = r",\ "

# Binding strength, ascending; a text that binds less than its place requires gets brackets.
SUM, NEGATIVE, PRODUCT, POWER, ATOM = range(5)


@dataclass(frozen=True)
class Written:
    """LaTeX, its binding strength, and the multiplication sign that follows it."""

    text: str
    binding: int = ATOM
    times: str = r"\,"

    def within(self, place: int) -> str:
        """The text, in brackets if it binds less than its place requires."""
        return self.text if self.binding >= place else rf"\left({self.text}\right)"


@dataclass(frozen=True)
class Term:
    """Part of a rule. symbols: as in the formula. numbers: with this step's numbers. value: the result."""

    symbols: Written
    numbers: Written
    value: Array

    def __add__(self, other: "Operand") -> "Term":
        return _binary(_plus, self, _term(other), np.add)

    def __radd__(self, other: "Operand") -> "Term":
        return _term(other) + self

    def __sub__(self, other: "Operand") -> "Term":
        return _binary(_minus, self, _term(other), np.subtract)

    def __rsub__(self, other: "Operand") -> "Term":
        return _term(other) - self

    def __mul__(self, other: "Operand") -> "Term":
        other = _term(other)
        vectors = self.value.size > 1 and other.value.size > 1
        return _binary(_elementwise if vectors else _times, self, other, np.multiply)

    def __rmul__(self, other: "Operand") -> "Term":
        return _term(other) * self

    def __truediv__(self, other: "Operand") -> "Term":
        return _binary(_over, self, _term(other), np.divide)

    def __rtruediv__(self, other: "Operand") -> "Term":
        return _term(other) / self

    def __pow__(self, other: "Operand") -> "Term":
        return _binary(_power, self, _term(other), np.power)

    def __rpow__(self, other: "Operand") -> "Term":
        return _term(other) ** self

    def __matmul__(self, other: "Term") -> "Term":
        return _binary(_times, self, other, np.matmul)

    def __neg__(self) -> "Term":
        return Term(_negative(self.symbols), _negative(self.numbers), -self.value)


Operand = Term | float


def leaf(symbol: str, value: ArrayLike, figures: int = FIGURES) -> Term:
    """A symbol with its value: a number, a vector or a matrix."""
    numbers = np.asarray(value, np.float64)
    return Term(Written(symbol), written(numbers, figures), numbers)


def sqrt(x: Term) -> Term:
    """Root of each element."""
    return _unary(x, lambda a: rf"\sqrt{{{a.text}}}", np.sqrt)


def absolute(x: Term) -> Term:
    """|x| of each element."""
    return _unary(x, lambda a: rf"\lvert {a.text}\rvert", np.abs)


def sign(x: Term) -> Term:
    """-1, 0 or 1 for each element."""
    return _unary(x, lambda a: _called("sign", a), np.sign)


def rms(x: Term) -> Term:
    """Root mean square of the elements, a number."""
    return _unary(x, lambda a: _called("RMS", a), lambda value: np.sqrt(np.mean(value**2)))


def maximum(a: Operand, b: Operand) -> Term:
    """The larger of two, for each element."""
    return _binary(_function_of_two(r"\max"), _term(a), _term(b), np.maximum)


def minimum(a: Operand, b: Operand) -> Term:
    """The smaller of two, for each element."""
    return _binary(_function_of_two(r"\min"), _term(a), _term(b), np.minimum)


def cases(*cases: tuple[str, NDArray[np.bool_], Operand]) -> Term:
    """For each element the case whose condition holds. cases: (condition in LaTeX, bool[n] where it holds, term)."""
    rows = r" \\ ".join(f"{_term(term).symbols.text} & {condition}" for condition, _, term in cases)
    value = np.full_like(cases[0][1], np.nan, np.float64)  # NaN where no condition holds
    for _, holds, term in cases:
        value = np.where(holds, _term(term).value, value)
    return Term(Written(rf"\begin{{cases}}{rows}\end{{cases}}"), written(value), value)


def inverse(x: Term) -> Term:
    """Inverse of a symmetric matrix; the pseudoinverse, written with a plus, if it is singular."""
    exponent, value = "-1", np.full_like(x.value, np.nan)
    if np.isfinite(x.value).all():
        try:
            value = np.linalg.inv(x.value)
        except np.linalg.LinAlgError:
            exponent, value = "+", np.linalg.pinv(x.value, hermitian=True)
    return _unary(x, lambda a: f"{a.within(ATOM)}^{{{exponent}}}", lambda _: value, POWER)


def written(value: Array, figures: int = FIGURES) -> Written:
    """A number, a vector as a tuple, a matrix in brackets; a single element as a number."""
    times = r" \cdot "
    if max(value.shape, default=0) > MAX_WRITTEN:
        return Written(_outline(value, figures), ATOM, times)
    if value.size == 1:
        text, binding = _figure(float(value.reshape(())), figures)
        return Written(text, binding, times)
    if value.ndim == 1:
        row = _listed(value, figures, COMMA)
        return Written(f"({row})", ATOM, times)
    rows = r" \\ ".join(_listed(row, figures, " & ") for row in value)
    return Written(rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}", ATOM, times)


def _outline(value: Array, figures: int) -> str:
    """The first numbers and the last of a long vector; the size of a matrix."""
    if value.ndim > 1:
        return rf"\left[\,{value.shape[0]} \times {value.shape[1]}\,\right]"
    return rf"({_listed(value[:HEAD], figures, COMMA)},\ \ldots,\ {_listed(value[-1:], figures, COMMA)})"


def _listed(values: Array, figures: int, between: str) -> str:
    return between.join(_figure(float(value), figures)[0] for value in values)


def _figure(value: float, figures: int) -> tuple[str, int]:
    """LaTeX of a number with so many significant figures, and its binding strength."""
    if math.isnan(value):
        return r"\mathrm{NaN}", ATOM
    sign, size = ("-" if value < 0 else ""), abs(value)
    if math.isinf(size):
        text, binding = r"\infty", ATOM
    elif size == 0 or 1e-4 <= size < 10**figures:
        text = np.format_float_positional(size, precision=figures, fractional=False, trim="-")
        binding = ATOM
    else:
        digits, exponent = np.format_float_scientific(size, precision=figures - 1, trim="-").split("e")
        digits = digits.removesuffix(".")
        power = f"10^{{{int(exponent)}}}"
        text, binding = (power, POWER) if digits == "1" else (rf"{digits} \cdot {power}", PRODUCT)
    return sign + text, NEGATIVE if sign else binding


def _term(value: Operand) -> Term:
    """A literal number of the rule, such as the 1 of 1 - beta, is its own symbol."""
    if isinstance(value, Term):
        return value
    numbers = written(np.asarray(value, np.float64), 12)
    return Term(Written(numbers.text, numbers.binding), numbers, np.asarray(value, np.float64))


def _binary(write: Callable[[Written, Written], Written], a: Term, b: Term, compute: Callable[..., Any]) -> Term:
    return Term(write(a.symbols, b.symbols), write(a.numbers, b.numbers), np.asarray(compute(a.value, b.value)))


def _plus(a: Written, b: Written) -> Written:
    if b.binding == NEGATIVE:  # a + (-b) is written a - b
        return Written(f"{a.text} - {b.text.removeprefix('-')}", SUM, a.times)
    return Written(f"{a.text} + {b.within(PRODUCT)}", SUM, a.times)


def _minus(a: Written, b: Written) -> Written:
    return Written(f"{a.text} - {b.within(PRODUCT)}", SUM, a.times)


def _times(a: Written, b: Written) -> Written:
    return Written(f"{a.within(NEGATIVE)}{a.times}{b.within(PRODUCT)}", min(a.binding, PRODUCT) or PRODUCT, a.times)


def _elementwise(a: Written, b: Written) -> Written:
    """The product of two vectors, with a sign that differs from the scalar product's."""
    return Written(rf"{a.within(NEGATIVE)} \odot {b.within(PRODUCT)}", min(a.binding, PRODUCT) or PRODUCT, a.times)


def _over(a: Written, b: Written) -> Written:
    return Written(rf"\frac{{{a.text}}}{{{b.text}}}", PRODUCT, a.times)


def _power(a: Written, b: Written) -> Written:
    return Written(f"{a.within(ATOM)}^{{{b.text}}}", POWER, a.times)


def _negative(a: Written) -> Written:
    return Written(f"-{a.within(PRODUCT)}", NEGATIVE, a.times)


def _function_of_two(name: str) -> Callable[[Written, Written], Written]:
    return lambda a, b: Written(rf"{name}\left({a.text},\ {b.text}\right)", ATOM, a.times)


def _called(name: str, a: Written) -> str:
    vector = a.binding == ATOM and a.text.startswith("(")  # it has its own brackets
    return rf"\operatorname{{{name}}}" + (a.text if vector else rf"\left({a.text}\right)")


def _unary(x: Term, write: Callable[[Written], str], compute: Callable[[Array], Any], binding: int = ATOM) -> Term:
    symbols, numbers = (Written(write(a), binding, a.times) for a in (x.symbols, x.numbers))
    return Term(symbols, numbers, np.asarray(compute(x.value)))
