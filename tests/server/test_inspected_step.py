"""The update after a record, in numbers, in the `inspected` event."""

import numpy as np
import pytest
from tests.optimizers.evaluate_shown import read
from tests.server.running import Socket
from tests.server.test_live import DIVERGING

EXPERIMENT = {
    "version": 1,
    "problem": {"kind": "surface", "id": "ravine"},
    "runs": [
        {"optimizer": {"id": "sgd", "lr": 0.02, "momentum": 0.9}, "start": [-2.0, 1.0]},
        {"optimizer": {"id": "adam", "lr": 0.1}, "start": [-2.0, 1.0]},
    ],
}


@pytest.mark.parametrize("run", [0, 1])
def test_inspected_works_the_next_step_out(live: Socket, run: int) -> None:
    live.open(EXPERIMENT)
    live.grant(30)
    for step in (0, 1, 29):
        worked = live.ask(op="inspect", step=step, run=run)["worked"]
        after = live.ask(op="inspect", step=step + 1, run=run)
        here = live.ask(op="inspect", step=step, run=run)
        assert (worked["step"], worked["start"]) == (step, here["params"])
        assert worked["optimizer"] == EXPERIMENT["runs"][run]["optimizer"]["id"]  # type: ignore[index]
        *_, last = worked["lines"]
        assert (last["name"], last["arrow"]) == (r"\Delta\theta_t", "update")
        np.testing.assert_allclose(last["value"], after["update"], rtol=1e-5, atol=1e-6)
        for line in worked["lines"]:
            if line["slot"]:
                assert line["value"] == after["state"][line["slot"]]
        assert read(last["numbers"])[0].holds(last["value"], slack=1e-4)


def test_the_step_beyond_the_grant_is_worked_out_but_not_made(live: Socket) -> None:
    live.open(EXPERIMENT)
    live.grant(12)
    worked = live.ask(op="inspect", step=12, run=0)["worked"]
    assert worked["step"] == 12
    assert live.quiet(0.1)
    assert live.ask(op="inspect", step=13, run=0)["field"] == "step"
    live.grant(13)
    made = live.ask(op="inspect", step=13, run=0)["update"]
    np.testing.assert_allclose(worked["lines"][-1]["value"], made, rtol=1e-5, atol=1e-6)


def test_an_edit_at_the_step_shows_at_once(live: Socket) -> None:
    live.open(EXPERIMENT)
    live.grant(12)
    before = live.ask(op="inspect", step=12, run=0)["worked"]
    live.ask(op="edit", edit={"step": 12, "run": 0, "set": {"lr": 0.04}})
    after = live.ask(op="inspect", step=12, run=0)["worked"]
    np.testing.assert_allclose(after["lines"][-1]["value"], 2 * np.array(before["lines"][-1]["value"]), rtol=1e-6)
    assert r"0.04 \cdot" in after["lines"][-1]["numbers"]
    live.ask(op="edit", edit={"step": 12, "run": 0, "params": [0.5, 0.5]})
    assert live.ask(op="inspect", step=12, run=0)["worked"]["start"] == [0.5, 0.5]


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_the_place_to_which_an_edit_moves_a_run_has_a_loss(live: Socket, engine: str) -> None:
    live.open({**EXPERIMENT, "engine": engine})
    live.grant(12)
    before = live.ask(op="inspect", step=12, run=0)
    assert before["moved"] is None
    live.ask(op="edit", edit={"step": 12, "run": 0, "set": {"lr": 0.01}})
    assert live.ask(op="inspect", step=12, run=0)["moved"] is None
    live.ask(op="edit", edit={"step": 12, "run": 0, "params": [0.5, -0.25]})
    after = live.ask(op="inspect", step=12, run=0)
    assert (after["loss"], after["params"]) == (before["loss"], before["params"])  # the record is from before the move
    moved = after["moved"]
    assert moved["params"] == [0.5, -0.25]
    assert moved["loss"] == pytest.approx((0.5**2 + 10 * 0.25**2) / 2)
    assert moved["grad"] == pytest.approx([0.5, -2.5])
    assert moved["grad_norm"] == pytest.approx(np.hypot(0.5, 2.5))
    assert live.ask(op="inspect", step=12, run=1)["moved"] is None


def test_where_a_run_ends_there_is_no_step(live: Socket) -> None:
    live.open(DIVERGING)
    end = live.grant(1_000)[-1].last
    assert live.ask(op="inspect", step=end, run=0)["worked"] is None
    last = live.ask(op="inspect", step=end - 1, run=0)["worked"]
    assert last["step"] == end - 1
