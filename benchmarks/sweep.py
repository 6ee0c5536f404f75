"""A sweep beside the same grid as one batched eager tensor in torch.

    python benchmarks/sweep.py [SIDE]

SIDE by SIDE runs (256) of 200 steps on Beale, SGD with momentum, rate by momentum, every run's outcome, on as many
threads as there are cores; and the first tile, which is the first picture. Torch steps all runs at once: one tensor of
all points, autograd of the summed loss, the heavy ball by hand, since torch.optim takes no rate a run. As many runs
diverge. Goal: first picture 0.1 s, whole 1 s on two cores, and 100 times as fast as torch.
"""

import os
import sys
import time
from collections.abc import Callable

import torch

from common import machine
from steepest.engine import prepare_sweep, sweep
from steepest.spec import Sweep, coarse_to_fine, parse_sweep

STEPS, REPEATS = 200, 3
SIDE = int(sys.argv[1]) if len(sys.argv) > 1 else 256


def document() -> Sweep:
    run = {"optimizer": {"id": "sgd", "lr": 0.01, "momentum": 0.9}, "start": [1.0, 1.0]}
    surface = {"kind": "surface", "id": "beale"}
    return parse_sweep(
        {
            "version": 1,
            "experiment": {"version": 1, "engine": "compiled", "problem": surface, "runs": [run]},
            "axes": [
                {"set": "runs[0].optimizer.lr", "scale": "log", "low": 1e-4, "high": 1.0, "count": SIDE},
                {"set": "runs[0].optimizer.momentum", "low": 0.0, "high": 0.99, "count": SIDE},
            ],
            "steps": STEPS,
        }
    )


def in_torch(given: Sweep) -> int:
    """The number of runs that diverge."""
    lr, momentum = (
        torch.tensor([axis.value(place) for place in range(axis.count)], dtype=torch.float32) for axis in given.axes
    )
    rates = lr.repeat_interleave(SIDE)[:, None]
    momenta = momentum.repeat(SIDE)[:, None]
    points = torch.ones(SIDE * SIDE, 2, requires_grad=True)
    velocity = torch.zeros(SIDE * SIDE, 2)
    finite = torch.ones(SIDE * SIDE, dtype=torch.bool)
    for _ in range(STEPS):
        x, y = points[:, 0], points[:, 1]
        losses = (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
        (gradient,) = torch.autograd.grad(losses.sum(), points)
        with torch.no_grad():
            finite &= losses.isfinite() & gradient.isfinite().all(1) & points.isfinite().all(1)
            velocity = momenta * velocity + gradient
            points -= rates * velocity
    return int((~finite).sum())


def best(repeats: int, call: Callable[[], object]) -> float:
    """Seconds of the fastest of several calls: other programs make one slower, never faster."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    print(f"# {machine()}")
    threads = os.cpu_count() or 1
    prepared = prepare_sweep(document())
    torch.set_num_threads(1)
    diverged = int((sweep(prepared, threads=threads)["status"] == 2).sum())  # with the kernels made
    first = best(REPEATS, lambda: sweep(prepared, next(coarse_to_fine(prepared.sweep.shape)), threads=threads))
    whole = best(REPEATS, lambda: sweep(prepared, threads=threads))
    one = best(REPEATS, lambda: sweep(prepared))
    torch.set_num_threads(threads)
    eager = best(REPEATS, lambda: in_torch(prepared.sweep))
    updates = SIDE * SIDE * STEPS
    print(f"{SIDE} x {SIDE} runs of {STEPS} steps: {diverged} diverge, in torch {in_torch(prepared.sweep)}")
    print(f"first picture   {1000 * first:8.0f} ms")
    print(f"whole, 1 thread {1000 * one:8.0f} ms, {updates / one / 1e6:.0f} million updates a second")
    print(f"whole, {threads} threads {1000 * whole:8.0f} ms, {updates / whole / 1e6:.0f} million updates a second")
    print(f"batched torch   {1000 * eager:8.0f} ms, {eager / whole:.1f} times as long")


if __name__ == "__main__":
    main()
