"""Arithmetic on single numbers of one type, as LLVM instructions that follow IEEE 754 strictly."""

from dataclasses import dataclass
from typing import TypeAlias

import torch
from llvmlite import ir

from steepest.engine.compiled.arrays import TYPES
from steepest.engine.compiled.functions import declare

Number: TypeAlias = ir.Value  # in a register


@dataclass(frozen=True)
class Scalars:
    """Operations in one dtype. Operands are values of that type."""

    builder: ir.IRBuilder
    dtype: torch.dtype

    @property
    def type(self) -> ir.Type:
        """The LLVM type."""
        return TYPES[self.dtype]

    def constant(self, value: float) -> Number:
        """A number of this type, rounded to it."""
        if isinstance(self.type, ir.IntType):
            return self.type(int(value))
        return ir.Constant(self.type, torch.tensor(value, dtype=self.dtype).item())

    def convert(self, value: Number | float) -> Number:
        """A value of any dtype in this one."""
        if isinstance(value, int | float):
            return self.constant(value)
        if value.type == self.type:
            return value
        if isinstance(value.type, ir.IntType):
            if isinstance(self.type, ir.IntType):
                return self.builder.zext(value, self.type)
            return (self.builder.uitofp if value.type.width == 1 else self.builder.sitofp)(value, self.type)
        if isinstance(self.type, ir.IntType):
            if self.type.width == 1:
                return self.builder.fcmp_unordered("!=", value, ir.Constant(value.type, 0.0))
            return self.builder.fptosi(value, self.type)
        wider = isinstance(self.type, ir.DoubleType)
        return (self.builder.fpext if wider else self.builder.fptrunc)(value, self.type)

    def add(self, a: Number, b: Number) -> Number:
        """A + b."""
        return self.builder.fadd(a, b) if self._floating else self.builder.add(a, b)

    def sub(self, a: Number, b: Number) -> Number:
        """A - b."""
        return self.builder.fsub(a, b) if self._floating else self.builder.sub(a, b)

    def mul(self, a: Number, b: Number) -> Number:
        """A b."""
        return self.builder.fmul(a, b) if self._floating else self.builder.mul(a, b)

    def div(self, a: Number, b: Number) -> Number:
        """A / b."""
        return self.builder.fdiv(a, b)

    def neg(self, a: Number) -> Number:
        """-a."""
        return self.builder.fneg(a)

    def call(self, name: str, *arguments: Number) -> Number:
        """An elementary function."""
        return self.builder.call(declare(self.builder.module, name, self.type), arguments)

    def sqrt(self, a: Number) -> Number:
        """The square root, which every processor rounds correctly."""
        return self.builder.call(self.builder.module.declare_intrinsic("llvm.sqrt", [self.type]), [a])

    def abs(self, a: Number) -> Number:
        """Without its sign."""
        return self.builder.call(self.builder.module.declare_intrinsic("llvm.fabs", [self.type]), [a])

    def compare(self, relation: str, a: Number, b: Number) -> Number:
        """i1; false where one of them is NaN, except for `!=`."""
        if not self._floating:
            return self.builder.icmp_signed(relation, a, b)
        compare = self.builder.fcmp_unordered if relation == "!=" else self.builder.fcmp_ordered
        return compare(relation, a, b)

    def is_nan(self, a: Number) -> Number:
        """Whether it is not a number, i1."""
        return self.builder.fcmp_unordered("uno", a, a)

    def select(self, condition: Number, yes: Number, no: Number) -> Number:
        """One of two values."""
        return self.builder.select(condition, yes, no)

    @property
    def _floating(self) -> bool:
        return self.dtype.is_floating_point
