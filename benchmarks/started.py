"""What the benchmarks share: a really started server, and the machine in words."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch


@contextmanager
def server(*options: str, **environment: str) -> Iterator[str]:
    """The address of a server on a free port, for as long as the block lasts."""
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
        raise RuntimeError("the server said no address")
    finally:
        process.terminate()
        process.wait()


def machine() -> str:
    """One line: processor, cores, Python, torch."""
    processor = platform.processor() or platform.machine()
    known = Path("/proc/cpuinfo")
    if known.exists():
        names = re.findall(r"^model name\s*: (.*)$", known.read_text(encoding="utf-8"), re.MULTILINE)
        processor = names[0] if names else processor
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
