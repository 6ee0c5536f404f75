"""Faults 15, 17 and 20 in the decoder and the experiment."""

import json
import math
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.protocol.test_commands import COMMANDS
from tests.spec.documents import EXAMPLE, as_json, example, spoilt

from steepest.engine import prepare
from steepest.optimizers import optimizers
from steepest.protocol.commands import COMMAND, BadMessage, decode
from steepest.spec import Experiment, Invalid, Number, Pair, parse_experiment
from steepest.spec.param import AnyParam, Triple

MALFORMED: dict[str, str | bytes] = {
    "bad UTF-8": b'{"op": "close\xff"}',
    "empty": "",
    "100,000 brackets": "[" * 100_000,
    "100,000 objects": '{"op":' * 100_000,
    "NaN": '{"op": "advance", "until": NaN}',
    "1e400": '{"op": "advance", "until": 1e400}',
    "an int of 5,000 digits": f'{{"op": "advance", "until": {"9" * 5000}}}',
    "a key twice": '{"op": "close", "op": "close"}',
    "a lone surrogate": '{"op": "close\\ud800"}',
    "the wrong type": '{"op": "advance", "until": "300"}',
    "an unknown op": '{"op": "shout"}',
    "an op of the wrong type": '{"op": ["close"]}',
    "a missing field": '{"op": "advance"}',
    "100,000 keys": json.dumps({"op": "close", **{f"key {n}": n for n in range(100_000)}}),
    "100,000 hyperparameters of the wrong type": as_json(
        {"op": "open", "experiment": spoilt("runs.0.optimizer", {"id": "sgd", **{f"h{n}": {} for n in range(100_000)}})}
    ),
    "no object": "[]",
    "a NUL": "\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_fault_15_a_malformed_message_is_a_bad_message_in_few_words(name: str) -> None:
    with pytest.raises(BadMessage) as bad:
        decode(MALFORMED[name])
    assert bad.value.error.text.en
    assert len(str(bad.value)) < 1000
    assert str(bad.value).isprintable()


# --- fault 17 ---------------------------------------------------------------------------------------------------------

WORDS = [
    "open",
    "advance",
    "edit",
    "inspect",
    "surface",
    "close",
    "op",
    "id",
    "experiment",
    "runs",
    "set",
    "step",
    "run",
]
PLAIN = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2**53,
    2**63,
    10**30,
    0.5,
    -0.0,
    1e308,
    math.nan,
    math.inf,
    "",
    "x",
    "sgd",
    "\ud800",
]

# One draw decides a whole message: with a draw for each of its parts ten thousand take minutes.
DICE = st.integers(0, 2**64).map(random.Random)


def anything(dice: random.Random, depth: int = 3) -> Any:
    """Anything that JSON can hold, and a little more, in the words of the protocol."""
    match dice.randrange(6 if depth else 3):
        case 0 | 1:
            return dice.choice(PLAIN)
        case 2:
            return dice.choice(WORDS)
        case 3:
            return [anything(dice, depth - 1) for _ in range(dice.randrange(4))]
        case _:
            return {dice.choice(WORDS): anything(dice, depth - 1) for _ in range(dice.randrange(6))}


def mutated(dice: random.Random) -> bytes:
    """A right command with some bytes changed, dropped or doubled."""
    message = bytearray(as_json(dice.choice(list(COMMANDS.values()))).encode())
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(message))
        match dice.randrange(3):
            case 0:
                message[place] = dice.randrange(256)
            case 1:
                del message[place]
            case _:
                message[place:place] = message[place : place + dice.randrange(1, 40)]
    return bytes(message)


def grafted(dice: random.Random) -> str:
    """A right command with anything in one of its places."""
    message = json.loads(as_json(dice.choice(list(COMMANDS.values()))))
    place: Any = message
    while True:
        key = dice.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or dice.random() < 0.5:
            break
        place = place[key]
    place[key] = anything(dice)
    return json.dumps(message)


MESSAGES = st.text() | st.binary() | DICE.map(anything).map(json.dumps) | DICE.map(mutated) | DICE.map(grafted)


def bad_message_or_the_same_command(message: str | bytes) -> None:
    refused: BadMessage | None = None
    try:
        command = decode(message)
    except BadMessage as bad:
        refused = bad
    if refused is None:
        assert COMMAND.validate_json(command.model_dump_json()) == command
    else:
        assert refused.error.text.en
        assert 0 <= refused.id < 2**53


@settings(max_examples=1_000, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MESSAGES)
def test_fault_17_only_bad_message_escapes_from_the_decoder(message: str | bytes) -> None:
    bad_message_or_the_same_command(message)


@pytest.mark.long
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MESSAGES)
def test_fault_17_only_bad_message_escapes_from_the_decoder_ten_thousand_times(message: str | bytes) -> None:
    bad_message_or_the_same_command(message)


# --- fault 20 ---------------------------------------------------------------------------------------------------------

NOT_NUMBERS: list[object] = [math.nan, math.inf, -math.inf, "0.1", True, [0.1], {}, 10**400]


def numbers() -> list[tuple[str, str, Number, Any]]:
    """Every real hyperparameter of every optimizer: (optimizer, path below it, its declaration, how to put it in)."""
    found: list[tuple[str, str, Number, Any]] = []
    for optimizer in optimizers().values():
        if not optimizer.matrices_only:
            for param in optimizer.params:
                found += [(optimizer.id, path, number, put) for path, number, put in _numbers_of(param)]
    return found


def _numbers_of(param: AnyParam) -> list[tuple[str, Number, Any]]:
    if isinstance(param, Number):
        return [(param.id, param, lambda value: {param.id: value})]
    if isinstance(param, Pair):
        first, second = param.default
        return [
            (f"{param.id}[0]", param.first, lambda value: {param.id: [value, second]}),
            (f"{param.id}[1]", param.second, lambda value: {param.id: [first, value]}),
        ]
    assert not isinstance(param, Triple), "only Muon has one; once it is offered, it belongs here too"
    return []


def wrong(number: Number) -> list[object]:
    """Values that this hyperparameter must refuse, whatever its range; and those just outside of it."""
    values = list(NOT_NUMBERS)
    values += [] if number.optional else [None]
    values += [number.minimum if number.above else math.nextafter(number.minimum, -math.inf)]
    values += [number.maximum if number.below else math.nextafter(number.maximum, math.inf)]
    return values


def created(optimizer: str, hyper: dict[str, Any]) -> Experiment:
    chosen: dict[str, Any] = {"id": optimizer, **hyper}
    return parse_experiment(example(runs=[{"optimizer": chosen, "start": [1.0, 1.0]}], edits=[]))


def edited(optimizer: str, hyper: dict[str, Any]) -> Experiment:
    runs = [{"optimizer": {"id": optimizer}, "start": [1.0, 1.0]}]
    return parse_experiment(example(runs=runs, edits=[{"step": 5, "run": 0, "set": hyper}]))


@pytest.mark.parametrize(("optimizer", "path", "number", "put"), numbers(), ids=lambda value: str(value)[:20])
def test_fault_20_a_wrong_hyperparameter_is_refused_at_the_start_and_at_an_edit(
    optimizer: str, path: str, number: Number, put: Any
) -> None:
    name = path.partition("[")[0]
    for value in wrong(number):
        for make, prefix in ((created, "runs[0].optimizer"), (edited, "edits[0].set")):
            with pytest.raises(Invalid) as refused:
                prepare(make(optimizer, put(value)))
            # A pair's element is named where its declaration refuses it, the pair where no list may hold such a thing.
            assert refused.value.field in (f"{prefix}.{path}", f"{prefix}.{name}"), value


@pytest.mark.parametrize("optimizer", [one.id for one in optimizers().values() if not one.matrices_only])
def test_fault_20_learning_rates(optimizer: str) -> None:
    for rate in (-1, -0.0001, 1e308):
        for make in (created, edited):
            with pytest.raises(Invalid, match=r"lr: .* is outside "):
                prepare(make(optimizer, {"lr": rate}))


@pytest.mark.parametrize("optimizer", [one.id for one in optimizers().values() if not one.matrices_only])
def test_fault_20_a_learning_rate_of_zero_is_allowed_or_refused_by_name(optimizer: str) -> None:
    rate = next(param for param in optimizers()[optimizer].params if param.id == "lr")
    assert isinstance(rate, Number)
    if rate.above:
        with pytest.raises(Invalid, match=r"lr: 0 is outside \(0, "):
            prepare(created(optimizer, {"lr": 0}))
    else:
        assert prepare(created(optimizer, {"lr": 0})).experiment.runs[0].optimizer.hyper["lr"] == 0.0


@pytest.mark.parametrize("seed", [2**63, 2**64, -1, 0.5, "0", True, None, math.nan])
def test_fault_20_seeds(seed: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_experiment({**EXAMPLE, "seed": seed})
    assert refused.value.field == "seed"


def test_fault_20_the_largest_seed_is_torchs() -> None:
    assert parse_experiment({**EXAMPLE, "seed": 2**63 - 1}).seed == 2**63 - 1
