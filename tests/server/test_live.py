"""The live socket of a started server: opening, granting, editing, resuming, asking."""

import math

import numpy as np
import pytest
from tests.engine.helpers import joined, same_bits
from tests.server.running import BEALE, Json, Running, Socket
from tests.server.test_connection_limits import until

from steepest.engine import Chunk, advance, landscape, loss_grid, prepare
from steepest.protocol.binary import truncated, unpack_array
from steepest.spec import parse_experiment

DIVERGING: Json = {
    "version": 1,
    "problem": {"kind": "surface", "id": "beale"},
    "runs": [{"optimizer": {"id": "sgd", "lr": 10.0}, "start": [1.0, 1.0]}],
}


def edited(experiment: Json, *edits: Json) -> Json:
    return {**experiment, "edits": [*experiment.get("edits", ()), *edits]}


def as_one_call(experiment: Json, until: int) -> list[Chunk]:
    return [advance(parse_experiment(experiment), None, until)[0]]


def same_records(chunks: list[Chunk], expected: list[Chunk], runs: int = 2) -> None:
    for run in range(runs):
        same_bits(joined(chunks, run), joined(expected, run))


def test_opened_says_all_that_a_page_needs(live: Socket) -> None:
    opened = live.open(id=5)
    completed = prepare(parse_experiment(BEALE))
    assert (opened["op"], opened["id"], opened["device"]) == ("opened", 5, "cpu")
    assert parse_experiment(opened["experiment"]) == completed.experiment
    assert completed.problem.scene is not None
    assert opened["scene"] == completed.problem.scene.model_dump(mode="json")
    assert opened["layers"] == [layer.model_dump(mode="json") for layer in completed.problem.layers]


def test_replies_name_the_engine_of_each_run(live: Socket) -> None:
    assert live.open()["engines"] == ["eager", "eager"]
    assert live.open({**BEALE, "engine": "compiled"})["engines"] == ["compiled", "compiled"]
    live.grant(3)
    edit = {"step": 2, "run": 1, "optimizer": {"id": "lbfgs"}}
    assert live.ask(op="edit", edit=edit)["engines"] == ["compiled", "eager"]
    forked = live.ask(op="fork", edit={"step": 1, "run": 0, "set": {}})
    assert forked["engines"] == ["compiled", "eager", "compiled"]
    assert forked["experiment"]["engine"] == "compiled"


def test_records_are_those_of_one_advance_bit_for_bit(live: Socket) -> None:
    live.open()
    chunks = live.grant(3) + live.grant(700)
    assert [chunk.first for chunk in chunks] == [0] + [chunk.last + 1 for chunk in chunks[:-1]]
    same_records(chunks, as_one_call(BEALE, 700))


def test_nothing_is_made_beyond_the_grant(live: Socket) -> None:
    live.open()
    assert live.quiet(0.2), "records came before any grant"
    for step in (0, 1, 7, 120):
        assert live.grant(step)[-1].last == step
        assert live.quiet(0.1), "records came beyond the grant"
    live.send({"op": "advance", "until": 50})  # a later grant replaces it, and nothing is taken back
    assert live.quiet(0.1)


def test_an_edit_goes_back_and_the_records_are_those_of_the_edited_experiment(live: Socket) -> None:
    live.open()
    before = live.grant(200)
    change = {"step": 120, "run": 0, "set": {"lr": 0.001}}
    reply = live.ask(op="edit", id=8, edit=change)
    assert (reply["op"], reply["id"], reply["step"]) == ("edited", 8, 120)
    assert [(edit["step"], edit["set"]) for edit in reply["experiment"]["edits"]] == [(120, {"lr": 0.001})]
    after = live.read(200, reply["revision"])
    assert after[0].first == 121
    kept = [part for part in (truncated(chunk, 120) for chunk in before) if part is not None]
    same_records(kept + after, as_one_call(edited(BEALE, change), 200))


@pytest.mark.parametrize("step", [0, 1, 60])
def test_every_kind_of_edit_at_any_step(live: Socket, step: int) -> None:
    experiment = BEALE
    live.open()
    live.grant(60)
    for change in ({"set": {"lr": 0.02}}, {"params": [0.5, -0.5]}, {"optimizer": {"id": "rmsprop", "lr": 0.01}}):
        edit = {"step": step, "run": 1, **change}
        experiment = edited(experiment, edit)
        reply = live.ask(op="edit", edit=edit)
        chunks = live.grant(step + 20, reply["revision"])
        assert chunks[0].first == step + 1
        (whole,) = as_one_call(experiment, step + 20)
        expected = joined([whole], 1)["params"][step + 1 :]
        assert joined(chunks, 1)["params"].tobytes() == expected.tobytes()


def test_chunks_of_an_edit_never_come_before_its_reply(live: Socket) -> None:
    revision = live.open()["revision"]
    live.send({"op": "advance", "until": 3_000})
    while not live.chunks:
        live.event()
    for number in range(12):  # while it runs at full speed
        live.send({"op": "edit", "id": 1, "edit": {"step": 0, "run": 0, "set": {"lr": 0.001 * (number + 1)}}})
        while (event := live.event())["op"] == "chunk":
            assert event["revision"] == revision
        revision = event["revision"]
        assert live.event()["revision"] == revision  # and the first one after it is already new


def test_a_refused_edit_changes_nothing(live: Socket) -> None:
    revision = live.open()["revision"]
    before = live.grant(10)
    for edit, field in (
        ({"step": 11, "run": 0, "set": {"lr": 0.1}}, "edit.step"),
        ({"step": 5, "run": 0, "set": {"lr": -0.1}}, "edit.set.lr"),
        ({"step": 5, "run": 0, "set": {"speed": 1}}, "edit.set.speed"),
        ({"step": 5, "run": 0, "optimizer": {"id": "adam", "lr": -1}}, "edit.optimizer.lr"),
        ({"step": 5, "run": 0, "params": [1.0]}, "edit.params"),
        ({"step": 5, "run": 7, "params": [1.0, 1.0]}, "edit.run"),
    ):
        reply = live.ask(op="edit", id=4, edit=edit)
        assert (reply["op"], reply["code"], reply["id"], reply["field"]) == ("error", "invalid", 4, field)
    same_records(before + live.grant(30, revision), as_one_call(BEALE, 30))


def test_a_refused_open_leaves_what_was_open(live: Socket) -> None:
    revision = live.open()["revision"]
    reply = live.open({**BEALE, "problem": {"kind": "surface", "id": "no_such"}})
    assert (reply["op"], reply["code"], reply["field"]) == ("error", "invalid", "problem.id")
    assert live.grant(4, revision)[-1].last == 4


def test_the_column_of_a_mistake_in_an_expression_is_reported(live: Socket) -> None:
    problem = {"kind": "surface", "id": "expression", "params": {"expression": "x**2 + foo(y)"}}
    reply = live.open({**BEALE, "problem": problem})
    assert (reply["field"], reply["column"]) == ("problem.params.expression", 8)


def test_a_revision_is_never_used_twice_on_a_socket(live: Socket) -> None:
    seen = [live.open()["revision"]]
    live.grant(3)
    seen.append(live.ask(op="edit", edit={"step": 1, "run": 0, "set": {"lr": 0.5}})["revision"])
    live.ask(op="close")
    seen.append(live.open()["revision"])
    assert seen == sorted(set(seen))


def test_coming_back_goes_on_with_the_same_numbers(server: Running) -> None:
    with server.live() as first:
        first.open()
        held = first.grant(90)
    with server.live() as second:
        opened = second.open(after=90)
        rest = second.grant(150, opened["revision"])
        assert rest[0].first == 91
    same_records(held + rest, as_one_call(BEALE, 150))


def test_coming_back_with_an_edit_at_a_step_that_this_server_never_made(live: Socket) -> None:
    experiment = {**BEALE, "seed": 77}  # not open anywhere else: it has to be made again in silence
    live.open(experiment, after=300)
    assert live.quiet(0.1)
    edit = {"step": 280, "run": 0, "set": {"lr": 0.002}}
    reply = live.ask(op="edit", edit=edit)
    assert reply["op"] == "edited"
    chunks = live.grant(320, reply["revision"])
    assert chunks[0].first == 281
    (whole,) = as_one_call(edited(experiment, edit), 320)
    assert joined(chunks, 0)["params"].tobytes() == joined([whole], 0)["params"][281:].tobytes()


def test_a_run_that_diverged_stops_and_an_edit_before_it_goes_on(live: Socket) -> None:
    live.open(DIVERGING)
    chunks = live.grant(1_000)
    assert chunks[-1].stopped
    end = chunks[-1].last
    assert end < 100
    assert not math.isfinite(chunks[-1].runs[0].loss[-1])
    assert live.quiet(0.1)
    reply = live.ask(op="edit", edit={"step": 0, "run": 0, "set": {"lr": 0.01}})
    assert live.read(1_000, reply["revision"])[-1].last == 1_000


def test_coming_back_to_a_run_that_diverged_sends_nothing(server: Running, live: Socket) -> None:
    live.open(DIVERGING)
    end = live.grant(1_000)[-1].last
    for after in (end, 500):
        with server.live() as again:
            again.open(DIVERGING, after=after)
            again.send({"op": "advance", "until": 1_000})
            assert again.quiet(0.2)


def test_inspect_gives_one_record_in_numbers(live: Socket) -> None:
    live.open()
    live.grant(400)
    (whole,) = as_one_call(BEALE, 400)
    for step in (0, 1, 237, 400):
        found = live.ask(op="inspect", id=3, step=step, run=1)
        assert (found["op"], found["id"], found["step"], found["run"]) == ("inspected", 3, step, 1)
        records = whole.runs[1]
        assert found["loss"] == records.loss[step].item()
        assert found["params"] == records.params[step].tolist()
        assert found["update"] == records.update[step].tolist()
        assert found["eigenvalues"] == records.eigenvalues[step].tolist()
        assert found["status"] == "running" or step > 200
        if step > 0:
            assert found["state"]["exp_avg"] == records.state["exp_avg"][step].tolist()


def test_inspect_says_numbers_that_json_has_no_word_for(live: Socket) -> None:
    live.open(DIVERGING)
    end = live.grant(1_000)[-1].last
    found = live.ask(op="inspect", step=end, run=0)
    assert found["status"] == "diverged"
    assert found["loss"] in ("NaN", "Infinity", "-Infinity")


@pytest.mark.parametrize(("step", "run", "field"), [(9, 0, "step"), (2, 2, "run")])
def test_inspect_refuses_what_is_not_there(live: Socket, step: int, run: int, field: str) -> None:
    live.open()
    live.grant(8)
    reply = live.ask(op="inspect", id=2, step=step, run=run)
    assert (reply["code"], reply["id"], reply["field"]) == ("invalid", 2, field)


def test_surface_gives_the_loss_on_a_grid(live: Socket) -> None:
    live.open()
    bounds = [[-4.0, 4.0], [-2.0, 3.0]]
    reply = live.ask(op="surface", id=6, bounds=bounds, shape=[9, 5])
    assert (reply["op"], reply["id"], reply["bounds"]) == ("surface", 6, bounds)
    z = unpack_array(reply["z"])
    assert z.shape == (5, 9)
    np.testing.assert_array_equal(z, loss_grid(prepare(parse_experiment(BEALE)).problem, bounds, [9, 5]))


@pytest.mark.parametrize(
    ("bounds", "shape", "code", "field"),
    [
        ([[0, 1]], [4, 4], "invalid", "bounds"),
        ([[0, 1], [0, 1]], [4], "invalid", "shape"),
        ([[0, 1], [1, 1]], [4, 4], "invalid", "bounds[1]"),
        ([[0, 1], [0, 1]], [101, 100], "limit", "shape"),
        ([[0, 1], [0, 1]], [10**9, 10**9], "limit", "shape"),
        ([[0, 1], [0, 1]], [1, 4], "bad_message", "shape[0]"),
    ],
)
def test_surface_refuses_other_grids(
    live: Socket, bounds: list[list[int]], shape: list[int], code: str, field: str
) -> None:
    live.open()
    reply = live.ask(op="surface", id=2, bounds=bounds, shape=shape)
    assert (reply["op"], reply["id"], reply["code"], reply["field"]) == ("error", 2, code, field)


def test_points_are_those_of_the_view(live: Socket) -> None:
    live.open()
    bounds = [[-4.5, 4.5], [-4.5, 4.5]]
    reply = live.ask(op="points", id=6, bounds=bounds)
    assert (reply["op"], reply["id"]) == ("points", 6)
    problem = prepare(parse_experiment(BEALE)).problem
    assert reply["points"] == [point.model_dump(mode="json") for point in landscape(problem, bounds)]
    assert sorted(point["kind"] for point in reply["points"]) == ["minimum", "saddle", "saddle"]
    assert live.ask(op="points", id=7, bounds=[[-4.5, -1.0], [-4.5, -1.0]])["points"] == []


def test_points_of_an_expression_and_of_one_variable(live: Socket) -> None:
    run = {"optimizer": {"id": "sgd"}, "start": [0.5]}
    problem = {"kind": "surface", "id": "expression", "params": {"expression": "x**3 - 3*x"}}
    live.open({"version": 1, "problem": problem, "runs": [run]})
    points = live.ask(op="points", bounds=[[-2, 2]])["points"]
    assert [(point["kind"], round(point["at"][0], 9)) for point in points] == [("maximum", -1), ("minimum", 1)]


@pytest.mark.parametrize(
    ("bounds", "code", "field"),
    [
        ([[0, 1]], "invalid", "bounds"),
        ([[0, 1], [1, 1]], "invalid", "bounds[1]"),
        ([[2, 1], [0, 1]], "invalid", "bounds[0]"),
        ([], "bad_message", "bounds"),
        ([[0, 1]] * 3, "bad_message", "bounds"),
        ([[0, 1], [0]], "bad_message", "bounds[1]"),
        ([[0, 1], [0, "NaN"]], "bad_message", "bounds[1][1]"),
    ],
)
def test_points_refuses_other_bounds(live: Socket, bounds: list[list[int]], code: str, field: str) -> None:
    live.open()
    reply = live.ask(op="points", id=2, bounds=bounds)
    assert (reply["op"], reply["id"], reply["code"], reply["field"]) == ("error", 2, code, field)


def test_points_of_the_widest_view_answers(live: Socket) -> None:
    live.open()
    most = 1.7976931348623157e308
    assert live.ask(op="points", id=2, bounds=[[-most, most], [-most, most]])["op"] == "points"
    assert live.ask(op="points", id=3, bounds=[[-1e6, 1e6], [-1e-6, 1e-6]])["op"] == "points"


@pytest.mark.parametrize(
    "command",
    [
        {"op": "advance", "until": 3},
        {"op": "edit", "edit": {"step": 0, "run": 0, "set": {"lr": 1}}},
        {"op": "inspect", "step": 0, "run": 0},
        {"op": "surface", "bounds": [[0, 1]], "shape": [2]},
        {"op": "points", "bounds": [[0, 1]]},
    ],
    ids=lambda command: command["op"],
)
def test_without_an_experiment_there_is_nothing_to_do(live: Socket, command: Json) -> None:
    assert live.ask(id=1, **command)["code"] == "no_experiment"
    live.open()
    live.ask(op="close")
    assert live.ask(id=1, **command)["code"] == "no_experiment"


def test_a_grant_beyond_the_cap_is_cut_and_says_so(live: Socket) -> None:
    live.open(after=2_990)
    reply = live.ask(op="advance", id=2, until=3_001)
    assert (reply["code"], reply["id"], reply["field"]) == ("limit", 2, "until")
    assert "3000 steps" in reply["message"]
    assert live.read(3_000)[-1].last == 3_000
    assert live.quiet(0.1)
    reply = live.open(after=3_001)
    assert (reply["code"], reply["field"]) == ("limit", "after")


def test_one_session_too_many_waits_and_gets_in_when_another_leaves(server: Running) -> None:
    until(lambda: server.health()["sessions"] == 0)  # those of earlier tests may be on their way out
    sockets = [server.live() for _ in range(7)]
    for socket in sockets:
        socket.__enter__()
    try:
        for socket in sockets[:6]:
            assert socket.open()["op"] == "opened"
        assert sockets[6].open(id=7) == {"op": "waiting", "id": 7, "place": 1}
        assert sockets[0].open()["op"] == "opened", "one who is in may open another"
        assert server.health()["sessions"] == 6
        sockets[0].ask(op="close")
        assert sockets[6].reply()["op"] == "opened"
    finally:
        for socket in sockets:
            socket.__exit__(None, None, None)
