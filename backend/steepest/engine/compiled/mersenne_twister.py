"""The code of `draws.py`: a Mersenne Twister for each seed."""

from llvmlite import ir

from steepest.engine.compiled.arrays import INT, POINTER, Emitter

FUNCTION = "draw"
_WORD = ir.IntType(32)
_SIZE, _SHIFT = 624, 397


def draw_module() -> ir.Module:
    """Void draw(count, seeds, size, bound, numbers): int64 each; `size` numbers below `bound` for each seed."""
    module = ir.Module()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [INT, POINTER, INT, INT, POINTER]), FUNCTION)
    count, seeds, size, bound, numbers = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    state = builder.alloca(_WORD, _SIZE)
    emitter = Emitter(builder, state)

    def word(index: ir.Value) -> ir.Value:
        return builder.gep(state, [index], source_etype=_WORD)

    def seeded(seed: ir.Value) -> None:
        builder.store(builder.trunc(seed, _WORD), word(INT(0)))

        def following(i: ir.Value) -> None:
            before = builder.load(word(i), typ=_WORD)
            mixed = builder.mul(builder.xor(before, builder.lshr(before, _WORD(30))), _WORD(1812433253))
            place = builder.add(i, INT(1))
            builder.store(builder.add(mixed, builder.trunc(place, _WORD)), word(place))

        emitter.loop(_SIZE - 1, following)

    def twist(k: ir.Value) -> None:
        def wrapped(place: ir.Value) -> ir.Value:
            over = builder.icmp_signed(">=", place, INT(_SIZE))
            return builder.select(over, builder.sub(place, INT(_SIZE)), place)

        upper = builder.and_(builder.load(word(k), typ=_WORD), _WORD(0x80000000))
        lower = builder.and_(builder.load(word(wrapped(builder.add(k, INT(1)))), typ=_WORD), _WORD(0x7FFFFFFF))
        both = builder.or_(upper, lower)
        odd = builder.trunc(both, ir.IntType(1))
        far = builder.load(word(wrapped(builder.add(k, INT(_SHIFT)))), typ=_WORD)
        mixed = builder.xor(far, builder.lshr(both, _WORD(1)))
        builder.store(builder.xor(mixed, builder.select(odd, _WORD(0x9908B0DF), _WORD(0))), word(k))

    def tempered(y: ir.Value) -> ir.Value:
        y = builder.xor(y, builder.lshr(y, _WORD(11)))
        y = builder.xor(y, builder.and_(builder.shl(y, _WORD(7)), _WORD(0x9D2C5680)))
        y = builder.xor(y, builder.and_(builder.shl(y, _WORD(15)), _WORD(0xEFC60000)))
        return builder.xor(y, builder.lshr(y, _WORD(18)))

    def one_seed(c: ir.Value) -> None:
        seeded(builder.load(builder.gep(seeds, [c], source_etype=INT), typ=INT))
        row = builder.mul(c, size)

        def one(n: ir.Value) -> None:
            place = builder.srem(n, INT(_SIZE))
            twist(place)  # each word is twisted when it is drawn, which is the order of twisting all before
            value = builder.zext(tempered(builder.load(word(place), typ=_WORD)), INT)
            target = builder.gep(numbers, [builder.add(row, n)], source_etype=INT)
            builder.store(builder.urem(value, bound), target)

        emitter.loop(size, one)

    emitter.loop(count, one_seed)
    builder.ret_void()
    return module
