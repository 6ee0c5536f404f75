"""Operations on whole tensors: other shapes of the same elements, constants, sums, products, classes."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from llvmlite import ir
from torch import fx

from steepest.engine.compiled.arrays import Array, Emitter, Index, broadcast
from steepest.engine.compiled.elementwise import RULES
from steepest.engine.compiled.scalars import Number, Scalars


class Lowering(Protocol):
    """What a rule needs of `lower.Lowering`."""

    emitter: Emitter

    def array(self, node: Any) -> Array:
        """A node's tensor."""
        ...

    def number(self, node: Any) -> Number:
        """A node's number, a double."""
        ...


def operation(node: fx.Node) -> str:
    """`add` for aten.add.Tensor."""
    packet = getattr(node.target, "overloadpacket", None)
    return str(node.target) if packet is None else str(packet.__name__)


def full(emitter: Emitter, shape: tuple[int, ...], dtype: torch.dtype, value: float) -> Array:
    """A tensor of one number."""
    constant = Scalars(emitter.builder, dtype).constant(value)
    return Array(shape, dtype, lambda index: constant, cheap=True)


# ---- other shapes of the same elements -------------------------------------------------------------------------------

Place = Callable[[tuple[Index, ...]], tuple[Index, ...]]


def _moved(source: Array, node: fx.Node, place: Place) -> Array:
    """Each element comes from another place of the source."""
    value = node.meta["val"]
    return Array(tuple(value.shape), source.dtype, lambda index: source.element(place(index)), cheap=source.cheap)


def _permute(at: Lowering, node: fx.Node) -> Array:
    order = _integers(node.args[1])  # type: ignore[arg-type]
    order = [each % len(order) for each in order]
    return _moved(at.array(node.args[0]), node, lambda index: tuple(index[order.index(n)] for n in range(len(order))))


def _expand(at: Lowering, node: fx.Node) -> Array:
    source = at.array(node.args[0])
    if source.size < node.meta["val"].numel():
        source = at.emitter.computed(source)
    return _moved(source, node, lambda index: broadcast(source.shape, index))


def _view(at: Lowering, node: fx.Node) -> Array:
    source, shape = at.array(node.args[0]), tuple(node.meta["val"].shape)
    kept = [size for size in shape if size != 1]
    if kept == [size for size in source.shape if size != 1]:  # only dimensions of size 1 come or go

        def place(index: tuple[Index, ...]) -> tuple[Index, ...]:
            rest = iter([i for size, i in zip(shape, index, strict=True) if size != 1])
            return tuple(0 if size == 1 else next(rest) for size in source.shape)

        return _moved(source, node, place)
    stored = at.emitter.stored(source)
    assert stored.address is not None
    return at.emitter.in_memory(stored.address, shape, stored.dtype)


def _select(at: Lowering, node: fx.Node) -> Array:
    source, dim, chosen = at.array(node.args[0]), *_integers(node.args[1:])
    dim %= len(source.shape)
    chosen %= source.shape[dim]
    return _moved(source, node, lambda index: (*index[:dim], chosen, *index[dim:]))


def _slice(at: Lowering, node: fx.Node) -> Array:
    source = at.array(node.args[0])
    dim, start, _, step = _with_defaults(node.args[1:], (0, None, None, 1))
    dim %= len(source.shape)
    first = start or 0
    if step != 1 or first < 0:
        raise NotImplementedError("a slice from the end or with a step")

    def place(index: tuple[Index, ...]) -> tuple[Index, ...]:
        return (*index[:dim], at.emitter.sum(index[dim], first), *index[dim + 1 :])

    return _moved(source, node, place)


def _integers(arguments: Sequence[Any]) -> list[int]:
    assert all(isinstance(each, int) for each in arguments)
    return list(arguments)


def _with_defaults(given: Sequence[Any], defaults: Sequence[Any]) -> list[Any]:
    """Arguments as given, then the defaults of the others."""
    return [*given, *defaults[len(given) :]]


def _cat(at: Lowering, node: fx.Node) -> Array:
    tensors: Any = node.args[0]
    parts = [at.array(each) for each in tensors]
    (dim,) = _with_defaults(node.args[1:], (0,))
    dim %= len(parts[0].shape)
    value = node.meta["val"]

    def element(index: tuple[Index, ...]) -> ir.Value:
        i = index[dim]
        if not isinstance(i, int):
            raise NotImplementedError("a computed index into concatenated tensors")
        for part in parts:
            if i < part.shape[dim]:
                return part.element((*index[:dim], i, *index[dim + 1 :]))
            i -= part.shape[dim]
        raise AssertionError("an index out of range")

    return Array(tuple(value.shape), value.dtype, element, cheap=all(part.cheap for part in parts))


def _where(at: Lowering, node: fx.Node) -> Array:
    value = node.meta["val"]
    condition, yes, no = (at.array(each) for each in node.args)
    scalars = Scalars(at.emitter.builder, value.dtype)

    def element(index: tuple[Index, ...]) -> ir.Value:
        chosen = [scalars.convert(each.element(broadcast(each.shape, index))) for each in (yes, no)]
        return scalars.select(condition.element(broadcast(condition.shape, index)), *chosen)

    return Array(tuple(value.shape), value.dtype, element)


# ---- constants -------------------------------------------------------------------------------------------------------


def _filled(at: Lowering, node: fx.Node) -> Array:
    """full, full_like, zeros_like, ones_like, scalar_tensor, empty_permuted."""
    name, value = operation(node), node.meta["val"]
    if name.startswith(("zeros", "empty", "new_zeros")):
        number: Any = 0
    elif name.startswith("ones"):
        number = 1
    else:
        number = node.args[0] if name == "scalar_tensor" else node.args[1]
    if isinstance(number, fx.Node):
        converted = Scalars(at.emitter.builder, value.dtype).convert(at.number(number))
        return Array(tuple(value.shape), value.dtype, lambda index: converted, cheap=True)
    return full(at.emitter, tuple(value.shape), value.dtype, number)


def _arange(at: Lowering, node: fx.Node) -> Array:
    """start, start + step and so on."""
    value = node.meta["val"]
    start, _, step = _with_defaults(_integers(node.args), (0, 0, 1))
    if value.dtype != torch.int64:
        raise NotImplementedError("a range of fractions")

    def element(index: tuple[Index, ...]) -> ir.Value:
        return at.emitter.integer(at.emitter.sum(at.emitter.product(index[0], step), start))

    return Array(tuple(value.shape), value.dtype, element, cheap=True)


# ---- sums and products -----------------------------------------------------------------------------------------------


def _sum_of(at: Lowering, node: fx.Node, source: Array, dims: Sequence[int], mean: bool) -> Array:
    """The sum over some dimensions, in the order of the elements."""
    value = node.meta["val"]
    scalars = Scalars(at.emitter.builder, value.dtype)
    dims = sorted(dim % len(source.shape) for dim in dims) if dims else list(range(len(source.shape)))
    kept = [dim for dim in range(len(source.shape)) if dim not in dims]
    reduced = [source.shape[dim] for dim in dims]
    outer = tuple(source.shape[dim] for dim in kept)
    total = at.emitter.allocate(outer, value.dtype)
    assert total.address is not None
    at.emitter.write(total.address, full(at.emitter, outer, value.dtype, 0.0))

    def add(summed: tuple[Index, ...]) -> None:
        def one(index: tuple[Index, ...]) -> None:
            place: list[Index] = [0] * len(source.shape)
            for dim, i in (*zip(dims, summed, strict=True), *zip(kept, index, strict=True)):
                place[dim] = i
            term = scalars.convert(source.element(tuple(place)))
            at.emitter.put(total, index, scalars.add(total.element(index), term))

        at.emitter.each(outer, one)

    at.emitter.each(reduced, add)
    result = at.emitter.in_memory(total.address, tuple(value.shape), value.dtype)
    if not mean:
        return result
    count = scalars.constant(float(math.prod(reduced)))
    return Array(result.shape, result.dtype, lambda index: scalars.div(result.element(index), count))


def _reduction(mean: bool) -> Callable[[Lowering, fx.Node], Array]:
    def rule(at: Lowering, node: fx.Node) -> Array:
        dims = node.args[1] if len(node.args) > 1 else ()
        return _sum_of(at, node, at.array(node.args[0]), dims or (), mean)  # type: ignore[arg-type]

    return rule


def _matrix_product(at: Lowering, node: fx.Node) -> Array:
    """Mm and addmm: each sum in the order of the inner dimension, beginning with the bias."""
    *bias, a, b = (at.array(each) for each in node.args)
    a, b = at.emitter.computed(a), at.emitter.computed(b)
    value = node.meta["val"]
    scalars = Scalars(at.emitter.builder, value.dtype)
    rows, columns = value.shape
    result = at.emitter.allocate((rows, columns), value.dtype)

    def row(i: Index) -> None:
        def begin(index: tuple[Index, ...]) -> None:
            first = bias[0].element(broadcast(bias[0].shape, (i, *index))) if bias else scalars.constant(0.0)
            at.emitter.put(result, (i, *index), first)

        def inner(ks: tuple[Index, ...]) -> None:
            def column(js: tuple[Index, ...]) -> None:
                term = scalars.mul(a.element((i, *ks)), b.element((*ks, *js)))
                at.emitter.put(result, (i, *js), scalars.add(result.element((i, *js)), term))

            at.emitter.each((columns,), column)

        at.emitter.each((columns,), begin)
        at.emitter.each((a.shape[1],), inner)

    at.emitter.each((rows,), lambda index: row(index[0]))
    return result


# ---- classes ---------------------------------------------------------------------------------------------------------


def _log_softmax(at: Lowering, node: fx.Node) -> Array:
    """X - max - log(sum of exp(x - max)), along the last dimension."""
    source = at.emitter.computed(at.array(node.args[0]))
    rows, columns = source.shape
    if node.args[1] not in (1, -1):
        raise NotImplementedError("log_softmax along another dimension")
    value = node.meta["val"]
    scalars = Scalars(at.emitter.builder, value.dtype)
    largest, total = (at.emitter.allocate((rows, 1), value.dtype) for _ in range(2))

    def row(index: tuple[Index, ...]) -> None:
        i = index[0]
        at.emitter.put(largest, (i, 0), source.element((i, 0)))
        at.emitter.put(total, (i, 0), scalars.constant(0.0))

        def compare(js: tuple[Index, ...]) -> None:
            at.emitter.put(
                largest, (i, 0), RULES["maximum"](scalars, largest.element((i, 0)), source.element((i, *js)))
            )

        def add(js: tuple[Index, ...]) -> None:
            term = scalars.call("exp", scalars.sub(source.element((i, *js)), largest.element((i, 0))))
            at.emitter.put(total, (i, 0), scalars.add(total.element((i, 0)), term))

        at.emitter.each((columns,), compare)
        at.emitter.each((columns,), add)
        at.emitter.put(total, (i, 0), scalars.call("log", total.element((i, 0))))

    at.emitter.each((rows,), row)

    def element(index: tuple[Index, ...]) -> ir.Value:
        centred = scalars.sub(source.element(index), largest.element((index[0], 0)))
        return scalars.sub(centred, total.element((index[0], 0)))

    return Array((rows, columns), value.dtype, element)


def _gather(at: Lowering, node: fx.Node) -> Array:
    """The element of each row at the row's own column."""
    source, columns = at.emitter.stored(at.array(node.args[0])), at.array(node.args[2])
    if node.args[1] not in (1, -1):
        raise NotImplementedError("gather along another dimension")
    value = node.meta["val"]
    return Array(tuple(value.shape), value.dtype, lambda index: source.element((index[0], columns.element(index))))


def _scatter(at: Lowering, node: fx.Node) -> Array:
    """The source with one number put into each row, at the row's own column."""
    source, columns, number = at.array(node.args[0]), at.array(node.args[2]), node.args[3]
    if node.args[1] not in (1, -1) or columns.shape[1] != 1:
        raise NotImplementedError("scatter along another dimension")
    scalars = Scalars(at.emitter.builder, source.dtype)
    assert isinstance(number, int | float)

    def element(index: tuple[Index, ...]) -> ir.Value:
        here = at.emitter.builder.icmp_signed("==", columns.element((index[0], 0)), at.emitter.integer(index[1]))
        return scalars.select(here, scalars.constant(number), source.element(index))

    return Array(source.shape, source.dtype, element)


def _index_put(at: Lowering, node: fx.Node) -> Array:
    """tensor[mask] = number."""
    source, places, number = at.array(node.args[0]), node.args[1], at.array(node.args[2])
    mask = at.array(places[0])  # type: ignore[index]
    if mask.dtype != torch.bool or mask.shape != source.shape or number.size != 1:
        raise NotImplementedError("index_put without a mask")
    scalars = Scalars(at.emitter.builder, source.dtype)

    def element(index: tuple[Index, ...]) -> ir.Value:
        put = scalars.convert(number.element((0,) * len(number.shape)))
        return scalars.select(mask.element(index), put, source.element(index))

    return Array(source.shape, source.dtype, element)


def _copy(at: Lowering, node: fx.Node) -> Array:
    """The second operand in the type of the first."""
    value = node.meta["val"]
    source = at.array(node.args[1])
    scalars = Scalars(at.emitter.builder, value.dtype)
    return Array(
        tuple(value.shape),
        value.dtype,
        lambda index: scalars.convert(source.element(broadcast(source.shape, index))),
    )


STRUCTURAL: Mapping[str, Callable[[Lowering, fx.Node], Array]] = {
    "permute": _permute,
    "expand": _expand,
    "view": _view,
    "_unsafe_view": _view,
    "unsqueeze": _view,
    "squeeze": _view,
    "select": _select,
    "slice": _slice,
    "cat": _cat,
    "where": _where,
    "full": _filled,
    "full_like": _filled,
    "zeros_like": _filled,
    "ones_like": _filled,
    "scalar_tensor": _filled,
    "empty_permuted": _filled,
    "arange": _arange,
    "sum": _reduction(mean=False),
    "mean": _reduction(mean=True),
    "mm": _matrix_product,
    "addmm": _matrix_product,
    "_log_softmax": _log_softmax,
    "gather": _gather,
    "scatter": _scatter,
    "index_put": _index_put,
    "copy": _copy,
}
