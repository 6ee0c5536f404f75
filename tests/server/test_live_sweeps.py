"""Maps over the socket: tiles are the engine's, coarse to fine, cancelled, refused, and no session waits for them."""

import asyncio
import math
from typing import Any

import numpy as np
import pytest
from tests.server.in_process import Client, LocalWorker, no_task_left, service
from tests.server.running import BEALE, Json, Socket
from tests.server.test_fairness import HeldWorker, held, until  # noqa: F401  a fixture

from steepest.engine import known_minima, prepare_sweep, sweep
from steepest.protocol.binary import unpack_array
from steepest.server.live.queries import sweeps
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.worker import sweep_tasks
from steepest.spec import Tile, parse_sweep


def ravine(side: int = 40, steps: int = 100, **changed: Any) -> Json:
    run = {"optimizer": {"id": "sgd", "lr": 0.05, "momentum": 0.9}, "start": [-2.5, 2.5]}
    problem = {"kind": "surface", "id": "ravine", "params": {"kappa": 20}}
    return {
        "version": 1,
        "experiment": {"version": 1, "engine": "compiled", "problem": problem, "runs": [run]},
        "axes": [
            {"set": "runs[0].optimizer.lr", "scale": "log", "low": 0.001, "high": 1, "count": side},
            {"set": "runs[0].optimizer.momentum", "low": 0, "high": 0.99, "count": side},
        ],
        "steps": steps,
        **changed,
    }


def all_tiles(live: Socket, document: Json, after: int = 0) -> list[Json]:
    live.send({"op": "sweep", "id": 7, "sweep": document, "after": after})
    found = [live.reply()]
    while found[-1]["number"] < found[-1]["count"] - 1:
        found.append(live.reply())
    assert all((tile["op"], tile["id"]) == ("tile", 7) for tile in found)
    return found


def place(tile: Json) -> Tile:
    return Tile(tuple(tile["starts"]), tuple(tile["strides"]), tuple(tile["counts"]))


def test_tiles_are_the_engines_and_have_each_pixel_once(live: Socket) -> None:
    live.open()
    prepared = prepare_sweep(parse_sweep(ravine()))
    wanted, seen = sweep(prepared), np.zeros((40, 40), int)
    for tile in all_tiles(live, ravine()):
        seen[place(tile).places] += 1
        for name, array in wanted.items():
            found = unpack_array(tile["arrays"][name])
            assert found.dtype == (np.uint8 if name == "status" else np.int32)
            assert np.array_equal(found, array[place(tile).places]), name
        for axis, values in enumerate(tile["values"]):
            assert unpack_array(values).tolist() == [prepared.value(axis, at) for at in place(tile).along(axis)]
        minima = [point.at for point in known_minima(prepared.base)]
        assert unpack_array(tile["minima"]).tolist() == [list(at) for at in minima]
        assert tile["curvature"] == pytest.approx(20, rel=1e-9), "kappa is the steepest curvature of a ravine"
    assert (seen == 1).all()
    assert len({*wanted["status"].ravel().tolist()}) == 3, "the picture has all outcomes"


def test_other_measures_have_values_and_no_minima(live: Socket) -> None:
    live.open()
    document = ravine(measure="final_loss")
    wanted = sweep(parse_sweep(document))["value"]
    for tile in all_tiles(live, document):
        assert unpack_array(tile["arrays"]["value"]).tobytes() == wanted[place(tile).places].tobytes()
        assert tile["minima"]["shape"] == [0, 2]


def test_where_each_pixel_has_a_problem_of_its_own_nothing_is_said_of_one(live: Socket) -> None:
    live.open()
    document = ravine(side=2, steps=20)
    document["axes"][1] = {"set": "problem.params.kappa", "scale": "log", "low": 2.0, "high": 50.0, "count": 2}
    for tile in all_tiles(live, document):
        assert (tile["minima"]["shape"], tile["curvature"]) == ([0, 2], None)


def test_they_come_coarse_to_fine(live: Socket) -> None:
    live.open()
    tiles = all_tiles(live, ravine(side=64))
    assert [tile["number"] for tile in tiles] == list(range(len(tiles)))
    strides = [tile["strides"] for tile in tiles]
    assert strides[0] == [4, 4], "the first picture has 16 pixels a side"
    assert strides == sorted(strides, reverse=True)
    assert max(math.prod(tile["counts"]) for tile in tiles) * 100 < 100_000, "each is a moment's work"


def test_tiles_that_the_client_has_are_not_sent_again(live: Socket) -> None:
    live.open()
    tiles = all_tiles(live, ravine())
    assert all_tiles(live, ravine(), after=2) == tiles[2:]
    error = live.ask(op="sweep", id=8, sweep=ravine(), after=len(tiles))
    assert (error["op"], error["id"], error["code"], error["field"]) == ("error", 8, "invalid", "after")


@pytest.mark.parametrize(
    ("document", "code", "field"),
    [
        (ravine(axes=[]), "bad_message", "sweep.axes"),
        (ravine(steps=0), "bad_message", "sweep.steps"),
        (
            ravine(axes=[{"set": "runs[0].optimizer.speed", "low": 0, "high": 1, "count": 4}]),
            "invalid",
            "sweep.axes[0].set",
        ),
        (
            ravine(axes=[{"set": "runs[0].optimizer.momentum", "low": -0.5, "high": 0.5, "count": 4}]),
            "invalid",
            "sweep.axes[0].low",
        ),
        (ravine(side=600), "limit", "sweep.axes"),
        (ravine(side=4, steps=1_000_000), "limit", "sweep.steps"),
        (ravine(side=4, experiment={**ravine()["experiment"], "engine": "eager"}, steps=3_000), "limit", "sweep.steps"),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_field(live: Socket, document: Json, code: str, field: str) -> None:
    live.open()
    error = live.ask(op="sweep", id=9, sweep=document)
    assert (error["op"], error["id"], error["code"], error["field"]) == ("error", 9, code, field), error


def test_it_needs_an_open_experiment(live: Socket) -> None:
    assert live.ask(op="sweep", sweep=ravine())["code"] == "no_experiment"


# ---- beside a session: one worker, whose calls end when the test says so ---------------------------------------------


async def opened(shared: Service, worker: HeldWorker) -> Client:
    client = Client(shared)
    assert (await client.ask(op="open", experiment=BEALE))["op"] == "opened"
    client.send(op="sweep", id=5, sweep=ravine())
    await until(lambda: worker.begun == 1)  # what it costs
    worker.ends.release()
    await until(lambda: worker.begun == 2)  # its first tiles
    return client


@pytest.fixture
def one_tile_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_tasks, "slice_ends", lambda: True)


@pytest.mark.usefixtures("one_tile_a_call")
async def test_an_edit_is_answered_while_a_map_is_made(held: tuple[Service, HeldWorker]) -> None:  # noqa: F811
    shared, worker = held
    client = await opened(shared, worker)
    client.send(op="edit", id=6, edit={"step": 0, "run": 0, "set": {"lr": 0.02}})
    error = await client.event()
    assert (error["op"], error["field"]) == ("error", "edit.step"), "no record is there to be edited"
    client.send(op="advance", until=0)
    await until(lambda: shared.scheduler.waiting == 1)  # for the worker that makes tiles
    worker.ends.release()
    tile = await client.event()
    assert (tile["op"], tile["number"]) == ("tile", 0)
    await until(lambda: worker.begun == 3)
    worker.ends.release()
    assert (await client.event())["op"] == "chunk", "the records of the session go before the next tile"
    client.send(op="edit", id=7, edit={"step": 0, "run": 0, "set": {"lr": 0.02}})
    assert (await client.event())["op"] == "edited", "a map keeps no edit waiting"
    for _ in range(200):
        worker.ends.release()
    while (event := await client.event())["op"] != "tile" or event["number"] < event["count"] - 1:
        assert event["op"] in ("chunk", "tile"), event
    await client.leave()


@pytest.mark.usefixtures("one_tile_a_call")
@pytest.mark.parametrize("how", [{"op": "sweep", "sweep": ravine(steps=50)}, {"op": "cancel_sweep"}, {"op": "close"}])
async def test_a_newer_view_cancels_what_is_left(held: tuple[Service, HeldWorker], how: Json) -> None:  # noqa: F811
    shared, worker = held
    client = await opened(shared, worker)
    client.send(id=6, **how)
    error = await client.event()
    assert (error["op"], error["id"], error["code"]) == ("error", 5, "limit")
    for _ in range(200):
        worker.ends.release()
    if how["op"] == "sweep":
        while (tile := await client.event())["number"] < tile["count"] - 1:
            assert (tile["op"], tile["id"]) == ("tile", 6), "no tile of the view before"
    elif how["op"] == "close":
        assert (await client.event())["op"] == "closed"
    await asyncio.sleep(0.05)
    begun = worker.begun
    await asyncio.sleep(0.05)
    assert worker.begun == begun, "nothing is computed any more"
    await client.leave()


async def test_a_map_ends_its_slice_when_its_own_client_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tiles fit in the budget; where the server wants the slice to end, there is one."""
    calls: list[int] = []
    ending = False

    class Counting(LocalWorker):
        async def call(self, function: Any, *arguments: Any, **named: Any) -> Any:
            found = await super().call(function, *arguments, **named)
            if function is sweep_tasks.tiles:
                calls.append(len(found[1]))
            return found

    monkeypatch.setattr("tests.server.in_process.LocalWorker", Counting)
    monkeypatch.setattr(sweep_tasks, "slice_ends", lambda: ending)
    shared = service(Settings(workers=1, short_slice=1, long_slice=1))
    for ending in (False, True):
        calls.clear()
        client = Client(shared)
        await client.ask(op="open", experiment=BEALE)
        client.send(op="sweep", id=5, sweep=ravine(side=64))
        while (tile := await client.event())["number"] < tile["count"] - 1:
            pass
        assert (max(calls) == 1) is ending, calls
        await client.leave()
    await no_task_left()


async def test_a_run_that_takes_too_long_is_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "_LONGEST_RUN", 1e-9)
    shared = service(Settings(workers=1))
    client = Client(shared)
    await client.ask(op="open", experiment=BEALE)
    error = await client.ask(op="sweep", id=5, sweep=ravine())
    assert (error["code"], error["field"]) == ("limit", "sweep.steps")
    await client.leave()
    await no_task_left()
