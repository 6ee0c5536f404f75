"""Kernels: how long the first steps take where none is made yet, and how much memory kernels use.

    python benchmarks/kernels.py

In a process that has traced before, as a worker has: the time from an experiment to its first two steps, for all that
the menus and the gallery begin, while no kernel is made yet; those that need no new kernel are left out. Then the same
with all kernels on disk, in a process that has none in memory. Memory is that of the process, before and after.
Goal: 0.5 s for 95 of 100.
"""

import gc
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from common import machine


def resident() -> float:
    """Megabytes."""
    gc.collect()
    return float(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def first_steps(say: Callable[[str], None], what: str) -> None:
    """Times the first steps of each document in this process."""
    from steepest.engine import advance, engine_of, prepare
    from steepest.problems import CACHE
    from steepest.server.worker.kernel_process import menu_choices
    from steepest.server.worker.process import initialize

    initialize("cpu")
    before, kept = resident(), CACHE.count("kernel")
    times: dict[str, list[float]] = {}
    for experiment in menu_choices():
        known, began = CACHE.count("kernel"), time.perf_counter()
        prepared = prepare(experiment)
        if engine_of(prepared, 0, "cpu") == "compiled":
            advance(prepared, None, 2)
        if CACHE.count("kernel") > known:
            times.setdefault(experiment.problem.kind, []).append(1000 * (time.perf_counter() - began))
    everything = [each for group in times.values() for each in group]
    for kind, group in [*times.items(), ("all", everything)]:
        group.sort()
        say(
            f"{what:9} {kind:10} {len(group):3}: p50 {median(group):6.0f} ms, "
            f"p95 {group[int(0.95 * (len(group) - 1))]:6.0f} ms, max {group[-1]:6.0f} ms"
        )
    made = CACHE.count("kernel") - kept
    megabytes = resident() - before
    say(
        f"{what:9} {made} kernels and their problems: {megabytes:.0f} MB, {1024 * megabytes / max(1, made):.0f} kB each"
    )


def in_a_process(what: str, cache: str) -> None:
    os.environ["STEEPEST_CACHE"] = cache
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    process = context.Process(target=first_steps, args=(results.put, what))
    process.start()
    process.join()
    while not results.empty():
        print(results.get(), flush=True)


def main() -> None:
    print(f"# {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        in_a_process("made", folder)
        in_a_process("on disk", folder)


if __name__ == "__main__":
    main()
