"""Claim (f): steps per second of a small net through socket and worker, against a bare torch loop and plain JavaScript.

    python benchmarks/learning.py

The 2-4-2-1 tanh net on the circle, batches of 10. The three alternate; the results are medians of the ratios
within a round. Goal against the bare loop: at least 0.85. Against JavaScript there is no goal yet.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from common import machine, server, steps_per_second
from steepest.engine import prepare
from steepest.problems.learning.problem import LearningProblem
from steepest.spec import parse_experiment

ROOT = Path(__file__).parent.parent
STEPS = 3000
PAIRS = 7
BATCH = 10
EVERY = 100  # steps between two fits: at full speed the page asks for about 20 fits per second
CASES: dict[str, dict[str, Any]] = {"sgd": {"id": "sgd", "lr": 0.03}, "adam": {"id": "adam", "lr": 0.03}}


def experiment(optimizer: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    return {
        "version": 1,
        "problem": {
            "kind": "learning",
            "dataset": {"id": "circle"},
            "model": {"id": "mlp", "params": {"hidden": [4, 2], "activation": "tanh"}},
            "loss": {"id": "bce_logits"},
            "batch": {"size": BATCH},
        },
        "seed": seed,
        "runs": [{"optimizer": optimizer, "start": {"init": "default"}}],
    }


def bare_loop(name: str, inputs: torch.Tensor, targets: torch.Tensor, steps: int) -> float:
    """Steps per second of the loop that a learner would write; nothing is recorded."""
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1))
    criterion = nn.BCEWithLogitsLoss()
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[name]
    optimizer = make(net.parameters(), lr=0.03)
    began = time.perf_counter()
    step = 0
    while step < steps:
        for chosen in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            loss = criterion(net(inputs[chosen]), targets[chosen])
            loss.backward()
            optimizer.step()
            step += 1
    return step / (time.perf_counter() - began)


def in_javascript(node: str, name: str, steps: int) -> float:
    """Steps per second of plain_net.js, after its warm-up."""
    command = [node, str(ROOT / "benchmarks" / "plain_net.js"), name, str(steps)]
    return 1e6 / float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def node_path() -> str:
    found = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "node.py")], capture_output=True, text=True, check=True
    )
    return str(Path(found.stdout.strip()) / "node")


def spread(ratios: list[float]) -> str:
    ordered = sorted(ratios)
    return f"{ordered[0]:.3g} {statistics.median(ordered):.3g} {ordered[-1]:.3g}"


def main() -> None:
    torch.set_num_threads(1)
    node = node_path()
    print(f"# {machine()}")
    print(f"# {STEPS} steps, {PAIRS} rounds; steps/s as medians, ratios as min, median, max")
    with server() as address:
        for name, optimizer in CASES.items():
            problem = prepare(parse_experiment(experiment(optimizer))).problem
            assert isinstance(problem, LearningProblem)
            part = problem.splits(torch.float32)[0]
            bare_loop(name, part.inputs, part.targets, 300)
            steps_per_second(address, experiment(optimizer), 300, EVERY)
            rounds = [
                (
                    bare_loop(name, part.inputs, part.targets, STEPS),
                    # A new seed, or the server would answer from its cache.
                    steps_per_second(address, experiment(optimizer, n + 1), STEPS, EVERY),
                    in_javascript(node, name, 100 * STEPS),
                )
                for n in range(PAIRS)
            ]
            alone, socket, script = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(
                f"{name}: bare {alone:.0f}/s, through the socket {socket:.0f}/s, JavaScript {script:.0f}/s; "
                f"socket/bare {spread([b / a for a, b, _ in rounds])} (goal 0.85), "
                f"JavaScript/socket {spread([c / b for _, b, c in rounds])}",
                flush=True,
            )


if __name__ == "__main__":
    main()
