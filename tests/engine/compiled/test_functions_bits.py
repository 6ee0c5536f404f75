"""The elementary functions of compiled steps give the same bits on every machine, and call nothing from outside."""

import hashlib
import platform
import re
import struct
import subprocess
import sys
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest
from llvmlite import ir
from tests.engine.compiled.functions_helpers import (
    DTYPES,
    TYPES,
    Array,
    host,
    kernel,
    kernel_for,
    optimized,
)

from steepest.engine.compiled.functions import NAMES, coefficients, declare

# LLVM writes these as instructions of the processor.
ALLOWED = re.compile(r"llvm\.(sqrt|fabs|copysign)\.(f32|f64)")
FUSED = re.compile(r"\bv?fn?m(?:add|sub)\w*|\bfml[as]\b", re.IGNORECASE)
# The functions whose loops must be vectorised in float32: activations, losses and what they are made of.
VECTORISED = ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "erf", "sigmoid")
MACHINES = [
    *(("x86_64-unknown-linux-gnu", cpu) for cpu in ("x86-64", "haswell", "skylake-avx512")),
    *(("aarch64-unknown-linux-gnu", cpu) for cpu in ("generic", "neoverse-v1")),
]


def whole_module() -> ir.Module:
    """All functions of both types, and a function that calls them, so that they are kept."""
    module = ir.Module()
    for dtype, type_ in TYPES.items():
        keep = ir.Function(module, ir.FunctionType(type_, [type_, type_]), f"keep_{dtype}")
        builder = ir.IRBuilder(keep.append_basic_block())
        total = keep.args[0]
        for name, count in NAMES.items():
            total = builder.fadd(total, builder.call(declare(module, name, type_), keep.args[:count]))
        builder.ret(total)
    return module


def for_machine(module: ir.Module, triple: str, cpu: str) -> tuple[llvm.TargetMachine, llvm.ModuleRef]:
    """The module after LLVM's passes at level 3, for any machine that LLVM knows."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=3)
    parsed = llvm.parse_assembly(str(module))
    parsed.triple = triple
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = options.slp_vectorization = True
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(parsed, passes)
    return machine, parsed


def undefined_symbols(elf: bytes) -> list[str]:
    """What an object file of 64 bits takes from outside: its symbols without a section."""
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    size, count = struct.unpack_from("<HH", elf, 0x3A)
    sections = [struct.unpack_from("<IIQQQQIIQQ", elf, table + size * index) for index in range(count)]
    found = []
    for _, kind, _, _, start, length, link, *_ in sections:
        if kind == 2:  # a table of symbols
            names = sections[link][4]
            for symbol in range(start, start + length, 24):
                name, _, _, section = struct.unpack_from("<IBBH", elf, symbol)
                if name and section == 0:
                    found.append(elf[names + name : elf.index(b"\0", names + name)].decode())
    return found


# ---- what is written ----


def test_declares_each_function_once() -> None:
    module = ir.Module()
    first = [declare(module, name, type_) for name in NAMES for type_ in TYPES.values()]
    assert [declare(module, name, type_) for name in NAMES for type_ in TYPES.values()] == first
    assert len({function.name for function in first}) == 2 * len(NAMES)
    for function in first:
        assert function.linkage == "internal"


def test_unknown_function_is_refused() -> None:
    with pytest.raises(KeyError, match="gamma"):
        declare(ir.Module(), "gamma", ir.DoubleType())


def test_nothing_is_declared_but_intrinsics_of_the_processor() -> None:
    text = str(whole_module())
    declared = re.findall(r"^declare .*@\"?([\w.]+)", text, flags=re.MULTILINE)
    assert declared
    assert [name for name in declared if not ALLOWED.fullmatch(name)] == []


def test_nothing_is_fused_or_reordered() -> None:
    text = str(whole_module())
    assert not re.search(r"\b(fast|contract|reassoc|arcp|afn|nnan|ninf|nsz)\b", text)
    assert "fma" not in text
    assert "fmuladd" not in text


@pytest.mark.parametrize(("triple", "cpu"), MACHINES)
def test_machine_code_needs_nothing_from_outside_and_fuses_nothing(triple: str, cpu: str) -> None:
    machine, module = for_machine(whole_module(), triple, cpu)
    assert undefined_symbols(machine.emit_object(module)) == []
    assert FUSED.findall(machine.emit_assembly(module)) == []


def test_a_call_of_a_c_library_is_recognised() -> None:
    module, double = ir.Module(), ir.DoubleType()
    function = ir.Function(module, ir.FunctionType(double, [double]), "function")
    builder = ir.IRBuilder(function.append_basic_block())
    floor = module.declare_intrinsic("llvm.floor", [double])
    builder.ret(builder.call(floor, function.args))
    machine, parsed = for_machine(module, *MACHINES[0])
    assert undefined_symbols(machine.emit_object(parsed)) == ["floor"]


@pytest.mark.parametrize("name", ["vfmadd213sd", "fmadd", "fmla", "vfnmadd231pd"])
def test_fused_instructions_are_recognised(name: str) -> None:
    assert FUSED.search(f"\t{name}\tx, y, z\n")


@pytest.mark.parametrize("name", VECTORISED)
def test_loops_in_float32_are_vectorised(name: str) -> None:
    module, _ = optimized(name, "float32", host())
    assert re.search(r"<\d+ x (double|float)>", str(module))


def test_coefficients_are_those_of_the_tool() -> None:
    tool = Path(__file__).parents[3] / "tools/polynomials.py"
    made = subprocess.run([sys.executable, tool], capture_output=True, text=True, check=True).stdout
    assert made == Path(coefficients.__file__).read_text(encoding="utf-8")


# ---- what it computes ----

# SHA-256 of the results at `inputs`, the first 16 digits. On every machine; a change of a function changes its line.
HASHES: dict[str, tuple[str, str]] = {
    "exp": ("c92edcdcd44cd176", "fc62277e3d20635b"),
    "expm1": ("7ba806d2c85c1f1d", "d0e52ea697ea1726"),
    "log": ("7009913dc3b9274d", "6f9185ad8c9b5a0d"),
    "log1p": ("73613d13a8bdc426", "26dc35aa2cf5cf6b"),
    "sin": ("4f9b814082e5ed13", "5f63457ba114f4b8"),
    "cos": ("32788098a39d15a2", "514189139320ffd3"),
    "tan": ("7529a92a46f9566f", "5f677ede54922cff"),
    "asin": ("77578632611fb397", "a31a1dbf8459064d"),
    "acos": ("1d02a95e901b720c", "205ed301bbb558b9"),
    "atan": ("61e0f3a3954f4c01", "98c49fa9bb878b1b"),
    "sinh": ("9df3b5d2ea610430", "fa69d4a16100d72a"),
    "cosh": ("a893d8dddb55572e", "78840a045e458dfd"),
    "tanh": ("367182c107175936", "9a784754058d56bc"),
    "sqrt": ("064b75da7b7963ec", "3358b5edd9e5d82c"),
    "pow": ("32b794ad6bd5d94f", "56f50d4af0397d5a"),
    "hypot": ("b13e0693f71bf797", "34bb2b456a1bafc6"),
    "erf": ("9a318b3d4c5f7968", "2a89b8646ea6ee55"),
    "sigmoid": ("b8851fde1a620d83", "77f6722530a6060e"),
}


def inputs(dtype: str, count: int) -> list[Array]:
    """Numbers of all exponents, and a grid with zeros, halves and whole numbers."""
    width, unsigned = (32, np.uint32) if dtype == "float32" else (64, np.uint64)
    index = np.arange(1, 4097, dtype=np.uint64)
    spread = (index * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - width)
    grid = np.arange(-4096, 4096) / 128
    x = np.concatenate([spread.astype(unsigned).view(dtype), grid.astype(dtype)])
    return [x, np.roll(x[::-1], 7)][:count]


def digest(results: Array) -> str:
    """The hash of the results' bits; the bits of a NaN are the machine's own, so each NaN is made the same."""
    bits = np.where(np.isnan(results), results.dtype.type(np.nan), results).astype(results.dtype.newbyteorder("<"))
    return hashlib.sha256(bits.tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_bits_are_those_of_every_machine(name: str, dtype: str) -> None:
    results = kernel(name, dtype)(*inputs(dtype, NAMES[name]))
    assert digest(results) == HASHES[name][list(DTYPES).index(dtype)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
def test_bits_are_the_same_without_the_newest_instructions(name: str, dtype: str) -> None:
    baseline = ("x86-64", "") if platform.machine().lower() in {"x86_64", "amd64"} else ("generic", "")
    results = kernel_for(name, dtype, baseline)(*inputs(dtype, NAMES[name]))
    assert digest(results) == HASHES[name][list(DTYPES).index(dtype)]


def test_hashes_are_of_all_functions() -> None:
    assert HASHES.keys() == NAMES.keys()
    assert len({digest_ for pair in HASHES.values() for digest_ in pair}) == 2 * len(NAMES)
