"""The process that workers are forked from: it has imported what they need, so that a new one is there at once.

It begins to import torch while this process still does: on two cores the server is ready in half the time.
"""

import multiprocessing
import os
from functools import cache
from multiprocessing.context import BaseContext

# torch's first optimizer step would import torch._dynamo in every worker anew, which takes a second or two.
_PRELOAD = ["torch", "torch._dynamo", "steepest.server.worker.tasks", "steepest.server.settings"]


@cache
def context() -> BaseContext:
    """How worker processes are made: forked from a clean process where there is such a thing, else spawned."""
    # One thread in each numeric library: set here since the forked processes inherit the environment.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")  # Windows
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(_PRELOAD)
    return made


def start_early() -> None:
    """Starts that process, and does not wait for it."""
    if context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()
