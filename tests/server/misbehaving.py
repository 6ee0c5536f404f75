"""Calls that no call of ours should be, for worker processes: they import this module, so it imports little."""

import os
import signal
import sys
import time
from pathlib import Path


def raises(name: str) -> None:
    """SystemExit, KeyboardInterrupt and the like."""
    errors: dict[str, type[BaseException]] = {
        error.__name__: error for error in (SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError, RecursionError)
    }
    raise errors[name]


def interrupts() -> str:
    signal.raise_signal(signal.SIGINT)
    return "went on"


def stops() -> None:
    """As a debugger does, or a machine that is out of memory: the process is there, and does nothing."""
    os.kill(os.getpid(), signal.SIGSTOP)


def floods(characters: int) -> int:
    """More than any pipe holds, on stdout."""
    for _ in range(characters // 1000):
        print("x" * 999)
    sys.stdout.flush()
    os.write(1, b"x" * 1_000_000)
    return characters


def computes(seconds: float) -> str:
    """Takes so much processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "computed"


def is_late(seconds: float) -> str:
    time.sleep(seconds)
    return "late"


def waits_for(path: str) -> str:
    """Answers once there is a file at the path."""
    while not Path(path).exists():
        time.sleep(0.01)
    return "late"


def has_little_memory(spare: int) -> None:
    """From now on the process may have so many bytes more than it has."""
    import resource

    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + spare, resource.getrlimit(resource.RLIMIT_AS)[1]))


def takes_memory(size: int) -> int:
    """As a layer that is too large does."""
    import torch

    return torch.zeros(size // 4).numel()


def fails(words: str) -> None:
    raise RuntimeError(words)


def unpicklable() -> object:
    return lambda: None


def makes_a_kernel_until(path: str) -> str:
    """As a call does that makes a kernel, until there is a file at the path."""
    from steepest.engine.compiled import library

    with library.making():
        while not Path(path).exists():
            time.sleep(0.01)
    return "made"


def makes_a_kernel() -> int:
    """Says that it makes one; the process's number."""
    from steepest.engine.compiled import library

    with library.making():
        time.sleep(0.01)
        return os.getpid()
