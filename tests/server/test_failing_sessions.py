"""A session that fails at any place: its client gets an error, and other clients are not affected."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from tests.server.in_process import Client, no_task_left, service
from tests.server.running import BEALE, Json

from steepest.engine import advance, prepare
from steepest.protocol.binary import pack_chunk, unpack_chunk
from steepest.protocol.commands import Inspect
from steepest.server.live import handlers
from steepest.server.live.handlers import HANDLERS
from steepest.server.live.session import Session
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker import problem_tasks, record_tasks
from steepest.spec import parse_experiment

POISON: Json = {**BEALE, "seed": 666}
STEP_1: Json = {"step": 1, "run": 0, "set": {"lr": 0.02}}


@pytest.fixture
async def shared() -> AsyncIterator[Service]:
    yield service(Settings(workers=2))
    await no_task_left()


def raising(real: Any, poisoned: Any) -> Any:
    """The real function, except for those whose arguments say that they are the poisoned session."""

    def call(*arguments: Any, **named: Any) -> Any:
        if poisoned(*arguments):
            raise RuntimeError("poisoned")
        return real(*arguments, **named)

    return call


def poison_an_edit(patch: pytest.MonkeyPatch) -> Json:
    change = raising(Session.change, lambda session, *_: session.prepared.experiment.seed == 666)
    patch.setattr(Session, "change", change)
    return {"op": "edit", "id": 4, "edit": STEP_1}


def poison_a_question(patch: pytest.MonkeyPatch) -> Json:
    handler = HANDLERS[Inspect]
    poisoned = raising(handler.run, lambda context, _: context.session.prepared.experiment.seed == 666)
    patch.setitem(HANDLERS, Inspect, replace(handler, run=poisoned))
    return {"op": "inspect", "id": 4, "step": 1, "run": 0}


def poison_the_opening(patch: pytest.MonkeyPatch) -> Json:
    patch.setattr(handlers, "prepare", raising(prepare, lambda experiment: experiment.seed == 666))
    return {"op": "open", "id": 4, "experiment": POISON}


def poison_a_worker(patch: pytest.MonkeyPatch) -> Json:
    patch.setattr(
        problem_tasks, "surface", raising(problem_tasks.surface, lambda document, *_: '"seed":666' in document)
    )
    return {"op": "surface", "id": 4, "bounds": [[0, 1], [0, 1]], "shape": [2, 2]}


@pytest.mark.parametrize("poison", [poison_an_edit, poison_a_question, poison_the_opening, poison_a_worker])
async def test_fault_60_a_command_that_raises_is_answered_and_the_session_goes_on(
    shared: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, poison: Any
) -> None:
    sick, well = Client(shared), Client(shared)
    for client, experiment in ((sick, POISON), (well, BEALE)):
        assert (await client.ask(op="open", experiment=experiment))["op"] == "opened"
        await client.reach(5)
    with caplog.at_level("ERROR", "steepest"):
        error = await sick.ask(**poison(monkeypatch))
    assert (error["op"], error["id"], error["code"]) == ("error", 4, "internal")
    assert "poisoned" not in error["message"], "what went wrong inside is for the log alone"
    assert "RuntimeError: poisoned" in caplog.text
    await sick.reach(9)
    await well.reach(9)
    assert (await well.ask(op="inspect", step=3, run=0))["op"] == "inspected"
    await sick.leave()
    await well.leave()


@pytest.mark.parametrize("place", ["encoder", "checkpoint"])
async def test_fault_60_records_that_raise_stop_their_session_until_the_next_grant(
    shared: Service, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    sick, well = Client(shared), Client(shared)
    await sick.ask(op="open", experiment=POISON)
    await well.ask(op="open", experiment=BEALE)
    await sick.reach(5)
    with monkeypatch.context() as patch:
        if place == "encoder":
            patch.setattr(record_tasks, "pack_chunk", raising(pack_chunk, lambda chunk, revision: chunk.first == 6))
        else:
            accept = raising(Session.accept, lambda session, _: session.prepared.experiment.seed == 666)
            patch.setattr(Session, "accept", accept)
        error = await sick.ask(op="advance", until=12)
        assert (error["op"], error["code"], error["step"]) == ("error", "internal", 6)
    await well.reach(40)
    chunk = await sick.reach(12)  # it tries again, and nothing is missing
    assert chunk["last"] == 12
    await sick.leave()
    await well.leave()


async def test_fault_60_sessions_with_the_same_experiment_share_nothing_that_changes(shared: Service) -> None:
    clients = [Client(shared) for _ in range(3)]
    for client in clients:
        await client.ask(op="open", experiment=BEALE)
    await asyncio.gather(*(client.reach(30) for client in clients))
    reply = await clients[0].ask(op="edit", edit={"step": 10, "run": 0, "set": {"lr": 0.05}})
    assert reply["op"] == "edited"
    await clients[0].reach(60)
    expected = advance(parse_experiment(BEALE), None, 60)[0].runs[0].params[-1].tolist()
    for client in clients[1:]:
        last = unpack_chunk(await client.reach(60)).runs[0].params[-1].tolist()
        assert last == expected
    for client in clients:
        await client.leave()


async def test_a_client_that_vanishes_leaves_no_task_and_no_session(shared: Service) -> None:
    for grants in (None, 0, 50, 3_000):
        client = Client(shared)
        if grants is not None:
            await client.ask(op="open", experiment=BEALE)
            client.send(op="advance", until=grants)
            await asyncio.sleep(0.02)
        await client.leave()
    assert not shared.room.seated
