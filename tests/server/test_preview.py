"""Previews over the socket: what an edit would give, and that asking changes nothing and holds nothing up."""

from typing import Any

import numpy as np
import pytest
from tests.server.running import BEALE, Json, Running, Socket
from tests.server.test_model_queries import NET

from steepest.engine import advance, prepare, preview
from steepest.protocol.binary import unpack_array
from steepest.spec import Edit, parse_experiment

COMPILED: Json = {**BEALE, "engine": "compiled"}
SET_LR = {"step": 20, "run": 1, "set": {"lr": 0.2}}


def arrays(event: Json) -> dict[str, Any]:
    """The arrays of a `preview` event."""
    assert event["op"] == "preview", event
    return {name: unpack_array(value) if isinstance(value, dict) else value for name, value in event["arrays"].items()}


@pytest.mark.parametrize("edit", [SET_LR, {**SET_LR, "step": 0}, {"step": 7, "run": 0, "params": [2.0, 1.0]}])
def test_a_preview_is_the_engines(live: Socket, edit: Json) -> None:
    live.open(COMPILED)
    live.grant(30)
    event = live.ask(op="preview", id=5, edit=edit, until=230)
    wanted = preview(prepare(parse_experiment(COMPILED)), None, Edit.model_validate(edit), 230)
    assert wanted is not None
    assert (event["id"], event["run"], event["step"]) == (5, edit["run"], edit["step"])
    found = arrays(event)
    assert found["diverged"] is False
    assert found["steps"].tolist() == list(range(edit["step"], 231))
    for name in ("loss", "grad_norm", "params"):
        assert found[name].tobytes() == getattr(wanted, name).tobytes(), name


def test_it_shows_where_the_run_would_diverge(live: Socket) -> None:
    live.open(COMPILED)
    live.grant(30)
    found = arrays(live.ask(op="preview", edit={"step": 20, "run": 0, "set": {"lr": 5.0}}, until=500))
    assert found["diverged"] is True
    assert found["steps"][-1] < 60
    assert not np.isfinite(found["loss"][-1])
    assert np.isfinite(found["loss"][:-1]).all()


def test_the_start_has_a_preview_before_it_is_recorded(live: Socket) -> None:
    live.open(COMPILED)
    found = arrays(live.ask(op="preview", edit={"step": 0, "run": 0, "params": [0.5, 0.5]}, until=200))
    assert found["params"][0].tolist() == [0.5, 0.5]


def test_a_net_has_curves_without_parameters(live: Socket) -> None:
    live.open({**NET, "engine": "compiled"})
    live.grant(30)
    found = arrays(live.ask(op="preview", edit={"step": 30, "run": 1, "set": {"lr": 0.1}}, until=130))
    assert found["loss"].shape == (101,)
    assert np.isfinite(found["loss"]).all()
    assert found["params"].shape == (101, 0)


def test_an_eager_run_has_none(live: Socket) -> None:
    live.open(BEALE)
    live.grant(30)
    assert live.ask(op="preview", id=5, edit=SET_LR, until=230) == {
        "op": "preview",
        "id": 5,
        "run": 1,
        "step": 20,
        "arrays": None,
    }


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({**SET_LR, "set": {"lr": -1.0}}, "edit.set.lr"),
        ({**SET_LR, "set": {"speed": 1.0}}, "edit.set.speed"),
        ({**SET_LR, "run": 2}, "edit.run"),
        ({**SET_LR, "step": 31}, "edit.step"),
        ({"step": 0, "run": 0, "params": [1.0]}, "edit.params"),
        ({"step": 0, "run": 0, "params": [1.0, 1e39]}, "edit.params[1]"),
    ],
)
def test_a_wrong_field_is_named(live: Socket, edit: Json, field: str) -> None:
    live.open(COMPILED)
    live.grant(30)
    error = live.ask(op="preview", id=5, edit=edit, until=230)
    assert (error["op"], error["id"], error["code"], error["field"]) == ("error", 5, "invalid", field)


def test_a_preview_of_nothing_is_no_command(live: Socket) -> None:
    live.open(COMPILED)
    both = {**SET_LR, "params": [1.0, 1.0]}
    for message, field in (({"edit": both, "until": 9}, "edit"), ({"edit": SET_LR, "until": -1}, "until")):
        error = live.ask(op="preview", id=5, **message)
        assert (error["op"], error["id"], error["code"], error["field"]) == ("error", 5, "bad_message", field)


def test_it_goes_no_farther_than_the_server_does(live: Socket) -> None:
    live.open(COMPILED)
    live.grant(30)
    steps = arrays(live.ask(op="preview", edit=SET_LR, until=10**9))["steps"]
    assert steps[-1] <= 3_000
    assert len(steps) <= 1_000


def test_previews_change_no_bit_of_the_recording(live: Socket) -> None:
    live.open(COMPILED)
    live.grant(30)
    live.send({"op": "advance", "until": 1_000})
    for n in range(20):
        live.send({"op": "preview", "id": n + 1, "edit": {**SET_LR, "set": {"lr": 0.01 * n}}, "until": 400})
    while live.chunks[-1].last < 1_000:
        live.event()
    whole, _ = advance(parse_experiment(COMPILED), None, 1_000)
    for run in (0, 1):
        parts = [records for chunk in live.chunks for records in chunk.runs if records.run == run]
        for name in ("loss", "params", "grad", "eigenvalues", "status"):
            joined = np.concatenate([getattr(part, name) for part in parts])
            assert joined.tobytes() == getattr(whole.runs[run], name).tobytes(), name


def test_an_overtaken_preview_is_dropped(server: Running) -> None:
    with server.live() as live:
        live.open(COMPILED)
        live.grant(30)
        ids = list(range(1, 61))
        for n in ids:
            live.send({"op": "preview", "id": n, "edit": {**SET_LR, "set": {"lr": 0.01 * n}}, "until": 1_000})
        answers = [live.reply() for _ in ids]
    assert sorted(answer["id"] for answer in answers) == ids
    dropped = [answer for answer in answers if answer["op"] == "error"]
    assert {(answer["code"], answer["message"]) for answer in dropped} == {("limit", "cancelled by a later request")}
    assert answers[-1]["id"] == 60
    assert answers[-1]["op"] == "preview"


def test_an_edit_is_answered_while_previews_come(live: Socket) -> None:
    live.open(COMPILED)
    live.grant(30)
    for n in range(30):
        live.send({"op": "preview", "id": n + 1, "edit": {**SET_LR, "set": {"lr": 0.01 * n}}, "until": 1_000})
    live.send({"op": "edit", "id": 99, "edit": SET_LR})
    while (event := live.reply())["op"] != "edited":
        assert event["op"] in ("preview", "error")
    assert event["id"] == 99
    live.send({"op": "advance", "until": 60})
    while not (live.chunks[-1].last == 60 and event.get("revision") == 2):
        event = live.event()
