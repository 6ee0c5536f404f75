"""Killed workers: the run continues with the same numbers, and other clients are not affected."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil
import pytest
from tests.engine.helpers import joined, same_bits
from tests.server import misbehaving
from tests.server.running import BEALE, Running

from steepest.engine import Chunk, advance
from steepest.server.worker import process
from steepest.server.worker.pool import StepTimeout, Worker, WorkerLost, WorkFailed, end_all
from steepest.spec import parse_experiment


def workers_of(server: Running) -> list[psutil.Process]:
    """The processes that compute: children of the process that they are forked from."""
    found: dict[psutil.Process, tuple[int, str]] = {}
    for child in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it may be gone by now, or on its way
            found[child] = child.ppid(), " ".join(child.cmdline())
    parents = {parent for parent, _ in found.values()}
    return [process for process, (_, line) in found.items() if process.pid not in parents and "forkserver" in line]


def test_fault_48_a_run_whose_workers_are_killed_goes_on_with_the_same_numbers(server: Running) -> None:
    with server.live() as socket, server.live() as other:
        other.open({**BEALE, "seed": 5})
        other.grant(100)
        socket.open({**BEALE, "seed": 48})
        socket.send({"op": "advance", "until": 1_500})
        chunks: list[Chunk] = []
        kills = 0
        while not chunks or chunks[-1].last < 1_500:
            event = socket.event()
            assert event["op"] == "chunk", event
            chunks.append(event["chunk"])
            if chunks[-1].last > 400 * kills and kills < 3:
                kills += 1
                for process in workers_of(server):
                    with suppress(psutil.NoSuchProcess):
                        process.send_signal(signal.SIGKILL)
        assert kills == 3
        whole = advance(parse_experiment({**BEALE, "seed": 48}), None, 1_500)[0]
        for run in range(2):
            same_bits(joined(chunks, run), joined([whole], run))
        assert other.grant(150)[-1].last == 150
    assert "worker.lost" in server.log()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("cpu", time_limit=0.5, tries=2)
    yield worker
    end_all([worker])


async def test_fault_48_a_call_whose_worker_dies_each_time_gives_up_and_the_next_one_works(worker: Worker) -> None:
    with pytest.raises(WorkerLost):
        await worker.call(signal.raise_signal, signal.SIGKILL)
    with pytest.raises(WorkerLost):
        await worker.call(os._exit, 3)
    assert await worker.call(os.getpid) != os.getpid()


async def test_fault_48_a_worker_killed_between_two_calls_is_replaced(worker: Worker) -> None:
    first = await worker.call(os.getpid)
    os.kill(first, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):  # it is reaped already
        psutil.wait_procs([psutil.Process(first)], timeout=5)
    second = await worker.call(os.getpid)
    assert second not in (first, os.getpid())


async def test_a_step_that_takes_too_long_is_ended_and_the_worker_is_there_again(worker: Worker) -> None:
    with pytest.raises(StepTimeout):
        await worker.call(misbehaving.computes, 60)
    assert await worker.call(process.ping) is None


async def test_a_step_that_waits_may_take_longer_but_not_for_ever(worker: Worker) -> None:
    await worker.call(process.ping)
    assert await worker.call(misbehaving.is_late, 1.2) == "late"  # as on a machine busy with other programs
    assert worker.restarts == 0
    with pytest.raises(StepTimeout):
        await worker.call(time.sleep, 60)
    assert await worker.call(process.ping) is None


@pytest.mark.parametrize(("call", "argument", "name"), [(int, "seven", "ValueError"), (sys.exit, 3, "SystemExit")])
async def test_a_call_that_raises_is_reported_and_its_worker_stays(
    worker: Worker, call: Callable[..., object], argument: object, name: str
) -> None:
    before = await worker.call(os.getpid)
    with pytest.raises(WorkFailed, match=name):
        await worker.call(call, argument)
    assert await worker.call(os.getpid) == before


async def test_no_worker_is_left_behind() -> None:
    workers = [Worker("cpu", time_limit=5, tries=1) for _ in range(2)]
    for worker in workers:
        await worker.call(process.ping)
    end_all(workers)
    assert not [process for process in multiprocessing.active_children() if process.name == "pebble_pool_worker"]
    with pytest.raises(WorkerLost):
        await workers[0].call(process.ping)
