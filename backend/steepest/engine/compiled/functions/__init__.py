"""Elementary functions as LLVM IR. The same inputs give the same bits on every IEEE 754 machine.

`declare` puts a function into a module. Nothing here calls a C library, fuses a multiplication with an addition or
lets LLVM reorder one; only the bits of a NaN may differ between machines.
"""

from steepest.engine.compiled.functions.declare import NAMES, declare

__all__ = ["NAMES", "declare"]
