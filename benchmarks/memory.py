"""Claim (d): memory of the server and its workers, with 0, 1 and 100 open sessions.

    python benchmarks/memory.py [--sessions 100] [--steps 300]

RSS counts a shared page of memory once for each process; PSS (Linux only) divides it among the processes. Workers are
forked from one process that has imported torch, so PSS is the memory in use. Each number is compared with the idle
server's in the same run. A session is a socket that opened an experiment of two runs and read `steps` records.
"""

import argparse
import json
import re
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

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


def play(socket: ClientConnection, seed: int, steps: int) -> None:
    """Opens an experiment and reads its records up to the last step."""
    socket.send(json.dumps({"op": "open", "experiment": experiment(seed)}))
    socket.send(json.dumps({"op": "advance", "until": steps}))
    while True:
        message = socket.recv()
        if isinstance(message, bytes) and unpack(message)["last"] >= steps:
            return


def table_row(name: str, now: Memory, before: Memory, sessions: int) -> str:
    """One row: total memory, and the increase over the idle server per session."""
    cells = [name, f"{now.rss / MB:.0f} MB", "n/a" if now.pss is None else f"{now.pss / MB:.0f} MB"]
    for new, old in ((now.rss, before.rss), (now.pss, before.pss)):
        known = sessions and new is not None and old is not None
        cells.append(f"{(new - old) / MB / sessions:+.2f} MB" if known and new is not None and old is not None else "")
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    print(machine())
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
                    play(socket, count, arguments.steps)
                    count += 1
                time.sleep(1)
                print(table_row(str(count), measured(root), idle, count), flush=True)
        time.sleep(1)
        print(table_row("0 again", measured(root), idle, 0))


if __name__ == "__main__":
    main()
