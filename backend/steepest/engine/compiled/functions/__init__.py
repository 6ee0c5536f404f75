"""Elementary functions as LLVM IR. The same inputs give the same bits on every IEEE 754 machine of 64 bits.

`declare` puts a function into a module. Nothing here calls a C library, fuses a multiplication with an addition or
lets LLVM reorder one; only the bits of a NaN may differ between machines. Zeros, infinities, NaN and subnormal numbers
are as in ISO C, annex F.

In float32 every function is computed in double precision and rounded once: at most 0.5 ulp (unit in the last place),
but for near ties. The largest errors found in float64, at half a million points each, and the nanoseconds of one
element of an array, on one AMD EPYC core with AVX-512 (with AVX2, about twice as many):

    function  float64, ulp  float64, ns  float32, ns
    exp               0.67          0.7          0.5
    expm1             1.11          0.7          0.7
    log               0.79          0.7          0.5
    log1p             0.79          0.7          0.6
    sin               0.80          9.1          4.4
    cos               0.78          8.9          4.4
    tan               1.36           12          4.8
    asin              1.09          0.6          0.6
    acos              1.07          0.6          0.6
    atan              0.83          0.8          0.9
    sinh              1.49          0.8          0.9
    cosh              1.08          0.6          0.7
    tanh              0.86          1.2          0.8
    sqrt              0.50          0.3          0.1
    pow               0.75          5.4          1.8
    hypot             1.16          0.3          0.3
    erf               1.66          1.3          1.1
    sigmoid           1.05          1.0          0.6

LLVM vectorises a loop that calls these, but for sin, cos and tan: they branch for |x| above a million.
"""

from steepest.engine.compiled.functions.declare import NAMES, declare

__all__ = ["NAMES", "declare"]
