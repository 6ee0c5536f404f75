"""Claim (i): a class over real sockets, with the load generator on the same cores.

    python benchmarks/classroom.py [--seats 200] [--deaf 10] [--no-explore]

The server is killed when all have answered, and started again, with 20,000 changed experiments more in the room's log,
as ten minutes of exploring leave there. It prints how soon all seats have joined and have the first records of the
watched runs, how late a teacher's command reaches each of them (with `--deaf` further seats that never read), what a
phone receives beside the records, a second of watching and for a whole question, whether all answers of one second are
counted once, how many steps a second each seat gets that plays two compiled runs of its own at 10 steps a second, and
how soon all are back after the kill. Goals, on two cores: 5 s, 300 ms (p99), 2 kB/s, all of them, none starving, and
5 s.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from common import machine, server
from steepest.classroom.activity import Explore
from steepest.classroom.log import RoomLog
from steepest.classroom.log_events import Begun, Explored, Replaced
from steepest.protocol.binary import unpack
from steepest.spec import parse_experiment

Json = dict[str, Any]

COMMANDS, BETWEEN = 50, 0.2  # of the teacher; seconds
EXPLORED, RATE = 15.0, 10  # seconds; steps a second
CHANGES = 20_000  # of experiments in the log that is read after the kill
AHEAD = 4 * RATE  # steps of which a page has the records before it shows them
EXPERIMENT: Json = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "engine": "compiled",
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.001, "momentum": 0.9}, "start": [1.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.001}, "start": [-1.0, 1.5]},
    ],
}
OPTIONS = [
    {"label": {"en": "The first run"}, "when": [{"what": "lowest", "run": 0}]},
    {"label": {"en": "The second run"}, "when": [{"what": "lowest", "run": 1}]},
]
WATCH: Json = {"kind": "watch", "experiment": EXPERIMENT, "until": 1000}
PREDICT: Json = {
    "kind": "predict",
    "experiment": EXPERIMENT,
    "until": 500,
    "question": {"kind": "choose", "ask": {"en": "Which is lower after 500 steps?"}, "options": OPTIONS},
}
EXPLORE: Json = {"kind": "explore", "experiment": EXPERIMENT, "until": 300, "controls": ["lr"]}


class Client:
    """One socket of the room. parts: the latest of each. bytes: received. heard: called with each event."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.parts: dict[str, Json] = {}
        self.bytes = 0
        self.heard: Callable[[Json], None] = lambda _: None
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._changed = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.socket:
            assert isinstance(message, str)
            self.bytes += len(message)
            event = json.loads(message)
            self.parts[event["op"]] = event
            self.heard(event)
            self._changed.set()
            if (waiting := self._answers.pop(event.get("id", 0), None)) is not None:
                waiting.set_result(event)

    async def ask(self, op: str, **fields: Any) -> Json:
        number = len(self._answers) + 1
        while number in self._answers:
            number += 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"op": op, "id": number, **fields}))
        answer = await asyncio.shield(self._answers[number])
        if answer["op"] == "error":
            raise RuntimeError(answer["message"])
        return answer

    async def until(self, part: str, **fields: Any) -> None:
        while (found := self.parts.get(part)) is None or any(found[name] != value for name, value in fields.items()):
            self._changed.clear()
            await self._changed.wait()


async def joined(stack: AsyncExitStack, url: str, room: Json, role: str, secret: str) -> Client:
    socket = await stack.enter_async_context(connect(url, compression=None, proxy=None, open_timeout=60, max_size=None))
    client = Client(socket)
    await client.ask("join", code=room["code"], role=role, secret=secret)
    return client


async def deaf(stack: AsyncExitStack, url: str, room: Json, n: int) -> None:
    """A seat that joins and then reads nothing. Buffers hold what is sent to it here; `test_fault_45` has full ones."""
    socket = await stack.enter_async_context(
        connect(url, compression=None, proxy=None, max_queue=1, ping_interval=None, close_timeout=0)
    )
    secret = f"a-device-that-never-reads-{n}"
    await socket.send(json.dumps({"op": "join", "id": 1, "code": room["code"], "role": "seat", "secret": secret}))
    await socket.recv()


def room_url(address: str) -> str:
    base = address.partition("/?token=")[0]
    return f"ws{base.removeprefix('http')}/api/room"


async def measure(address: str, seats: int, ears: int, explore: bool) -> Json:
    """All but the kill. Returns the room, whose last question all have answered."""
    base, _, query = address.partition("/?token=")
    async with httpx.AsyncClient(base_url=base, headers={"authorization": f"Bearer {query}"} if query else {}) as http:
        room = (await http.post("/api/rooms", json={})).json()
    url = room_url(address)
    async with AsyncExitStack() as stack:
        teacher = await joined(stack, url, room, "teacher", room["teacher"])
        await joined(stack, url, room, "screen", room["screen"])
        watched = (await teacher.ask("begin", activity=WATCH))["number"]
        began = time.perf_counter()

        async def come(n: int) -> Client:
            seat = await joined(stack, url, room, "seat", f"the-secret-of-device-{n:04}")
            await seat.until("activity", activity_number=watched)
            await show(watching, url, seat.parts["activity"]["activity"]["experiment"])
            return seat

        async with AsyncExitStack() as watching:
            phones = await asyncio.gather(*(come(n) for n in range(seats)))
            print(f"{seats} seats joined and showing after {time.perf_counter() - began:.2f} s", flush=True)
            for n in range(ears):
                await deaf(stack, url, room, n)
            await commands(teacher, phones, watched, ears)
        await answers(teacher, phones)
        if explore:
            await exploring(stack, url, teacher, phones)
        number = await begin_to_predict(teacher, phones)
        answer = {"kind": "choose", "option": 1}
        await asyncio.gather(*(phone.ask("answer", activity=number, answer=answer) for phone in phones))
        found: Json = room
        return found


async def show(stack: AsyncExitStack, url: str, experiment: Json) -> None:
    """Opens the watched experiment as a phone does, and waits for its first records."""
    live = url.removesuffix("room") + "live"
    socket = await stack.enter_async_context(
        connect(live, compression=None, proxy=None, open_timeout=60, max_size=None)
    )
    await socket.send(json.dumps({"op": "open", "experiment": experiment}))
    await socket.send(json.dumps({"op": "advance", "until": AHEAD}))
    while not isinstance(await socket.recv(), bytes):
        pass


def lengthen(folder: Path, room: Json, seats: int) -> int:
    """Puts a long exploration into the log before what the class did last. Returns the number of that activity now."""
    log = RoomLog(folder / f"rooms/{room['code']}.room")
    events = [event for event in log.read() if not isinstance(event, Replaced)]
    begun = max(n for n, event in enumerate(events) if isinstance(event, Begun))
    last = events[begun:]
    own = [parse_experiment(changed(n)) for n in range(seats)]
    log.append(Begun(activity=Explore.model_validate(EXPLORE), lesson_step=None))
    for n in range(CHANGES):
        log.append(Explored(seat=1 + n % seats, experiment=own[n * 7 % seats]))
    number = log.append(last[0])
    for event in last[1:]:
        log.append(event)
    print(f"{log.number} events, {log.bytes / 1e6:.1f} MB, are in the log now", flush=True)
    log.close()
    return number


async def return_after_kill(address: str, room: Json, number: int, seats: int) -> None:
    """How soon after the address was printed all seats have the activity again, and whether their answers are there."""
    url = room_url(address)
    async with AsyncExitStack() as stack:
        began = time.perf_counter()

        async def come_back(n: int) -> None:
            seat = await joined(stack, url, room, "seat", f"the-secret-of-device-{n:04}")
            await seat.until("activity", activity_number=number)

        await asyncio.gather(*(come_back(n) for n in range(seats)))
        seconds = time.perf_counter() - began
        teacher = await joined(stack, url, room, "teacher", room["teacher"])
        await teacher.ask("close", activity=number)
        await teacher.ask("reveal", activity=number)
        await teacher.until("results")
        counts = teacher.parts["results"]["spread"]["counts"]
    print(f"killed and started again: {seats} seats back after {seconds:.2f} s; answers counted {counts}", flush=True)


async def commands(teacher: Client, phones: list[Client], watched: int, ears: int) -> None:
    sent: dict[int, float] = {}
    late: list[float] = []

    def heard(event: Json) -> None:
        if event["op"] == "play" and event["playing"] and event["playing"]["step"] in sent:
            late.append(time.perf_counter() - sent[event["playing"]["step"]])

    before = [phone.bytes for phone in phones]
    began = time.perf_counter()
    for phone in phones:
        phone.heard = heard
    for step in range(COMMANDS):
        sent[step] = time.perf_counter()
        await teacher.ask("play", activity=watched, step=step, speed=0.0)
        await asyncio.sleep(BETWEEN)
    await asyncio.sleep(0.5)
    seconds = time.perf_counter() - began
    for phone in phones:
        phone.heard = lambda _: None
    traffic = max((phone.bytes - old) / seconds for phone, old in zip(phones, before, strict=True))
    share = len(late) / (COMMANDS * len(phones))
    print(
        f"a teacher's command, {1 / BETWEEN:g} a second, {ears} seats that never read: median "
        f"{np.median(late) * 1000:.0f} ms, p99 {np.percentile(late, 99) * 1000:.0f} ms, last "
        f"{max(late) * 1000:.0f} ms; "
        f"{share:.1%} arrived (a later one may replace one); a phone gets {traffic:.0f} bytes/s",
        flush=True,
    )


async def begin_to_predict(teacher: Client, phones: list[Client]) -> int:
    """Its number, once every phone shows it."""
    number: int = (await teacher.ask("begin", activity=PREDICT))["number"]
    await asyncio.gather(*(phone.until("activity", activity_number=number) for phone in phones))
    return number


async def answers(teacher: Client, phones: list[Client]) -> None:
    before = [phone.bytes for phone in phones]
    number = await begin_to_predict(teacher, phones)
    waits: list[float] = []

    async def answer(phone: Client, n: int) -> None:
        await asyncio.sleep(n / len(phones))
        began = time.perf_counter()
        await phone.ask("answer", activity=number, answer={"kind": "choose", "option": n % 2})
        waits.append(time.perf_counter() - began)

    await asyncio.gather(*(answer(phone, n) for n, phone in enumerate(phones)))
    await teacher.ask("close", activity=number)
    await teacher.ask("reveal", activity=number)
    await asyncio.gather(*(phone.until("results") for phone in phones))
    traffic = max(phone.bytes - old for phone, old in zip(phones, before, strict=True))
    counts = teacher.parts["results"]["spread"]["counts"] if "results" in teacher.parts else []
    print(
        f"{len(phones)} answers within a second: counted {counts}, acknowledged after at most "
        f"{max(waits) * 1000:.0f} ms; from the question to the results a phone gets {traffic} bytes",
        flush=True,
    )


async def exploring(stack: AsyncExitStack, url: str, teacher: Client, phones: list[Client]) -> None:
    number = (await teacher.ask("begin", activity=EXPLORE))["number"]
    live = url.removesuffix("room") + "live"
    found = await asyncio.gather(*(play(stack, live, phone, number, n) for n, phone in enumerate(phones)))
    waits, rates, later = zip(*found, strict=True)
    entries = teacher.parts["counts"]["explored"]
    print(
        f"explore: {len(phones)} seats open two compiled runs each at once: first records after "
        f"{np.median(waits):.1f} s, at most {max(waits):.1f} s; from then on, playing at {RATE} steps/s: median "
        f"{np.median(rates):.1f}, least {min(rates):.1f} steps/s over {EXPLORED:g} s, {np.median(later):.1f} and "
        f"{min(later):.1f} in their second half; most to least {max(rates) / min(rates):.2f} and "
        f"{max(later) / min(later):.2f}; {entries} in the cloud",
        flush=True,
    )


def changed(n: int) -> Json:
    """The experiment as seat n has changed it."""
    runs = [dict(run) for run in EXPERIMENT["runs"]]
    runs[0] = {**runs[0], "optimizer": {**runs[0]["optimizer"], "lr": 0.0005 * (1 + n / 100)}}
    return {**EXPERIMENT, "runs": runs}


async def play(stack: AsyncExitStack, url: str, phone: Client, number: int, n: int) -> tuple[float, float, float]:
    """Opens the seat's experiment, sends it to the cloud, and plays it.

    Returns the seconds to its first records, the steps a second from then on, and those of the second half.
    """
    began = time.perf_counter()
    document = changed(n)
    socket = await stack.enter_async_context(connect(url, compression=None, proxy=None, open_timeout=60, max_size=None))
    await socket.send(json.dumps({"op": "open", "experiment": document}))
    await phone.ask("explore", activity=number, experiment=document)
    last, playing = -1, asyncio.Event()

    async def read() -> None:
        nonlocal last
        async for message in socket:
            if isinstance(message, bytes):
                last = unpack(message)["last"]
                playing.set()

    reading = asyncio.create_task(read())
    granted = AHEAD
    await socket.send(json.dumps({"op": "advance", "until": granted}))
    await playing.wait()
    head, start = 0.0, time.perf_counter()
    half = start, head
    while (now := time.perf_counter()) < start + EXPLORED:
        if granted - head <= AHEAD // 2:  # half of the grant is used up, as on the page
            granted = int(head) + AHEAD
            await socket.send(json.dumps({"op": "advance", "until": granted}))
        await asyncio.sleep(0.5)
        head = min(head + (time.perf_counter() - now) * RATE, last)
        if now < start + EXPLORED / 2:
            half = time.perf_counter(), head
    reading.cancel()
    end = time.perf_counter()
    return start - began, head / (end - start), (head - half[1]) / (end - half[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=200)
    parser.add_argument("--deaf", type=int, default=10)
    parser.add_argument("--no-explore", action="store_true")
    arguments = parser.parse_args()
    print(f"# {machine()}; the load generator runs on the same cores")
    with tempfile.TemporaryDirectory() as folder:
        with server("--workers", "2", kill=True, STEEPEST_DATA=folder) as address:
            explore = not arguments.no_explore
            room = asyncio.run(measure(address, arguments.seats, arguments.deaf, explore))
        number = lengthen(Path(folder), room, arguments.seats)
        with server("--workers", "2", STEEPEST_DATA=folder) as address:
            asyncio.run(return_after_kill(address, room, number, arguments.seats))


if __name__ == "__main__":
    main()
