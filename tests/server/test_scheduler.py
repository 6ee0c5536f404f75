"""The order of worker calls."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker
from steepest.server.worker.scheduler import FairShare, Job, Scheduler

SETTINGS = Settings(short_slice=0.02, long_slice=0.1)


class Slow(Worker):
    """A worker whose calls end when the test says so. log: what was called, in order."""

    def __init__(self, log: list[Any]) -> None:
        super().__init__("cpu", 1, 1)
        self.log = log
        self.ends: asyncio.Queue[None] = asyncio.Queue()

    async def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        time_limit: float | None = None,
        on_making: Callable[[], None] | None = None,
    ) -> Any:
        self.log.append(arguments[0])
        await self.ends.get()
        return function(*arguments)


def echo(value: Any) -> Any:
    if value == "bad":
        raise ValueError(value)
    return value


def job(value: Any) -> Callable[[float], Job]:
    return lambda budget: (echo, (value,))


@pytest.fixture
def log() -> list[Any]:
    return []


@pytest.fixture
def worker(log: list[Any]) -> Slow:
    return Slow(log)


@pytest.fixture
def scheduler(worker: Slow) -> Scheduler:
    return Scheduler([worker], SETTINGS)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_an_edit_goes_before_the_advances_that_wait(scheduler: Scheduler, worker: Slow, log: list[Any]) -> None:
    calls = [asyncio.create_task(scheduler.schedule(FairShare(), job(n))) for n in range(4)]
    await settle()
    calls.append(asyncio.create_task(scheduler.schedule(FairShare(), job("edit"), urgent=True)))
    for _ in range(5):
        await settle()
        worker.ends.put_nowait(None)
    await asyncio.gather(*calls)
    assert log == [0, "edit", 1, 2, 3]


async def test_a_session_that_edits_without_end_does_not_starve_the_others(
    scheduler: Scheduler, worker: Slow, log: list[Any]
) -> None:
    greedy, modest = FairShare(used=30.0), FairShare(used=1.0)
    first = asyncio.create_task(scheduler.schedule(FairShare(), job("first")))
    await settle()
    edits = asyncio.create_task(scheduler.schedule(greedy, job("greedy"), urgent=True))
    play = asyncio.create_task(scheduler.schedule(modest, job("modest")))
    for _ in range(3):
        await settle()
        worker.ends.put_nowait(None)
    await asyncio.gather(first, edits, play)
    assert log == ["first", "modest", "greedy"]


async def test_who_had_least_goes_first(scheduler: Scheduler, worker: Slow, log: list[Any]) -> None:
    calls = [asyncio.create_task(scheduler.schedule(FairShare(used), job(used))) for used in (0.0, 0.9, 0.3, 0.6)]
    for _ in range(4):
        await settle()
        worker.ends.put_nowait(None)
    await asyncio.gather(*calls)
    assert log == [0.0, 0.3, 0.6, 0.9]


async def test_no_more_calls_are_under_way_than_there_are_workers(log: list[Any]) -> None:
    workers: list[Worker] = [Slow(log), Slow(log)]
    scheduler = Scheduler(workers, SETTINGS)
    calls = [asyncio.create_task(scheduler.schedule(FairShare(), job(n))) for n in range(5)]
    await settle()
    assert log == [0, 1]
    for worker in workers * 3:
        assert isinstance(worker, Slow)
        worker.ends.put_nowait(None)
    assert await asyncio.gather(*calls) == [0, 1, 2, 3, 4]


async def test_who_leaves_the_queue_is_not_called(scheduler: Scheduler, worker: Slow, log: list[Any]) -> None:
    first, gone, last = (asyncio.create_task(scheduler.schedule(FairShare(), job(n))) for n in range(3))
    await settle()
    gone.cancel()
    await settle()
    for _ in range(2):
        worker.ends.put_nowait(None)
    assert [await first, await last] == [0, 2]
    assert log == [0, 2]


async def test_a_call_that_nobody_waits_for_any_more_keeps_its_worker_until_it_ends(
    scheduler: Scheduler, worker: Slow, log: list[Any]
) -> None:
    gone = asyncio.create_task(scheduler.schedule(FairShare(), job("gone")))
    await settle()
    gone.cancel()
    after = asyncio.create_task(scheduler.schedule(FairShare(), job("after")))
    await settle()
    assert log == ["gone"]
    worker.ends.put_nowait(None)
    worker.ends.put_nowait(None)
    assert await after == "after"


async def test_what_there_is_to_do_is_asked_when_the_worker_is_there(scheduler: Scheduler, worker: Slow) -> None:
    first = asyncio.create_task(scheduler.schedule(FairShare(), job("first")))
    await settle()
    wanted: list[Job | None] = [(echo, ("old",))]
    second = asyncio.create_task(scheduler.schedule(FairShare(), lambda _: wanted[0]))
    await settle()
    wanted[0] = None  # meanwhile there is nothing to do any more
    worker.ends.put_nowait(None)
    assert await first == "first"
    assert await second is None
    worker.ends.put_nowait(None)
    assert await scheduler.schedule(FairShare(), job("free again")) == "free again"


async def test_a_call_that_raises_frees_its_worker(scheduler: Scheduler, worker: Slow) -> None:
    def broken(budget: float) -> Job:
        raise LookupError

    with pytest.raises(LookupError):
        await scheduler.schedule(FairShare(), broken)
    for _ in range(2):
        worker.ends.put_nowait(None)
    with pytest.raises(ValueError, match="bad"):
        await scheduler.schedule(FairShare(), job("bad"))
    assert await scheduler.schedule(FairShare(), job("good")) == "good"


async def test_slices_are_long_only_while_another_worker_is_free() -> None:
    workers: list[Worker] = [Slow([]), Slow([])]
    scheduler = Scheduler(workers, SETTINGS)
    budgets: list[float] = []

    def noted(budget: float) -> Job:
        budgets.append(budget)
        return echo, (budget,)

    calls = [asyncio.create_task(scheduler.schedule(FairShare(), noted)) for _ in range(2)]
    await settle()
    for worker in workers:
        assert isinstance(worker, Slow)
        worker.ends.put_nowait(None)
    await asyncio.gather(*calls)
    assert budgets == [0.1, 0.02]
