"""Half an hour of everything: memory, open files, tasks and threads are the same at its end as after its first part.

`STEEPEST_SOAK_MINUTES` sets another length, such as 2 to try the test itself.
"""

import os
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
import psutil
import pytest
from tests.server.running import BEALE, Json, Running, Socket
from tests.server.test_killed_workers import workers_of
from tests.server.test_metrics import OPERATOR, numbers
from tests.server.test_model_queries import NET
from websockets.exceptions import ConnectionClosed, InvalidStatus

MINUTES = float(os.environ.get("STEEPEST_SOAK_MINUTES", "30"))
KILL_EVERY = 60.0  # seconds between two workers killed

CONVNET: Json = {
    **NET,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "digits"},
        "model": {"id": "convnet", "params": {"channels": 8}},
        "loss": {"id": "cross_entropy"},
        "batch": {"size": 50},
    },
    "runs": [{"optimizer": {"id": "adam", "lr": 0.01}, "start": {"init": "default"}}],
}

BAD: list[str | bytes] = ["{", '{"op": "edit"}', '{"op": "open", "experiment": 1}', b"\xff"]


class Use:
    """What the server uses, sampled now and then. Sizes in bytes."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._samples: list[dict[str, float]] = []

    def sample(self) -> None:
        process = psutil.Process(self._running.process.pid)
        self._samples.append(
            {
                "memory": process.memory_info().rss,
                "memory of the workers": sum(worker.memory_info().rss for worker in workers_of(self._running)),
                "open files": process.num_fds(),
                "threads": process.num_threads(),
                "tasks": numbers(self._running)["steepest_tasks"],
            }
        )

    def part(self, begin: float, end: float) -> dict[str, float]:
        """Medians of a part of the samples, from and to as shares of all."""
        part = self._samples[int(begin * len(self._samples)) : int(end * len(self._samples))]
        return {name: statistics.median(sample[name] for sample in part) for name in part[0]}


def play(running: Running, random: Random) -> None:
    experiment = random.choice([BEALE, NET, CONVNET, {**BEALE, "engine": "compiled"}, {**NET, "engine": "compiled"}])
    with running.live() as live:
        live.open({**experiment, "seed": random.randrange(10_000)})
        last = live.grant(random.randrange(1, 60))[-1].last
        for _ in range(random.randrange(4)):
            step = random.randrange(last + 1)
            live.ask(op="edit", edit={"step": step, "run": 0, "set": {"lr": random.uniform(1e-4, 1e-2)}})
            last = live.grant(step + random.randrange(1, 60))[-1].last
        live.ask(op="inspect", step=last, run=0)
        if experiment["problem"]["kind"] == "learning":
            live.ask(op="data")
        else:
            live.ask(op="surface", bounds=[[-4, 4], [-4, 4]], shape=[41, 41])
        if random.random() < 0.5:
            live.ask(op="close")


def vanish(running: Running, random: Random) -> None:
    """Leaves in the middle of what it has asked for."""
    with running.live() as live:
        live.open({**BEALE, "seed": random.randrange(10_000)})
        live.send({"op": "advance", "until": 2_000})
        for _ in range(random.randrange(5)):
            live.event()


def misbehave(running: Running, random: Random) -> None:
    with running.live() as live, suppress(ConnectionClosed):
        for _ in range(random.randrange(40)):
            live.send(random.choice(BAD))
            live.event()


def upload(running: Running, random: Random) -> None:
    rows = "".join(f"{random.random()},{random.random()}\n" for _ in range(2_000))
    httpx.post(f"{running.url}/api/data", content=f"x,y\n{rows}", headers={"content-type": "text/csv"}, timeout=120)


def export(running: Running, random: Random) -> None:
    asked = {"experiment": {**BEALE, "seed": random.randrange(10_000)}, "to": "csv", "steps": random.randrange(1, 500)}
    httpx.post(f"{running.url}/api/export", json=asked, timeout=120)


DOING: list[tuple[int, Callable[[Running, Random], None]]] = [
    (10, play),
    (4, vanish),
    (2, misbehave),
    (1, upload),
    (1, export),
]


def soak(running: Running, use: Use, minutes: float) -> None:
    random = Random(0)
    deadline = time.monotonic() + 60 * minutes
    sampled, killed = -1e9, time.monotonic()
    while time.monotonic() < deadline:
        if time.monotonic() - killed > KILL_EVERY:
            killed = time.monotonic()
            random.choice(workers_of(running)).kill()
        (doing,) = random.choices([each for _, each in DOING], [weight for weight, _ in DOING])
        with suppress(ConnectionClosed, InvalidStatus, httpx.HTTPError):
            doing(running, random)
        if time.monotonic() - sampled > 60 * minutes / 200:
            with running.live() as live:  # every worker answers, so that none is being started
                live.open()
                live.grant(3)
            sampled = time.monotonic()
            use.sample()


@pytest.mark.long
@pytest.mark.timeout(60 * MINUTES + 600)
def test_half_an_hour_of_everything_leaves_nothing_behind(tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.mktemp("soak")
    # Small budgets, which are full after a few minutes.
    running = Running(
        folder,
        data=folder,
        workers=2,
        step_timeout=30,  # another program may need the processor too
        metrics_token=OPERATOR,
        max_data_folder=20_000_000,
        server_memory=50_000_000,
        log_level="error",
    )
    try:
        use = Use(running)
        soak(running, use, MINUTES)
        early, late = use.part(0.2, 0.4), use.part(0.8, 1.0)
        print({name: (early[name], late[name]) for name in early})
        assert late["open files"] <= early["open files"] + 2
        assert late["threads"] <= early["threads"] + 1
        assert late["tasks"] <= early["tasks"] + 1
        assert late["memory"] <= 1.05 * early["memory"] + 10e6
        assert late["memory of the workers"] <= 1.05 * early["memory of the workers"] + 40e6
        with running.live() as live:
            assert isinstance(live, Socket)
            live.open()
            assert live.grant(50)[-1].last == 50
    finally:
        assert running.stop() == 0
    assert "Traceback" not in running.log()
