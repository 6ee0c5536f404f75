"""Claim (f): steps per second of a small net, compiled and eager, against a bare torch loop and plain JavaScript.

    python benchmarks/learning.py

The 2-4-2-1 tanh net on the circle, batches of 10. They alternate; the results are medians of the ratios within a round.
Goals: through the socket at least 0.85 of the bare loop eager and 10 times as much compiled; the kernel alone at least
3 times as much as JavaScript.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from common import machine, server, spread, steps_per_second
from steepest.engine import prepare
from steepest.engine.compiled.block import Objective, Position, run_block
from steepest.engine.compiled.library import update_kernel
from steepest.engine.compiled.trace import float_arguments, toy_state
from steepest.problems.learning.problem import LearningProblem
from steepest.spec import parse_experiment

ROOT = Path(__file__).parent.parent
STEPS = 3000
PAIRS = 7
BATCH = 10
EVERY = 100  # steps between two fits: at full speed the page asks for about 20 fits per second
CASES: dict[str, dict[str, Any]] = {"sgd": {"id": "sgd", "lr": 0.03}, "adam": {"id": "adam", "lr": 0.03}}


def experiment(optimizer: dict[str, Any], seed: int = 0, engine: str = "eager") -> dict[str, Any]:
    return {
        "version": 1,
        "engine": engine,
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


def kernel(optimizer: dict[str, Any], steps: int) -> float:
    """Steps per second of a compiled run's kernels alone: batches drawn, every step's record kept, no diagnosis."""
    prepared = prepare(parse_experiment(experiment(optimizer)))
    objective = Objective(prepared.problem, torch.float32)
    config = prepared.plans[0].config
    state = toy_state(config.optimizer, config.values, torch.float32)
    update = update_kernel(config.optimizer, config.values, state, 0, torch.float32)
    floats = float_arguments(config.optimizer.arguments(config.values))
    table = np.array([[floats[name] for name in update.hyperparameters]])
    start = prepared.start(prepared.plans[0]).numpy()
    position = Position(start, np.zeros((len(update.vectors), len(start)), start.dtype), np.ones(len(update.numbers)))
    began = time.perf_counter()
    block = run_block(objective, update, position, table, 0, steps)
    assert block.made == steps
    return steps / (time.perf_counter() - began)


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
            kernel(optimizer, 300)
            for engine in ("eager", "compiled"):
                steps_per_second(address, experiment(optimizer, 0, engine), 300, EVERY)
            rounds = [
                (
                    bare_loop(name, part.inputs, part.targets, STEPS),
                    # A new seed, or the server would answer from its cache.
                    steps_per_second(address, experiment(optimizer, n + 1), STEPS, EVERY),
                    steps_per_second(address, experiment(optimizer, n + 1, "compiled"), 10 * STEPS, 10 * EVERY),
                    kernel(optimizer, 10 * STEPS),
                    in_javascript(node, name, 100 * STEPS),
                )
                for n in range(PAIRS)
            ]
            alone, eager, compiled, kernels, script = (statistics.median(each) for each in zip(*rounds, strict=True))
            print(
                f"{name}: bare {alone:.0f}/s, through the socket eager {eager:.0f}/s, compiled {compiled:.0f}/s, "
                f"kernel {kernels:.0f}/s, JavaScript {script:.0f}/s; "
                f"eager/bare {spread([b / a for a, b, *_ in rounds])} (goal 0.85), "
                f"compiled/bare {spread([c / a for a, _, c, *_ in rounds])} (goal 10), "
                f"kernel/JavaScript {spread([k / j for *_, k, j in rounds])} (goal 3)",
                flush=True,
            )


if __name__ == "__main__":
    main()
