"""The functions that the loop calls, as LLVM instructions: the loss with its gradient, and an optimizer's update."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from llvmlite import ir
from torch import fx

from steepest.engine.compiled.arrays import INT, POINTER, Array, Emitter, Index
from steepest.engine.compiled.lower import Lowering, lower
from steepest.engine.compiled.scalars import Scalars
from steepest.engine.compiled.trace import UpdateGraph

LOSS, CURVATURE, MEASUREMENT, UPDATE = "loss", "curvature", "measurement", "update"


@dataclass(frozen=True)
class LossCode:
    """void loss(parameters, inputs, targets, indices, gradient, loss, scratch), all pointers.

    parameters, gradient: (n,). loss: one number.
    inputs, targets: all training samples. indices: int64[batch], those of the batch; not read without batches.
    scratch: memory for intermediate tensors, this many bytes.
    """

    module: ir.Module
    scratch: int


def loss_code(graph: fx.Graph, samples: bool, gathered: bool) -> LossCode:
    """graph: of `trace_loss`. samples: it ends with inputs and targets. gathered: they are those of the indices."""
    function, builder = _function(LOSS, [POINTER] * 7)
    parameters, inputs, targets, indices, gradient, loss, scratch = function.args
    emitter = Emitter(builder, scratch)
    tensors = [node.meta["val"] for node in graph.nodes if node.op == "placeholder"]
    arrays, places, place = list[Array](), list[int](), 0
    for tensor in tensors[:-2] if samples else tensors:
        address = emitter.place(parameters, INT(place), tensor.dtype)
        arrays.append(emitter.in_memory(address, tuple(tensor.shape), tensor.dtype))
        places.append(place)
        place += tensor.numel()
    for pointer, tensor in zip((inputs, targets), tensors[len(arrays) :], strict=False):
        whole = emitter.in_memory(pointer, tuple(tensor.shape), tensor.dtype)
        arrays.append(_chosen(emitter, pointer, whole, indices) if gathered else whole)
    value, *gradients = lower(graph, emitter, arrays)
    emitter.write(loss, value)
    for place, each in zip(places, gradients, strict=True):
        emitter.write(emitter.place(gradient, INT(place), each.dtype), each)
    builder.ret_void()
    return LossCode(function.module, emitter.used)


def _chosen(emitter: Emitter, samples: ir.Value, batch: Array, indices: ir.Value) -> Array:
    """The rows at the indices, copied next to each other. samples: of all rows. batch: of as many as are chosen."""
    size, *row = batch.shape
    # At least two rows: in an array with one, every index means that row.
    rows = emitter.in_memory(samples, (max(2, size), *row), batch.dtype)
    places = emitter.in_memory(indices, (size,), torch.int64)

    def element(index: tuple[Index, ...]) -> ir.Value:
        return rows.element((places.element(index[:1]), *index[1:]))

    return emitter.stored(Array(batch.shape, batch.dtype, element))


def measurement_code(graph: fx.Graph, dtype: torch.dtype) -> LossCode:
    """The function `measurement`: a model measured at many points.

    void measurement(count, parameters, inputs, targets, outputs, losses, scratch). graph: of `trace_measurement`.

    parameters: (count, n). outputs: (count, samples, o). losses: (count, parts). count: at least 1.
    """
    function, builder = _function(MEASUREMENT, [INT] + [POINTER] * 6)
    count, parameters, inputs, targets, outputs, losses, scratch = function.args
    emitter = Emitter(builder, scratch)
    tensors = [node.meta["val"] for node in graph.nodes if node.op == "placeholder"]
    size = sum(tensor.numel() for tensor in tensors[:-2])

    def row(i: ir.Value) -> None:
        arrays, place = list[Array](), 0
        first = emitter.place(parameters, builder.mul(i, INT(size)), dtype)
        for tensor in tensors[:-2]:
            address = emitter.place(first, INT(place), dtype)
            arrays.append(emitter.in_memory(address, tuple(tensor.shape), dtype))
            place += tensor.numel()
        for pointer, tensor in zip((inputs, targets), tensors[-2:], strict=True):
            arrays.append(emitter.in_memory(pointer, tuple(tensor.shape), tensor.dtype))
        for base, result in zip((outputs, losses), lower(graph, emitter, arrays), strict=True):
            emitter.write(emitter.place(base, builder.mul(i, INT(result.size)), dtype), result)

    emitter.loop(count, row)
    builder.ret_void()
    return LossCode(function.module, emitter.used)


def curvature_code(graph: fx.Graph, dtype: torch.dtype) -> LossCode:
    """The function `curvature`: a surface's derivatives at many points.

    void curvature(count, points, gradients, Hessians, scratch). graph: of `trace_curvature`, with n parameters.

    points, gradients: (count, n). Hessians: (count, n, n). count: at least 1.
    """
    function, builder = _function(CURVATURE, [INT] + [POINTER] * 4)
    count, points, gradients, hessians, scratch = function.args
    emitter = Emitter(builder, scratch)
    (n,) = next(iter(graph.nodes)).meta["val"].shape

    def point(i: ir.Value) -> None:
        first = builder.mul(i, INT(n))
        position = emitter.in_memory(emitter.place(points, first, dtype), (n,), dtype)
        gradient, *rows = lower(graph, emitter, [position])
        emitter.write(emitter.place(gradients, first, dtype), gradient)
        for k, row in enumerate(rows):
            place = builder.add(builder.mul(i, INT(n * n)), INT(k * n))
            emitter.write(emitter.place(hessians, place, dtype), row)

    emitter.loop(count, point)
    builder.ret_void()
    return LossCode(function.module, emitter.used)


def update_code(traced: UpdateGraph, dtype: torch.dtype) -> ir.Module:
    """The function `update`: one update of n elements, in place.

    void update(n, parameters, gradient, state, numbers, hyperparameters).

    state: (s, n), the tensors of `traced.vectors`. numbers: float64, those of `traced.numbers`; what is not in
        `traced.before` is only written. hyperparameters: float64.
    """
    function, builder = _function(UPDATE, [INT] + [POINTER] * 5)
    count, parameters, gradient, state, numbers, hyperparameters = function.args
    emitter = Emitter(builder, parameters)  # an update needs no scratch memory
    lowering = Lowering(emitter)
    inputs, output = _ends(traced.graph)
    parameter, gradient_input, *rest = inputs
    slots = dict(zip(traced.before, rest, strict=False))
    outputs: Any = output.args[0]
    results = dict(zip(("", *traced.after), outputs, strict=True))

    def number(base: ir.Value, place: int, node: fx.Node) -> None:
        """An input that is the same for all elements."""
        like = node.meta["val"]
        value = builder.load(emitter.place(base, INT(place), torch.float64), typ=ir.DoubleType())
        value = Scalars(builder, like.dtype).convert(value)
        lowering.values[node] = Array((), like.dtype, lambda index: value, cheap=True)

    for place, name in enumerate(traced.numbers):
        if name in slots:
            number(numbers, place, slots[name])
    for place, node in enumerate(rest[len(slots) :]):
        number(hyperparameters, place, node)
    vectors = [parameter, gradient_input, *(slots[name] for name in traced.vectors if name in slots)]
    common, by_element = _split(traced.graph, vectors)
    for node in common:  # before the loop
        lowering.add(node)

    def element(i: ir.Value) -> None:
        homes = {
            name: emitter.place(state, i if slot == 0 else builder.add(builder.mul(count, INT(slot)), i), dtype)
            for slot, name in enumerate(traced.vectors)
        }
        homes[""] = emitter.place(parameters, i, dtype)
        addresses = [homes[""], emitter.place(gradient, i, dtype)]
        addresses += [homes[name] for name in traced.vectors if name in slots]
        for node, address in zip(vectors, addresses, strict=True):
            lowering.values[node] = emitter.computed(emitter.in_memory(address, (1,), dtype), again=True)
        for node in by_element:
            lowering.add(node)
        # All are read before the first is written.
        found = {name: emitter.computed(lowering.array(results[name]), again=True) for name in homes}
        for name, array in found.items():
            emitter.write(homes[name], array)

    emitter.loop(count, element)
    for place, name in enumerate(traced.numbers):
        value = lowering.double.convert(lowering.array(results[name]).element(()))
        builder.store(value, emitter.place(numbers, INT(place), torch.float64))
    builder.ret_void()
    return function.module


def _split(graph: fx.Graph, vectors: Sequence[fx.Node]) -> tuple[list[fx.Node], list[fx.Node]]:
    """The operations whose results are the same for all elements, and the others."""
    single = set(vectors)
    common = []
    for node in graph.nodes:
        if node.op not in ("placeholder", "output"):
            has_elements = getattr(node.meta.get("val"), "shape", ()) == (1,)
            if has_elements or any(each in single for each in node.all_input_nodes):
                single.add(node)
            else:
                common.append(node)
    return common, [node for node in graph.nodes if node in single and node.op not in ("placeholder", "output")]


def _ends(graph: fx.Graph) -> tuple[list[fx.Node], fx.Node]:
    """The inputs and the output."""
    nodes = list(graph.nodes)
    return [node for node in nodes if node.op == "placeholder"], nodes[-1]


def _function(name: str, arguments: Sequence[ir.Type]) -> tuple[ir.Function, ir.IRBuilder]:
    """A function in a module of its own. No two of its pointers reach the same memory."""
    function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), arguments), name)
    for argument in function.args:
        if argument.type == POINTER:
            argument.add_attribute("noalias")
    return function, ir.IRBuilder(function.append_basic_block("entry"))
