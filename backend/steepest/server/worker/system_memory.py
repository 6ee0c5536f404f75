"""Memory that a process has freed, given back to the system, where its C library is glibc.

glibc keeps what is freed for later, in a heap for each thread that ever needed one.
"""

import ctypes
import sys
from functools import cache

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of malloc.h
LARGE = 1 << 20  # bytes


def map_large_blocks() -> None:
    """From now on a block of a megabyte or more is memory of its own, which the system has back once it is freed.

    By default such blocks end up in the heap once the first one is freed, because mapping memory costs time. That
    suits a process that computes, not one that keeps checkpoints.
    """
    library = _glibc()
    if library is not None:
        library.mallopt(_MMAP_THRESHOLD, LARGE)


def give_back() -> None:
    """Gives back what is free in any heap. Takes milliseconds for each gigabyte."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
