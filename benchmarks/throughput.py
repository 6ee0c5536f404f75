"""Claim (a): steps per second through socket and worker, compared with a bare torch loop of the same run.

    python benchmarks/throughput.py

The two alternate; the result is the median of the ratios of adjacent pairs. Goal: at least 0.85.
"""

import statistics
import time
from typing import Any

import torch

from common import machine, server, steps_per_second
from steepest.engine import Prepared, prepare
from steepest.spec import parse_experiment

STEPS = 6000
PAIRS = 7

CASES: dict[str, dict[str, Any]] = {
    "sgd on beale": {"id": "sgd", "lr": 0.01},
    "sgd with momentum on beale": {"id": "sgd", "lr": 0.01, "momentum": 0.9},
    "adam on beale": {"id": "adam", "lr": 0.01},
}


def experiment(optimizer: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": 1,
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
    print(f"# {STEPS} steps, {PAIRS} pairs; steps/s as medians, ratio socket/bare as min, median, max")
    with server() as address:
        for name, optimizer in CASES.items():
            document = experiment(optimizer)
            prepared = prepare(parse_experiment(document))
            bare_loop(prepared, 500)
            steps_per_second(address, document, 500)
            pairs = []
            for n in range(PAIRS):
                # A new seed, or the server would answer from its cache.
                fresh = {**document, "seed": n + 1}
                pairs.append((bare_loop(prepared, STEPS), steps_per_second(address, fresh, STEPS)))
            ratios = sorted(socket / alone for alone, socket in pairs)
            alone, socket = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(
                f"{name}: bare {alone:.0f}/s, through the socket {socket:.0f}/s, "
                f"ratio {ratios[0]:.2f} {statistics.median(ratios):.2f} {ratios[-1]:.2f} (goal 0.85)"
            )


if __name__ == "__main__":
    main()
