"""Any torch function as a kernel, for tests of single operations."""

import ctypes
from collections.abc import Callable

import numpy as np
import torch
from llvmlite import ir
from torch import Tensor, fx

from steepest.engine.compiled import trace
from steepest.engine.compiled.arrays import POINTER, Emitter
from steepest.engine.compiled.lower import lower
from steepest.engine.compiled.machine_code import assemble, load

Function = Callable[..., Tensor]


def traced(function: Function, *inputs: Tensor) -> fx.Graph:
    """The function's operations."""
    return trace._trace(lambda *values: [function(*values)], inputs)


def operations(graph: fx.Graph) -> set[str]:
    """The ATen names in a graph, without overloads."""
    packets = [getattr(node.target, "overloadpacket", None) for node in graph.nodes if node.op == "call_function"]
    return {packet.__name__ for packet in packets if packet is not None}


def by_kernel(function: Function, *inputs: Tensor) -> Tensor:
    """The function's value on these inputs, by a kernel."""
    return run(traced(function, *inputs), *inputs)


def run(graph: fx.Graph, *inputs: Tensor) -> Tensor:
    """A graph's first output on these inputs, by a kernel; booleans become 0 and 1 in float64."""
    function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), [POINTER] * (len(inputs) + 2)), "made")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    *sources, target, scratch = function.args
    emitter = Emitter(builder, scratch)
    arrays = [emitter.in_memory(at, tuple(each.shape), each.dtype) for at, each in zip(sources, inputs, strict=True)]
    output = lower(graph, emitter, arrays)[0]
    emitter.write(target, output)
    builder.ret_void()
    code = load(assemble(function.module), "made")
    result = torch.empty(output.shape, dtype=output.dtype)
    memory = np.empty(emitter.used + 64, np.uint8)
    held = [each.contiguous() for each in inputs]
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (len(inputs) + 2))(code.address)
    call(*(each.data_ptr() for each in held), result.data_ptr(), -(-memory.ctypes.data // 64) * 64)
    return result
