"""Array kernels of the compiled engine's elementary functions, and mpmath's values of the same."""

import ctypes
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import mpmath
import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from steepest.engine.compiled.functions import NAMES, declare

Array = NDArray[Any]
Kernel = Callable[..., Array]

DTYPES = {"float32": np.float32, "float64": np.float64}
TYPES = {"float32": ir.FloatType(), "float64": ir.DoubleType()}

PRECISION = 140  # bits of mpmath's numbers


def array_module(name: str, dtype: str) -> ir.Module:
    """A function `kernel(count, inputs..., output)` that calls the named function on each element."""
    module, count, index = ir.Module(), NAMES[name], ir.IntType(64)
    pointers = [TYPES[dtype].as_pointer()] * (count + 1)
    kernel = ir.Function(module, ir.FunctionType(ir.VoidType(), [index, *pointers]), "kernel")
    for pointer in kernel.args[1:]:
        pointer.add_attribute("noalias")
    start, loop, end = (kernel.append_basic_block(block) for block in ("start", "loop", "end"))
    builder = ir.IRBuilder(start)
    builder.branch(loop)
    builder.position_at_end(loop)
    i = builder.phi(index)
    i.add_incoming(index(0), start)
    arguments = [builder.load(builder.gep(pointer, [i])) for pointer in kernel.args[1:-1]]
    builder.store(builder.call(declare(module, name, TYPES[dtype]), arguments), builder.gep(kernel.args[-1], [i]))
    following = builder.add(i, index(1))
    i.add_incoming(following, loop)
    builder.cbranch(builder.icmp_signed("<", following, kernel.args[0]), loop, end)
    ir.IRBuilder(end).ret_void()
    return module


def host() -> tuple[str, str]:
    """This machine's CPU and its features."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def optimized(name: str, dtype: str, cpu: tuple[str, str]) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    """The module of an array kernel after LLVM's passes at level 3, for a CPU and its features."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=cpu[0], features=cpu[1], opt=3)
    module = llvm.parse_assembly(str(array_module(name, dtype)))
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    return module, machine


@cache
def kernel_for(name: str, dtype: str, cpu: tuple[str, str]) -> Kernel:
    """The named function on arrays, compiled for a CPU and its features."""
    engine = llvm.create_mcjit_compiler(*optimized(name, dtype, cpu))
    engine.finalize_object()
    pointers = [ctypes.c_void_p] * (NAMES[name] + 1)
    native = ctypes.CFUNCTYPE(None, ctypes.c_int64, *pointers)(engine.get_function_address("kernel"))

    def call(*inputs: Array) -> Array:
        arrays = [np.ascontiguousarray(array, DTYPES[dtype]) for array in inputs]
        output = np.empty_like(arrays[0])
        native(len(output), *(array.ctypes.data for array in arrays), output.ctypes.data)
        return output

    call.engine = engine  # type: ignore[attr-defined]  # keeps the machine code alive
    return call


def kernel(name: str, dtype: str) -> Kernel:
    """The named function on arrays, compiled for this machine."""
    return kernel_for(name, dtype, host())


def exact(name: str, *arguments: float) -> Any:
    """mpmath's value."""
    x = mpmath.mpf(arguments[0])
    match name:
        case "pow":
            return x ** mpmath.mpf(arguments[1])
        case "hypot":
            return mpmath.hypot(x, arguments[1])
        case "sigmoid":
            return 1 / (1 + mpmath.exp(-x))
        case _:
            return getattr(mpmath, name)(x)


def error(value: Any, got: float, dtype: str) -> float:
    """The distance from mpmath's value in units in its last place; inf counts as the next power of two."""
    info: Any = np.finfo(dtype)
    if np.isnan(got):
        return np.inf
    exponent = mpmath.frexp(value)[1] - 1 if value else info.minexp
    exponent = min(max(exponent, info.minexp), info.maxexp - 1)
    limit = mpmath.mpf(2) ** info.maxexp
    difference = max(min(mpmath.mpf(got), limit), -limit) - max(min(value, limit), -limit)
    return abs(float(mpmath.ldexp(difference, info.nmant - exponent)))


def errors(name: str, dtype: str, *inputs: Array) -> Iterator[float]:
    """The error of each result whose arguments and exact value are numbers, in units in the last place."""
    arrays = [np.asarray(array, dtype) for array in inputs]
    results = kernel(name, dtype)(*arrays)
    for *arguments, got in zip(*(array.tolist() for array in (*arrays, results)), strict=True):
        with mpmath.workprec(PRECISION):
            value = exact(name, *arguments) if np.isfinite(arguments).all() else mpmath.nan
            found = error(value, got, dtype) if mpmath.isfinite(value) else None
        if found is not None:
            yield found


def finite(dtype: str, count: int, rng: np.random.Generator) -> Array:
    """Numbers of all exponents: random bit patterns, without inf and NaN."""
    width, unsigned = (32, np.uint32) if dtype == "float32" else (64, np.uint64)
    numbers = rng.integers(0, 1 << width, count, dtype=np.uint64).astype(unsigned).view(DTYPES[dtype])
    return numbers[np.isfinite(numbers)]


# Of all float64 numbers the nearest to a multiple of π/2, 2^-61 away. It is beyond float32, where it becomes inf.
NEAREST_TO_HALF_PI = 6381956970095103 * 2.0**797
# Where each function has a threshold, a pole or a limit; neighbours of these are tested too.
EDGES = {
    "exp": (709.782712893384, -708.3964185322641, -745.1332191019412, 88.72283905206835, -87.33654475055312, -103.97),
    "expm1": (709.782712893384, 88.72283905206835, -37.43, -17.33, 0.34657359, -0.34657359),
    "log": (
        1.0,
        0.7071067811865476,
        1.4142135623730951,
        2.2250738585072014e-308,
        5e-324,
        1.1754943508222875e-38,
        1e-45,
    ),
    "log1p": (-1.0, -0.9999999999999999, -0.2928932188134524, 0.41421356237309515, 2.0**53, 2.0**24),
    "asin": (0.5, 1.0),
    "acos": (0.5, 1.0, -1.0),
    "atan": (7 / 16, 11 / 16, 19 / 16, 39 / 16, 2.0**53),
    "sinh": (1.0, 710.4758600739439, 89.41598629223294, 22.0),
    "cosh": (710.4758600739439, 89.41598629223294, 22.0, 0.34657359),
    "tanh": (0.55, 22.0, 9.01, 19.06),
    "erf": (1.0, 6.0, 5.92, 3.92, 5e-324, 1e-40),
    "sigmoid": (-709.782712893384, -745.1332191019412, -88.72283905206835, -103.97, 36.74, 16.6),
    **dict.fromkeys(("sin", "cos", "tan"), (1e6, -1e6, 2.0**-27, NEAREST_TO_HALF_PI)),
}
# Numbers beyond which mpmath takes long, where each function is constant or infinite.
FAR = {"exp": 2e3, "expm1": 2e3, "sinh": 2e3, "cosh": 2e3, "sigmoid": 2e3, "erf": 1e2, "tanh": 1e3}


def points(name: str, dtype: str, count: int, rng: np.random.Generator) -> list[Array]:
    """Arguments in the domain of a function, some `count` of each kind; for two arguments, two arrays."""
    if name == "pow":
        return pow_points(dtype, count, rng)
    kinds = [
        finite(dtype, count, rng),
        rng.normal(size=count) * rng.choice([1e-8, 1e-3, 0.1, 1, 3, 10, 100, 700], count),
        rng.uniform(-1, 1, count),
        rng.choice([-1, 1], count) * (1 + rng.normal(size=count) * 2.0 ** -rng.integers(1, 52, count)),
        np.ldexp(rng.uniform(-1, 1, count), np.finfo(dtype).minexp - rng.integers(-30, 20, count)),
    ]
    if name in {"sin", "cos", "tan"}:
        kinds.append(np.round(rng.uniform(-7e5, 7e5, count) * rng.choice([1e-5, 1e-2, 1], count)) * np.pi / 2)
    neighbours = 1 + np.arange(-20, 21) * np.finfo(dtype).eps
    kinds.extend(edge * neighbours for edge in EDGES.get(name, ()))
    with np.errstate(over="ignore"):
        x = np.concatenate(kinds).astype(dtype)
    if name in {"log", "sqrt"}:
        x = np.abs(x[x != 0])
    elif name == "log1p":
        x = x[x > -1]
    elif name in {"asin", "acos"}:
        x = x[np.abs(x) <= 1]
    x = x[np.abs(x) < FAR.get(name, np.inf)]
    return [x, rng.permutation(x)] if name == "hypot" else [x]


def pow_points(dtype: str, count: int, rng: np.random.Generator) -> list[Array]:
    """Bases and exponents whose power is a number, some subnormal or beyond the largest."""
    limit = 760 if dtype == "float64" else 110
    bases = [
        np.abs(finite(dtype, count, rng)),
        np.exp(rng.normal(size=count)),
        1 + rng.normal(size=count) * 2.0 ** -rng.integers(1, 52, count),
    ]
    x = np.concatenate(bases).astype(dtype)
    x = x[(x > 0) & (x != 1)]
    y = (rng.uniform(-limit, limit, len(x)) / np.log(x.astype(float))).astype(dtype)
    whole = rng.integers(-12, 13, len(x)).astype(dtype)
    signs = rng.choice([-1, 1], len(x)).astype(dtype)
    return [np.concatenate([x, x * signs]), np.concatenate([y, whole])]
