"""Operations that act on each element by itself: one line of arithmetic for each, as torch's CPU kernels compute it.

torch's vector code fuses some multiplications with the addition after them; here each operation is rounded by itself.
"""

import math
from collections.abc import Callable
from typing import Any

from steepest.engine.compiled.scalars import Number, Scalars

Rule = Callable[..., Number]


def _add(s: Scalars, a: Number, b: Number, alpha: Number | None = None) -> Number:
    return s.add(a, b if alpha is None else s.mul(alpha, b))


def _sub(s: Scalars, a: Number, b: Number, alpha: Number | None = None) -> Number:
    return s.sub(a, b if alpha is None else s.mul(alpha, b))


def _addcmul(s: Scalars, a: Number, b: Number, c: Number, value: Number | None = None) -> Number:
    return s.add(a, s.mul(b if value is None else s.mul(value, b), c))


def _addcdiv(s: Scalars, a: Number, b: Number, c: Number, value: Number | None = None) -> Number:
    return s.add(a, s.div(b if value is None else s.mul(value, b), c))


def _lerp(s: Scalars, a: Number, b: Number, weight: Number) -> Number:
    difference = s.sub(b, a)
    near = s.add(a, s.mul(weight, difference))
    far = s.sub(b, s.mul(difference, s.sub(s.constant(1.0), weight)))
    return s.select(s.compare("<", s.abs(weight), s.constant(0.5)), near, far)


def _sign(s: Scalars, a: Number) -> Number:
    zero, one = s.constant(0.0), s.constant(1.0)
    positive = s.select(s.compare(">", a, zero), one, zero)
    return s.sub(positive, s.select(s.compare("<", a, zero), one, zero))


def _maximum(s: Scalars, a: Number, b: Number) -> Number:
    return s.select(s.is_nan(a), a, s.select(s.is_nan(b), b, s.select(s.compare(">", a, b), a, b)))


def _minimum(s: Scalars, a: Number, b: Number) -> Number:
    return s.select(s.is_nan(a), a, s.select(s.is_nan(b), b, s.select(s.compare("<", a, b), a, b)))


def _clamp(s: Scalars, a: Number, low: Number | None = None, high: Number | None = None) -> Number:
    if low is not None:
        a = s.select(s.compare("<", a, low), low, a)
    return a if high is None else s.select(s.compare(">", a, high), high, a)


def _relu(s: Scalars, a: Number) -> Number:
    return s.select(s.compare("<", a, s.constant(0.0)), s.constant(0.0), a)


def _leaky_relu(s: Scalars, a: Number, slope: Number | None = None) -> Number:
    slope = s.constant(0.01) if slope is None else slope
    return s.select(s.compare(">", a, s.constant(0.0)), a, s.mul(a, slope))


def _sigmoid(s: Scalars, a: Number) -> Number:
    one = s.constant(1.0)
    return s.div(one, s.add(one, s.call("exp", s.neg(a))))


def _gelu(s: Scalars, a: Number) -> Number:
    cumulative = s.add(s.constant(1.0), s.call("erf", s.mul(a, s.constant(math.sqrt(0.5)))))
    return s.mul(s.mul(a, s.constant(0.5)), cumulative)


def _reciprocal(s: Scalars, a: Number) -> Number:
    return s.div(s.constant(1.0), a)


def _power(s: Scalars, a: Number, exponent: Number | float) -> Number:
    """The exponents that torch computes by other means first."""
    if isinstance(exponent, int | float):
        special: dict[float, Callable[[], Number]] = {
            0.0: lambda: s.constant(1.0),
            1.0: lambda: a,
            2.0: lambda: s.mul(a, a),
            3.0: lambda: s.mul(s.mul(a, a), a),
            0.5: lambda: s.sqrt(a),
            -0.5: lambda: _reciprocal(s, s.sqrt(a)),
            -1.0: lambda: _reciprocal(s, a),
            -2.0: lambda: _reciprocal(s, s.mul(a, a)),
        }
        if float(exponent) in special:
            return special[float(exponent)]()
    return s.call("pow", a, s.convert(exponent))


def _function(name: str) -> Rule:
    return lambda s, *arguments: s.call(name, *arguments)


def _comparison(relation: str) -> Rule:
    return lambda s, a, b: s.compare(relation, a, b)


# By the ATen name without its overload. Operands have the type in which the operation computes.
RULES: dict[str, Rule] = {
    "add": _add,
    "sub": _sub,
    "rsub": lambda s, a, b, alpha=None: _sub(s, b, a, alpha),
    "mul": lambda s, a, b: s.mul(a, b),
    "div": lambda s, a, b: s.div(a, b),
    "neg": lambda s, a: s.neg(a),
    "abs": lambda s, a: s.abs(a),
    "sign": _sign,
    "reciprocal": _reciprocal,
    "sqrt": lambda s, a: s.sqrt(a),
    "rsqrt": lambda s, a: _reciprocal(s, s.sqrt(a)),
    "addcmul": _addcmul,
    "addcdiv": _addcdiv,
    "lerp": _lerp,
    "maximum": _maximum,
    "minimum": _minimum,
    "clamp": _clamp,
    "clamp_min": lambda s, a, low: _clamp(s, a, low),
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "sigmoid": _sigmoid,
    "gelu": _gelu,
    "pow": _power,
    **{
        name: _function(name)
        for name in (
            *("exp", "expm1", "log", "log1p", "erf", "hypot"),
            *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        )
    },
    **{
        name: _comparison(relation)
        for name, relation in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items()
    },
    "logical_and": lambda s, a, b: s.builder.and_(a, b),
    "bitwise_and": lambda s, a, b: s.builder.and_(a, b),
    "logical_not": lambda s, a: s.builder.not_(a),
    # The same number, converted where the type changes.
    **dict.fromkeys(("clone", "detach", "alias", "_to_copy", "lift_fresh_copy"), lambda s, a, **_: a),
}

# Their result is a truth value, computed from operands of another type.
COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})

# What torch's Python code computes with plain numbers, always in double precision.
PYTHON: dict[Any, Rule] = {
    "neg": lambda s, a: s.neg(a),
    "add": lambda s, a, b: s.add(a, b),
    "sub": lambda s, a, b: s.sub(a, b),
    "mul": lambda s, a, b: s.mul(a, b),
    "truediv": lambda s, a, b: s.div(a, b),
    "pow": lambda s, a, b: s.sqrt(a) if b == 0.5 else s.call("pow", a, s.convert(b)),
}
