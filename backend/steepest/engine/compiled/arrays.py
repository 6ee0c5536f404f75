"""Tensors inside a kernel: a shape, and a way to get one element. Code is written where an element is asked for."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TypeAlias

import torch
from llvmlite import ir

Index: TypeAlias = int | ir.Value
Element: TypeAlias = Callable[[tuple[Index, ...]], ir.Value]

INT = ir.IntType(64)
POINTER = ir.PointerType()
TYPES: dict[torch.dtype, ir.Type] = {
    torch.float32: ir.FloatType(),
    torch.float64: ir.DoubleType(),
    torch.bool: ir.IntType(1),
    torch.int64: INT,
}

# Loops over at most so many elements are written out.
_WRITTEN_OUT = 4


@dataclass(frozen=True)
class Array:
    """A tensor in a kernel.

    element: the value at an index, one entry a dimension.
    address: of the first element, where the elements lie in memory in row-major order; else None.
    cheap: getting an element again costs next to nothing.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype
    element: Element
    address: ir.Value | None = None
    cheap: bool = False

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)


@dataclass
class Emitter:
    """Writes code into one function.

    scratch: memory for intermediate tensors. used: how many bytes of it so far.
    """

    builder: ir.IRBuilder
    scratch: ir.Value
    used: int = 0

    @property
    def module(self) -> ir.Module:
        """The module of the function."""
        return self.builder.module

    def each(self, shape: Sequence[int], body: Callable[[tuple[Index, ...]], None]) -> None:
        """Runs the body's code for every index, the last dimension fastest."""
        if math.prod(shape) <= _WRITTEN_OUT:
            for index in product(*map(range, shape)):
                body(index)
        else:
            self._nested(tuple(shape), (), body)

    def _nested(
        self, shape: tuple[int, ...], index: tuple[Index, ...], body: Callable[[tuple[Index, ...]], None]
    ) -> None:
        if not shape:
            body(index)
        elif shape[0] == 1:
            self._nested(shape[1:], (*index, 0), body)
        else:
            self.loop(shape[0], lambda i: self._nested(shape[1:], (*index, i), body))

    def loop(self, count: Index, body: Callable[[ir.Value], None]) -> None:
        """A loop over 0 .. count - 1; count is at least 1 where it is not a constant."""
        builder = self.builder
        before = builder.block
        inside = builder.append_basic_block("loop")
        builder.branch(inside)
        builder.position_at_end(inside)
        i = builder.phi(INT)
        i.add_incoming(INT(0), before)
        body(i)
        following = builder.add(i, INT(1))
        i.add_incoming(following, builder.block)
        done = builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed("<", following, self.integer(count)), inside, done)
        builder.position_at_end(done)

    def integer(self, value: Index) -> ir.Value:
        """As an LLVM value."""
        return INT(value) if isinstance(value, int) else value

    def at(self, shape: Sequence[int], index: Sequence[Index]) -> ir.Value:
        """The place of an element in row-major order."""
        place: Index = 0
        stride = 1
        for size, i in zip(reversed(shape), reversed(index), strict=True):
            if size != 1:
                place = self.sum(place, self.product(i, stride))
            stride *= size
        return self.integer(place)

    def product(self, i: Index, stride: int) -> Index:
        """An index times a number."""
        if isinstance(i, int):
            return i * stride
        return i if stride == 1 else self.builder.mul(i, INT(stride))

    def sum(self, a: Index, b: Index) -> Index:
        """Of two indices."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        if a == 0 or b == 0:
            return b if a == 0 else a
        return self.builder.add(self.integer(a), self.integer(b))

    def in_memory(self, address: ir.Value, shape: tuple[int, ...], dtype: torch.dtype) -> Array:
        """A tensor that lies at an address."""
        return Array(shape, dtype, partial(self._load, address, shape, TYPES[dtype]), address, cheap=True)

    def place(self, base: ir.Value, index: ir.Value, dtype: torch.dtype) -> ir.Value:
        """The address of an element of a row of numbers."""
        return self.builder.gep(base, [index], source_etype=TYPES[dtype])

    def _load(self, address: ir.Value, shape: tuple[int, ...], kind: ir.Type, index: tuple[Index, ...]) -> ir.Value:
        return self.builder.load(self.builder.gep(address, [self.at(shape, index)], source_etype=kind), typ=kind)

    def put(self, array: Array, index: tuple[Index, ...], value: ir.Value) -> None:
        """Stores one element of a tensor in memory."""
        self.builder.store(value, self.place(array.address, self.at(array.shape, index), array.dtype))

    def write(self, address: ir.Value, array: Array) -> None:
        """Stores all elements at an address, in row-major order."""
        target = self.in_memory(address, array.shape, array.dtype)
        self.each(array.shape, lambda index: self.put(target, index, array.element(index)))

    def allocate(self, shape: tuple[int, ...], dtype: torch.dtype) -> Array:
        """Scratch memory for a tensor, not yet set."""
        if dtype == torch.bool:
            raise NotImplementedError("a stored tensor of booleans")
        size = math.prod(shape) * dtype.itemsize
        address = self.builder.gep(self.scratch, [INT(self.used)], source_etype=ir.IntType(8))
        self.used += -(-size // 64) * 64
        return self.in_memory(address, shape, dtype)

    def stored(self, array: Array) -> Array:
        """The same tensor in memory, in row-major order."""
        if array.address is not None:
            return array
        copy = self.allocate(array.shape, array.dtype)
        assert copy.address is not None
        self.write(copy.address, array)
        return copy

    def computed(self, array: Array, again: bool = False) -> Array:
        """The same tensor, computed here once: few elements as values, others in memory.

        again: read even what already lies in memory, which will be overwritten.
        """
        if array.cheap and not again:
            return array
        if array.size > _WRITTEN_OUT:
            # Booleans are not stored: they are compared again where they are used.
            return array if array.dtype == torch.bool else self.stored(array)
        values = {index: array.element(index) for index in product(*map(range, array.shape))}

        def element(index: tuple[Index, ...]) -> ir.Value:
            place = tuple(0 if size == 1 else i for size, i in zip(array.shape, index, strict=True))
            if all(isinstance(i, int) for i in place):
                return values[place]
            raise NotImplementedError("a computed index into few values")

        return Array(array.shape, array.dtype, element, cheap=True)


def broadcast(shape: Sequence[int], index: Sequence[Index]) -> tuple[Index, ...]:
    """The place in an operand of this shape that belongs to a place in the result."""
    last = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for size, i in zip(shape, last, strict=True))
