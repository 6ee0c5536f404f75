"""Freed memory goes back to the system. Each in a process of its own, whose heap nothing else has used."""

import subprocess
import sys

import pytest

from steepest.server.worker.system_memory import LARGE

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library is not glibc")

# `blocks` are allocated among small ones that stay, then freed. Prints the megabytes that the process has beyond those
# that it had before, at most and at the end.
PROGRAM = """
from pathlib import Path
from steepest.server.worker.system_memory import give_back, map_large_blocks

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

{before}
bytearray({size})  # one is freed first: then glibc's own limit is above its size
start, kept, blocks = resident(), [], []
for _ in range({count}):
    blocks.append(bytearray({size}))
    kept.append(bytearray(5_000))
most = resident()
del blocks
{after}
print((most - start) // 1_000_000, (resident() - start) // 1_000_000)
"""


def left(size: int, count: int, before: str = "", after: str = "") -> int:
    """Megabytes that are left of 200 MB."""
    program = PROGRAM.format(size=size, count=count, before=before, after=after)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    most, rest = map(int, ran.stdout.split())
    assert most > 190
    return rest


def test_large_blocks_go_back_at_once_where_they_are_mapped() -> None:
    size = 2 * LARGE
    assert left(size, 100) > 100, "glibc keeps them otherwise"
    assert left(size, 100, before="map_large_blocks()") < 20


def test_smaller_ones_go_back_when_they_are_given_back() -> None:
    size = LARGE // 10
    assert left(size, 2_000) > 100, "glibc keeps them otherwise"
    assert left(size, 2_000, after="give_back()") < 50
