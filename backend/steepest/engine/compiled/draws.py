"""Random whole numbers as torch's CPU generator draws them, for many seeds in one call.

torch seeds a Mersenne Twister with the low 32 bits of the seed: Matsumoto & Nishimura 1998, ACM TOMACS 8(1). A bounded
number is the next 32 bits modulo the bound.
"""

import ctypes

import numpy as np
from numpy.typing import NDArray

from steepest.engine.compiled.library import draw_kernel

_DRAW = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
MAX_BOUND = 2**28  # from here on torch takes 64 bits


def draw(seeds: NDArray[np.int64], size: int, bound: int) -> NDArray[np.int64]:
    """`torch.randint(bound, (size,), generator=...)` for each seed: (seeds, size). bound: below `MAX_BOUND`."""
    assert 0 < bound < MAX_BOUND
    found = np.empty((len(seeds), size), np.int64)
    if found.size:
        seeds = np.ascontiguousarray(seeds)
        _DRAW(draw_kernel().address)(len(seeds), seeds.ctypes.data, size, bound, found.ctypes.data)
    return found
