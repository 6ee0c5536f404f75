"""docs/protocol.md shows a session that really takes place."""

from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from tests.protocol.transcript import Entry, joined, read, replay

from steepest.protocol.commands import COMMAND, Command
from steepest.protocol.events import Event

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def machine_apart(entries: list[Entry]) -> list[Entry]:
    """Without what only says where the server runs."""
    return [(mark, {k: v for k, v in message.items() if k not in ("torch", "device")}) for mark, message in entries]


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
        "plane",
        "graph",
        "check",
    }
    assert shown[">"] == commands | {"close"}
    told = {"opened", "edited", "forked", "inspected", "points", "graph", "checked", "error", "closed"}
    assert shown["<"] == told
    assert shown["<<"] == {"chunk", "surface", "data", "fit", "plane"}


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
