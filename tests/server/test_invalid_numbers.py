"""Invalid numbers for every optimizer, sent to a running server: at open and at an edit."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.running import BEALE, Json, Running, Socket

from steepest.optimizers import Optimizer, optimizers
from steepest.spec import Boolean, Integer, Number, Pair

OFFERED = [optimizer for optimizer in optimizers().values() if not optimizer.matrices_only]
NOT_FINITE = ("NaN", "Infinity", "-Infinity", "1e400")  # as text, since JSON has no such numbers


def one_run(optimizer: Json) -> Json:
    return {**BEALE, "runs": [{"optimizer": optimizer, "start": [1.0, 1.0]}]}


def unusable(param: Any) -> Iterator[Any]:
    """Values of a hyperparameter that JSON can carry and the declaration does not allow."""
    if isinstance(param, Number | Integer):
        yield from ("0.1", True, [0.1], 1e308 if param.maximum < 1e308 else "1e308")
        yield param.minimum - 1 if isinstance(param, Integer) or not param.above else param.minimum
        yield param.maximum + 1 if isinstance(param, Integer) else 2 * param.maximum + 1
    elif isinstance(param, Pair):
        yield from (0.9, [0.9], [0.9, 0.99, 0.999], ["0.9", 0.99], [param.first.minimum - 1, 0.99])
    elif isinstance(param, Boolean):
        yield from (1, "true")
    else:
        yield from (3, "no such word")
    if not getattr(param, "optional", False):
        yield None


def refused(socket: Socket, command: Json, field: str) -> None:
    reply = socket.ask(**command)
    assert reply["op"] == "error", (command, reply)
    assert reply["code"] in ("invalid", "bad_message"), reply  # some are no values of any hyperparameter at all
    assert reply["field"].startswith(field), (command, reply)


@pytest.mark.parametrize("optimizer", OFFERED, ids=lambda optimizer: optimizer.id)
def test_fault_20_every_hyperparameter_is_checked_at_open_and_at_an_edit(live: Socket, optimizer: Optimizer) -> None:
    good = {"id": optimizer.id, "lr": optimizer.known_lr}
    opened = live.open(one_run(good))
    assert opened["op"] == "opened"
    live.grant(0)  # so that there is a step to edit
    for param in optimizer.params:
        for value in unusable(param):
            wrong = one_run({**good, param.id: value})
            refused(live, {"op": "open", "experiment": wrong}, f"runs[0].optimizer.{param.id}")
            edit = {"step": 0, "run": 0, "set": {param.id: value}}
            refused(live, {"op": "edit", "edit": edit}, f"edit.set.{param.id}")
    assert live.grant(3, opened["revision"])[-1].last == 3  # what was open stayed as it was


@pytest.mark.parametrize("value", NOT_FINITE)
def test_fault_20_numbers_that_are_not_finite_never_get_in(live: Socket, value: str) -> None:
    for optimizer in OFFERED:
        for hyper in ("lr", "momentum", "eps", "weight_decay"):
            text = json.dumps(one_run({"id": optimizer.id, hyper: 12345.5})).replace("12345.5", value)
            live.send(f'{{"op": "open", "experiment": {text}}}')
            assert live.reply()["code"] == "bad_message"
            live.send(f'{{"op": "edit", "edit": {{"step": 0, "run": 0, "set": {{"{hyper}": {value}}}}}}}')
            assert live.reply()["code"] == "bad_message"
            assert live.ask(op="close")["op"] == "closed"


@pytest.mark.parametrize("optimizer", OFFERED, ids=lambda optimizer: optimizer.id)
def test_fault_20_a_rate_of_zero_is_allowed(live: Socket, optimizer: Optimizer) -> None:
    lr = next(param for param in optimizer.params if param.id == "lr")
    assert isinstance(lr, Number)
    if lr.above:
        pytest.skip("its torch class itself refuses a rate of 0")
    live.open(one_run({"id": optimizer.id, "lr": 0.0}))
    records = live.grant(5)[-1].runs[0]
    if optimizer.id != "rprop":  # its rate is only where its step sizes begin; they keep to their own limits
        assert records.params[-1].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "1", True, None])
def test_fault_20_seeds_outside_of_what_torch_takes_are_refused(live: Socket, seed: object) -> None:
    reply = live.open({**copy.deepcopy(BEALE), "seed": seed})
    assert (reply["op"], reply["field"]) == ("error", "seed")


def test_errors_come_in_the_language_of_the_page(server: Running) -> None:
    wrong = one_run({"id": "sgd", "lr": -1})
    with server.live() as socket:
        assert socket.open(wrong)["message"].isascii()
        assert "超出范围" in socket.open(wrong, language="zh")["message"]
