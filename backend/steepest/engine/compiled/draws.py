"""Batches as torch's CPU generator draws them, for many steps in one call.

torch seeds a Mersenne Twister with the low 32 bits of the seed: Matsumoto & Nishimura 1998, ACM TOMACS 8(1). A bounded
number is the next 32 bits modulo the bound.
"""

import ctypes

import numpy as np
from numpy.typing import NDArray

from steepest.engine.compiled.library import draw_kernel, shuffle_kernel
from steepest.problems.rng import seed_for
from steepest.spec import Batch

_DRAW = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
_SHUFFLE = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
MAX_BOUND = 2**28  # from here on torch takes 64 bits

Numbers = NDArray[np.int64]


def draw(seeds: Numbers, size: int, bound: int) -> Numbers:
    """`torch.randint(bound, (size,), generator=...)` for each seed: (seeds, size). bound: below `MAX_BOUND`."""
    assert 0 < bound < MAX_BOUND
    found = np.empty((len(seeds), size), np.int64)
    if found.size:
        seeds = np.ascontiguousarray(seeds)
        _DRAW(draw_kernel().address)(len(seeds), seeds.ctypes.data, size, bound, found.ctypes.data)
    return found


def shuffled(seeds: Numbers, size: int) -> Numbers:
    """`torch.randperm(size, generator=...)` for each seed: (seeds, size)."""
    found = np.zeros((len(seeds), size), np.int64)
    if len(seeds) and size > 1:
        seeds = np.ascontiguousarray(seeds)
        _SHUFFLE(shuffle_kernel().address)(len(seeds), seeds.ctypes.data, size, found.ctypes.data)
    return found


def draw_batches(batch: Batch, count: int, seed: int, first: int, steps: int) -> tuple[Numbers, Numbers | None]:
    """`batch_indices` of so many steps from `first` on, (steps, size), and which of them end an epoch with a shorter
    batch: int64[steps], 1 where one does, its row filled up with zeros; None where all batches have the same size.

    batch: not the whole training split, of `count` samples.
    """
    assert batch.size is not None
    if batch.sampling == "replacement":
        return draw(_seeds(seed, "batch", first, first + steps), batch.size, count), None
    size = min(batch.size, count)
    places = -(-count // size)
    epoch, begin = divmod(first, places)
    orders = shuffled(_seeds(seed, "epoch", epoch, (first + steps - 1) // places + 1), count)
    if count % size:
        orders = np.pad(orders, ((0, 0), (0, places * size - count)))
    found = np.ascontiguousarray(orders.reshape(-1, size)[begin : begin + steps])
    if count % size == 0:
        return found, None
    return found, ((np.arange(first, first + steps) % places) == places - 1).astype(np.int64)


def _seeds(seed: int, what: str, begin: int, end: int) -> Numbers:
    return np.array([seed_for(seed, what, k) for k in range(begin, end)], np.int64)
