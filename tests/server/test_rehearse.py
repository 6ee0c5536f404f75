"""Remedies tried over the socket: the engine's own answer, and clear errors."""

from dataclasses import asdict

import pytest
from tests.engine.test_rehearsal import advised, at, case
from tests.server.running import BEALE, Json, Socket

from steepest.engine import rehearse


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_it_is_the_engines(live: Socket, engine: str) -> None:
    prepared = case("stalled_mae", engine)
    live.open(prepared.experiment.model_dump(exclude_none=True))
    live.grant(250)
    verdict = advised(prepared, 250)[0]
    assert verdict.remedy is not None
    found = live.ask(op="rehearse", id=4, remedy=verdict.remedy.model_dump(exclude_none=True), step=verdict.step)
    wanted = rehearse(prepared, at(prepared, verdict.remedy.step), verdict.remedy, verdict.step)
    assert wanted is not None
    assert wanted.remedy is not None
    expected = {**asdict(wanted), "remedy": wanted.remedy.model_dump()}
    assert found == {"op": "rehearsed", "id": 4, "run": 0, **expected}
    live.send({"op": "advance", "until": 260})
    assert live.read(260)[-1].last == 260, "nothing has changed"


@pytest.mark.parametrize(
    ("remedy", "step", "field"),
    [
        ({"step": 2, "run": 7, "set": {"lr": 0.1}}, 3, "remedy.run"),
        ({"step": 90, "run": 0, "set": {"lr": 0.1}}, 3, "remedy.step"),
        ({"step": 2, "run": 0, "set": {"lr": 0.1}}, 90, "step"),
        ({"step": 2, "run": 0, "set": {"lr": -1.0}}, 3, "remedy.set.lr"),
        ({"step": 2, "run": 0, "params": [1.0]}, 3, "remedy.params"),
    ],
)
def test_what_cannot_be_tried_is_refused_at_its_field(live: Socket, remedy: Json, step: int, field: str) -> None:
    live.open(BEALE)
    live.grant(5)
    error = live.ask(op="rehearse", id=9, remedy=remedy, step=step)
    assert (error["op"], error["id"], error["code"], error["field"]) == ("error", 9, "invalid", field)


def test_a_run_that_has_ended_before_the_remedy_is_refused(live: Socket) -> None:
    run = {"optimizer": {"id": "sgd", "lr": 5.0}, "start": [1.0, 1.0]}
    live.open({"version": 1, "problem": {"kind": "surface", "id": "ravine"}, "runs": [run]})
    last = live.grant(3_000)[-1].last
    error = live.ask(op="rehearse", id=9, remedy={"step": last, "run": 0, "set": {"lr": 0.01}}, step=last)
    assert (error["op"], error["field"]) == ("error", "step")


def test_a_scaled_target_is_the_engines_and_nothing_is_tried_without_one(live: Socket) -> None:
    live.open(BEALE)
    nothing = {
        "what": None,
        "steps": 0,
        "without": None,
        "at_least": False,
        "scaled": None,
        "experiment": None,
        "lr": None,
    }
    assert live.ask(op="try_scaling", id=5, run=0) == {"op": "scaling_tried", "id": 5, "run": 0, **nothing}
    error = live.ask(op="try_scaling", id=6, run=7)
    assert (error["op"], error["code"], error["field"]) == ("error", "invalid", "run")
