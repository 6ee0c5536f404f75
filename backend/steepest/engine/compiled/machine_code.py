"""LLVM instructions to machine code of this processor."""

import threading
from dataclasses import dataclass
from functools import cache

from llvmlite import binding, ir

# LLVM's objects are not made for several threads at a time.
_LLVM = threading.RLock()


@cache
def _initialized() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()


def _target_machine() -> binding.TargetMachine:
    _initialized()
    features = binding.get_host_cpu_features().flatten()
    target = binding.Target.from_default_triple()
    return target.create_target_machine(cpu=binding.get_host_cpu_name(), features=features, opt=3, jit=True)


@cache
def processor() -> str:
    """Names the machine code: the same on processors that can run the same code."""
    _initialized()
    features = binding.get_host_cpu_features().flatten()
    version = ".".join(map(str, binding.llvm_version_info))
    return f"{binding.get_default_triple()} {binding.get_host_cpu_name()} {features} LLVM {version}"


def assemble(module: ir.Module) -> bytes:
    """The module's machine code as an object file. No option that changes results is set: no fast-math, no fusing."""
    with _LLVM:
        machine = _target_machine()
        parsed = binding.parse_assembly(str(module))
        parsed.verify()
        options = binding.create_pipeline_tuning_options(speed_level=3)
        options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = True
        builder = binding.create_pass_builder(machine, options)
        builder.getModulePassManager().run(parsed, builder)
        return bytes(machine.emit_object(parsed))


@dataclass(frozen=True)
class Loaded:
    """Machine code in memory. address: of the function. It is freed with this object."""

    address: int
    engine: binding.ExecutionEngine


def load(code: bytes, function: str) -> Loaded:
    """Makes the code runnable. code: an object file by `assemble`. Raises `RuntimeError` where the function is not in
    it; LLVM ends the process for bytes that are no object file, so what comes from disk is checked before.
    """
    with _LLVM:
        empty = binding.parse_assembly("")
        engine = binding.create_mcjit_compiler(empty, _target_machine())
        engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
        address = engine.get_function_address(function)
        if not address:
            raise RuntimeError(f"no function {function}")
        return Loaded(address, engine)
