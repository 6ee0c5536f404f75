"""Shared by the benchmarks: a running server, steps per second through it, and a description of the machine."""

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from steepest.client import connect


@contextmanager
def server(*options: str, kill: bool = False, **environment: str) -> Iterator[str]:
    """Runs a server on a free port during the block; yields its address. kill: it has no time to end in order."""
    command = [sys.executable, "-m", "steepest", "serve", "--no-open", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"http://\S+", line)
            if found:
                yield found.group().rstrip("/")
                return
        raise RuntimeError("the server printed no address")
    finally:
        (process.kill if kill else process.terminate)()
        process.wait()


def steps_per_second(address: str, document: dict[str, Any], steps: int, every: int = 1) -> float:
    """Steps per second through the socket, from the grant until the last record is received and decoded.

    every: steps between two fits, for a model on data.
    """
    with connect(address) as client:
        client.open(document)
        began = time.perf_counter()
        last = 0
        for chunk in client.records(steps, every):
            last = chunk.last
        assert last == steps
        return steps / (time.perf_counter() - began)


def spread(ratios: list[float]) -> str:
    """Least, median and largest."""
    ordered = sorted(ratios)
    return f"{ordered[0]:.3g} {statistics.median(ordered):.3g} {ordered[-1]:.3g}"


def machine() -> str:
    """One line: processor, cores, Python, torch."""
    processor = platform.processor() or platform.machine()
    known = Path("/proc/cpuinfo")
    if known.exists():
        names = re.findall(r"^model name\s*: (.*)$", known.read_text(encoding="utf-8"), re.MULTILINE)
        processor = names[0] if names else processor
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
