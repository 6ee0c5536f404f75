"""Claim (j): what one client notices while others take as much as they can.

    python benchmarks/fairness.py [--seconds 20] [--engine compiled|eager] [--nice 0]

The victim plays two runs on a surface at 30 steps a second and edits ten times a second at the step on its screen, once
the edit before has been answered; each counts from when it was due to its first record. A frame is starved when its
play head is at its last record. Beside it, all in another process on the same cores, at the lowest priority unless
`--nice` says otherwise: attackers have processors of their own, so it is what the server does for them that is to take
time here, not what they do themselves:

heavy: eight sessions that play and edit ten times a second, half of them a convolutional net of 64 filters on all its
    data, half eight L-BFGS runs on a surface.
uploads: four loops that upload a table of 4 MB again and again.
flood: one socket that sends edits to an experiment with 900 edits as fast as it can.
opening: one socket that opens an experiment of 900 edits over and over.

Each line is one kind alone, the last all together; the first line is the victim alone, and each ratio is to that line.
Goal: p99 of the edits at most 100 ms and at most 1 % starved frames beside any mix. `/api/health` is asked ten times a
second meanwhile.
"""

import argparse
import asyncio
import http.client
import json
import multiprocessing
import os
import time
from collections.abc import Awaitable, Callable
from multiprocessing.synchronize import Event
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from websockets.asyncio.client import connect

from common import machine, server
from edit_latency import RATE, Player, address_of

HEAVY, UPLOADS = 8, 4

CONVNET: dict[str, Any] = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "digits"},
        "model": {"id": "convnet", "params": {"channels": 64}},
        "loss": {"id": "cross_entropy"},
        "batch": {"size": None},
    },
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.01}, "start": {"init": "default"}}],
}
LBFGS: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "rosenbrock"},
    "runs": [{"optimizer": {"id": "lbfgs", "lr": 0.01}, "start": [-1.0, 1.0 + n / 10]} for n in range(8)],
}
MANY_EDITS: dict[str, Any] = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 0.001}, "start": [1.0, 1.0]}] * 2,
    "edits": [{"step": n, "run": 0, "set": {"lr": 0.001 + n / 1e7}} for n in range(900)],
}
TABLE = "x,y\n" + "".join(f"{n % 977 / 10},{n % 613 / 7:.4f}\n" for n in range(320_000))


async def heavy(address: str, number: int) -> None:
    url, origin = address_of(address)
    async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        player = Player(socket, "eager")
        await player.open(number, CONVNET if number % 2 else LBFGS)
        for n in range(10**9):
            await player.grant(player.last)
            await asyncio.sleep(0.1)
            if player.last >= 0:
                lr = 0.01 * (1 + n % 5 / 10)
                await player.send(op="edit", edit={"step": player.last, "run": 0, "set": {"lr": lr}})


async def upload(address: str, number: int) -> None:
    def post() -> None:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
        connection.request("POST", "/api/data", f"{TABLE}{number}.5,1\n", {"content-type": "text/csv"})
        connection.getresponse().read()
        connection.close()

    while True:
        await asyncio.to_thread(post)


async def flood(address: str, _: int) -> None:
    url, origin = address_of(address)
    while True:
        async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
            reading = asyncio.create_task(_read(socket))
            await socket.send(json.dumps({"op": "open", "experiment": MANY_EDITS}))
            await asyncio.sleep(0.5)
            while not reading.done():
                await socket.send(json.dumps({"op": "edit", "edit": {"step": 0, "run": 1, "set": {"lr": 0.002}}}))
                await asyncio.sleep(0)


async def opening(address: str, _: int) -> None:
    url, origin = address_of(address)
    document = json.dumps({"op": "open", "experiment": MANY_EDITS})
    while True:
        async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
            reading = asyncio.create_task(_read(socket))
            while not reading.done():
                await socket.send(document)
                await asyncio.sleep(0)


async def _read(socket: Any) -> None:
    try:
        async for _ in socket:
            pass
    except Exception:  # the server has had enough of it
        return


KINDS: dict[str, tuple[Callable[[str, int], Awaitable[None]], int]] = {
    "heavy": (heavy, HEAVY),
    "uploads": (upload, UPLOADS),
    "flood": (flood, 1),
    "opening": (opening, 1),
}


def attack(address: str, kinds: list[str], nice: int, stop: Event) -> None:
    """Until `stop` is set. nice: added to the priority's number, 19 for the lowest."""
    os.nice(nice)

    async def one(kind: str, number: int) -> None:
        while True:
            try:
                await KINDS[kind][0](address, number)
            except Exception:  # refused or cut: it comes again
                await asyncio.sleep(0.1)

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(one(kind, n)) for kind in kinds for n in range(KINDS[kind][1])]
        await asyncio.to_thread(stop.wait)
        for task in tasks:
            task.cancel()

    asyncio.run(all_of_them())


async def suffer(address: str, engine: str, seconds: float) -> tuple[list[float], float, list[float]]:
    """Milliseconds from each edit to its first record, the share of starved frames, and seconds of `/api/health`."""
    url, origin = address_of(address)
    sent: dict[int, float] = {}
    healths: list[float] = []

    def health() -> None:
        began = time.perf_counter()
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.request("GET", "/api/health")
        connection.getresponse().read()
        connection.close()
        healths.append(1000 * (time.perf_counter() - began))

    async def ask_health() -> None:
        while True:
            await asyncio.to_thread(health)
            await asyncio.sleep(0.1)

    async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        player = Player(socket, engine)
        await player.open(int(time.time() * 1000) % 2**31)
        await player.grant(0)
        await asyncio.sleep(1.0)
        asking = asyncio.create_task(ask_health())
        head = starved = tick = 0
        due_edits: list[float] = []
        began = due = time.perf_counter()
        first = player.revision
        while due - began < seconds:
            due += 1 / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tick += 1
            starved += head >= player.last
            head = min(head + 1, player.last)
            await player.grant(head)
            if tick % 3 == 0:
                due_edits.append(time.perf_counter())
            if due_edits and player.revision == first + len(sent):  # the edit before has been answered
                sent[first + len(sent) + 1] = due_edits.pop(0)
                await player.send(op="edit", edit={"step": head, "run": 0, "set": {"lr": 0.001 * (1 + tick % 7 / 10)}})
        await asyncio.sleep(2.0)
        asking.cancel()
    # Records of a later revision show that edit, and those before it.
    times = []
    for revision, when in sent.items():
        shown = [at for later, at in player.changed.items() if later >= revision]
        times.append(1000 * (min(shown) - when) if shown else float("inf"))
    return times, starved / tick, healths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--mixes", nargs="*", default=["", *KINDS, "+".join(KINDS)], help="such as heavy+flood")
    parser.add_argument("--engine", choices=["compiled", "eager"], default="eager")
    parser.add_argument("--nice", type=int, default=19, help="of the attackers; 0: as the server")
    arguments = parser.parse_args()
    print(f"# {machine()}; {arguments.engine}; attackers at nice {arguments.nice} on the same cores")
    context = multiprocessing.get_context("spawn")
    alone = None
    for mix in arguments.mixes:
        kinds = mix.split("+") if mix else []
        with server(STEEPEST_LOG_LEVEL="error") as address:
            stop = context.Event()
            process = context.Process(target=attack, args=(address, kinds, arguments.nice, stop))
            process.start()
            time.sleep(4)
            times, starved, healths = asyncio.run(suffer(address, arguments.engine, arguments.seconds))
            stop.set()
            process.join(5)
            process.kill()
        p50, p99 = np.percentile(times, [50, 99])
        alone = alone or p99
        print(
            f"{mix or 'alone':>28}: {len(times)} edits, p50 {p50:.0f} ms, p99 {p99:.0f} ms "
            f"({p99 / alone:.1f}), max {max(times):.0f} ms; starved {starved:.1%}; "
            f"health p99 {np.percentile(healths, 99):.0f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
