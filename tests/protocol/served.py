"""A really started server, for the tests of the protocol and of the command line."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(**environment: str) -> Iterator[str]:
    """Address of `steepest serve` on a free port with one worker; ended with SIGTERM, which must be clean."""
    command = [sys.executable, "-m", "steepest", "serve", "--port", "0", "--workers", "1", "--log-level", "warning"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", ready)
        assert address is not None, f"the server said {ready!r}"
        yield address.group()
        process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
