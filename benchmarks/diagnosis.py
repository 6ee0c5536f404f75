"""Time of diagnosing 1,000 records, in µs a record: quiet ones, and ones at which something goes on.

    python benchmarks/diagnosis.py [--repeats 10]

The chunk is recorded once; only its diagnosis is repeated. CPU time of the thread, the best of the repeats.
"""

import argparse
import time
from typing import Any
from unittest.mock import patch

import torch

from steepest.engine import Prepared, prepare
from steepest.engine.diagnosis import diagnose
from steepest.engine.run import advance
from steepest.spec import parse_experiment

STEPS = 1000


def on_surface(
    surface: str, start: tuple[float, float], lr: float, optimizer: str = "sgd", **params: float
) -> Prepared:
    run = {"optimizer": {"id": optimizer, "lr": lr}, "start": list(start)}
    problem = {"kind": "surface", "id": surface, "params": params}
    return prepare(parse_experiment({"version": 1, "problem": problem, "runs": [run]}))


# By what holds in the second thousand records.
RUNS = {
    "descending": on_surface("ravine", (-2.5, 2.5), 1e-5, kappa=4),
    "converged": on_surface("ravine", (-2.5, 2.5), 0.05),
    "near a saddle": on_surface("bounded_saddle", (0.5, 1e-9), 1e-3),
    "in a valley": on_surface("ravine", (-3.5, 0.2), 0.0005, kappa=1000),
    "trembling (Adam)": on_surface("ravine", (-2.5, 2.5), 0.05, "adam"),
    "at its limit (RMSprop)": on_surface("rosenbrock", (-1.5, 2.0), 0.02, "rmsprop"),
}


def diagnosed(prepared: Prepared) -> tuple[Any, ...]:
    """The arguments of the diagnosis of the second thousand records."""
    _, checkpoint = advance.advance(prepared, None, STEPS)
    with patch.object(advance, "diagnose", wraps=diagnose) as spy:
        advance.advance(prepared, checkpoint, 2 * STEPS)
    return tuple(spy.call_args.args)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    repeats = parser.parse_args().repeats
    torch.set_num_threads(1)
    for name, prepared in RUNS.items():
        arguments, times = diagnosed(prepared), []
        for _ in range(repeats):
            begun = time.thread_time()
            diagnose(*arguments)
            times.append(time.thread_time() - begun)
        print(f"{name:24} {min(times) / STEPS * 1e6:6.2f} µs a record")


if __name__ == "__main__":
    main()
