"""Claim (a): steps per second through socket and worker, compared with a bare torch loop of the same run.

    python benchmarks/throughput.py

Eager runs and compiled ones. The three alternate; the results are medians of the ratios within a round. Goals: at least
0.85 eager, 20 compiled.
"""

import statistics
import time
from typing import Any

import torch

from common import machine, server, spread, steps_per_second
from steepest.engine import Prepared, prepare
from steepest.spec import parse_experiment

STEPS = 6000
COMPILED_STEPS = 60_000
ROUNDS = 7

CASES: dict[str, dict[str, Any]] = {
    "sgd on beale": {"id": "sgd", "lr": 0.01},
    "sgd with momentum on beale": {"id": "sgd", "lr": 0.01, "momentum": 0.9},
    "adam on beale": {"id": "adam", "lr": 0.01},
}


def experiment(optimizer: dict[str, Any], engine: str = "eager") -> dict[str, Any]:
    return {
        "version": 1,
        "engine": engine,
        "problem": {"kind": "surface", "id": "beale"},
        "runs": [{"optimizer": optimizer, "start": [1.0, 1.0]}],
    }


def bare_loop(prepared: Prepared, steps: int) -> float:
    """Steps per second of the loop that a learner would write; nothing is recorded."""
    plan = prepared.plans[0]
    f = prepared.problem.loss_at
    w = torch.nn.Parameter(torch.tensor(plan.start))
    optimizer = plan.config.optimizer.build([w], plan.config.values)
    began = time.perf_counter()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = f(w)
        loss.backward()
        optimizer.step()
    return steps / (time.perf_counter() - began)


def main() -> None:
    torch.set_num_threads(1)
    print(f"# {machine()}")
    print(
        f"# {STEPS} steps ({COMPILED_STEPS} compiled), {ROUNDS} rounds; steps/s as medians, ratios as min, median, max"
    )
    with server() as address:
        for name, optimizer in CASES.items():
            prepared = prepare(parse_experiment(experiment(optimizer)))
            bare_loop(prepared, 500)
            for engine in ("eager", "compiled"):
                steps_per_second(address, experiment(optimizer, engine), 500)
            rounds = [
                (
                    bare_loop(prepared, STEPS),
                    # A new seed, or the server would answer from its cache.
                    steps_per_second(address, {**experiment(optimizer), "seed": n + 1}, STEPS),
                    steps_per_second(address, {**experiment(optimizer, "compiled"), "seed": n + 1}, COMPILED_STEPS),
                )
                for n in range(ROUNDS)
            ]
            alone, eager, compiled = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(
                f"{name}: bare {alone:.0f}/s, through the socket eager {eager:.0f}/s, compiled {compiled:.0f}/s; "
                f"eager/bare {spread([b / a for a, b, _ in rounds])} (goal 0.85), "
                f"compiled/bare {spread([c / a for a, _, c in rounds])} (goal 20)",
                flush=True,
            )


if __name__ == "__main__":
    main()
