"""Records of an experiment that several clients have open: made once, the same for all, and never beyond a grant."""

import asyncio
import random
from asyncio import Event
from collections import Counter
from typing import Any

import numpy as np
import pytest
from tests.server.in_process import Client, LocalWorker, no_task_left, service
from tests.server.running import BEALE, Json

from steepest.engine import advance
from steepest.engine.recording.records import Chunk
from steepest.protocol.binary import cut_chunk, pack_chunk, unpack, unpack_chunk, with_revision
from steepest.server.live.client import LiveClient
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker.pool import StepTimeout
from steepest.server.worker.recordings import Call, Recordings, Records
from steepest.spec import Experiment, parse_experiment

DIVERGING: Json = {
    "version": 1,
    "problem": {"kind": "surface", "id": "square"},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.1}, "start": [5.0]},
        {"optimizer": {"id": "sgd", "lr": 1e6}, "start": [5.0]},
    ],
}
NET: Json = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "moons"},
        "model": {"id": "mlp", "params": {"hidden": [4]}},
        "loss": {"id": "bce_logits"},
    },
    "runs": [{"optimizer": {"id": "adam", "lr": 0.05}, "start": {"init": "default"}}],
}
EXPERIMENTS = {
    "surface": BEALE,
    "compiled": {**BEALE, "engine": "compiled"},
    "diverging": DIVERGING,
    "all diverging": {**DIVERGING, "runs": DIVERGING["runs"][1:]},
    "net": NET,
}


# --- messages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [1, 5])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_part_of_a_chunk_is_what_the_engine_makes_of_those_steps(name: str, every: int) -> None:
    experiment = parse_experiment(EXPERIMENTS[name])
    whole, _ = advance(experiment, None, 60, None, "cpu", every)
    message = pack_chunk(whole, 7)
    for first, last in [(0, 0), (0, 20), (7, 7), (7, 20), (21, whole.last), (whole.last, whole.last)]:
        if not first <= last <= whole.last:
            continue
        checkpoint = advance(experiment, None, first - 1, None)[1] if first else None
        part, _ = advance(experiment, checkpoint, last, None, "cpu", every)
        assert unpack(cut_chunk(message, first, last)) == unpack(pack_chunk(part, 7))


@pytest.mark.parametrize("before", [0, 5, 127, 128, 255, 256, 65535, 65536, 2**32])
@pytest.mark.parametrize("after", [1, 127, 300, 70_000, 2**40])
def test_only_the_revision_of_a_message_changes(before: int, after: int) -> None:
    chunk, _ = advance(parse_experiment(BEALE), None, 5, None)
    assert with_revision(pack_chunk(chunk, before), after) == pack_chunk(chunk, after)


# --- the store -------------------------------------------------------------------------------------------------------


def records(first: int, last: int, *, stopped: bool = False) -> Records:
    experiment = parse_experiment(BEALE)
    checkpoint = advance(experiment, None, first - 1, None)[1] if first else None
    return Records(pack_chunk(advance(experiment, checkpoint, last, None)[0], 1), first, last, stopped)


def found(part: Records | None) -> tuple[int, int] | None:
    if part is None:
        return None
    body = unpack(part.message)
    assert (body["first"], body["last"]) == (part.first, part.last)
    return part.first, part.last


def test_records_are_found_by_their_steps_and_cut_at_the_grant() -> None:
    recording = Recordings(10**9).open("a")
    recording.sessions = 2
    for chunk in (records(0, 0), records(1, 20), records(21, 40, stopped=True)):
        recording.add(1, chunk)
    assert found(recording.find(1, 0, 100)) == (0, 0)
    assert found(recording.find(1, 1, 100)) == (1, 20)
    assert found(recording.find(1, 1, 7)) == (1, 7)
    assert found(recording.find(1, 8, 100)) == (8, 20)
    last = recording.find(1, 30, 100)
    assert found(last) == (30, 40)
    assert last is not None
    assert last.stopped
    cut = recording.find(1, 30, 39)
    assert cut is not None
    assert not cut.stopped
    assert recording.find(1, 41, 100) is None
    assert recording.find(1, 30, 29) is None
    assert recording.find(2, 1, 100) is None, "another distance between fits"


def test_nothing_is_kept_of_what_only_one_has_open() -> None:
    recordings = Recordings(10**9)
    recording = recordings.open("a")
    recording.add(1, records(0, 5))
    assert recordings.bytes == 0
    assert recordings.open("a") is recording
    recording.add(1, records(0, 5))
    assert recordings.bytes == len(records(0, 5).message)
    recordings.close(recording)
    assert recordings.bytes == 0
    assert recording.find(1, 0, 5) is None
    recordings.close(recording)
    assert recordings.open("a") is not recording


def test_what_was_used_longest_ago_is_forgotten_where_there_is_no_room() -> None:
    chunks = [records(0, 9), records(10, 19), records(20, 29)]
    recordings = Recordings(sum(len(chunk.message) for chunk in chunks) - 1)
    recording = recordings.open("a")
    recordings.open("a")
    for chunk in chunks[:2]:
        recording.add(1, chunk)
    recording.find(1, 0, 9)
    recording.add(1, chunks[2])
    assert [recording.find(1, step, 50) is not None for step in (0, 10, 20)] == [True, False, True]
    assert recordings.bytes == len(chunks[0].message) + len(chunks[2].message) <= recordings.max_bytes


def test_a_longer_chunk_from_the_same_step_replaces_the_shorter_one() -> None:
    recordings = Recordings(10**9)
    recording = recordings.open("a")
    recordings.open("a")
    for last in (5, 9, 7):
        recording.add(1, records(0, last))
    assert found(recording.find(1, 0, 50)) == (0, 9)
    assert recordings.bytes == len(records(0, 9).message)


def test_who_waits_for_a_call_hears_of_its_end_once() -> None:
    recording = Recordings(10**9).open("a")
    call = recording.queue_call(1, 5)
    assert recording.call_at(1, 5) is call
    assert recording.call_at(2, 5) is recording.call_at(1, 6) is None
    waiter = Event()
    call.wake(waiter)
    recording.end_call(1, 5, call)
    assert waiter.is_set()
    assert recording.call_at(1, 5) is None
    later = recording.queue_call(1, 5)
    recording.end_call(1, 5, call)
    assert recording.call_at(1, 5) is later
    newest, waiter = recording.queue_call(1, 5), Event()
    newest.wake(waiter)
    assert not recording.has(1, 5)
    recording.run_call(1, 5, later)
    assert waiter.is_set(), "what runs is the one to wait for"
    assert recording.call_at(1, 5) is later
    assert recording.has(1, 5)


# --- sessions --------------------------------------------------------------------------------------------------------


class Calls:
    """Counts the worker calls of each function."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: Counter[str] = Counter()
        true = LocalWorker.call

        async def call(worker: LocalWorker, function: Any, *arguments: Any, **options: Any) -> Any:
            self.of[function.__name__] += 1
            return await true(worker, function, *arguments, **options)

        monkeypatch.setattr(LocalWorker, "call", call)


class Viewer:
    """A client that keeps its records."""

    def __init__(self, shared: Service) -> None:
        self._client = Client(shared)
        self.losses: list[list[float]] = []
        self.last = -1
        self.until = -1
        self.experiment: Json = {}
        self.revision = 0
        self.messages: list[Json] = []

    async def open(self, experiment: Json = BEALE) -> None:
        reply = await self._client.ask(op="open", experiment=experiment)
        assert reply["op"] == "opened", reply
        self._begin(reply)

    def _begin(self, reply: Json) -> None:
        self.experiment, self.revision = reply["experiment"], reply["revision"]
        self.losses = self.losses[: self.last + 1] or []

    def grant(self, until: int) -> None:
        self.until = max(self.until, until)  # an earlier grant holds until the new one has come
        self._client.send(op="advance", until=until)

    async def reach(self, until: int) -> None:
        self.grant(until)
        await self.read(until)

    async def read(self, until: int) -> None:
        while self.last < until:
            event = await self._client.event()
            assert event["op"] == "chunk", event
            if event["revision"] != self.revision:
                continue
            self.messages.append(event)
            chunk = unpack_chunk(event)
            assert chunk.first == self.last + 1
            assert chunk.last <= self.until
            self._add(chunk)

    def _add(self, chunk: Chunk) -> None:
        for step in range(chunk.first, chunk.last + 1):
            self.losses.append(
                [float(run.loss[step - run.first]) for run in chunk.runs if step - run.first < len(run.loss)]
            )
        self.last = chunk.last

    async def edit(self, step: int, lr: float) -> None:
        reply = await self._client.ask(op="edit", edit={"step": step, "run": 0, "set": {"lr": lr}})
        assert reply["op"] == "edited", reply
        self.last = step
        self._begin(reply)

    def check(self) -> None:
        """Every record is the engine's."""
        chunk, _ = advance(Experiment.model_validate(self.experiment), None, self.last, None)
        losses = np.stack([run.loss for run in chunk.runs], axis=1)
        assert self.losses == losses.tolist()

    def send(self, **command: Any) -> None:
        self._client.send(**command)

    async def leave(self) -> None:
        await self._client.leave()


async def test_two_hundred_viewers_of_one_experiment_cost_as_many_calls_as_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    for count in (2, 200):
        calls = Calls(monkeypatch)
        # Calls as long as their grants: on a busy machine shorter ones would make more of them.
        shared = service(Settings(workers=2, max_sessions=200, first_slice=1.0, short_slice=1.0, long_slice=10.0))
        viewers = [Viewer(shared) for _ in range(count)]
        for viewer in viewers:
            await viewer.open()
        for until in (30, 60, 90):
            await asyncio.gather(*(viewer.reach(until) for viewer in viewers))
        for viewer in viewers:
            assert viewer.losses == viewers[0].losses
        viewers[-1].check()
        made.append(calls.of["reach"])
        for viewer in viewers:
            await viewer.leave()
        assert shared.checkpoints.recordings.bytes == 0
        monkeypatch.undo()
    assert made[1] <= 2 * made[0] < 100, made
    await no_task_left()


async def test_who_comes_later_gets_what_was_made_with_a_revision_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = service(Settings(workers=1))
    first, second, third = Viewer(shared), Viewer(shared), Viewer(shared)
    await first.open()
    await second.open()
    await first.reach(50)
    calls = Calls(monkeypatch)
    await second.reach(50)
    await third.open({**BEALE, "seed": 3})
    await third.open()
    assert third.revision == 2
    await third.reach(17)
    await third.reach(40)
    assert calls.of["reach"] == 0
    for viewer in (second, third):
        viewer.check()
    await third.reach(70)
    third.check()
    for viewer in (first, second, third):
        await viewer.leave()


async def test_an_edit_leaves_the_shared_records(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = service(Settings(workers=2))
    viewers = [Viewer(shared) for _ in range(3)]
    for viewer in viewers:
        await viewer.open()
    await asyncio.gather(*(viewer.reach(40) for viewer in viewers))
    await viewers[0].edit(20, 0.001)
    await asyncio.gather(*(viewer.reach(80) for viewer in viewers))
    for viewer in viewers:
        viewer.check()
    assert viewers[0].losses != viewers[1].losses == viewers[2].losses
    for viewer in viewers:
        await viewer.leave()
    await no_task_left()


async def two_viewers(shared: Service) -> tuple[Viewer, Viewer]:
    """Both with the same experiment, at step 10."""
    first, second = Viewer(shared), Viewer(shared)
    for viewer in (first, second):
        await viewer.open()
    await asyncio.gather(first.reach(10), second.reach(10))
    return first, second


class Held:
    """Worker calls of `reach` that wait until they are let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began = asyncio.Event()
        self.go = asyncio.Event()
        self.count = 0
        true = LocalWorker.call

        async def call(worker: LocalWorker, function: Any, *arguments: Any, **options: Any) -> Any:
            if function.__name__ == "reach":
                self.count += 1
                self.began.set()
                await self.go.wait()
            return await true(worker, function, *arguments, **options)

        monkeypatch.setattr(LocalWorker, "call", call)

    async def reached(self, count: int) -> None:
        """Waits until so many calls have begun."""
        for _ in range(3000):
            if self.count >= count:
                break
            await asyncio.sleep(0.01)
        assert self.count == count


@pytest.mark.parametrize("how", ["leaves", "edits"])
async def test_who_waits_for_anothers_call_goes_on_when_that_one(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = service(Settings(workers=2))
    first, second = await two_viewers(shared)
    held = Held(monkeypatch)
    first.grant(20)
    await held.began.wait()
    second.grant(20)
    for _ in range(20):
        await asyncio.sleep(0)
    assert held.count == 1, "the second waits for the first one's"
    if how == "leaves":
        await first.leave()
    else:
        edit = asyncio.create_task(first.edit(5, 0.001))
    await held.reached(2)  # the second one's own
    held.go.set()
    await second.read(20)
    second.check()
    if how == "edits":
        await edit
        await first.reach(30)
        first.check()
        await first.leave()
    await second.leave()
    await no_task_left()


async def test_who_waits_for_anothers_call_can_edit_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = service(Settings(workers=2))
    first, second = await two_viewers(shared)
    held = Held(monkeypatch)
    first.grant(20)
    await held.began.wait()
    second.grant(20)
    await second.edit(4, 0.001)
    await held.reached(2)
    held.go.set()
    await asyncio.gather(first.read(20), second.read(20))
    for viewer in (first, second):
        viewer.check()
        await viewer.leave()
    await no_task_left()


async def test_nobody_waits_for_a_call_whose_client_gets_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first client has a query in a worker, so that its records wait; the others' do not."""
    shared = service(Settings(workers=2))
    first, second = await two_viewers(shared)
    go, began = asyncio.Event(), asyncio.Event()
    true = LocalWorker.call

    async def call(worker: LocalWorker, function: Any, *arguments: Any, **options: Any) -> Any:
        if function.__name__ == "inspect":
            began.set()
            await go.wait()
        return await true(worker, function, *arguments, **options)

    monkeypatch.setattr(LocalWorker, "call", call)
    first.send(op="inspect", step=3, run=0)
    await began.wait()
    client = next(one for one in shared.room.seated if isinstance(one, LiveClient) and one.handling)
    assert client.session is not None
    client.grant(client.session, 40, 1)
    async with asyncio.timeout(30):
        while client.session.call_of_another() is None:  # noqa: ASYNC110 - a call that waits tells nobody
            await asyncio.sleep(0.001)
    await second.reach(40)
    second.check()
    go.set()
    for viewer in (first, second):
        await viewer.leave()
    await no_task_left()


async def test_a_step_that_takes_too_long_is_tried_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = service(Settings(workers=2))
    clients = [Client(shared) for _ in range(5)]
    for client in clients:
        assert (await client.ask(op="open", experiment=BEALE))["op"] == "opened"
    count = 0
    waiting: list[asyncio.Event] = []
    wake = Call.wake

    async def call(worker: LocalWorker, function: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        async with asyncio.timeout(60):
            while len(waiting) < 4:  # noqa: ASYNC110 - all others wait for this one
                await asyncio.sleep(0.001)
        raise StepTimeout

    def noted(self: Call, waiter: asyncio.Event) -> None:
        waiting.append(waiter)
        wake(self, waiter)

    monkeypatch.setattr(LocalWorker, "call", call)
    monkeypatch.setattr(Call, "wake", noted)
    for client in clients:
        client.send(op="advance", until=10)
    for client in clients:
        assert (await client.event())["code"] == "step_timeout"
    assert count == 1
    for client in clients:
        await client.leave()
    await no_task_left()


@pytest.mark.parametrize("room", [0, 20_000, 10**9])
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_viewers_do_each_has_the_engines_records(seed: int, room: int) -> None:
    chance = random.Random(seed)
    shared = service(Settings(workers=2))
    shared.checkpoints.recordings.max_bytes = room

    async def view() -> None:
        viewer = Viewer(shared)
        await viewer.open()
        for _ in range(8):
            if viewer.last > 5 and chance.random() < 0.3:
                await viewer.edit(chance.randrange(2) * 5, 0.001)
            until = viewer.last + chance.randrange(1, 40)
            await viewer.reach(until)
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0.002)
        viewer.check()
        await viewer.leave()

    await asyncio.gather(*(view() for _ in range(8)))
    await no_task_left()
    assert shared.checkpoints.recordings.bytes == 0
    assert not shared.room.seated
