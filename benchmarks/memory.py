"""Claim (d): memory of the server and its workers, with 0, 1 and 100 open sessions, and where much is asked of it.

    python benchmarks/memory.py [--sessions 100] [--steps 300]
    python benchmarks/memory.py --heavy sessions|long-runs|seeds|export [--count N]

RSS counts a shared page of memory once for each process; PSS (Linux only) divides it among the processes. Workers are
forked from one process that has imported torch, so PSS is the memory in use. Each number is compared with the idle
server's in the same run. A session is a socket that opened an experiment of two runs and read `steps` records.

With --heavy, what has grown without a limit before there were budgets: sessions with large checkpoints, problems with
their own samples, and large exports. Limits in the environment, such as STEEPEST_SERVER_MEMORY, apply.
"""

import argparse
import json
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
from websockets.sync.client import ClientConnection, connect

from common import machine, server
from steepest.client.address import Address
from steepest.protocol.binary import unpack

MB = 1e6


@dataclass(frozen=True)
class Memory:
    """Bytes, summed over all processes. pss: None where the system does not report it."""

    rss: int
    pss: int | None
    processes: int


def measured(root: psutil.Process) -> Memory:
    processes = [root, *root.children(recursive=True)]
    infos = [process.memory_full_info() for process in processes]
    pss = [getattr(info, "pss", None) for info in infos]
    known = [value for value in pss if value is not None]
    return Memory(sum(info.rss for info in infos), sum(known) if len(known) == len(pss) else None, len(processes))


def process_of(address: str) -> psutil.Process:
    """The child process that listens at the address."""
    port = int(re.findall(r":(\d+)", address)[-1])
    for process in psutil.Process().children():
        for connection in process.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return process
    raise RuntimeError("no child process listens there")


def experiment(seed: int) -> dict[str, Any]:
    start = [1.0 + seed / 1000, 1.0]
    runs = [
        {"optimizer": {"id": "sgd", "lr": 0.001, "momentum": 0.9}, "start": start},
        {"optimizer": {"id": "adam", "lr": 0.01}, "start": start},
    ]
    return {"version": 1, "problem": {"kind": "surface", "id": "beale"}, "seed": seed, "runs": runs}


def play(socket: ClientConnection, document: dict[str, Any], steps: int) -> None:
    """Opens an experiment and reads its records up to the last step."""
    socket.send(json.dumps({"op": "open", "experiment": document}))
    socket.send(json.dumps({"op": "advance", "until": steps}))
    while True:
        message = socket.recv()
        if isinstance(message, bytes):
            if unpack(message)["last"] >= steps:
                return
        elif json.loads(message)["op"] == "error":
            raise RuntimeError(message)


def table_row(name: str, now: Memory, before: Memory, sessions: int) -> str:
    """One row: total memory, and the increase over the idle server per session."""
    cells = [name, f"{now.rss / MB:.0f} MB", "n/a" if now.pss is None else f"{now.pss / MB:.0f} MB"]
    for new, old in ((now.rss, before.rss), (now.pss, before.pss)):
        known = sessions and new is not None and old is not None
        cells.append(f"{(new - old) / MB / sessions:+.2f} MB" if known and new is not None and old is not None else "")
    return f"| {' | '.join(cells)} |"


def learning(dataset: dict[str, Any], model: dict[str, Any], loss: str, runs: list[Any], **rest: Any) -> dict[str, Any]:
    problem = {"kind": "learning", "dataset": dataset, "model": model, "loss": {"id": loss}, **rest}
    return {
        "version": 1,
        "problem": problem,
        "runs": [{"optimizer": optimizer, "start": {"init": "default"}} for optimizer in runs],
    }


def report(root: psutil.Process, name: str) -> None:
    """One row: RSS of the server process and of each worker, which is a child of a child."""
    children = root.children(recursive=True)
    workers = [child for child in children if child.ppid() != root.pid]
    sizes = [process.memory_info().rss / MB for process in (root, *workers)]
    print(f"| {name} | {sizes[0]:.0f} MB | {' '.join(f'{size:.0f} MB' for size in sizes[1:])} |", flush=True)


def heavy_sessions(address: str, root: psutil.Process, count: int) -> None:
    """Open sessions whose checkpoints are large: L-BFGS keeps 200 vectors as long as the 21,000 parameters."""
    lbfgs = {"id": "lbfgs", "lr": 0.01, "max_iter": 10, "tolerance_grad": 1e-15, "tolerance_change": 1e-15}
    document = learning(
        {"id": "digits", "params": {"count": 200}},
        {"id": "convnet", "params": {"channels": 32}},
        "cross_entropy",
        [lbfgs],
        batch={"size": 20},
    )
    with ExitStack() as stack:
        for seed in range(count):
            socket = stack.enter_context(
                connect(Address.parse(address).live, compression=None, proxy=None, max_size=None)
            )
            play(socket, {**document, "seed": seed}, 16)
            report(root, f"{seed + 1} open")
    time.sleep(2)
    report(root, "none open")


def long_runs(address: str, root: psutil.Process, count: int) -> None:
    """Open sessions with as many small checkpoints as one keeps: eight compiled runs of 30,000 steps on a surface."""
    runs = [{"optimizer": {"id": "adam", "lr": 0.001 * n}, "start": [1.0, 1.0]} for n in range(1, 9)]
    document = {"version": 1, "engine": "compiled", "problem": {"kind": "surface", "id": "beale"}, "runs": runs}
    with ExitStack() as stack:
        for seed in range(count):
            socket = stack.enter_context(
                connect(Address.parse(address).live, compression=None, proxy=None, max_size=None)
            )
            play(socket, {**document, "seed": seed}, 30_000)
            if (seed + 1) % 8 == 0:
                report(root, f"{seed + 1} open")
    time.sleep(8)
    report(root, "none open")


def seeds(address: str, root: psutil.Process, count: int) -> None:
    """One session after the other, each with another seed: other splits of the same table of 60,000 rows."""
    draw = random.Random(0)
    columns = [f"c{n}" for n in range(20)]
    rows = [columns, *([str(draw.randrange(99)) for _ in columns] for _ in range(60_000))]
    body = "\n".join(map(",".join, rows)).encode()
    answer = httpx.post(f"{address}/api/data", content=body, headers={"content-type": "text/csv"}, timeout=60)
    table = {"id": "csv", "params": {"file": answer.json()["file"]}}
    document = learning(
        table, {"id": "linear"}, "mse", [{"id": "sgd", "lr": 0.001}], split={"dev": 0.2}, batch={"size": 100}
    )
    report(root, "uploaded")
    with connect(Address.parse(address).live, compression=None, proxy=None, max_size=None) as socket:
        for seed in range(count):
            play(socket, {**document, "seed": seed}, 5)
            if (seed + 1) % 8 == 0:
                report(root, f"{seed + 1} seeds")
    time.sleep(2)
    report(root, "none open")


def large_export(address: str, root: psutil.Process, count: int) -> None:
    """A table with `count` steps of 8 runs with 62 parameters, some 35 kB a step. The highest RSS while it is made."""
    runs = [{"id": "adam", "lr": 0.001 * n} for n in range(1, 9)]
    document = learning({"id": "moons"}, {"id": "mlp", "params": {"hidden": [12]}}, "cross_entropy", runs)
    body = {"experiment": {**document, "engine": "compiled"}, "to": "csv", "steps": count}
    highest: dict[int, int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.Error):
                    highest[process.pid] = max(highest.get(process.pid, 0), process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    size = 0
    with httpx.stream("POST", f"{address}/api/export", json=body, timeout=120) as answer:
        for part in answer.iter_bytes():
            size += len(part)
            if answer.status_code != 200:
                print(part.decode())
    done.set()
    watching.join()
    rest = max(size for pid, size in highest.items() if pid != root.pid)
    print(f"| {size / MB:.0f} MB, at most | {highest[root.pid] / MB:.0f} MB | {rest / MB:.0f} MB |")
    time.sleep(1)
    report(root, "afterwards")


HEAVY: dict[str, tuple[Callable[[str, psutil.Process, int], None], int]] = {
    "sessions": (heavy_sessions, 8),
    "long-runs": (long_runs, 24),
    "seeds": (seeds, 48),
    "export": (large_export, 2500),
}


def main_heavy(kind: str, count: int | None) -> None:
    run, default = HEAVY[kind]
    count = count or default
    with (
        tempfile.TemporaryDirectory() as data,
        server(
            STEEPEST_MAX_SESSIONS=str(count + 1),
            STEEPEST_CLIENT_SESSIONS=str(count + 1),
            STEEPEST_CLIENT_SOCKETS=str(count + 1),
            STEEPEST_LOG_LEVEL="warning",
            STEEPEST_MAKE_KERNELS="false",
            STEEPEST_WORKERS="1" if kind in ("seeds", "export") else "2",
            STEEPEST_DATA=data,
        ) as address,
    ):
        root = process_of(address)
        print("| | server | workers |\n| --- | --- | --- |")
        report(root, "idle")
        run(address, root, count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--heavy", choices=HEAVY)
    parser.add_argument("--count", type=int)
    arguments = parser.parse_args()
    print(machine())
    if arguments.heavy:
        main_heavy(arguments.heavy, arguments.count)
        return
    with server(STEEPEST_MAX_SESSIONS=str(arguments.sessions + 1), STEEPEST_LOG_LEVEL="warning") as address:
        place = Address.parse(address)
        root = process_of(address)
        idle = measured(root)
        print(f"server and {idle.processes - 1} child processes, {arguments.steps} steps per session")
        print("| sessions | RSS | PSS | RSS per session | PSS per session |\n| --- | --- | --- | --- | --- |")
        print(table_row("0", idle, idle, 0), flush=True)
        with ExitStack() as stack:
            count = 0
            for target in (1, arguments.sessions):
                while count < target:
                    socket = stack.enter_context(connect(place.live, compression=None, proxy=None, max_size=None))
                    play(socket, experiment(count), arguments.steps)
                    count += 1
                time.sleep(1)
                print(table_row(str(count), measured(root), idle, count), flush=True)
        time.sleep(1)
        print(table_row("0 again", measured(root), idle, 0))


if __name__ == "__main__":
    main()
