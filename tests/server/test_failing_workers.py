"""Workers that fail in other ways than being killed: the same recovery, and other clients are not affected."""

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.helpers import joined, same_bits
from tests.server import misbehaving
from tests.server.in_process import Client, LocalWorker, service
from tests.server.running import BEALE, Running
from tests.server.test_killed_workers import workers_of

from steepest.engine import Chunk, advance
from steepest.server.settings import Settings
from steepest.server.worker import pool, process
from steepest.server.worker.pool import StepTimeout, Worker, WorkerLost, WorkFailed, end_all
from steepest.spec import parse_experiment


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("cpu", time_limit=0.5, tries=2)
    yield worker
    end_all([worker])


@pytest.mark.parametrize("call", [ctypes.string_at, os._exit, signal.raise_signal])
async def test_fault_49_a_worker_that_dies_by_itself_is_replaced(call: Callable[[int], object]) -> None:
    worker = Worker("cpu", time_limit=1.0, tries=1)
    try:
        with pytest.raises(WorkerLost):
            await worker.call(call, 6)  # reads address 6; exits with 6; raises SIGABRT
        assert await worker.call(process.ping) is None
    finally:
        end_all([worker])


async def test_fault_49_what_ends_a_program_ends_no_worker(worker: Worker) -> None:
    before = await worker.call(os.getpid)
    for name in ("SystemExit", "KeyboardInterrupt", "GeneratorExit", "MemoryError", "RecursionError"):
        with pytest.raises(WorkFailed, match=name):
            await worker.call(misbehaving.raises, name)
    assert await worker.call(os.getpid) == before


async def test_fault_49_ctrl_c_in_the_terminal_is_for_the_server_alone(worker: Worker) -> None:
    before = await worker.call(os.getpid)
    assert await worker.call(misbehaving.interrupts) == "went on"
    assert await worker.call(os.getpid) == before


async def test_fault_49_a_flood_on_stdout_goes_nowhere_and_stops_nobody(
    worker: Worker, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await worker.call(misbehaving.floods, 10_000_000, time_limit=60.0) == 10_000_000
    assert await worker.call(process.ping) is None
    assert capfd.readouterr().out == ""


async def test_fault_49_a_large_answer_arrives_and_one_that_cannot_be_sent_is_reported(worker: Worker) -> None:
    assert len(await worker.call(bytes, 50_000_000, time_limit=60.0)) == 50_000_000
    with pytest.raises((WorkFailed, WorkerLost)):
        await worker.call(misbehaving.unpicklable)
    assert await worker.call(process.ping) is None


async def test_fault_49_a_late_answer_is_never_that_of_the_next_call(worker: Worker, tmp_path: Path) -> None:
    await worker.call(process.ping)
    with pytest.raises(StepTimeout):
        await worker.call(misbehaving.waits_for, str(tmp_path / "too late"))
    (tmp_path / "too late").touch()
    for n in range(20):
        assert await worker.call(int, n) == n


async def test_fault_49_a_worker_that_is_stopped_in_a_call_or_between_two_is_replaced(worker: Worker) -> None:
    await worker.call(process.ping)
    with pytest.raises(StepTimeout):
        await worker.call(misbehaving.stops)
    pid = await worker.call(os.getpid)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(StepTimeout):
        await worker.call(process.ping)
    assert await worker.call(os.getpid) != pid


def test_fault_49_a_stopped_worker_of_a_server_costs_a_try_and_no_number(server: Running) -> None:
    with server.live() as socket, server.live() as other:
        other.open({**BEALE, "seed": 50})
        other.grant(30)
        socket.open({**BEALE, "seed": 49})
        chunks: list[Chunk] = socket.grant(200)
        stopped = workers_of(server)[0]
        stopped.send_signal(signal.SIGSTOP)
        other.send({"op": "advance", "until": 300})
        last = 200
        while last < 900:  # some calls of either go to the worker that is left; one of them may fail
            socket.send({"op": "advance", "until": 900})
            event = socket.event()
            if event["op"] == "error":
                assert event["code"] == "step_timeout"
            else:
                chunks.append(event["chunk"])
                last = chunks[-1].last
        whole = advance(parse_experiment({**BEALE, "seed": 49}), None, 900)[0]
        for run in range(2):
            same_bits(joined(chunks, run), joined([whole], run))
        reached = 30
        while reached < 300:
            event = other.event()
            if event["op"] == "error":
                other.send({"op": "advance", "until": 300})
            else:
                reached = event["chunk"].last


@pytest.mark.parametrize("answer", ["no answer of ours", b"", 17])
async def test_fault_49_an_answer_that_is_none_is_reported_and_the_next_grant_goes_on(
    monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    client = Client(service(Settings(workers=1)))
    await client.ask(op="open", experiment=BEALE)
    await client.reach(5)

    async def wrong(*_: object, **__: object) -> Any:
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(LocalWorker, "call", wrong)
        reply = await client.ask(op="advance", id=3, until=20)
        assert (reply["op"], reply["code"], reply["step"]) == ("error", "internal", 6)
    assert (await client.reach(20))["last"] == 20
    await client.leave()


async def test_a_process_that_has_made_many_kernels_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_MOST_KERNELS", 3)
    worker = Worker("cpu", time_limit=20.0, tries=2)
    try:
        pids, needs_process = [], []
        for _ in range(3):
            pids.append(await worker.call(misbehaving.makes_a_kernel))
            needs_process.append(worker.needs_process)
            assert worker.making_seconds >= 0.01
        assert worker.seconds >= worker.making_seconds
        await worker.call(process.ping)
        assert worker.making_seconds == 0.0
        assert 0.0 < worker.seconds < 1.0
        await worker.replace_process()
        assert worker.alive
        pids.append(await worker.call(misbehaving.makes_a_kernel))
        needs_process.append(worker.needs_process)
        assert needs_process == [False, False, True, False]
        assert len(set(pids[:3])) == 1
        assert pids[3] != pids[0]
    finally:
        end_all([worker])
