"""A traced graph as LLVM instructions: one rule for each operation."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from llvmlite import ir
from torch import SymFloat, fx

from steepest.engine.compiled.arrays import Array, Emitter, Index, broadcast
from steepest.engine.compiled.elementwise import COMPARISONS, PYTHON, RULES
from steepest.engine.compiled.scalars import Scalars
from steepest.engine.compiled.structural import STRUCTURAL, full, operation

# A tensor, or one of torch's Python numbers: a double.
Value: TypeAlias = Array | ir.Value


def lower(graph: fx.Graph, emitter: Emitter, inputs: Sequence[Value]) -> list[Array]:
    """Writes the graph's code and returns its outputs. Raises `NotImplementedError` for an operation without a rule."""
    values = iter(inputs)
    lowering = Lowering(emitter)
    for node in graph.nodes:
        if node.op == "placeholder":
            lowering.values[node] = next(values)
        elif node.op == "output":
            return [lowering.array(each) for each in node.args[0]]
        else:
            lowering.add(node)
    raise AssertionError("a graph without an output")


class Lowering:
    """values: of the nodes so far."""

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.values: dict[fx.Node, Value] = {}
        self.double = Scalars(emitter.builder, torch.float64)

    def add(self, node: fx.Node) -> None:
        """Writes the code of one node."""
        if node.op == "get_attr":
            self.values[node] = self._constant(node.meta["constant"])
            return
        result = node.meta.get("val")
        if isinstance(result, SymFloat | float):
            self.values[node] = self._number(node)
            return
        name = operation(node)
        array = self._elementwise(node, name) if name in RULES else self._structural(node, name)
        # An element that is asked for more than once is computed once, here.
        self.values[node] = array if len(node.users) < 2 else self.emitter.computed(array)

    def array(self, node: Any) -> Array:
        """A node's tensor."""
        value = self.values[node]
        assert isinstance(value, Array)
        return value

    def number(self, node: fx.Node) -> ir.Value:
        """A node's number, a double."""
        return self.values[node]

    def _constant(self, tensor: torch.Tensor) -> Array:
        if tensor.numel() != 1:
            raise NotImplementedError("a constant of several elements")
        return full(self.emitter, tuple(tensor.shape), tensor.dtype, tensor.item())

    def _number(self, node: fx.Node) -> ir.Value:
        """One of torch's Python numbers."""
        if operation(node) == "_local_scalar_dense":
            array = self.array(node.args[0])
            return self.double.convert(array.element((0,) * len(array.shape)))
        name = getattr(node.target, "__name__", str(node.target)).removeprefix("sym_")
        if name not in PYTHON:
            raise NotImplementedError(name)
        operands = [self._operand(each) for each in node.args]
        if any(isinstance(each, float) and math.isnan(each) for each in operands):
            raise NotImplementedError("a constant that torch changes in place")
        if name == "pow" and not isinstance(operands[1], ir.Value):
            return PYTHON[name](self.double, self.double.convert(operands[0]), operands[1])
        return PYTHON[name](self.double, *(self.double.convert(each) for each in operands))

    def _elementwise(self, node: fx.Node, name: str) -> Array:
        shape, dtype = tuple(node.meta["val"].shape), node.meta["val"].dtype
        operands = [self._operand(each) for each in node.args]
        computes_in = dtype
        if name in COMPARISONS:
            tensors = [each for each in operands if isinstance(each, Array)]
            computes_in = max(tensors, key=lambda each: len(each.shape)).dtype
        scalars = Scalars(self.emitter.builder, computes_in)
        options = {
            key: scalars.convert(self._operand(each))
            for key, each in node.kwargs.items()
            if key in ("alpha", "value") and not (isinstance(each, int | float) and each == 1)
        }
        rule = RULES[name]

        def element(index: tuple[Index, ...]) -> ir.Value:
            found = []
            for place, operand in enumerate(operands):
                if isinstance(operand, Array):
                    found.append(scalars.convert(operand.element(broadcast(operand.shape, index))))
                elif operand is None or (name == "pow" and place == 1 and not isinstance(operand, ir.Value)):
                    found.append(operand)  # an exponent as it is written: 2 is a product
                else:
                    found.append(scalars.convert(operand))
            return rule(scalars, *found, **options)

        return Array(shape, dtype, element)

    def _operand(self, argument: Any) -> Any:
        """An array, a double, or a Python number as it is written in the graph."""
        return self.values[argument] if isinstance(argument, fx.Node) else argument

    def _structural(self, node: fx.Node, name: str) -> Array:
        rule = STRUCTURAL.get(name)
        if rule is None:
            raise NotImplementedError(str(node.target))
        return rule(self, node)
