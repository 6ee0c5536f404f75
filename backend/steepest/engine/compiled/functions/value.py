"""Numbers of a function being written as LLVM IR: Python's operators on them write the instructions."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

DOUBLE = ir.DoubleType()
WORD = ir.IntType(64)

EXPONENT_BIAS = 1023
MANTISSA_BITS = 52
MIN_NORMAL = 2.0**-1022
# A double below 2^51 plus this is rounded to an integer, which is then in the low bits of the sum.
ROUND = 1.5 * 2.0**52


@dataclass(frozen=True, eq=False)
class Value:
    """A double, a 64-bit word or a condition. A Python number beside an operator is a constant of the same type."""

    builder: ir.IRBuilder
    ir: Any  # llvmlite has no types

    def __add__(self, other: Value | float) -> Value:
        return self._write("add", other)

    def __radd__(self, other: float) -> Value:
        return self._constant(other) + self

    def __sub__(self, other: Value | float) -> Value:
        return self._write("sub", other)

    def __rsub__(self, other: float) -> Value:
        return self._constant(other) - self

    def __mul__(self, other: Value | float) -> Value:
        return self._write("mul", other)

    def __rmul__(self, other: float) -> Value:
        return self._constant(other) * self

    def __truediv__(self, other: Value | float) -> Value:
        return self._write("div", other)

    def __rtruediv__(self, other: float) -> Value:
        return self._constant(other) / self

    def __neg__(self) -> Value:
        return Value(self.builder, (self.builder.fneg if self._is_double() else self.builder.neg)(self.ir))

    # Words and conditions.

    def __and__(self, other: Value | int) -> Value:
        return self._write("and_", other)

    def __or__(self, other: Value | int) -> Value:
        return self._write("or_", other)

    def __xor__(self, other: Value | int) -> Value:
        return self._write("xor", other)

    def __invert__(self) -> Value:
        return Value(self.builder, self.builder.not_(self.ir))

    def __lshift__(self, count: Value | int) -> Value:
        return self._write("shl", count)

    def __rshift__(self, count: Value | int) -> Value:
        """Shifts zeros in from the left."""
        return self._write("lshr", count)

    # Comparisons: false where a side is NaN, but for `differs`.

    def __lt__(self, other: Value | float) -> Value:
        return self._compare("<", other)

    def __le__(self, other: Value | float) -> Value:
        return self._compare("<=", other)

    def __gt__(self, other: Value | float) -> Value:
        return self._compare(">", other)

    def __ge__(self, other: Value | float) -> Value:
        return self._compare(">=", other)

    def equals(self, other: Value | float) -> Value:
        """Equality, also of 0 and -0."""
        return self._compare("==", other)

    def is_nan(self) -> Value:
        """Whether a double is NaN."""
        return Value(self.builder, self.builder.fcmp_unordered("uno", self.ir, self.ir))

    # Other views.

    def bits(self) -> Value:
        """The word that a double is stored as."""
        return Value(self.builder, self.builder.bitcast(self.ir, WORD))

    def double(self) -> Value:
        """The double that a word stores."""
        return Value(self.builder, self.builder.bitcast(self.ir, DOUBLE))

    def _is_double(self) -> bool:
        return bool(self.ir.type == DOUBLE)

    def _constant(self, number: float) -> Value:
        return Value(self.builder, ir.Constant(self.ir.type, number))

    def _operand(self, other: Value | float) -> Any:
        return other.ir if isinstance(other, Value) else self._constant(other).ir

    def _write(self, operation: str, other: Value | float) -> Value:
        name = f"f{operation}" if self._is_double() else operation
        return Value(self.builder, getattr(self.builder, name)(self.ir, self._operand(other)))

    def _compare(self, relation: str, other: Value | float) -> Value:
        compare = self.builder.fcmp_ordered if self._is_double() else self.builder.icmp_signed
        return Value(self.builder, compare(relation, self.ir, self._operand(other)))


def where(condition: Value, yes: Value | float, no: Value | float) -> Value:
    """`yes` where the condition holds, else `no`; without a branch. Python numbers are doubles."""
    chosen = [side.ir if isinstance(side, Value) else ir.Constant(DOUBLE, side) for side in (yes, no)]
    return Value(condition.builder, condition.builder.select(condition.ir, *chosen))


def polynomial(x: Value, coefficients: Sequence[float]) -> Value:
    """The polynomial with these coefficients, in ascending powers, by Estrin's scheme: pairs, then pairs of pairs."""
    terms: Sequence[Value | float] = coefficients
    while len(terms) > 1:
        pairs = [low + high * x for low, high in zip(terms[::2], terms[1::2], strict=False)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
        x = x * x
    (total,) = terms
    assert isinstance(total, Value), "a polynomial of one coefficient"
    return total


def intrinsic(name: str, *arguments: Value) -> Value:
    """LLVM's operation of this name on doubles: only such as never become a call of a C library."""
    builder = arguments[0].builder
    function = builder.module.declare_intrinsic(name, [DOUBLE], ir.FunctionType(DOUBLE, [DOUBLE] * len(arguments)))
    return Value(builder, builder.call(function, [argument.ir for argument in arguments]))


def sqrt(x: Value) -> Value:
    """The square root, correctly rounded."""
    return intrinsic("llvm.sqrt", x)


def absolute(x: Value) -> Value:
    """|x|; of NaN, NaN."""
    return intrinsic("llvm.fabs", x)


def with_sign(x: Value, sign: Value) -> Value:
    """|x| with the sign of another, also of -0."""
    return intrinsic("llvm.copysign", x, sign)


def clamp(x: Value, low: float, high: float) -> Value:
    """The nearest number in [low, high]; NaN stays NaN."""
    return where(x > high, high, where(x < low, low, x))


def word_of(number: float) -> int:
    """The bits of a double, as an integer."""
    return int(struct.unpack("<q", struct.pack("<d", number))[0])


def power_of_two(k: Value) -> Value:
    """2^k as a double, from the low 12 bits of a word that hold k in [-1022, 1023]."""
    return ((k + EXPONENT_BIAS) << MANTISSA_BITS).double()


def split(x: Value) -> tuple[Value, Value, Value]:
    """A positive normal x as 2^k m, with m in [√½, √2): k as a word and as a double, and m."""
    lowest = word_of(math.sqrt(0.5))
    shifted = x.bits() + (word_of(1.0) - lowest)
    biased = shifted >> MANTISSA_BITS
    mantissa = ((shifted & ((1 << MANTISSA_BITS) - 1)) + lowest).double()
    two_52 = 2.0**MANTISSA_BITS
    return biased - EXPONENT_BIAS, (biased | word_of(two_52)).double() - (two_52 + EXPONENT_BIAS), mantissa
