"""Numbers as the unevaluated sum of two doubles, about 106 bits.

Source: T. J. Dekker, A floating-point technique for extending the available precision, Numerische Mathematik 18, 1971.
"""

from steepest.engine.compiled.functions.value import Value

DoubleDouble = tuple[Value, Value]


def two_sum(a: Value, b: Value | float) -> DoubleDouble:
    """The exact sum: a + b rounded, and its error."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def fast_two_sum(large: Value, small: Value | float) -> DoubleDouble:
    """The exact sum in fewer operations, where |large| >= |small| or large is 0."""
    total = large + small
    return total, (large - total) + small


def halves(x: Value) -> DoubleDouble:
    """The 26 highest bits of x, and the rest."""
    high = (x.bits() & ~0x7FFFFFF).double()
    return high, x - high


def two_product(a: Value, b: Value) -> DoubleDouble:
    """The product: a b rounded, and its error, to 2^-106 of the product."""
    product = a * b
    (a1, a2), (b1, b2) = halves(a), halves(b)
    return product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


def add(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """The sum, for |a| >= |b|."""
    total, error = two_sum(a[0], b[0])
    return fast_two_sum(total, error + (a[1] + b[1]))


def multiply(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """The product."""
    product, error = two_product(a[0], b[0])
    return fast_two_sum(product, error + (a[0] * b[1] + a[1] * b[0]))
