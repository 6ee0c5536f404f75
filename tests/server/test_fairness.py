"""One client cannot hurt another: the event loop, drags over slow steps, time-outs, and costly steps."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from tests.problems.learning_cases import chosen, document
from tests.server import in_process
from tests.server.in_process import Client, LocalWorker, no_task_left, service
from tests.server.running import BEALE, Json
from tests.server.test_rate_limit import Time

from steepest.engine import prepare
from steepest.engine.preparation import step_cost
from steepest.server.http import export as http_export
from steepest.server.http.app import create_app
from steepest.server.live import client as live_client
from steepest.server.live import handlers, session, socket
from steepest.server.live.session import Session
from steepest.server.live.timeouts import Timeouts
from steepest.server.security.rate_limit import TokenBucket
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker.pool import StepTimeout
from steepest.spec import Invalid, parse_experiment

MANY_EDITS: Json = {
    **BEALE,
    "edits": [{"step": n, "run": 0, "set": {"lr": 0.01 + n / 1e6}} for n in range(900)],
}


class HeldWorker(LocalWorker):
    """A worker whose calls end when the test says so. begun: how many have begun. failing: they time out."""

    def __init__(self) -> None:
        super().__init__("cpu", 5, 1)
        self.ends = asyncio.Semaphore(0)
        self.begun = 0
        self.failing = False

    async def call(self, function: Any, *arguments: Any, **named: Any) -> Any:
        self.begun += 1
        await self.ends.acquire()
        if self.failing:
            raise StepTimeout
        return await super().call(function, *arguments, **named)


@pytest.fixture
async def shared() -> AsyncIterator[Service]:
    yield service(Settings(workers=2))
    await no_task_left()


@pytest.fixture
async def held(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Service, HeldWorker]]:
    """A service with one such worker."""
    worker = HeldWorker()
    with monkeypatch.context() as patch:
        patch.setattr(in_process, "LocalWorker", lambda *_: worker)
        shared = service(Settings(workers=1))
    yield shared, worker
    await no_task_left()


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(12_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    assert condition()


# ---- the event loop --------------------------------------------------------------------------------------------------


def noting_threads(found: dict[str, set[str]], name: str, function: Any) -> Any:
    def noted(*arguments: Any, **named: Any) -> Any:
        found.setdefault(name, set()).add(threading.current_thread().name.split("_")[0])
        return function(*arguments, **named)

    return noted


@pytest.mark.parametrize(("experiment", "where"), [(BEALE, "MainThread"), (MANY_EDITS, "documents")])
async def test_large_documents_are_read_and_checked_beside_the_event_loop(
    shared: Service, monkeypatch: pytest.MonkeyPatch, experiment: Json, where: str
) -> None:
    threads: dict[str, set[str]] = {}
    for module, name in ((socket, "decode"), (handlers, "prepare")):
        monkeypatch.setattr(module, name, noting_threads(threads, name, getattr(module, name)))
    monkeypatch.setattr(Session, "change", noting_threads(threads, "change", Session.change))
    client = Client(shared)
    assert (await client.ask(op="open", experiment=experiment))["op"] == "opened"
    assert threads == {"decode": {where}, "prepare": {where}}
    await client.reach(3)
    reply = await client.ask(op="edit", edit={"step": 3, "run": 1, "set": {"lr": 0.02}})
    assert reply["op"] == "edited"
    assert threads["change"] == {where}
    await client.leave()


async def test_an_export_is_read_and_checked_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: dict[str, set[str]] = {}
    for name in ("parse_export", "prepare"):
        monkeypatch.setattr(http_export, name, noting_threads(threads, name, getattr(http_export, name)))
    settings = Settings(workers=1)
    app = create_app(settings, service(settings))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as http:
        answer = await http.post("/api/export", json={"experiment": MANY_EDITS, "to": "csv", "steps": 3})
    assert answer.status_code == 200
    assert threads == {"parse_export": {"documents"}, "prepare": {"documents"}}


async def test_the_loop_goes_on_between_the_messages_of_a_flooding_client(shared: Service) -> None:
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    for n in range(300):  # as many as arrive in one read of the socket
        client.send(op="edit", id=n + 1, edit={"step": 0, "run": 0, "set": {"lr": 0.01}})
    while (await client.event())["id"] < 300:
        pass
    counting.cancel()
    assert turns >= 300
    await client.leave()
    await asyncio.gather(counting, return_exceptions=True)


async def test_a_client_pays_for_the_time_that_its_messages_take(
    shared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid: list[float] = []

    async def take(_: TokenBucket, cost: float = 1.0) -> None:
        paid.append(cost)

    monkeypatch.setattr(TokenBucket, "take", take)
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    await client.ask(op="close")
    await until(lambda: len(paid) == 4)
    message, small, *_ = paid
    assert message == 1.0
    await client.ask(op="open", experiment=MANY_EDITS)
    await client.ask(op="close")
    await until(lambda: len(paid) == 8)
    assert paid[5] > 3 * small > 0
    await client.leave()


async def test_time_is_paid_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    monkeypatch.setattr("steepest.server.security.rate_limit.asyncio.sleep", time.sleep)
    bucket = TokenBucket(rate=0.1, burst=0.5, patience=float("inf"), clock=time.clock)
    for _ in range(50):
        await bucket.take(0.01)
    assert time.now == 100.0
    for _ in range(100):
        await bucket.take(0.01)
    assert time.now == pytest.approx(110.0)


# ---- edits and running steps -----------------------------------------------------------------------------------------


async def test_a_drag_over_slow_steps_shows_each_step_that_is_made(
    held: tuple[Service, HeldWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each step is slow, and takes longer than an edit waits; between two steps there is time for all five edits.
    monkeypatch.setattr(session, "has_slow_steps", lambda _: True)
    monkeypatch.setattr(session, "SLOW_STEP", -1.0)
    monkeypatch.setattr(live_client, "_LONGEST_WAIT", 0.0)
    monkeypatch.setattr(live_client, "_PAUSE", 1.0)
    shared, worker = held
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    worker.ends.release()
    await client.reach(0)
    client.send(op="advance", until=1000)
    for drag in range(3):
        begun = 2 + drag
        await until(lambda begun=begun: worker.begun == begun)  # type: ignore[misc]
        for n in range(5):
            number = 5 * drag + n + 1
            client.send(op="edit", id=number, edit={"step": 0, "run": 0, "set": {"lr": 0.01 + number / 1000}})
        await asyncio.sleep(0.05)
        assert worker.begun == begun, "no second call of a client is begun"
        worker.ends.release()
        events = [await client.event() for _ in range(6)]
        assert [event["op"] for event in events] == ["chunk"] + 5 * ["edited"]
        assert [event["id"] for event in events[1:]] == [5 * drag + n + 1 for n in range(5)]
    for _ in range(100):
        worker.ends.release()
    event = await client.event()
    assert (event["op"], event["revision"]) == ("chunk", events[-1]["revision"])
    await client.leave()


async def test_an_edit_after_a_shown_step_does_not_wait_and_the_overtaken_records_are_not_sent(
    held: tuple[Service, HeldWorker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_client, "_LONGEST_WAIT", 1e9)
    shared, worker = held
    client = Client(shared)
    opened = await client.ask(op="open", experiment=BEALE)
    worker.ends.release()
    await client.reach(0)
    client.send(op="advance", until=40)
    await until(lambda: worker.begun == 2)
    edited = await client.ask(op="edit", edit={"step": 0, "run": 0, "set": {"lr": 0.02}})
    assert edited["revision"] == opened["revision"] + 1
    for _ in range(100):
        worker.ends.release()
    event = await client.event()
    assert (event["op"], event["revision"], event["first"]) == ("chunk", edited["revision"], 1)
    await client.leave()


# ---- steps that take too long ----------------------------------------------------------------------------------------


async def test_a_client_whose_steps_time_out_waits_longer_each_time_and_it_is_logged(
    held: tuple[Service, HeldWorker], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[int] = []

    async def rest(self: Timeouts) -> None:
        pauses.append(self.count)

    monkeypatch.setattr(Timeouts, "rest", rest)
    shared, worker = held
    worker.failing = True
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    with caplog.at_level("WARNING", "steepest"):
        for _ in range(3):
            worker.ends.release()
            client.send(op="advance", until=10)
            assert (await client.event())["code"] == "step_timeout"
    worker.failing = False
    worker.ends.release()
    await client.reach(0)
    await client.leave()
    assert pauses[:4] == [0, 1, 2, 3]
    assert [record.getMessage() for record in caplog.records if "step_timeout" in record.getMessage()] != []
    worker.ends.release()


async def test_pauses_double_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    monkeypatch.setattr("steepest.server.live.timeouts.asyncio.sleep", time.sleep)
    timeouts = Timeouts(time.clock)
    await timeouts.rest()
    assert time.now == 100.0
    waited = []
    for _ in range(8):
        timeouts.add()
        before = time.now
        await timeouts.rest()
        waited.append(time.now - before)
    assert waited == [2, 4, 8, 16, 32, 60, 60, 60]
    timeouts.clear()
    await timeouts.rest()
    timeouts.add()
    before = time.now
    await timeouts.rest()
    assert time.now - before == 2


CONVNET: Json = {
    "version": 1,
    "problem": document(
        "digits",
        model=chosen("convnet", {"channels": 8}),
        loss=chosen("cross_entropy"),
        batch={"size": None},
    ),
    "runs": [{"optimizer": {"id": "lbfgs"}, "start": {"init": "default"}}],
}


def test_steps_of_seconds_are_refused_by_arithmetic() -> None:
    prepared = prepare(parse_experiment(CONVNET))
    assert prepared.step_operations <= step_cost.MAX_OPERATIONS
    with pytest.raises(Invalid) as refused:
        prepare(parse_experiment({**CONVNET, "runs": CONVNET["runs"] * 8}))
    assert refused.value.field == "runs[0].optimizer.max_eval"
    assert "at most 3 in each of these 8 runs" in str(refused.value)
    few = {"optimizer": {"id": "lbfgs", "max_eval": 3}, "start": {"init": "default"}}
    assert prepare(parse_experiment({**CONVNET, "runs": [few] * 8})).step_operations <= step_cost.MAX_OPERATIONS


def test_an_edit_that_makes_a_step_take_seconds_is_refused_at_its_field() -> None:
    for edit, field in (
        ({"set": {"max_eval": 40}}, "edits[0].set.max_eval"),
        ({"optimizer": {"id": "lbfgs", "max_iter": 40}}, "edits[0].optimizer.id"),
    ):
        with pytest.raises(Invalid) as refused:
            prepare(parse_experiment({**CONVNET, "edits": [{"step": 1, "run": 0, **edit}]}))
        assert refused.value.field == field


def test_a_model_too_large_for_a_single_evaluation_says_what_helps() -> None:
    problem = document(
        "digits", model=chosen("convnet", {"channels": 64}), loss=chosen("cross_entropy"), batch={"size": None}
    )
    with pytest.raises(Invalid, match="smaller batches or a smaller model"):
        prepare(parse_experiment({**CONVNET, "problem": problem}))
    one_step = {"optimizer": {"id": "sgd", "lr": 0.1}, "start": {"init": "default"}}
    assert prepare(parse_experiment({**CONVNET, "problem": problem, "runs": [one_step]})).step_operations > 1e10


@pytest.mark.parametrize(("batch", "slow"), [(10, False), (None, True)])
def test_a_session_knows_before_its_first_step_whether_it_is_slow(batch: int | None, slow: bool) -> None:
    problem = document(
        "digits", model=chosen("convnet", {"channels": 16}), loss=chosen("cross_entropy"), batch={"size": batch}
    )
    prepared = prepare(
        parse_experiment({**CONVNET, "problem": problem, "runs": [{**CONVNET["runs"][0], "optimizer": {"id": "sgd"}}]})
    )
    shared = service(Settings(workers=1))
    session = Session(
        prepared,
        prepared.experiment.model_dump_json(),
        1,
        -1,
        "cpu",
        shared.checkpoints,
        shared.settings,
    )
    assert session.slow is slow
