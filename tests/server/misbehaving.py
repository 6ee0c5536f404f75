"""Calls that no call of ours should be, for worker processes: they import this module, so it imports little."""

import os
import signal
import sys
import time


def raises(name: str) -> None:
    """SystemExit, KeyboardInterrupt and the like."""
    errors: dict[str, type[BaseException]] = {
        error.__name__: error for error in (SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError, RecursionError)
    }
    raise errors[name]


def interrupts() -> None:
    signal.raise_signal(signal.SIGINT)
    time.sleep(1)


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


def is_late(seconds: float) -> str:
    time.sleep(seconds)
    return "late"


def unpicklable() -> object:
    return lambda: None
