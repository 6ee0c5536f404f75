"""The process that workers are forked from. It has imported torch, so that a new worker starts at once.

It imports torch at the same time as the server does: on two cores the server is ready in half the time.
"""

import multiprocessing
import os
from functools import cache
from multiprocessing.context import BaseContext

# torch's first optimizer step would import torch._dynamo in every worker, which takes a second or two.
_PRELOAD = [
    "torch",
    "torch._dynamo",
    "steepest.server.worker.process",
    "steepest.server.worker.record_tasks",
    "steepest.server.worker.problem_tasks",
    "steepest.server.settings",
]


@cache
def context() -> BaseContext:
    """How worker processes are created: forked from a clean process where the system supports it, else spawned."""
    # One thread in each numeric library; forked processes inherit the environment.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")  # Windows
    forkserver_context = multiprocessing.get_context("forkserver")
    forkserver_context.set_forkserver_preload(_PRELOAD)
    return forkserver_context


def start_early() -> None:
    """Starts that process without waiting for it."""
    if context().get_start_method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.ensure_running()
