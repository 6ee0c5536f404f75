"""Claim (b): time from an edit to the first changed record at the client, and from a preview to its answer.

    python benchmarks/edit_latency.py [--sessions 25] [--starve] [--engine compiled|eager]

One client plays 30 steps per second of two runs and edits ten times per second at the step on its screen. The others,
in another process, play the same and request four seconds ahead, or half a second of eager runs, as the page does. A
player starves when its play head reaches its last record. Goals: compiled p99 25 ms idle, 60 ms with 25 other sessions,
300 sessions before any starves; eager p99 50 and 150 ms; all on two cores.

A preview is asked for as the page does while a slider is dragged: while the run plays, each with another rate at the
step on screen, the next one a display frame after the answer, with an edit of that rate after every sixth. Goal: p99
30 ms.
"""

import argparse
import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect

import learning
from common import machine, server
from steepest.client.address import Address
from steepest.protocol.binary import unpack

RATE = 30  # steps per second
AHEAD = {"compiled": 4 * RATE, "eager": RATE // 2}
EDITS = 300
PREVIEWS = 300
OPTIMIZERS: tuple[dict[str, Any], ...] = ({"id": "sgd", "lr": 0.001, "momentum": 0.9}, {"id": "adam", "lr": 0.01})


def experiment(seed: int, engine: str) -> dict[str, Any]:
    return {
        "version": 1,
        "engine": engine,
        "problem": {"kind": "surface", "id": "beale"},
        "seed": seed,
        "runs": [{"optimizer": optimizer, "start": [1.0, 1.0]} for optimizer in OPTIMIZERS],
    }


class Player:
    """A client that behaves like the page: it grants steps up to some time ahead of its play head."""

    def __init__(self, socket: ClientConnection, engine: str) -> None:
        self.socket, self.engine, self.ahead = socket, engine, AHEAD[engine]
        self.revision = 0
        self.last = -1
        self.granted = -1
        self.opened = asyncio.Event()
        self.answered = asyncio.Event()  # a preview
        self.changed: dict[int, float] = {}  # revision: time of its first record

    async def open(self, seed: int, document: dict[str, Any] | None = None) -> None:
        document = document or experiment(seed, self.engine)
        await self.send(op="open", experiment={**document, "seed": seed})
        self.listening = asyncio.create_task(self.listen())  # ends with the socket
        await self.opened.wait()

    async def send(self, **command: Any) -> None:
        await self.socket.send(json.dumps(command))

    async def listen(self) -> None:
        async for message in self.socket:
            now = time.perf_counter()
            if isinstance(message, str):
                event = json.loads(message)
                if event["op"] == "error":
                    raise RuntimeError(event["message"])
                self.revision = event["revision"]
                self.opened.set()
                if event["op"] == "edited":
                    self.last = event["step"]
            else:
                chunk = unpack(message)
                if chunk["op"] == "preview":
                    self.answered.set()
                elif chunk["revision"] == self.revision:
                    self.changed.setdefault(self.revision, now)
                    self.last = chunk["last"]

    async def grant(self, head: int) -> None:
        if self.granted - head <= self.ahead // 2:  # half of the grant is used up, as on the page
            self.granted = head + self.ahead
            await self.send(op="advance", until=self.granted)


def address_of(server_address: str) -> tuple[str, str]:
    address = Address.parse(server_address)
    return address.live, address.origin


async def play_all(
    server_address: str, count: int, engine: str, ready: Event, stop: Event, results: "Queue[list[tuple[int, int]]]"
) -> None:
    """Plays until `stop` is set; the result is, for each player, (frames at which the head had to wait, all frames).

    One clock for all: a task and a timer for each would cost more processor time than the server needs for a session.
    """
    url, origin = address_of(server_address)
    async with AsyncExitStack() as stack:
        players = []
        for n in range(count):
            socket = await stack.enter_async_context(connect(url, origin=origin, compression=None, proxy=None))  # type: ignore[arg-type]
            players.append(Player(socket, engine))
            await players[-1].open(1000 + n)
            await players[-1].grant(0)
        heads, waits, frames = ([0] * count for _ in range(3))
        tick, due = 0, time.perf_counter()
        starts = [RATE + n % (2 * RATE) for n in range(count)]  # they begin at different times
        while not stop.is_set():
            due += 1 / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tick += 1
            for n, player in enumerate(players):
                if tick >= starts[n]:
                    frames[n] += 1
                    moves = heads[n] < player.last
                    heads[n] += moves
                    waits[n] += not moves
                    await player.grant(heads[n])
            if tick == 5 * RATE:
                ready.set()
        results.put(list(zip(waits, frames, strict=True)))


def play_others(
    server_address: str, count: int, engine: str, ready: Event, stop: Event, results: "Queue[list[tuple[int, int]]]"
) -> None:
    """Runs the other sessions, in a separate process."""
    asyncio.run(play_all(server_address, count, engine, ready, stop, results))


@contextmanager
def other_sessions(server_address: str, count: int, engine: str) -> Iterator[list[tuple[int, int]]]:
    """`count` other sessions play during the block; after it the list holds (waits, frames) of each."""
    found: list[tuple[int, int]] = []
    if not count:
        yield found
        return
    context = multiprocessing.get_context("spawn")
    ready, stop, results = context.Event(), context.Event(), context.Queue()
    process = context.Process(target=play_others, args=(server_address, count, engine, ready, stop, results))
    process.start()
    ready.wait()
    yield found
    stop.set()
    found.extend(results.get())
    process.join()


async def edits(server_address: str, count: int, engine: str) -> list[float]:
    """Milliseconds from each edit sent to the first record of its revision."""
    url, origin = address_of(server_address)
    times = []
    async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        player = Player(socket, engine)
        await player.open(int(time.time() * 1000) % 2**31)
        head = 0
        await player.grant(head)
        await asyncio.sleep(1.0)
        for n in range(count):
            for _ in range(3):  # three steps between edits: ten edits per second
                await asyncio.sleep(1 / RATE)
                head = min(head + 1, player.last)
                await player.grant(head)
            before = player.revision
            sent = time.perf_counter()
            lr = 0.001 * (1 + n % 7 / 10)
            await player.send(op="edit", edit={"step": head, "run": 0, "set": {"lr": lr}})
            while not any(revision > before for revision in player.changed):
                await asyncio.sleep(0.0005)
                if time.perf_counter() - sent > 10:
                    raise RuntimeError("no changed record in 10 s")
            times.append(1000 * (player.changed[max(player.changed)] - sent))
    return times


async def previews(server_address: str, document: dict[str, Any], steps: int, count: int = PREVIEWS) -> list[float]:
    """Milliseconds from each preview sent to its answer."""
    url, origin = address_of(server_address)
    times = []
    async with connect(url, origin=origin, compression=None, proxy=None) as socket:  # type: ignore[arg-type]
        player = Player(socket, "compiled")
        await player.open(int(time.time() * 1000) % 2**31, {**document, "engine": "compiled"})
        head = 0
        await player.grant(head)
        await asyncio.sleep(1.0)
        for n in range(count):
            await asyncio.sleep(1 / 60)
            head = min(head + 1, player.last)
            await player.grant(head)
            edit = {"step": head, "run": 0, "set": {"lr": 0.001 * (1 + n % 70 / 100)}}
            player.answered.clear()
            sent = time.perf_counter()
            await player.send(op="preview", edit=edit, until=head + steps)
            await player.answered.wait()
            times.append(1000 * (time.perf_counter() - sent))
            if n % 6 == 5:
                await player.send(op="edit", edit=edit)
                player.last = head
    return times


def measure_previews(server_address: str) -> None:
    for name, document in (
        ("Beale", experiment(0, "compiled")),
        ("2-4-2-1 net", learning.experiment({"id": "adam", "lr": 0.03})),
    ):
        for steps in (200, 1000):
            times = asyncio.run(previews(server_address, document, steps))
            p50, p99 = np.percentile(times, [50, 99])
            print(
                f"{len(times)} previews of {steps} steps, {name}: "
                f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(times):.1f} ms",
                flush=True,
            )


def measure(server_address: str, others: int, engine: str, count: int = EDITS) -> float:
    with other_sessions(server_address, others, engine) as starved:
        times = asyncio.run(edits(server_address, count, engine))
    p50, p99 = np.percentile(times, [50, 99])
    line = f"with {others} other sessions: {count} edits, p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {max(times):.0f} ms"
    share = 0.0
    if others:
        share = sum(waits for waits, _ in starved) / sum(frames for _, frames in starved)
        starving = sum(waits > 0.01 * frames for waits, frames in starved)
        line += f"; players waited at {share:.2%} of their frames, {starving} of {others} at more than 1 %"
    print(line, flush=True)
    return share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=25)
    parser.add_argument("--starve", action="store_true", help="add sessions until players starve")
    parser.add_argument("--engine", choices=list(AHEAD), default="compiled")
    arguments = parser.parse_args()
    engine = arguments.engine
    print(f"# {machine()}; {engine}; the load generator runs on the same cores")
    with server(STEEPEST_MAX_SESSIONS="1000") as address:
        measure(address, 0, engine)
        if engine == "compiled":
            measure_previews(address)
        measure(address, arguments.sessions, engine)
        if arguments.starve:
            for others in range(50, 1000, 50 if engine == "compiled" else 15):
                if measure(address, others, engine, count=60) > 0.01:
                    print(f"players begin to starve at about {others} sessions")
                    break


if __name__ == "__main__":
    main()
