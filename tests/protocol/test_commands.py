"""Commands are validated strictly; a field's path is the one that the client knows."""

from typing import Any

import pytest
from tests.spec.documents import EXAMPLE, as_json, spoilt

from steepest.protocol.commands import (
    Advance,
    BadMessage,
    Close,
    DataCommand,
    EditCommand,
    FitCommand,
    Inspect,
    Open,
    RatesCommand,
    SurfaceCommand,
    decode,
)

COMMANDS: dict[type, dict[str, Any]] = {
    Open: {"op": "open", "id": 1, "experiment": EXAMPLE, "after": 9, "language": "zh"},
    Advance: {"op": "advance", "id": 2, "until": 300},
    EditCommand: {"op": "edit", "id": 3, "edit": {"step": 50, "run": 0, "set": {"lr": 0.1}}},
    Inspect: {"op": "inspect", "id": 4, "step": 50, "run": 0},
    SurfaceCommand: {"op": "surface", "id": 5, "bounds": [[-1.0, 1.0], [0, 2]], "shape": [40, 30]},
    Close: {"op": "close", "id": 6},
    DataCommand: {"op": "data", "id": 7},
    FitCommand: {"op": "fit", "id": 8, "step": 12, "run": 1},
    RatesCommand: {"op": "rates", "id": 9, "until": 300},
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_each_command_is_reported_by_its_op(kind: type) -> None:
    command = decode(as_json(COMMANDS[kind]))
    assert type(command) is kind
    assert decode(command.model_dump_json()) == command


def test_what_may_be_left_out() -> None:
    command = decode(as_json({"op": "open", "experiment": EXAMPLE}))
    assert isinstance(command, Open)
    assert (command.id, command.after, command.language) == (0, -1, "en")


A_VALUE = "must be true, false, a finite number, text, a list of finite numbers, or null"


OPS = (
    "must be one of: open, advance, edit, fork, inspect, surface, points, data, fit, rates, preview, rehearse, "
    "try_scaling, plane, graph, neurons, check, check_engine, sweep, cancel_sweep, close"
)


def changed(kind: type, **fields: object) -> dict[str, Any]:
    return {**COMMANDS[kind], **fields}


REFUSED: list[tuple[object, int, str, str]] = [
    ([], 0, "", "a command is a JSON object with an op"),
    ({"id": 7}, 7, "op", OPS),
    ({"op": "shout", "id": 7}, 7, "op", OPS),
    ({"op": ["open"]}, 0, "op", OPS),
    ({"op": {}}, 0, "op", OPS),
    (changed(Advance, id=-1), 0, "id", "must be at least 0"),
    (changed(Advance, id=2**53), 0, "id", "must be at most 9007199254740991"),
    (changed(Advance, id=True), 0, "id", "must be a whole number"),
    (changed(Advance, id="2"), 0, "id", "must be a whole number"),
    (changed(Advance, until=-1), 2, "until", "must be at least 0"),
    (changed(Advance, until=1.0), 2, "until", "must be a whole number"),
    (changed(Advance, speed=2), 2, "speed", "unknown field; known here: id, op, until, every"),
    ({"op": "advance"}, 0, "until", "must be given"),
    ({"op": "open", "id": 3}, 3, "experiment", "must be given"),
    (changed(Open, experiment="x"), 1, "experiment", "must be an object"),
    (changed(Open, experiment=spoilt("seed", -1)), 1, "seed", "must be at least 0"),
    (changed(Open, experiment=spoilt("runs.0.start", [True])), 1, "runs[0].start[0]", "must be a number"),
    (
        changed(Open, experiment=spoilt("runs.0.x", 1)),
        1,
        "runs[0].x",
        "unknown field; known here: optimizer, start, fork, zero_grad, schedule",
    ),
    (changed(Open, experiment=spoilt("edits.0.run", 3)), 1, "edits[0].run", "there is no run 3; the last one is 0"),
    (changed(Open, after=-2), 1, "after", "must be at least -1"),
    (changed(Open, language="fr"), 1, "language", "must be 'en' or 'zh'"),
    (changed(EditCommand, edit={"step": 1, "run": 0}), 3, "edit", "needs exactly one of: set, optimizer, params"),
    (changed(EditCommand, edit={"step": -1, "run": 0, "set": {}}), 3, "edit.step", "must be at least 0"),
    (changed(EditCommand, edit={"step": 1, "run": 0, "set": {"lr": {}}}), 3, "edit.set.lr", A_VALUE),
    (changed(Inspect, run=-1), 4, "run", "must be at least 0"),
    (changed(SurfaceCommand, bounds=[[0, 1, 2]]), 5, "bounds[0]", "holds at most 2; there are more"),
    (changed(SurfaceCommand, bounds=[[0]]), 5, "bounds[0]", "needs at least 2; there are 1"),
    (changed(SurfaceCommand, bounds=[[0, 1]] * 3), 5, "bounds", "holds at most 2; there are more"),
    (changed(SurfaceCommand, bounds=[[0, "1"]]), 5, "bounds[0][1]", "must be a number"),
    (changed(SurfaceCommand, shape=[1]), 5, "shape[0]", "must be at least 2"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "command", "field", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_refuses(message: object, command: int, field: str, words: str) -> None:
    with pytest.raises(BadMessage) as bad:
        decode(as_json(message))
    assert (bad.value.id, bad.value.error.field, bad.value.error.text.en) == (command, field, words)
