"""Errors of failing work, and limits that the started server of the other tests does not have."""

import pytest
from tests.server.in_process import Client, LocalWorker, service
from tests.server.running import BEALE

from steepest.server.settings import Settings
from steepest.server.worker.pool import StepTimeout, WorkerLost


@pytest.mark.parametrize(("error", "code"), [(WorkerLost, "worker_lost"), (StepTimeout, "step_timeout")])
async def test_work_that_cannot_be_done_is_reported_and_the_next_grant_tries_again(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], code: str
) -> None:
    async def failing(*_: object, **__: object) -> None:
        raise error

    client = Client(service(Settings(workers=1)))
    await client.ask(op="open", experiment=BEALE, language="zh")
    await client.reach(5)
    with monkeypatch.context() as patch:
        patch.setattr(LocalWorker, "call", failing)
        reply = await client.ask(op="advance", id=3, until=20)
        assert (reply["op"], reply["code"], reply["step"], reply["id"]) == ("error", code, 6, 0)
        assert not reply["message"].isascii()
        asked = await client.ask(op="inspect", id=4, step=2, run=0)
        assert (asked["code"], asked["id"]) == (code, 4)
    assert (await client.reach(20))["last"] == 20
    await client.leave()


async def test_more_runs_than_the_cap_are_refused() -> None:
    client = Client(service(Settings(workers=1, max_runs=1)))
    reply = await client.ask(op="open", id=2, experiment=BEALE)
    assert (reply["code"], reply["field"], reply["id"]) == ("limit", "runs", 2)
    assert (await client.ask(op="open", experiment={**BEALE, "runs": BEALE["runs"][:1]}))["op"] == "opened"
    await client.leave()


NET = {
    "version": 1,
    "problem": {
        "kind": "learning",
        "dataset": {"id": "circle"},
        "model": {"id": "mlp", "params": {"hidden": [8]}},
        "loss": {"id": "bce_logits"},
    },
    "runs": [{"optimizer": {"id": "sgd"}, "start": {"init": "default"}}],
}


@pytest.mark.parametrize(("most", "opened"), [(32, False), (33, True)])
async def test_a_model_of_more_parameters_than_the_cap_is_refused(most: int, opened: bool) -> None:
    client = Client(service(Settings(workers=1, max_parameters=most)))
    reply = await client.ask(op="open", id=2, experiment=NET)
    if opened:
        assert reply["op"] == "opened"
    else:
        assert (reply["code"], reply["field"], reply["id"]) == ("limit", "problem.model", 2)
        assert reply["message"] == "this model has 33 parameters; this server takes at most 32"
    await client.leave()


async def test_a_number_format_that_the_device_lacks_is_refused_when_it_is_opened() -> None:
    shared = service(Settings(workers=1))
    shared.device = "mps"
    client = Client(shared)
    reply = await client.ask(op="open", id=2, experiment={**BEALE, "dtype": "float64"}, language="zh")
    assert (reply["code"], reply["field"], reply["id"]) == ("invalid", "dtype", 2)
    assert reply["message"].startswith("mps 不支持 float64")
    assert (await client.ask(op="open", experiment=BEALE))["op"] == "opened"
    await client.leave()


async def test_an_experiment_with_as_many_edits_as_it_holds_refuses_one_more() -> None:
    client = Client(service(Settings(workers=1)))
    edits = [{"step": step, "run": 0, "params": [1.0, 1.0]} for step in range(1000)]
    await client.ask(op="open", experiment={**BEALE, "edits": edits}, after=1000)
    reply = await client.ask(op="edit", id=5, edit={"step": 1000, "run": 1, "set": {"lr": 0.1}})
    assert (reply["code"], reply["field"], reply["id"]) == ("invalid", "edit", 5)
    await client.leave()
