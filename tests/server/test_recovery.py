"""Faults 21, 27, 28, 40, 41, 47 and 54 on the server: divergence, slow steps, reconnecting, clock jumps."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.helpers import joined, same_bits
from tests.server.in_process import Client, no_task_left, service
from tests.server.running import BEALE, Json, Running, Socket
from tests.server.test_live import DIVERGING

from steepest.engine import Chunk, advance
from steepest.server.security.rate_limit import TokenBucket
from steepest.server.security.token import TokenCheck
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker.pool import Worker, end_all
from steepest.spec import parse_experiment


def whole(experiment: Json, until: int) -> Chunk:
    return advance(parse_experiment(experiment), None, until)[0]


# --- 21: a run that diverges -----------------------------------------------------------------------------------------


def test_fault_21_a_run_that_diverges_ends_there_and_costs_nothing_more(live: Socket, bystander: Socket) -> None:
    live.open(DIVERGING)
    end = live.grant(1_000)[-1]
    assert end.stopped
    live.send({"op": "advance", "until": 2_000})
    assert live.quiet(0.3), "nothing more is made"
    assert live.ask(op="inspect", step=end.last - 1, run=0)["status"] == "running", "the last finite step is kept"
    assert live.open()["op"] == "opened"  # and the same connection begins anew
    assert live.grant(20)[-1].last == 20


# --- 27 and 28: expressions ------------------------------------------------------------------------------------------


def expression(text: str) -> Json:
    problem = {"kind": "surface", "id": "expression", "params": {"expression": text}}
    return {**BEALE, "problem": problem}


def test_fault_27_a_step_that_takes_too_long_is_reported_and_its_worker_replaced(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, step_timeout=0.05, long_slice=0.02)
    legal = "+".join(f"sin({n}*x+y)" for n in range(1, 25))
    patient = {"optimizer": {"id": "lbfgs", "lr": 0.001, "max_iter": 40}, "start": [0.3, 0.2]}
    slow = {**expression(legal), "runs": [patient] * 8}  # each step of it evaluates that 320 times
    try:
        with running.live() as live, running.live() as other:
            assert other.open()["op"] == "opened"
            opened = live.open(slow)
            assert opened["op"] == "opened", opened
            live.send({"op": "advance", "until": 3})
            event = live.reply()
            assert (event["op"], event["code"]) == ("error", "step_timeout")
            steps = 0
            while steps < 30:  # its neighbour has to share the worker that is made anew
                other.send({"op": "advance", "until": 30})
                event = other.event()
                if event["op"] == "chunk":
                    steps = event["chunk"].last
    finally:
        running.stop()
    assert re.search(
        r" WARNING step_timeout seconds=0\.07 socket=\d+ experiment=expression in_a_row=1$", running.log(), re.MULTILINE
    )


@pytest.mark.parametrize("text", ["<img src=x onerror=alert(1)>", "x\u202e+y", "x\u200b*y", "<script>x</script>"])
def test_fault_28_what_is_typed_is_reported_back_as_plain_text_only(live: Socket, text: str) -> None:
    reply = live.open(expression(text))
    assert (reply["op"], reply["code"], reply["field"]) == ("error", "invalid", "problem.params.expression")
    assert reply["message"].isprintable(), "no character that turns text around or hides it"


# --- 40 and 41: coming back ------------------------------------------------------------------------------------------


def test_fault_40_coming_back_goes_on_after_what_is_held_with_the_same_numbers(server: Running) -> None:
    experiment = {**BEALE, "seed": 40}
    with server.live() as first:
        first.open(experiment)
        held = first.grant(80)
    with server.live() as second:
        revision = second.open(experiment, after=80)["revision"]
        rest = second.grant(140, revision)
    steps = [step for chunk in [*held, *rest] for step in range(chunk.first, chunk.last + 1)]
    assert steps == list(range(141)), "none lost, none twice"
    for run in range(2):
        same_bits(joined([*held, *rest], run), joined([whole(experiment, 140)], run))


def test_fault_40_after_a_restart_the_steps_before_are_made_again_in_silence(tmp_path: Path, server: Running) -> None:
    experiment = {**BEALE, "seed": 41}
    with server.live() as first:
        first.open(experiment)
        held = first.grant(60)
    again = Running(tmp_path, workers=1)  # one that never saw it
    try:
        with again.live() as second:
            rest = second.grant(90, second.open(experiment, after=60)["revision"])
    finally:
        again.stop()
    assert rest[0].first == 61
    for run in range(2):
        same_bits(joined([*held, *rest], run), joined([whole(experiment, 90)], run))


def test_fault_40_a_step_beyond_the_cap_is_refused(live: Socket) -> None:
    reply = live.open(after=3_001)
    assert (reply["op"], reply["code"], reply["field"]) == ("error", "limit", "after")


def test_fault_41_twenty_lost_connections_and_every_step_is_there_once(server: Running) -> None:
    experiment = {**BEALE, "seed": 42}
    chunks: list[Chunk] = []
    held = -1
    for n in range(20):
        with server.live() as live:
            revision = live.open(experiment, after=held)["revision"]
            live.send({"op": "advance", "until": 400})
            while not chunks or chunks[-1].last == held:
                event = live.event()
                assert event["revision"] == revision
                chunks.append(event["chunk"])
            held = chunks[-1].last
            if n % 2:
                live._socket.socket.close()  # without a word
    with server.live() as live:
        revision = live.open(experiment, after=held)["revision"]
        chunks += live.grant(420, revision)
    steps = [step for chunk in chunks for step in range(chunk.first, chunk.last + 1)]
    assert steps == list(range(421))
    for run in range(2):
        same_bits(joined(chunks, run), joined([whole(experiment, 420)], run))


# --- 47: a census of tasks -------------------------------------------------------------------------------------------


@pytest.fixture
async def shared() -> AsyncIterator[Service]:
    yield service(Settings(workers=2))
    await no_task_left()


async def test_fault_47_no_task_outlives_its_client_however_it_leaves(shared: Service) -> None:
    silent = Client(shared)  # between accept and its first message
    await silent.leave()
    twice = Client(shared)
    for _ in range(2):
        assert (await twice.ask(op="open", experiment=BEALE))["op"] == "opened"
        twice.send(op="advance", until=500)
    twice.send(op="close")
    await twice.leave()
    late = Client(shared)
    await late.ask(op="open", experiment=BEALE)
    late._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
    late.send(op="advance", until=500)  # after its goodbye
    late._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await late.task
    assert not shared.room.seated


async def test_fault_47_a_client_that_is_gone_before_it_is_accepted(shared: Service) -> None:
    client = Client(shared)
    client._in.get_nowait()
    client._in.put_nowait({"type": "websocket.disconnect", "code": 1006})
    await asyncio.wait_for(client.task, 30)
    assert not shared.room.seated


# --- 54: a wall clock that jumps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
async def test_fault_54_a_clock_that_jumps_makes_nothing_expire(
    shared: Service, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    bucket, check = TokenBucket(0.001, 5, 5), TokenCheck(Settings(token="a-token-of-thirty-two-characters"))  # type: ignore[arg-type]
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    await client.reach(5)
    assert all(bucket.try_take() for _ in range(5))

    def wrong(n: int) -> dict[str, object]:
        return {"path": "/", "headers": [(b"authorization", b"Bearer wrong%d" % n)], "client": ("192.168.1.7", 1)}

    for n in range(10):
        assert check.refusal(wrong(n)) == 401
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + jump)
    assert check.refusal(wrong(10)) == 429
    assert not bucket.try_take(), "a jump fills no bucket"
    assert (await client.reach(60))["last"] == 60
    await client.leave()


async def test_fault_54_a_call_is_not_timed_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker("cpu", time_limit=20, tries=1)
    try:
        await worker.call(time.sleep, 0)
        real = time.time
        call = asyncio.create_task(worker.call(time.sleep, 0.5))
        await asyncio.sleep(0.1)
        monkeypatch.setattr("time.time", lambda: real() + 3600)
        await call
    finally:
        monkeypatch.undo()
        end_all([worker])
