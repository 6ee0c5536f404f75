"""Reads typeset numbers back and reckons with them, as a pupil with a pocket calculator would.

A figure that was rounded stands for an interval: everything that rounds to it. So what comes out is an interval too,
and the true result must lie in it.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steepest.optimizers.symbolic import FIGURES

TOKEN = re.compile(r"\\left|\\right|\\[a-zA-Z]+|\\[\\,; ]|\d+(?:\.\d+)?|[-+^(){},&a-zA-Z]|\s+")
CONSTANTS = {"0", "1", "2", "4", "0.5", "0.96"}  # the rules' own numbers, and those of the state that are exact


@dataclass(frozen=True)
class Interval:
    """low, high: arrays of one shape, low <= high."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, low: ArrayLike, high: ArrayLike) -> "Interval":
        return cls(np.asarray(low, np.float64), np.asarray(high, np.float64))

    @classmethod
    def corners(cls, *values: NDArray[np.float64]) -> "Interval":
        return cls(np.minimum.reduce(np.broadcast_arrays(*values)), np.maximum.reduce(np.broadcast_arrays(*values)))

    def __add__(self, other: "Interval") -> "Interval":
        return Interval.of(self.low + other.low, self.high + other.high)

    def __neg__(self) -> "Interval":
        return Interval.of(-self.high, -self.low)

    def __mul__(self, other: "Interval") -> "Interval":
        a, b = self, other
        return Interval.corners(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high)

    def __truediv__(self, other: "Interval") -> "Interval":
        beyond = (other.low <= 0) & (other.high >= 0)
        found = self * Interval.corners(1 / other.low, 1 / other.high)
        return Interval.of(np.where(beyond, -np.inf, found.low), np.where(beyond, np.inf, found.high))

    def power(self, exponent: "Interval") -> "Interval":
        if np.all(exponent.low == 2) and np.all(exponent.high == 2):
            size = self.magnitude()
            return Interval.of(size.low**2, size.high**2)
        ends = [base**e for base in (self.low, self.high) for e in (exponent.low, exponent.high)]
        return Interval.corners(*ends)

    def magnitude(self) -> "Interval":
        low = np.maximum(0, np.maximum(self.low, -self.high))
        return Interval.of(low, np.maximum(np.abs(self.low), np.abs(self.high)))

    def root(self) -> "Interval":
        return Interval.of(np.sqrt(np.maximum(self.low, 0)), np.sqrt(np.maximum(self.high, 0)))

    def rms(self) -> "Interval":
        size = self.magnitude()
        return Interval.of(np.sqrt(np.mean(size.low**2)), np.sqrt(np.mean(size.high**2)))

    def sign(self) -> "Interval":
        return Interval.of(np.sign(self.low), np.sign(self.high))

    def inverse(self) -> "Interval":
        (a, b), (c, d) = ([self.at(row, column) for column in (0, 1)] for row in (0, 1))
        one = Interval.of(1.0, 1.0) / (a * d + -(b * c))
        rows = [[d * one, -b * one], [-c * one, a * one]]
        return Interval.of([[e.low for e in row] for row in rows], [[e.high for e in row] for row in rows])

    def at(self, row: int, column: int) -> "Interval":
        return Interval.of(self.low[row, column], self.high[row, column])

    def of_matrix_times(self, vector: "Interval") -> "Interval":
        products = self * vector
        return Interval.of(products.low.sum(axis=-1), products.high.sum(axis=-1))

    def holds(self, value: Any, slack: float = 0.0, room: float = 0.0) -> bool:
        """slack: of the value's own size; room: as it is."""
        value = np.asarray(value, np.float64)
        room = slack * np.abs(value) + room
        return bool(np.all((self.low - room <= value) & (value <= self.high + room)))

    def width(self) -> float:
        return float(np.max(self.high - self.low))


class Reader:
    """Recursive descent over the LaTeX that `terms` writes, with numbers in it."""

    def __init__(self, text: str) -> None:
        found = TOKEN.findall(text)
        assert "".join(found) == text, f"not understood: {text}"
        self.tokens = [token for token in found if token.strip() and token not in (r"\left", r"\right", r"\ ", r"\,")]
        self.place = 0

    def whole(self) -> Interval:
        value = self.sum()
        assert self.place == len(self.tokens), f"left over: {self.tokens[self.place :]}"
        return value

    def next(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def expect(self, *tokens: str) -> None:
        for token in tokens:
            assert self.next() == token, f"{token} was expected: {self.tokens}"

    def sum(self) -> Interval:
        value = self.product()
        while self.peek() in ("+", "-"):
            minus = self.next() == "-"
            other = self.product()
            value = value + (-other if minus else other)
        return value

    def product(self) -> Interval:
        if self.peek() == "-":
            self.next()
            return -self.product()
        value = self.power()
        while self.peek() in (r"\cdot", r"\odot"):
            self.next()
            other = self.power()
            matrix = value.low.ndim == 2 and other.low.ndim == 1
            value = value.of_matrix_times(other) if matrix else value * other
        return value

    def power(self) -> Interval:
        value = self.atom()
        if self.peek() != "^":
            return value
        self.expect("^", "{")
        if value.low.ndim == 2:
            self.expect("-", "1", "}")
            return value.inverse()
        exponent = self.sum()
        self.expect("}")
        return value.power(exponent)

    def braced(self) -> Interval:
        self.expect("{")
        value = self.sum()
        self.expect("}")
        return value

    def several(self) -> list[Interval]:
        self.expect("(")
        values = [self.sum()]
        while self.peek() == ",":
            self.next()
            values.append(self.sum())
        self.expect(")")
        return values

    def atom(self) -> Interval:
        token = self.peek()
        if token == "(":
            values = self.several()
            return values[0] if len(values) == 1 else vector(values)
        self.next()
        match token:
            case r"\frac":
                over = self.braced()
                return over / self.braced()
            case r"\sqrt":
                return self.braced().root()
            case r"\lvert":
                value = self.sum()
                self.expect(r"\rvert")
                return value.magnitude()
            case r"\max" | r"\min":
                a, b = self.several()
                smaller = np.minimum if token == r"\min" else np.maximum
                return Interval.of(smaller(a.low, b.low), smaller(a.high, b.high))
            case r"\operatorname":
                self.expect("{")
                name = "".join(iter(self.next, "}"))
                values = self.several()
                value = values[0] if len(values) == 1 else vector(values)
                return value.rms() if name == "RMS" else value.sign()
            case r"\begin":
                return self.matrix()
            case _:
                return figure(token)

    def matrix(self) -> Interval:
        self.expect("{", *"pmatrix", "}")
        rows = [[self.sum()]]
        while (between := self.next()) != r"\end":
            if between == "&":
                rows[-1].append(self.sum())
            else:
                rows.append([self.sum()])
        self.expect("{", *"pmatrix", "}")
        return Interval.of([[e.low for e in row] for row in rows], [[e.high for e in row] for row in rows])


def vector(values: list[Interval]) -> Interval:
    return Interval.of([value.low for value in values], [value.high for value in values])


def figure(token: str) -> Interval:
    """All that rounds to it."""
    value = float(token)
    if token in CONSTANTS or value == 10:
        return Interval.of(value, value)
    figures = max(FIGURES, len(token.replace(".", "").lstrip("0")))
    half = 0.5 * 10.0 ** (np.floor(np.log10(value)) - figures + 1)
    return Interval.of(value - half, value + half)


def read(numbers: str) -> tuple[Interval, Interval]:
    """Of `arithmetic = result`: what the arithmetic comes to, and the result; of a result alone, that twice."""
    first, *rest = numbers.split(" = ")
    with np.errstate(all="ignore"):
        come_to = Reader(first).whole()
        return come_to, Reader(rest[0]).whole() if rest else come_to
