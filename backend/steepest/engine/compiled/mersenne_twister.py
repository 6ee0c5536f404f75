"""The code of `draws.py`: a Mersenne Twister for each seed."""

from collections.abc import Callable

from llvmlite import ir

from steepest.engine.compiled.arrays import INT, POINTER, Emitter

DRAW, SHUFFLE = "draw", "shuffle"
_WORD = ir.IntType(32)
_SIZE, _SHIFT = 624, 397


def draw_module() -> ir.Module:
    """The function `draw`: `size` numbers below `bound` for each seed, int64 each.

    void draw(count, seeds, size, bound, numbers).
    """
    function = _function(DRAW, [INT, POINTER, INT, INT, POINTER])
    count, seeds, size, bound, numbers = function.args
    twister = _Twister(function)
    builder = twister.builder

    def one_seed(row: ir.Value, random: Callable[[ir.Value], ir.Value]) -> None:
        first = builder.mul(row, size)

        def one(n: ir.Value) -> None:
            value = builder.urem(random(n), builder.trunc(bound, _WORD))
            target = builder.gep(numbers, [builder.add(first, n)], source_etype=INT)
            builder.store(builder.zext(value, INT), target)

        twister.emitter.loop(size, one)

    twister.for_each(count, seeds, one_seed)
    return function.module


def shuffle_module() -> ir.Module:
    """The function `shuffle`: int64 each, 0 to size - 1 in a random order. size: at least 2.

    void shuffle(count, seeds, size, orders).

    Fisher & Yates, from the front, as `torch.randperm`.
    """
    function = _function(SHUFFLE, [INT, POINTER, INT, POINTER])
    count, seeds, size, orders = function.args
    twister = _Twister(function)
    builder = twister.builder

    def one_seed(row: ir.Value, random: Callable[[ir.Value], ir.Value]) -> None:
        order = builder.gep(orders, [builder.mul(row, size)], source_etype=INT)

        def place(n: ir.Value) -> ir.Value:
            return builder.gep(order, [n], source_etype=INT)

        def swap(n: ir.Value) -> None:
            left = builder.trunc(builder.sub(size, n), _WORD)
            other = builder.add(n, builder.zext(builder.urem(random(n), left), INT))
            here, there = builder.load(place(n), typ=INT), builder.load(place(other), typ=INT)
            builder.store(there, place(n))
            builder.store(here, place(other))

        twister.emitter.loop(size, lambda n: builder.store(n, place(n)))
        twister.emitter.loop(builder.sub(size, INT(1)), swap)

    twister.for_each(count, seeds, one_seed)
    return function.module


def _function(name: str, arguments: list[ir.Type]) -> ir.Function:
    function = ir.Function(ir.Module(), ir.FunctionType(ir.VoidType(), arguments), name)
    function.append_basic_block("entry")
    return function


class _Twister:
    """Writes the generator into a function."""

    def __init__(self, function: ir.Function) -> None:
        self.builder = ir.IRBuilder(function.entry_basic_block)
        self.state = self.builder.alloca(_WORD, _SIZE)
        self.emitter = Emitter(self.builder, self.state)

    def for_each(
        self, count: ir.Value, seeds: ir.Value, body: Callable[[ir.Value, Callable[[ir.Value], ir.Value]], None]
    ) -> None:
        """The body for each seed: its number, and what gives the n-th random word, n from 0 on without a gap."""
        builder = self.builder

        def one(row: ir.Value) -> None:
            self._seed(builder.load(builder.gep(seeds, [row], source_etype=INT), typ=INT))
            body(row, self._random)

        self.emitter.loop(count, one)
        builder.ret_void()

    def _word(self, index: ir.Value) -> ir.Value:
        return self.builder.gep(self.state, [index], source_etype=_WORD)

    def _seed(self, seed: ir.Value) -> None:
        builder = self.builder
        builder.store(builder.trunc(seed, _WORD), self._word(INT(0)))

        def following(i: ir.Value) -> None:
            before = builder.load(self._word(i), typ=_WORD)
            mixed = builder.mul(builder.xor(before, builder.lshr(before, _WORD(30))), _WORD(1812433253))
            place = builder.add(i, INT(1))
            builder.store(builder.add(mixed, builder.trunc(place, _WORD)), self._word(place))

        self.emitter.loop(_SIZE - 1, following)

    def _random(self, n: ir.Value) -> ir.Value:
        """Each word is twisted when it is drawn, which is the order of twisting all of them before."""
        builder = self.builder
        place = builder.srem(n, INT(_SIZE))

        def wrapped(distance: int) -> ir.Value:
            far = builder.add(place, INT(distance))
            over = builder.icmp_signed(">=", far, INT(_SIZE))
            return self._word(builder.select(over, builder.sub(far, INT(_SIZE)), far))

        upper = builder.and_(builder.load(self._word(place), typ=_WORD), _WORD(0x80000000))
        lower = builder.and_(builder.load(wrapped(1), typ=_WORD), _WORD(0x7FFFFFFF))
        both = builder.or_(upper, lower)
        mixed = builder.xor(builder.load(wrapped(_SHIFT), typ=_WORD), builder.lshr(both, _WORD(1)))
        odd = builder.trunc(both, ir.IntType(1))
        y = builder.xor(mixed, builder.select(odd, _WORD(0x9908B0DF), _WORD(0)))
        builder.store(y, self._word(place))
        y = builder.xor(y, builder.lshr(y, _WORD(11)))
        y = builder.xor(y, builder.and_(builder.shl(y, _WORD(7)), _WORD(0x9D2C5680)))
        y = builder.xor(y, builder.and_(builder.shl(y, _WORD(15)), _WORD(0xEFC60000)))
        return builder.xor(y, builder.lshr(y, _WORD(18)))
