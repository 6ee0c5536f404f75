"""The order of worker calls."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker
from steepest.server.worker.scheduler import FairShare, Job, Scheduler

SETTINGS = Settings(short_slice=0.02, long_slice=0.1)


class Slow(Worker):
    """A worker whose calls end when the test says so. log: what was called, in order. cut: slices ended early."""

    def __init__(self, log: list[Any]) -> None:
        super().__init__("cpu", 1, 1)
        self.log = log
        self.ends: asyncio.Queue[None] = asyncio.Queue()
        self.cut = 0

    def end_slice(self) -> None:
        self.cut += 1

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


def test_the_first_seconds_of_making_kernels_are_not_charged() -> None:
    maker = FairShare()
    for seconds, charged in ((0.5, 0.0), (2.0, 0.0), (1.0, 0.5), (5.0, 5.5)):
        maker.charge(seconds, seconds)
        assert maker.used == pytest.approx(charged)
    maker.charge(0.25, 0.0)
    assert maker.used == pytest.approx(5.75)


async def test_a_call_is_charged_but_for_what_its_worker_made(scheduler: Scheduler, worker: Slow) -> None:
    shares = FairShare(), FairShare()
    for share, made in zip(shares, (60.0, 0.0), strict=True):
        worker._shared.making_seconds = made
        worker.ends.put_nowait(None)
        await scheduler.schedule(share, job("call"))
    assert shares[0].used == 0.0
    assert shares[1].used > 0.0


async def test_a_call_is_charged_for_its_worker_s_time_and_not_for_when_the_loop_noticed(
    scheduler: Scheduler, worker: Slow
) -> None:
    shares = FairShare(), FairShare()
    for share, seconds in zip(shares, (0.001, 0.0), strict=True):  # 0: its process has ended, so the loop's time counts
        worker._shared.seconds = seconds
        call = asyncio.create_task(scheduler.schedule(share, job("call")))
        await settle()
        time.sleep(0.05)  # noqa: ASYNC251 - the loop is busy
        worker.ends.put_nowait(None)
        await call
    assert shares[0].used == 0.001
    assert shares[1].used >= 0.05


async def test_a_call_whose_process_died_is_charged_for_all_its_attempts(scheduler: Scheduler, worker: Slow) -> None:
    share = FairShare()
    worker._shared.seconds = 0.001  # of the last one
    call = asyncio.create_task(scheduler.schedule(share, job("call")))
    await settle()
    worker.restarts += 1
    time.sleep(0.05)  # noqa: ASYNC251 - the attempts
    worker.ends.put_nowait(None)
    await call
    assert share.used >= 0.05


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


# ---- one client ------------------------------------------------------------------------------------------------------


async def test_a_client_has_one_call_in_a_worker_though_another_worker_is_free(log: list[Any]) -> None:
    workers = [Slow(log), Slow(log)]
    scheduler, share = Scheduler([*workers], SETTINGS), FairShare()
    first = asyncio.create_task(scheduler.run(share, echo, "first"))
    await settle()
    first.cancel()  # it goes on in its worker
    overtaken = asyncio.create_task(scheduler.run(share, echo, "overtaken"))
    await settle()
    overtaken.cancel()
    last = asyncio.create_task(scheduler.run(share, echo, "last"))
    other = asyncio.create_task(scheduler.run(FairShare(), echo, "other"))
    await settle()
    assert log == ["first", "other"]
    for worker in workers * 2:
        worker.ends.put_nowait(None)
    assert [await last, await other] == ["last", "other"]
    assert log == ["first", "other", "last"]


async def test_an_urgent_call_ends_the_slice_of_its_own_client(log: list[Any]) -> None:
    workers = [Slow(log), Slow(log)]
    scheduler, share = Scheduler([*workers], SETTINGS), FairShare()
    play = asyncio.create_task(scheduler.run(share, echo, "play"))
    await settle()
    later = asyncio.create_task(scheduler.run(share, echo, "later"))
    await settle()
    assert [worker.cut for worker in workers] == [0, 0], "what is not urgent waits for the slice's end"
    question = asyncio.create_task(scheduler.run(share, echo, "question", urgent=True))
    await settle()
    assert sorted(worker.cut for worker in workers) == [0, 1]
    for worker in workers * 3:
        worker.ends.put_nowait(None)
    await asyncio.gather(play, later, question)
    assert log == ["play", "question", "later"]


async def test_an_urgent_call_ends_the_longest_slice_where_no_worker_is_free(log: list[Any]) -> None:
    workers = [Slow(log), Slow(log)]
    scheduler = Scheduler([*workers], SETTINGS)
    calls = []
    for name in ("first", "second"):
        calls.append(asyncio.create_task(scheduler.run(FairShare(), echo, name)))
        await settle()
    assert log == ["first", "second"]
    calls.append(asyncio.create_task(scheduler.run(FairShare(), echo, "edit", urgent=True)))
    await settle()
    assert [worker.cut for worker in workers] == [1, 0]
    for worker in workers * 2:
        worker.ends.put_nowait(None)
    await asyncio.gather(*calls)


async def test_a_call_that_waits_becomes_urgent_when_what_is_wanted_has_changed(
    scheduler: Scheduler, worker: Slow, log: list[Any]
) -> None:
    share = FairShare()
    first = asyncio.create_task(scheduler.schedule(FairShare(), job("first")))
    await settle()
    others = [asyncio.create_task(scheduler.schedule(FairShare(), job(n))) for n in range(2)]
    wanted = ["old"]
    mine = asyncio.create_task(scheduler.schedule(share, lambda _: (echo, (wanted[0],))))
    await settle()
    wanted[0] = "new"
    scheduler.make_urgent(share)
    assert scheduler.waiting == 3, "a call that is in the queue twice waits once"
    for _ in range(4):
        worker.ends.put_nowait(None)
    await asyncio.gather(first, mine, *others)
    assert log == ["first", "new", 0, 1]
    assert worker.cut == 1


async def test_a_change_that_nothing_waits_for_ends_nobodys_slice(
    scheduler: Scheduler, worker: Slow, log: list[Any]
) -> None:
    other = asyncio.create_task(scheduler.schedule(FairShare(), job("other")))
    await settle()
    scheduler.make_urgent(FairShare())
    assert worker.cut == 0
    worker.ends.put_nowait(None)
    await other


# ---- slow calls ------------------------------------------------------------------------------------------------------


async def test_slow_calls_never_have_the_last_worker(log: list[Any]) -> None:
    workers = [Slow(log), Slow(log), Slow(log)]
    scheduler = Scheduler([*workers], SETTINGS)
    slow = [asyncio.create_task(scheduler.run(FairShare(), echo, f"slow {n}", slow=True)) for n in range(4)]
    await settle()
    assert log == ["slow 0", "slow 1"]
    short = asyncio.create_task(scheduler.run(FairShare(), echo, "short"))
    await settle()
    assert log == ["slow 0", "slow 1", "short"]
    for worker in workers * 3:
        worker.ends.put_nowait(None)
    await asyncio.gather(short, *slow)
    assert log == ["slow 0", "slow 1", "short", "slow 2", "slow 3"]


async def test_a_single_worker_makes_slow_calls_too(scheduler: Scheduler, worker: Slow) -> None:
    worker.ends.put_nowait(None)
    assert await scheduler.run(FairShare(), echo, "slow", slow=True) == "slow"


# ---- workers that are replaced ---------------------------------------------------------------------------------------


class Replaced(Slow):
    """A worker whose process must be replaced after its first call."""

    def __init__(self, log: list[Any]) -> None:
        super().__init__(log)
        self.replaced = asyncio.Event()
        self.old = True

    @property
    def needs_process(self) -> bool:
        return self.old

    async def replace_process(self) -> None:
        await self.replaced.wait()
        self.old = False


async def test_a_worker_that_is_replaced_takes_no_call_meanwhile_and_its_client_goes_on(log: list[Any]) -> None:
    first, other = Replaced(log), Slow(log)
    scheduler, share = Scheduler([first, other], SETTINGS), FairShare()
    first.ends.put_nowait(None)
    assert await scheduler.run(share, echo, "first") == "first"
    second = asyncio.create_task(scheduler.run(share, echo, "second"))
    third = asyncio.create_task(scheduler.run(FairShare(), echo, "third"))
    await settle()
    assert log == ["first", "second"], "the other worker makes the second, and the third waits"
    first.replaced.set()
    await settle()
    assert log == ["first", "second", "third"]
    for worker in (first, other):
        worker.ends.put_nowait(None)
    assert [await second, await third] == ["second", "third"]
