"""The session in docs/protocol.md is what a server really answers."""

from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from tests.protocol.transcript import Entry, joined, read, replay

from steepest.protocol.commands import COMMAND, Command
from steepest.protocol.events import Event

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


# What only says where the server runs; and the rounding errors that a gradient check draws, which are the processor's.
MACHINES = ("torch", "device", "errors32", "errors64")


def machine_apart(entries: list[Entry]) -> list[Entry]:
    """Without what is the machine's own, and to six figures: processors sum in orders of their own."""
    return [(mark, {k: rounded(v) for k, v in message.items() if k not in MACHINES}) for mark, message in entries]


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.5e}") if isinstance(value, float) else value


def test_the_page_shows_every_command_and_every_event() -> None:
    shown: dict[str, set[str]] = {">": set(), "<": set(), "<<": set()}
    for mark, message in read():
        shown[mark].add(message["op"])
    commands = {
        "open",
        "advance",
        "edit",
        "fork",
        "inspect",
        "surface",
        "points",
        "data",
        "fit",
        "rates",
        "plane",
        "graph",
        "check",
        "check_engine",
        "rehearse",
        "try_scaling",
    }
    assert shown[">"] == commands | {"close"}
    events = {"opened", "edited", "forked", "inspected", "points", "graph", "checked", "error", "closed"}
    assert shown["<"] == events | {"engine_checked", "rehearsed", "scaling_tried"}
    assert shown["<<"] == {"chunk", "surface", "data", "fit", "rates", "plane"}


def test_a_server_says_what_the_page_shows(server: str) -> None:
    page = read()
    commands = [message for mark, message in page if mark == ">"]
    said = replay(commands, server)
    assert machine_apart(joined(said)) == machine_apart(joined(page))
    opened: dict[str, Any] = said[1][1]
    assert opened["torch"] == torch.__version__


@pytest.mark.parametrize("mark", [">", "<"])
def test_what_the_page_shows_is_what_the_models_say(mark: str) -> None:
    for command_or_event in [message for shown, message in read() if shown == mark]:
        if mark == ">":
            command: Command = COMMAND.validate_python(command_or_event)
            assert command.op == command_or_event["op"]
        else:
            event = EVENT.validate_python(command_or_event)
            assert event.model_dump(mode="json") == command_or_event
