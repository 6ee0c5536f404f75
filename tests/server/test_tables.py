"""Uploaded tables: those in use stay, everyone has a share of the room, and a refusal says what to do."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.server.in_process import Client, service
from tests.server.test_upload import CSV, learning

from steepest.server.http.app import create_app
from steepest.server.service import Service
from steepest.server.settings import Settings

HERE, THERE = "10.0.0.1", "10.0.0.2"
ONE = 2 * 4096  # bytes that a small table takes


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the application in this process."""
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path))
    return tmp_path / "uploads"


def small(number: int) -> bytes:
    return b"x,y\n" + b"".join(b"%d,%d\n" % (n, n * (number + 1)) for n in range(20))


async def upload(shared: Service, number: int, peer: str, path: str = "/api/data") -> httpx.Response:
    transport = httpx.ASGITransport(create_app(shared.settings, shared), client=(peer, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        return await http.post(path, content=small(number), headers=CSV)


async def uploaded(shared: Service, number: int, peer: str) -> str:
    answer = await upload(shared, number, peer)
    assert answer.status_code == 200, answer.text
    name: str = answer.json()["file"]
    return name


def there(data: Path) -> set[str]:
    found = {path.stem for path in data.iterdir()}
    assert len(list(data.iterdir())) == 2 * len(found), "both files of each, and nothing else"
    return found


def made(tables: int, of_one: int = 100) -> Service:
    """A server with room for so many small tables, and for so many from one address."""
    return service(Settings(workers=1, max_data_folder=tables * ONE, client_tables=of_one * ONE))


async def opened(shared: Service, file: str) -> Client:
    client = Client(shared)
    answer = await client.ask(op="open", experiment=learning(file=file))
    assert answer["op"] == "opened", answer
    return client


async def test_a_table_of_an_open_experiment_is_not_removed_for_anothers(data: Path) -> None:
    shared = made(3)
    mine = await uploaded(shared, 0, HERE)
    client = await opened(shared, mine)
    others = [await uploaded(shared, n, THERE) for n in range(1, 8)]
    assert there(data) == {mine, *others[-2:]}
    assert (await client.reach(5))["last"] == 5
    await client.leave()


async def test_nor_one_that_two_have_open_when_one_of_them_leaves(data: Path) -> None:
    shared = made(2)
    mine = await uploaded(shared, 0, HERE)
    one, two = await opened(shared, mine), await opened(shared, mine)
    await one.leave()
    for n in range(1, 4):
        await uploaded(shared, n, THERE)
    assert mine in there(data)
    await two.ask(op="close")
    for n in range(4, 6):
        await uploaded(shared, n, THERE)
    assert mine not in there(data)
    await two.leave()


async def test_nor_one_of_an_experiment_that_was_released_until_its_client_leaves(data: Path) -> None:
    shared = made(2)
    mine = await uploaded(shared, 0, HERE)
    client = await opened(shared, mine)
    for guest in list(shared.room.seated):
        guest.release()
    assert (await client.event())["op"] == "released"
    assert not shared.room.seated
    for number in range(1, 4):
        await uploaded(shared, number, THERE)
    assert mine in there(data)
    assert (await client.ask(op="open", experiment=learning(file=mine)))["op"] == "opened"
    await client.leave()
    for number in range(4, 7):
        await uploaded(shared, number, THERE)
    assert mine not in there(data)


async def test_a_table_that_was_just_closed_is_the_last_to_go(data: Path) -> None:
    shared = made(3)
    mine = await uploaded(shared, 0, HERE)
    client = await opened(shared, mine)
    others = [await uploaded(shared, n, THERE) for n in (1, 2)]
    await client.leave()
    newest = await uploaded(shared, 3, THERE)
    assert there(data) == {mine, others[1], newest}, "a page that is loaded anew opens it again"


async def test_where_all_are_in_use_the_next_is_refused_and_not_kept(data: Path) -> None:
    shared = made(2)
    names = [await uploaded(shared, n, peer) for n, peer in enumerate((HERE, THERE))]
    clients = [await opened(shared, name) for name in names]
    answer = await upload(shared, 2, HERE)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert "all tables are in use; upload this file again when" in answer.json()["message"]
    assert "已满" in (await upload(shared, 2, HERE, "/api/data?language=zh")).json()["message"]
    assert there(data) == set(names)
    assert await uploaded(shared, 0, HERE) == names[0], "one that is there already needs no room"
    await clients[1].leave()
    assert there(data) == set(names)
    assert await uploaded(shared, 2, HERE) in there(data)
    await clients[0].leave()


async def test_who_uploads_too_much_loses_tables_of_ones_own(data: Path) -> None:
    shared = made(100, of_one=2)
    others = await uploaded(shared, 0, THERE)
    mine = [await uploaded(shared, n, HERE) for n in range(1, 6)]
    assert there(data) == {others, *mine[-2:]}


async def test_who_has_as_many_open_as_one_may_is_refused_alone(data: Path) -> None:
    shared = made(100, of_one=2)
    mine = [await uploaded(shared, n, HERE) for n in (1, 2)]
    clients = [await opened(shared, name) for name in mine]
    answer = await upload(shared, 3, HERE)
    assert (answer.status_code, answer.json()["code"]) == (429, "limit")
    assert "close an experiment that uses one, then upload this file again" in answer.json()["message"]
    others = await uploaded(shared, 4, THERE)
    assert there(data) == {*mine, others}
    await clients[0].leave()
    assert await uploaded(shared, 3, HERE) in there(data)
    assert there(data) > {mine[1], others}
    await clients[1].leave()


async def test_what_others_uploaded_before_a_restart_belongs_to_nobody(data: Path) -> None:
    before = [await uploaded(made(100), n, HERE) for n in range(3)]
    shared = made(4, of_one=2)
    names = [await uploaded(shared, n, HERE) for n in (3, 4)]
    assert there(data) == {*before[1:], *names}


async def test_a_table_that_is_being_exported_stays(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = made(1)
    mine = await uploaded(shared, 0, HERE)
    going, waiting = asyncio.Event(), asyncio.Event()
    run = shared.scheduler.run_sliced

    async def slow(*arguments: Any, **options: Any) -> Any:
        going.set()
        await waiting.wait()
        return await run(*arguments, **options)

    monkeypatch.setattr(shared.scheduler, "run_sliced", slow)
    transport = httpx.ASGITransport(create_app(shared.settings, shared), client=(HERE, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
        asked = {"experiment": learning(file=mine), "to": "csv", "steps": 3}
        export = asyncio.create_task(http.post("/api/export", json=asked))
        await going.wait()
        assert (await upload(shared, 1, THERE)).status_code == 503
        waiting.set()
        assert (await export).status_code == 200
    assert (await upload(shared, 1, THERE)).status_code == 200
    assert mine not in there(data)
