"""Claim (j): viewers who all open one experiment.

    python benchmarks/viewers.py [--viewers 200] [--engine compiled|eager] [--net]

They connect at the same time, as when a class follows a link, and play it at 30 steps per second from the first record
on. It prints how many move within 5 s of the first connection, and over the next 10 s how fast they play and how often
a play head reaches its last record. Goal: all 200 within 5 s at their speed, on two cores, with the load generator on
the same ones and the default limits, by which one address has at most 256. `--apart` gives each a seed of its own, so
that nothing is shared.
"""

import argparse
import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
from websockets.asyncio.client import connect

import learning
from common import machine, server
from edit_latency import AHEAD, RATE, Player, address_of, experiment

TO_MOVE = 5.0  # seconds
WATCHED = 10.0


async def join(stack: AsyncExitStack, address: str, engine: str, seed: int, document: dict[str, Any] | None) -> Player:
    url, origin = address_of(address)
    socket = await stack.enter_async_context(
        connect(url, origin=origin, compression=None, proxy=None, open_timeout=60)  # type: ignore[arg-type]
    )
    player = Player(socket, engine)
    await player.open(seed, document)
    await player.grant(0)
    return player


async def watch(address: str, count: int, engine: str, document: dict[str, Any] | None, apart: bool) -> None:
    async with AsyncExitStack() as stack:
        began = time.perf_counter()
        joining = [asyncio.create_task(join(stack, address, engine, n if apart else 0, document)) for n in range(count)]
        heads: dict[int, int] = {}
        waits = frames = 0
        due, before, moving = began, [0] * count, 0
        while (now := time.perf_counter()) < began + TO_MOVE + WATCHED:
            due = max(due + 1 / RATE, now - 1)
            await asyncio.sleep(max(0.0, due - now))
            watched = due > began + TO_MOVE
            if watched and not moving:
                before = [heads.get(n, 0) for n in range(count)]
                moving = sum(head > 0 for head in before)
            for n, task in enumerate(joining):
                if not task.done():
                    continue
                player = task.result()
                head = heads.setdefault(n, 0)
                moves = head < player.last
                heads[n] += moves
                if watched:
                    frames += 1
                    waits += not moves
                await player.grant(heads[n])
        joined = sum(task.done() for task in joining)
        speeds = [(heads.get(n, 0) - before[n]) / WATCHED for n in range(count)]
        waited = waits / max(1, frames)
        print(
            f"{count} viewers, {engine}: {moving} moved within {TO_MOVE:g} s, {joined} joined; then "
            f"{np.median(speeds):.1f} steps/s (least {min(speeds):.1f}), waits at {waited:.2%} of frames",
            flush=True,
        )
        for task in joining:
            task.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--engine", choices=list(AHEAD), default="compiled")
    parser.add_argument("--net", action="store_true", help="a small net instead of a surface")
    parser.add_argument("--apart", action="store_true")
    arguments = parser.parse_args()
    print(f"# {machine()}; the load generator runs on the same cores")
    document = (
        {**learning.experiment({"id": "adam", "lr": 0.03}), "engine": arguments.engine}
        if arguments.net
        else experiment(0, arguments.engine)
    )
    with server() as address:
        asyncio.run(watch(address, arguments.viewers, arguments.engine, document, arguments.apart))


if __name__ == "__main__":
    main()
