"""The table of command handlers."""

from typing import get_args

from steepest.protocol.commands import Command
from steepest.server.live.handlers import HANDLERS


def test_every_command_has_a_handler() -> None:
    assert set(HANDLERS) == set(get_args(get_args(Command)[0]))


def test_only_these_queries_run_in_the_background() -> None:
    assert {command.__name__ for command, handler in HANDLERS.items() if handler.background} == {
        "PlaneCommand",
        "PreviewCommand",
        "CheckCommand",
        "CheckEngine",
        "Rehearse",
        "TryScaling",
        "SweepCommand",
    }
