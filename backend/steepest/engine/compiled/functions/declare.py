"""The table of elementary functions, and their definition in a module."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from llvmlite import ir

from steepest.engine.compiled.functions.error_function import erf, erf_single
from steepest.engine.compiled.functions.exponential import (
    exp,
    exp_single,
    expm1,
    expm1_single,
    sigmoid,
    sigmoid_single,
)
from steepest.engine.compiled.functions.hyperbolic import cosh, sinh, tanh, tanh_single
from steepest.engine.compiled.functions.inverse_trigonometric import acos, asin, atan
from steepest.engine.compiled.functions.logarithm import log, log1p, log1p_single, log_single
from steepest.engine.compiled.functions.power import hypot, hypot_single, pow_, pow_single
from steepest.engine.compiled.functions.trigonometric import cos, cos_single, sin, sin_single, tan, tan_single
from steepest.engine.compiled.functions.value import DOUBLE, Value, sqrt

Writer = Callable[..., Value]


class Function(NamedTuple):
    """An elementary function: how it is written for float64 and, in double precision, for float32."""

    arguments: int
    double: Writer
    single: Writer
    inline: bool  # so short, and without a branch, that loops which call it are vectorised


FUNCTIONS: dict[str, Function] = {
    "exp": Function(1, exp, exp_single, inline=True),
    "expm1": Function(1, expm1, expm1_single, inline=True),
    "log": Function(1, log, log_single, inline=True),
    "log1p": Function(1, log1p, log1p_single, inline=True),
    "sin": Function(1, sin, sin_single, inline=False),
    "cos": Function(1, cos, cos_single, inline=False),
    "tan": Function(1, tan, tan_single, inline=False),
    "asin": Function(1, asin, asin, inline=False),
    "acos": Function(1, acos, acos, inline=False),
    "atan": Function(1, atan, atan, inline=False),
    "sinh": Function(1, sinh, sinh, inline=False),
    "cosh": Function(1, cosh, cosh, inline=False),
    "tanh": Function(1, tanh, tanh_single, inline=True),
    "sqrt": Function(1, sqrt, sqrt, inline=True),
    "pow": Function(2, pow_, pow_single, inline=False),
    "hypot": Function(2, hypot, hypot_single, inline=False),
    "erf": Function(1, erf, erf_single, inline=True),
    "sigmoid": Function(1, sigmoid, sigmoid_single, inline=True),
}

NAMES: Mapping[str, int] = {name: function.arguments for name, function in FUNCTIONS.items()}
"""The name of each function, as in C, and its number of arguments."""


def declare(module: ir.Module, name: str, type: ir.FloatType | ir.DoubleType) -> ir.Function:  # noqa: A002
    """The function of this name in `NAMES` in the module, from numbers of this type to one; written on first use."""
    full_name = f"steepest.{name}.{type.intrinsic_name}"
    if full_name in module.globals:
        return module.globals[full_name]
    arguments, double, single, inline = FUNCTIONS[name]
    function = ir.Function(module, ir.FunctionType(type, [type] * arguments), full_name)
    function.linkage = "internal"
    for attribute in ("nounwind", "readnone", *(["alwaysinline"] if inline else [])):
        function.attributes.add(attribute)
    builder = ir.IRBuilder(function.append_basic_block())
    if type == DOUBLE:
        builder.ret(double(*(Value(builder, argument) for argument in function.args)).ir)
    else:
        # In double precision, rounded once.
        result = single(*(Value(builder, builder.fpext(argument, DOUBLE)) for argument in function.args))
        builder.ret(builder.fptrunc(result.ir, type))
    return function
