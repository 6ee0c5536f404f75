"""What one address may have at the same time, and that whatever it took is given back however it ended."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from tests.server.in_process import Client, no_task_left, service
from tests.server.running import BEALE, Json, Running

from steepest.server.accounts import Account
from steepest.server.errors import ClientLimit, Refused
from steepest.server.http.app import create_app
from steepest.server.places import Places
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.spec import Text

HERE, THERE = "10.0.0.1", "10.0.0.2"
CSV = {"content-type": "text/csv"}
TABLE = b"x,y\n" + b"".join(b"%d,%d\n" % (n, 2 * n) for n in range(20))


def account(shared: Service, host: str) -> Account:
    return shared.accounts.of({"type": "http", "client": (host, 1), "headers": []})


@asynccontextmanager
async def client(shared: Service, host: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(shared.settings, shared), client=(host, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        yield http


def test_a_place_is_given_back_whatever_happens() -> None:
    places = Places(1, Text("all taken", "已满"))

    def fail() -> None:
        assert not places.free
        with pytest.raises(Refused, match="all taken"), places.place():
            pass
        assert places.taken == 1
        raise KeyError

    with pytest.raises(KeyError), places.place():
        fail()
    assert places.taken == 0


async def test_one_socket_too_many_of_an_address_is_told_which_limit_it_is_and_closed() -> None:
    shared = service(Settings(workers=1, client_sockets=2))
    present = [Client(shared, HERE) for _ in range(2)]
    for one in present:
        assert (await one.ask(op="open", experiment=BEALE))["op"] == "opened"
    refused = Client(shared, HERE)
    said = await refused.event()
    assert (said["op"], said["id"], said["code"]) == ("error", 0, "busy")
    assert said["message"] == "your address has 2 connections open, which is this server's limit for one address"
    assert await refused.close_code() == 1013
    other = Client(shared, THERE)
    assert (await other.ask(op="open", experiment=BEALE))["op"] == "opened"
    await present[0].leave()
    again = Client(shared, HERE)
    assert (await again.ask(op="open", experiment=BEALE))["op"] == "opened"
    for one in (present[1], other, again):
        await one.leave()
    await no_task_left()


async def test_one_experiment_too_many_of_an_address_is_busy_and_gets_in_when_another_leaves() -> None:
    shared = service(Settings(workers=1, client_sessions=1))
    first, second, other = Client(shared, HERE), Client(shared, HERE), Client(shared, THERE)
    assert (await first.ask(op="open", experiment=BEALE))["op"] == "opened"
    said = await second.ask(op="open", id=4, experiment=BEALE)
    assert (said["op"], said["id"], said["code"]) == ("error", 4, "busy")
    assert "your address has 1 experiments open" in said["message"]
    assert (await first.ask(op="open", experiment=BEALE))["op"] == "opened", "one who is in may open another"
    assert (await other.ask(op="open", experiment=BEALE))["op"] == "opened"
    await first.ask(op="close")
    assert (await second.ask(op="open", experiment=BEALE))["op"] == "opened"
    for one in (first, second, other):
        await one.leave()
    await no_task_left()


@pytest.mark.parametrize(("path", "limit"), [("/api/data", "client_uploads"), ("/api/weights", "client_uploads")])
async def test_one_upload_too_many_of_an_address_is_429(path: str, limit: str) -> None:
    shared = service(Settings(workers=1).model_copy(update={limit: 1}))
    with account(shared, HERE).uploads.place():
        async with client(shared, HERE) as http:
            answer = await http.post(path, content=TABLE, headers=CSV)
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        assert "1 files being uploaded" in answer.json()["message"]
        async with client(shared, THERE) as http:
            assert (await http.post(path, content=TABLE, headers=CSV)).status_code != 429
    async with client(shared, HERE) as http:
        assert (await http.post(path, content=TABLE, headers=CSV)).status_code != 429
    assert not account(shared, HERE).in_use


async def test_one_export_too_many_of_an_address_is_429() -> None:
    shared = service(Settings(workers=1))
    body: Json = {"experiment": BEALE, "steps": 5, "to": "csv"}
    with account(shared, HERE).exports.place():
        async with client(shared, HERE) as http:
            answer = await http.post("/api/export", json=body)
        assert (answer.status_code, answer.json()["code"]) == (429, "busy")
        async with client(shared, THERE) as http:
            assert (await http.post("/api/export", json=body)).status_code == 200
    async with client(shared, HERE) as http:
        assert (await http.post("/api/export", json=body)).status_code == 200
    assert not account(shared, HERE).in_use


@pytest.mark.parametrize("seed", range(5))
async def test_nothing_is_kept_by_clients_that_end_at_any_moment_in_any_way(seed: int) -> None:
    """Sockets that leave, are refused, are cancelled in the middle of a command; requests that are cut off."""
    chance = random.Random(seed)
    shared = service(Settings(workers=2, client_sockets=4, client_sessions=2, client_uploads=2, max_sessions=5))

    async def socket(host: str) -> None:
        one = Client(shared, host)
        for _ in range(chance.randrange(5)):
            op = chance.choice(["open", "advance", "close", "open wrongly"])
            if op == "advance":
                one.send(op="advance", until=chance.randrange(1, 200))
            elif op == "close":
                one.send(op="close")
            else:
                one.send(op="open", experiment=BEALE if op == "open" else {**BEALE, "runs": []})
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
        if chance.random() < 0.3:
            one.task.cancel()
            await asyncio.gather(one.task, return_exceptions=True)
        else:
            await one.leave()

    async def request(host: str) -> None:
        async with client(shared, host) as http:
            if chance.random() < 0.5:
                sending = http.post("/api/export", json={"experiment": BEALE, "steps": 50, "to": "csv"})
            else:
                sending = http.post("/api/data", content=TABLE, headers=CSV)
            task = asyncio.create_task(sending)
            if chance.random() < 0.5:
                for _ in range(chance.randrange(20)):
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    jobs = [(socket if chance.random() < 0.7 else request)(chance.choice([HERE, THERE])) for _ in range(60)]
    await asyncio.gather(*jobs)
    await no_task_left()
    assert (shared.sockets.taken, len(shared.room.seated)) == (0, 0)
    assert not account(shared, HERE).in_use
    assert not account(shared, THERE).in_use


def test_health_answers_and_pages_load_whatever_the_sockets_do(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, max_connections=10)
    try:
        with ExitStack() as stack:
            sockets = [stack.enter_context(running.live()) for _ in range(9)]
            for one in sockets:
                assert one.open()["op"] == "opened"
            for _ in range(5):
                with running.live() as refused:
                    assert refused.event()["message"] == "this server has 9 clients, which is its limit"
                    assert refused.close_code() == 1013
            assert running.health()["sessions"] == 9
            assert running.status(f"GET / HTTP/1.1\nHost: 127.0.0.1:{running.port}") == 200
    finally:
        running.stop()


def test_health_answers_beyond_the_limit_on_connections(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, max_connections=2)
    try:
        with running.raw() as one, running.raw() as two:
            for raw in (one, two):
                assert raw.request(f"GET /api/health HTTP/1.1\nHost: 127.0.0.1:{running.port}") == 200
            assert running.status(f"GET / HTTP/1.1\nHost: 127.0.0.1:{running.port}") == 503
            assert running.health()["status"] == "ready"
    finally:
        running.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only there every 127.x.y.z is this machine")
def test_connections_of_one_address_leave_those_of_others_free(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, max_connections=10, client_connections=3)
    page, health = (f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{running.port}" for path in ("/", "/api/health"))
    try:
        with ExitStack() as stack:
            held = [stack.enter_context(running.raw("127.0.0.2")) for _ in range(3)]
            assert [each.request(page) for each in held] == [200] * 3
            with running.raw("127.0.0.2") as fourth:
                assert fourth.request(page) == 503
            with running.raw("127.0.0.2") as fourth:
                assert fourth.request(health) == 200
            with running.raw("127.0.0.3") as other:
                assert other.request(page) == 200
    finally:
        running.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only there every 127.x.y.z is this machine")
def test_connections_through_a_proxy_are_not_counted_as_its_own(tmp_path: Path) -> None:
    running = Running(tmp_path, workers=1, client_connections=1, trusted_proxies=("127.0.0.2",))
    page = f"GET / HTTP/1.1\nHost: 127.0.0.1:{running.port}"
    try:
        with running.raw("127.0.0.2") as one, running.raw("127.0.0.2") as two:
            assert [one.request(page), two.request(page)] == [401, 401], "answered: behind a proxy a token is needed"
    finally:
        running.stop()


def test_an_account_in_use_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.server.accounts._MAX_ACCOUNTS", 3)
    shared = service(Settings(workers=1, client_sessions=1))
    with account(shared, HERE).sessions.place():
        for n in range(20):
            account(shared, f"10.0.1.{n}")
        with pytest.raises(ClientLimit):
            account(shared, HERE).sessions.take()
        assert len(shared.accounts) == 3
