"""The reduction x = n π/2 + r of a large x.

Source: M. Payne and R. Hanek, Radian reduction for trigonometric functions, SIGNUM Newsletter 18, 1983.
"""

from typing import Any

from llvmlite import ir

from steepest.engine.compiled.functions.coefficients import PI_OVER_2, TWO_OVER_PI_WORDS
from steepest.engine.compiled.functions.double_double import DoubleDouble, fast_two_sum, multiply, two_sum
from steepest.engine.compiled.functions.value import DOUBLE, MANTISSA_BITS, WORD, Value, where

LONG_WORD = ir.IntType(128)
LOW_HALF = 0xFFFFFFFF


def large_quadrant(module: ir.Module) -> Any:
    """The function double -> (n modulo 4, the two parts of r), for |x| above 2^15; written on first use."""
    name = "steepest.quadrant"
    if name in module.globals:
        return module.globals[name]
    result = ir.LiteralStructType([WORD, DOUBLE, DOUBLE])
    function = ir.Function(module, ir.FunctionType(result, [DOUBLE]), name)
    function.linkage = "internal"
    for attribute in ("noinline", "nounwind", "readnone"):
        function.attributes.add(attribute)
    builder = ir.IRBuilder(function.append_basic_block())
    n, (high, low) = payne_hanek(Value(builder, function.args[0]))
    found: Any = ir.Constant(result, ir.Undefined)
    for index, part in enumerate((n, high, low)):
        found = builder.insert_value(found, part.ir, index)
    builder.ret(found)
    return function


def payne_hanek(x: Value) -> tuple[Value, DoubleDouble]:
    """The n and r of x, from its product with a window of 2/π: the 192 bits that matter modulo 4."""
    exponent = (x.bits() >> MANTISSA_BITS) & 0x7FF
    mantissa = (x.bits() & ((1 << MANTISSA_BITS) - 1)) | 1 << MANTISSA_BITS
    # |x| = mantissa 2^(exponent - 1075). The window starts at the bit of 2/π that weighs 2 in the product.
    top, middle, bottom = window(exponent - (1075 + 2))
    _, carry = long_product(mantissa, bottom)
    low, high = long_product(mantissa, middle, carry)
    high = high + mantissa * top
    # Of these 128 bits the first two are the quadrant, and the others, with a sign, the fraction.
    n = (high + (1 << 61)) >> 62
    r = multiply(fraction((high << 2) | (low >> 62), low << 2), pi_over_2(x.builder))
    negative = x < 0
    return where(negative, -n, n), (where(negative, -r[0], r[0]), where(negative, -r[1], r[1]))


def window(start: Value) -> tuple[Value, Value, Value]:
    """Three words of the bits of 2/π after the point, from a bit on; from -64 on, where zeros are in front."""
    index, shift = (start + 64) >> 6, start & 63
    words = [table_word(index + ahead) for ahead in range(4)]
    first, second, third = ((words[place] << shift) | ((words[place + 1] >> 1) >> (63 - shift)) for place in range(3))
    return first, second, third


def table_word(index: Value) -> Value:
    """A word of the table: 64 zeros, then the bits of 2/π."""
    builder, name, words = index.builder, "steepest.two_over_pi", (0, *TWO_OVER_PI_WORDS)
    if name not in builder.module.globals:
        kind = ir.ArrayType(WORD, len(words))
        table = ir.GlobalVariable(builder.module, kind, name)
        table.initializer = ir.Constant(kind, list(words))
        table.global_constant = True
        table.linkage = "internal"
    pointer = builder.gep(builder.module.globals[name], [WORD(0), index.ir], inbounds=True)
    return Value(builder, builder.load(pointer))


def long_product(a: Value, b: Value, carry: Value | None = None) -> tuple[Value, Value]:
    """The low and the high word of a b + carry."""
    builder = a.builder
    product = builder.mul(builder.zext(a.ir, LONG_WORD), builder.zext(b.ir, LONG_WORD))
    if carry is not None:
        product = builder.add(product, builder.zext(carry.ir, LONG_WORD))
    high = builder.trunc(builder.lshr(product, LONG_WORD(64)), WORD)
    return Value(builder, builder.trunc(product, WORD)), Value(builder, high)


def fraction(high: Value, low: Value) -> DoubleDouble:
    """The signed number high:low 2^-128 in [-½, ½)."""
    builder = high.builder
    signed = Value(builder, builder.ashr(high.ir, WORD(32)))
    quarters = (signed, high & LOW_HALF, low >> 32, low & LOW_HALF)  # of 32 bits, which are exact as doubles
    doubles = [Value(builder, builder.sitofp(quarter.ir, DOUBLE)) for quarter in quarters]
    a, b, c, d = (double * 2.0 ** (-32 * place) for place, double in enumerate(doubles, start=1))
    upper, upper_error = two_sum(a, b)
    lower, lower_error = two_sum(c, d)
    total, error = two_sum(upper, lower)
    return fast_two_sum(total, error + (upper_error + lower_error))


def pi_over_2(builder: ir.IRBuilder) -> DoubleDouble:
    """π/2."""
    high, low = (Value(builder, DOUBLE(part)) for part in PI_OVER_2)
    return high, low
