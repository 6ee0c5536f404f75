"""A worker that runs out of memory: its session gets an error, and the worker continues."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from tests.server import misbehaving
from tests.server.in_process import Client, LocalWorker, service
from tests.server.running import BEALE

from steepest.server.settings import Settings
from steepest.server.worker.pool import OutOfMemory, Worker, WorkFailed, end_all


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("cpu", time_limit=20, tries=1)
    yield worker
    end_all([worker])


async def test_fault_30_a_worker_without_memory_says_so_and_goes_on(worker: Worker) -> None:
    before = await worker.call(os.getpid)
    await worker.call(misbehaving.has_little_memory, 300_000_000)
    for call in (misbehaving.takes_memory, np.ones, bytes):  # torch's way to say it, NumPy's and Python's
        with pytest.raises(OutOfMemory):
            await worker.call(call, 3_000_000_000)
    assert await worker.call(misbehaving.takes_memory, 4_000_000) == 1_000_000
    assert await worker.call(os.getpid) == before


async def test_fault_30_nothing_else_is_called_so(worker: Worker) -> None:
    with pytest.raises(WorkFailed) as failed:
        await worker.call(misbehaving.fails, "a MemoryError, they say: out of memory")
    assert not isinstance(failed.value, OutOfMemory)


async def test_fault_30_it_is_reported_in_words_and_the_session_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise OutOfMemory("MemoryError")

    shared = service(Settings(workers=1))
    client, other = Client(shared), Client(shared)
    for one in (client, other):
        await one.ask(op="open", experiment=BEALE)
        await one.reach(5)
    with monkeypatch.context() as patch:
        patch.setattr(LocalWorker, "call", failing)
        reply = await client.ask(op="advance", until=20)
    assert (reply["op"], reply["code"], reply["step"]) == ("error", "limit", 6)
    assert reply["message"].startswith("there was not enough memory for this; take a smaller model")
    assert (await other.reach(20))["last"] == 20
    assert (await client.reach(20))["last"] == 20
    await client.leave()
    await other.leave()
