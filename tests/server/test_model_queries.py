"""Queries about a model over the socket: planes, graphs and gradient checks, and that other commands do not wait."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.server.running import BEALE, Json, Socket

from steepest.engine import advance, prepare
from steepest.engine.model_analysis.neurons import neurons
from steepest.protocol.binary import unpack_array
from steepest.spec import parse_experiment

NOTES = json.loads((Path(__file__).parents[1] / "reference/notes.json").read_text())
NET: Json = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle"},
        "model": {"id": "mlp", "params": {"hidden": [4, 2], "activation": "tanh"}},
        "loss": {"id": "bce_logits"},
        "batch": {"size": 10},
    },
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.03}, "start": {"init": "default"}},
        {"optimizer": {"id": "adam", "lr": 0.03}, "start": {"init": "default"}},
    ],
}
DIGITS: Json = {
    **NET,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "digits"},
        "model": {"id": "mlp", "params": {"hidden": [10]}},
        "loss": {"id": "cross_entropy"},
        "batch": {"size": 64},
    },
}
DIVERGING: Json = {
    **NET,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "regression_plane"},
        "model": {"id": "linear"},
        "loss": {"id": "mse"},
    },
    "runs": [{"optimizer": {"id": "sgd", "lr": 30.0}, "start": {"init": "default"}}],
}


def params(experiment: Json, step: int) -> Any:
    return advance(parse_experiment(experiment), None, step)[1].runs


def losses_there(path: Json) -> tuple[Any, Any]:
    return unpack_array(path["loss"]), unpack_array(path["on_plane"])


@pytest.mark.parametrize("kind", ["principal", "random"])
def test_a_plane_holds_the_paths_and_the_loss(live: Socket, kind: str) -> None:
    live.open(NET)
    live.grant(40)
    live.grant(80)
    plane = live.ask(op="plane", id=5, runs=[1, 0], kind=kind, step=70)
    assert (plane["op"], plane["id"], plane["kind"], plane["step"], plane["centre"]) == ("plane", 5, kind, 70, 70)
    assert [path["run"] for path in plane["paths"]] == [1, 0]
    assert (plane["samples"], plane["train"]) == (200, 200)
    assert 0 < sum(plane["shares"]) <= 1 + 1e-12
    z = unpack_array(plane["z"])
    assert z.shape == (41, 41)
    assert np.isfinite(z).all()
    for path in plane["paths"]:
        steps, at = unpack_array(path["steps"]), unpack_array(path["at"])
        loss, on_plane = losses_there(path)
        assert (steps[0], steps[-1]) == (0, 70)
        assert at.shape == (len(steps), 2)
        assert loss.shape == on_plane.shape == (len(steps),)
    first = plane["paths"][0]
    np.testing.assert_allclose(unpack_array(first["at"])[-1], 0, atol=1e-12)
    loss, on_plane = losses_there(first)
    assert on_plane[-1] == pytest.approx(loss[-1], rel=1e-12)


def test_the_true_losses_are_those_of_the_recorded_parameters(live: Socket) -> None:
    live.open({**NET, "problem": {**NET["problem"], "batch": {"size": None}}})
    records = live.grant(30)
    recorded = np.concatenate([chunk.runs[0].loss for chunk in records])
    plane = live.ask(op="plane", runs=[0], kind="principal", step=30, shape=[11, 11])
    assert unpack_array(plane["z"]).shape == (11, 11)
    (path,) = plane["paths"]
    np.testing.assert_allclose(losses_there(path)[0], recorded[unpack_array(path["steps"])], rtol=1e-4)


def test_a_path_that_was_computed_at_once_is_sampled_from_its_first_steps_on(live: Socket) -> None:
    live.open({**NET, "engine": "compiled", "problem": {**NET["problem"], "batch": {"size": None}}})
    live.grant(300)  # in few calls, which leave few checkpoints
    plane = live.ask(op="plane", runs=[0, 1], kind="principal", step=300, shape=[5, 5])
    for path in plane["paths"]:
        steps = unpack_array(path["steps"])
        assert {0, 1, 2, 4, 8, 16, 32, 300} <= set(steps.tolist())
        assert len(steps) >= 12
        at = unpack_array(path["at"])
        lengths = np.linalg.norm(np.diff(at, axis=0), axis=1)
        assert lengths.max() < 0.25 * lengths.sum()


def test_a_held_centre_keeps_a_random_plane_where_it_was(live: Socket) -> None:
    live.open(NET)
    live.grant(60)
    one = live.ask(op="plane", runs=[0], kind="random", step=20, centre=10, shape=[5, 5])
    other = live.ask(op="plane", runs=[0], kind="random", step=60, centre=10, shape=[5, 5])
    assert one["centre"] == other["centre"] == 10
    assert one["bounds"] == other["bounds"] == [[-1, 1], [-1, 1]]
    assert unpack_array(one["z"]).tobytes() == unpack_array(other["z"]).tobytes()
    redrawn = live.ask(op="plane", runs=[0], kind="random", step=20, centre=10, draw=1, shape=[5, 5])
    assert unpack_array(one["z"]).tobytes() != unpack_array(redrawn["z"]).tobytes()


def test_before_anything_has_moved_and_of_a_run_that_diverges(live: Socket) -> None:
    live.open(NET)
    live.grant(0)
    plane = live.ask(op="plane", runs=[0, 1], kind="principal", step=0, shape=[5, 5])
    assert plane["shares"] == [0, 0]
    live.open(DIVERGING)
    end = live.grant(300)[-1]
    assert end.stopped
    plane = live.ask(op="plane", runs=[0], kind="principal", step=end.last, shape=[5, 5])
    loss, _ = losses_there(plane["paths"][0])
    assert np.isfinite(loss).all()


def test_a_large_training_part_is_said_to_be_cut(live: Socket) -> None:
    live.open(DIGITS)
    live.grant(5)
    plane = live.ask(op="plane", runs=[0], kind="random", step=5)
    assert (plane["samples"], plane["train"]) == (1000, 1797)
    assert unpack_array(plane["z"]).shape == (31, 31)


def test_an_edit_does_not_wait_for_a_plane_and_a_later_question_replaces_an_earlier_one(live: Socket) -> None:
    live.open(DIGITS)
    live.grant(5)
    live.send({"op": "plane", "id": 11, "runs": [0], "kind": "random", "step": 5})
    live.send({"op": "plane", "id": 12, "runs": [0], "kind": "principal", "step": 5})
    live.send({"op": "edit", "id": 13, "edit": {"step": 5, "run": 0, "set": {"lr": 0.01}}})
    answers = [live.reply() for _ in range(3)]
    assert [(answer["op"], answer["id"]) for answer in answers] == [("error", 11), ("edited", 13), ("plane", 12)]
    assert answers[0]["code"] == "limit"


def test_another_experiment_gives_up_what_was_asked_of_the_one_before(live: Socket) -> None:
    live.open(DIGITS)
    live.grant(5)
    live.send({"op": "check", "id": 21, "run": 0, "step": 5, "delta": 0.1})
    live.send({"op": "open", "id": 22, "experiment": NET})
    assert [(answer["op"], answer["id"]) for answer in (live.reply(), live.reply())] == [("error", 21), ("opened", 22)]


def test_the_expression_of_the_notes(live: Socket) -> None:
    graph = live.ask(op="graph", id=3, expression="(a + b)*(b + 1)", values={"a": 2, "b": 1})  # nothing is open
    assert (graph["op"], graph["id"]) == ("graph", 3)
    assert {node["name"]: node["value"] for node in graph["nodes"]} == NOTES["graph"]["values"]
    assert {node["name"]: node["gradient"] for node in graph["nodes"]} == NOTES["graph"]["gradients"]
    assert live.ask(op="graph", expression="(a + b)(b + 1)", values={"a": 2, "b": 1})["nodes"] == graph["nodes"]
    wrong = live.ask(op="graph", expression="(a + b)(b + 1")
    assert (wrong["code"], wrong["field"], wrong["column"]) == ("invalid", "expression", 8)


def test_the_net_at_a_step(live: Socket) -> None:
    live.open(NET)
    live.grant(25)
    graph = live.ask(op="graph", run=1, step=20, sample=7)
    assert (graph["run"], graph["step"], graph["sample"], graph["samples"]) == (1, 20, 7, 200)
    weights = [edge["weight"] for edge in graph["edges"] if edge["weight"] is not None]
    there = params(NET, 20)[1].params
    np.testing.assert_array_equal(sorted(weights), sorted(np.delete(there, [8, 9, 10, 11, 20, 21, 24]).tolist()))
    assert live.ask(op="graph", run=0, step=0, sample=200)["field"] == "sample"


def test_the_neurons_at_a_step_are_those_of_the_engine(live: Socket) -> None:
    live.open(NET)
    live.grant(25)
    answer = live.ask(op="neurons", id=8, run=1, step=20)
    assert [answer[name] for name in ("op", "id", "run", "step", "shape", "samples")] == [
        "neurons", 8, 1, 20, [20, 20], 200,
    ]  # fmt: skip
    there = params(NET, 20)[1].params
    np.testing.assert_array_equal(unpack_array(answer["params"]), there)
    direct = neurons(prepare(parse_experiment(NET)), there, 1, 20)
    np.testing.assert_array_equal(unpack_array(answer["maps"]), direct.maps)
    np.testing.assert_array_equal(unpack_array(answer["means"]), direct.means)
    assert [column["size"] for column in answer["columns"]] == [2, 4, 2, 1]
    moved = [*there[:-1].tolist(), 2.5]
    live.ask(op="edit", edit={"step": 20, "run": 1, "params": moved})
    live.grant(25)
    assert unpack_array(live.ask(op="neurons", run=1, step=20)["params"])[-1] == 2.5
    assert unpack_array(live.ask(op="neurons", run=0, step=20)["params"])[-1] != 2.5


def test_a_gradient_is_checked_at_the_step(live: Socket) -> None:
    live.open(NET)
    recorded = live.grant(25)[-1].runs[1]
    checked = live.ask(op="check", id=4, run=1, step=25, delta=1e-4)
    assert (checked["op"], checked["id"], checked["delta"], checked["dim"]) == ("checked", 4, 1e-4, 25)
    found = {name: np.array([one[name] for one in checked["parameters"]]) for name in ("value", "autograd", "central")}
    np.testing.assert_array_equal(found["value"], recorded.params[-1])
    np.testing.assert_array_equal(found["autograd"], recorded.grad[-1])
    np.testing.assert_allclose(found["central"], found["autograd"], rtol=1e-3, atol=1e-5)
    assert checked["parameters"][0]["analytic"] is None
    assert len(checked["deltas"]) == len(checked["errors32"]) == len(checked["errors64"])


def test_a_gradient_is_checked_on_a_surface_too(live: Socket) -> None:
    live.open(BEALE)
    live.grant(3)
    checked = live.ask(op="check", run=0, step=3, delta=0.1)
    assert [one["name"] for one in checked["parameters"]] == ["x", "y"]


@pytest.mark.parametrize(
    ("command", "field", "words"),
    [
        ({"op": "plane", "runs": [2], "kind": "random", "step": 0}, "runs[0]", "there is no run 2"),
        ({"op": "plane", "runs": [0], "kind": "random", "step": 99}, "step", "not reached yet; the last is 3"),
        ({"op": "plane", "runs": [0], "kind": "random", "step": 3, "centre": 9}, "centre", "not reached yet"),
        ({"op": "check", "run": 5, "step": 0, "delta": 0.1}, "run", "there is no run 5"),
        ({"op": "check", "run": 0, "step": 4, "delta": 0.1}, "step", "not reached yet"),
        ({"op": "graph", "run": 9}, "run", "there is no run 9"),
        ({"op": "neurons", "run": 9, "step": 0}, "run", "there is no run 9"),
        ({"op": "neurons", "run": 0, "step": 4}, "step", "not reached yet"),
    ],
)
def test_refuses(live: Socket, command: Json, field: str, words: str) -> None:
    live.open(NET)
    live.grant(3)
    error = live.ask(**command)
    assert (error["op"], error["code"], error["field"]) == ("error", "invalid", field)
    assert words in error["message"]


def test_refuses_what_has_no_plane_or_no_net_and_says_where_a_run_ended(live: Socket) -> None:
    assert live.ask(op="plane", runs=[0], kind="random", step=0)["code"] == "no_experiment"
    live.open(BEALE)
    live.grant(1)
    assert "drawn whole" in live.ask(op="plane", runs=[0], kind="random", step=0)["message"]
    assert "a surface has no net" in live.ask(op="graph", run=0)["message"]
    assert "a surface has no neurons" in live.ask(op="neurons", run=0, step=0)["message"]
    live.open(DIVERGING)
    end = live.grant(300)[-1].last
    assert live.ask(op="check", run=0, step=end, delta=0.1)["op"] == "checked"


def test_compiled_runs_are_compared_with_pytorch(live: Socket) -> None:
    live.open({**NET, "engine": "compiled", "runs": [*NET["runs"], {**NET["runs"][0], "optimizer": {"id": "lbfgs"}}]})
    live.grant(230)
    found = live.ask(op="check_engine", id=6, step=220)
    assert (found["op"], found["id"], found["step"]) == ("engine_checked", 6, 220)
    for run in found["runs"][:2]:
        assert (run["engines"], run["first"], run["last"], run["within"]) == (["compiled"], 20, 220, True)
        assert 0 < run["worst"]["share"] < 1
        assert 0 < run["worst"]["relative"] < 1e-4
        assert 20 <= run["worst"]["step"] <= 220
        assert run["drift"] < 1e-3
    lbfgs = found["runs"][2]
    assert (lbfgs["engines"], lbfgs["worst"], lbfgs["within"]) == (["eager"], None, True)
    assert live.ask(op="check_engine", step=10)["runs"][0]["first"] == 0
    refused = live.ask(op="check_engine", id=7, step=300)
    assert (refused["op"], refused["field"]) == ("error", "step")
